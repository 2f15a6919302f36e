# SPDX-License-Identifier: Apache-2.0
"""Drives that are reached by SCSI commands alone: with firmware that can be read, and without."""

import os
import unittest

import bench

SCENARIO = os.path.join(bench.SOURCE, "deploy", "examples", "scsi.toml")
MICROCODE_BYTES = 0xC000


def microcode(product, revision, size=MICROCODE_BYTES):
    """A file for the simulated drives of the SPC standard: header, body, sum."""
    head = b"SPC MICROCODE   " + b"FBSIM   " + product.encode().ljust(16) + revision.encode()
    body = head + size.to_bytes(4, "big") + b"from the tests"
    body = body.ljust(size - 2, b"\x5a")
    return body + (sum(body) & 0xFFFF).to_bytes(2, "big")


class Scsi(unittest.TestCase):
    def setUp(self):
        self.bench = bench.Bench(scenario=SCENARIO)
        self.addCleanup(self.bench.close)

    def bay(self, number):
        return next(d for d in self.bench.drives() if d["bay"] == f"bay {number}")

    def add(self, name, content):
        return self.bench.add_image(self.bench.write(name, content))

    def revision(self, drive):
        return self.bench.json("drive", "show", drive)["firmware_revision"]

    def refused(self, reason, *arguments):
        done = self.bench.firmbench(*arguments)
        self.assertNotEqual(done.status, bench.EXIT_OK, str(done))
        self.assertIn(reason, done.out + done.err, str(done))

    def test_blu_ray_drives_are_backed_up_flashed_and_restored(self):
        old, newer = self.bay(1)["name"], self.bay(2)["name"]
        _, before = self.bench.backup(old)
        _, other = self.bench.backup(newer)
        self.assertEqual(list(before), ["MEMORY_FIRMWARE"])  # nothing else is known of them
        content = self.bench.export(other["MEMORY_FIRMWARE"]["name"])
        self.assertEqual(len(content), 2 * 1024 * 1024)
        image = self.add("newer.bin", content)
        self.assertEqual(self.bench.json("image", "show", image)["model"], "BU40N")

        done = self.bench.ok("flash", old, image, "--yes")
        self.assertIn("CHANGED_VERIFIED", done.out)
        self.assertEqual(self.revision(old), "1.03")
        _, after = self.bench.backup(old)
        flashed = self.bench.export(after["MEMORY_FIRMWARE"]["name"])
        mine = self.bench.export(before["MEMORY_FIRMWARE"]["name"])
        self.assertEqual(flashed[0x1000:0x10000], mine[0x1000:0x10000])  # boot, configuration
        self.assertEqual(flashed[0x1F0000:], mine[0x1F0000:])  # calibration
        self.assertEqual(flashed[0x10000:0x1F0000], content[0x10000:0x1F0000])

        self.bench.ok("restore", old, before["MEMORY_FIRMWARE"]["name"], "--yes")
        self.assertEqual(self.revision(old), "1.00")
        _, again = self.bench.backup(old)
        self.assertEqual(again["MEMORY_FIRMWARE"]["sha256"], before["MEMORY_FIRMWARE"]["sha256"])
        # The firmware of one model is nothing for another, whatever the maker.
        self.refused("IMAGE_MODEL_MISMATCH", "flash", self.bay(3)["name"], image, "--yes")

    def test_what_cannot_be_read_is_flashed_with_what_undoes_it(self):
        drive = self.bay(4)["name"]
        image = self.add("new.bin", microcode("SPC MODE 07", "A123"))
        self.refused("IRREVERSIBLE", "flash", drive, image, "--yes")
        self.refused("MEMORY_NOT_READABLE", "backup", drive)
        self.assertEqual(self.revision(drive), "A100")

        # With a file of the revision that it runs there is a way back.
        old = self.add("old.bin", microcode("SPC MODE 07", "A100"))
        done = self.bench.ok("flash", drive, image, "--yes")
        self.assertIn("CHANGED_UNVERIFIED", done.out)
        job = self.bench.last_job(drive)
        self.assertEqual(job["result"], "RESULT_SUCCEEDED")
        self.assertEqual(self.revision(drive), "A123")
        row, = self.bench.sql("select * from jobs where id = ?",
                              job["name"].removeprefix("jobs/"))
        self.assertIn(old, row["plan_json"])

        self.bench.ok("flash", drive, old, "--yes")
        self.assertEqual(self.revision(drive), "A100")

    def test_every_way_to_start_new_microcode(self):
        for bay, product in ((5, "SPC MODE 05"), (6, "SPC MODE 0D")):
            drive = self.bay(bay)["name"]
            self.add("old.bin", microcode(product, "A100"))
            done = self.bench.ok("flash", drive, self.add("new.bin", microcode(product, "A101")),
                                 "--yes")
            self.assertIn("CHANGED_UNVERIFIED", done.out)
            self.assertEqual(self.revision(drive), "A101", product)


if __name__ == "__main__":
    unittest.main()
