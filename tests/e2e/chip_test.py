# SPDX-License-Identifier: Apache-2.0
"""A drive as programmer for the chip in its socket, on a simulated bench."""

import hashlib
import unittest

import bench

OTHER = """
[time]
mode = "virtual"

[[drives]]
model = "LTR-48246S"
bay = "bay 1"
serial = ""
firmware_revision = "SS0B"
firmware_seed = 48246
eeprom_seed = 1001
chip = "AT29C040A"
"""


class Chip(bench.BenchTest):
    scenario_text = OTHER

    def test_identify_names_a_part_that_is_not_the_drives_own(self):
        done = self.bench.ok("chip", "identify", "bay-1", "--voltage", "5")
        self.assertIn("AT29C040A, 512 KB, 4.5 to 5.5 V", done.out)

    def test_the_wrong_supply_and_the_wrong_part_end_the_job(self):
        for wrong, reason in ((("--voltage", "3.3"), "CHIP_VOLTAGE_WRONG"),
                              (("--voltage", "5", "--part", "W29C040"), "CHIP_NOT_AS_NAMED")):
            done = self.bench.firmbench("chip", "identify", "bay-1", *wrong)
            self.assertEqual(done.status, bench.EXIT_JOB, str(done))
            self.assertIn(reason, done.out + done.err)
        self.fails("CHIP_VOLTAGE_WRONG", "chip", "identify", "bay-1", "--voltage", "3.3", "--part",
                   "W29C040")
        self.fails("CHIP_UNKNOWN", "chip", "identify", "bay-1", "--voltage", "5", "--part", "X1")
        self.fails("USAGE", "chip", "identify", "bay-1", status=bench.EXIT_USAGE)

    def test_read_keeps_the_dump_as_a_chips_and_verify_compares(self):
        units = self.bench.sql("select count(*) as n from units")[0]["n"]
        path = self.bench.path("chip.bin")
        self.bench.ok("chip", "read", "bay-1", path, "--voltage", "5")
        with open(path, "rb") as file:
            data = file.read()
        sha256 = hashlib.sha256(data).hexdigest()
        self.assertEqual(sha256, self.bench.memory_files()["bay_1.flash"])
        dump, = self.bench.dumps(sha256=sha256)
        self.assertEqual((dump["attribution"], dump["model"], dump["unit"]),
                         ("chip", "AT29C040A", ""))
        self.assertEqual(self.bench.sql("select count(*) as n from units")[0]["n"], units)
        job = self.bench.last_job(self.bench.drives()[0]["name"])
        self.assertEqual((job["kind"], job["unit"]), ("chip_read", ""))
        self.bench.ok("chip", "verify", "bay-1", dump["name"], "--voltage", "5")
        other = self.bench.make_image("LTR-48246S", "SS0D")
        done = self.bench.firmbench("chip", "verify", "bay-1", other, "--voltage", "5")
        self.assertEqual(done.status, bench.EXIT_DIFFER, str(done))


if __name__ == "__main__":
    unittest.main()
