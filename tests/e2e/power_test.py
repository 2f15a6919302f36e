# SPDX-License-Identifier: Apache-2.0
"""A daemon that is stopped or killed while a drive is being written."""

import unittest

import bench

# Time as on a real drive, but faster, so that a write takes long enough to be interrupted.
PACED = """\
# SPDX-License-Identifier: Apache-2.0
[time]
mode = "paced"
speed = 4.0

[[drives]]
model = "LTR-48246S"
bay = "bay 1"
firmware_seed = 48246
eeprom_seed = 1001
"""


class WhileWriting(unittest.TestCase):
    def setUp(self):
        self.bench = bench.Bench(scenario_text=PACED)
        self.addCleanup(self.bench.close)
        self.drive = self.bench.drives()[0]["name"]
        image = self.bench.add_image(self.bench.make_image("LTR-48246S", "SS0D"))
        self.client = self.bench.popen("flash", self.drive, image, "--yes")
        self.addCleanup(self.end_client)
        for line in self.client.stderr:
            if "WRITING" in line:
                break
        else:
            self.fail("the job never began to write")
        self.job = next(j["name"] for j in self.bench.jobs(self.drive) if j["kind"] == "flash")

    def end_client(self):
        if self.client.poll() is None:
            self.client.kill()
        self.client.wait()
        self.client.stdout.close()
        self.client.stderr.close()

    def row(self):
        rows = self.bench.sql("select * from jobs where id = ?", self.job.removeprefix("jobs/"))
        self.assertEqual(len(rows), 1)
        return rows[0]

    def test_cancelling_comes_too_late(self):
        done = self.bench.firmbench("job", "cancel", self.job)
        self.assertEqual(done.status, bench.EXIT_FAILED, str(done))
        self.assertIn("PAST_POINT_OF_NO_RETURN", done.err)
        self.assertEqual(self.client.wait(bench.RUN_SECONDS), bench.EXIT_OK)

    def test_a_stop_waits_until_the_write_is_done(self):
        self.assertEqual(self.bench.daemon.stop(), 0)
        row = self.row()
        self.assertEqual((row["state"], row["result"], row["outcome"], row["eeprom_check"]),
                         ("CLOSED", "SUCCEEDED", "CHANGED_VERIFIED", "EQUAL"))
        self.bench.start()
        self.assertEqual(self.bench.drives()[0]["firmware_revision"], "SS0D")

    def test_a_kill_loses_nothing_and_claims_nothing(self):
        self.bench.daemon.kill()
        self.bench.start()
        self.assertEqual(self.bench.sql("pragma integrity_check"), [{"integrity_check": "ok"}])
        self.assertTrue(self.bench.json("audit", "verify")["ok"])
        row = self.row()
        self.assertEqual((row["state"], row["result"], row["error_reason"]),
                         ("CLOSED", "FAILED", "DAEMON_STOPPED"))
        # As the drive's memory shows it: begun, or not a byte of it yet.
        self.assertIn((row["outcome"], row["drive_state"]),
                      [("CHANGED_UNVERIFIED", "partly_written"), ("NO_EFFECT", "untouched")])
        # What undoes the write was safe before, and is readable still.
        dumps = self.bench.dumps(job=self.job, purpose="before_write")
        self.assertEqual({d["memory"] for d in dumps}, {"MEMORY_FIRMWARE", "MEMORY_EEPROM"})
        for dump in dumps:
            self.assertEqual(len(self.bench.export(dump["name"], dump["memory"])),
                             int(dump["size_bytes"]))


if __name__ == "__main__":
    unittest.main()
