# SPDX-License-Identifier: Apache-2.0
"""Drives that look the same, that go away, that answer wrongly."""

import unittest

import bench

DRIVE = """\
# SPDX-License-Identifier: Apache-2.0
[[drives]]
model = "LTR-48246S"
bay = "bay 1"
firmware_seed = 48246
eeprom_seed = 1001
"""
TWIN = """
[[drives]]
model = "LTR-48246S"
bay = "bay 2"
firmware_seed = 48246
eeprom_seed = 1001
"""
# In the middle of the first read of the firmware.
GONE = """
[[drives.faults]]
kind = "gone"
at = { command = 3000 }
"""
# Its firmware is read over SCSI, once per byte, and about ten bits of each read fall over.
NOISY = """\
# SPDX-License-Identifier: Apache-2.0
[[drives]]
model = "LDW-451S"
bay = "bay 1"

[[drives.faults]]
kind = "noisy_read"
one_in = 100_000
times = 0
"""


class OddDrive(unittest.TestCase):
    def start(self, scenario):
        self.bench = bench.Bench(scenario_text=scenario)
        self.addCleanup(self.bench.close)
        self.drive = self.bench.drives()[0]["name"]
        self.files = self.bench.memory_files()

    def refused_flash(self, *reasons, model="LTR-48246S", revision="SS0D"):
        """A flash ends without success and for one of these reasons, before anything is written."""
        image = self.bench.make_image(model, revision)
        done = self.bench.firmbench("flash", self.drive, image, "--yes")
        self.assertIn(done.status, (bench.EXIT_FAILED, bench.EXIT_JOB), str(done))
        self.assertTrue(any(reason in done.err for reason in reasons), str(done))
        self.assertEqual(self.bench.sql("select id from jobs where write_started_us <> 0"), [])
        self.assertEqual(self.bench.memory_files(), self.files)

    def test_two_that_look_the_same_are_backed_up_but_not_written(self):
        self.start(DRIVE + TWIN)
        for drive in self.bench.drives():
            _, dumps = self.bench.backup(drive["name"])
            self.assertEqual({d["unit"] for d in dumps.values()}, {""})
        self.refused_flash("UNIT_AMBIGUOUS")

    def test_one_that_goes_away_while_it_is_read(self):
        self.start(DRIVE + GONE)
        done = self.bench.firmbench("backup", self.drive, "--memory", "firmware")
        self.assertEqual(done.status, bench.EXIT_JOB, str(done))
        self.assertIn("DRIVE_GONE", done.err)
        job = self.bench.last_job(self.drive)
        self.assertEqual(job["result"], "RESULT_FAILED")
        self.assertEqual(job["error"]["drive_state"], "DRIVE_STATE_UNTOUCHED")
        self.assertEqual(self.bench.dumps(job=job["name"]), [])
        self.refused_flash("DRIVE_GONE", "DRIVE_NOT_FOUND")

    def test_one_whose_reads_disagree_is_not_written_and_every_read_is_kept(self):
        self.start(NOISY)
        self.refused_flash("READS_DISAGREE", model="LDW-451S", revision="GSB7")
        kept = self.bench.dumps(memory="MEMORY_FIRMWARE", purpose="disagreeing")
        self.assertEqual(len({d["sha256"] for d in kept}), 2)
        self.assertEqual(self.bench.dumps(purpose="before_write"), [])


if __name__ == "__main__":
    unittest.main()
