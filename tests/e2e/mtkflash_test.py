# SPDX-License-Identifier: Apache-2.0
"""The command line of MTKFLASH on a simulated bench: the same bytes, by protected jobs."""

import hashlib
import os
import unittest

import bench

MODEL = "LTR-48246S"


class Mtkflash(bench.BenchTest):
    def mtkflash(self, *words, **options):
        return self.bench.ok("mtkflash", *words, **options)

    def read_file(self, path):
        with open(path, "rb") as file:
            return file.read()

    def flash_of_the_first_drive(self):
        """SHA-256 of what the simulator keeps as the flash of the drive in the first bay."""
        self.assertEqual(self.bench.drives()[0]["model"], MODEL)
        return self.bench.memory_files()["bay_1.flash"]

    def test_read_binary_equals_the_memory_of_the_drive(self):
        path = self.bench.path("out.bin")
        done = self.mtkflash("1", "R", "/B", "/M", path)
        self.assertIn("counted in their order", done.err)
        self.assertIn("/M: nobody has documented", done.err)
        data = self.read_file(path)
        self.assertEqual(len(data), 512 * 1024)
        self.assertEqual(hashlib.sha256(data).hexdigest(), self.flash_of_the_first_drive())
        # The same bytes are in the ledger, as a backup of the unit.
        dump = self.bench.dumps(sha256=hashlib.sha256(data).hexdigest())[0]
        self.assertEqual(dump["purpose"], "backup")
        # A file that is there is not lost.
        self.fails("FILE_EXISTS", "mtkflash", "1", "R", "/B", path)
        self.mtkflash("1", "r", "/b", path, "--force")

    def test_hex_text_round_trips(self):
        drive = self.bench.drives()[0]["name"]
        before = self.flash_of_the_first_drive()
        text = self.bench.path("out.hex")
        self.mtkflash("1", "R", text)
        lines = self.read_file(text).decode("ascii").split("\r\n")
        self.assertEqual(lines[-2:], [":00000001FF", ""])
        self.assertEqual(lines.count(":00000155AA"), 7)

        other = self.bench.make_image(MODEL, "SS0D")
        self.mtkflash("1", "W", "/B", other, "--yes")
        self.assertEqual(self.bench.json("drive", "show", drive)["firmware_revision"], "SS0D")
        self.assertNotEqual(self.flash_of_the_first_drive(), before)
        self.mtkflash("1", "V", "/B", other)
        differs = self.bench.firmbench("mtkflash", "1", "V", text)
        self.assertEqual(differs.status, bench.EXIT_DIFFER, str(differs))

        self.mtkflash("1", "W", text, "--yes")
        self.assertEqual(self.flash_of_the_first_drive(), before)
        job = self.bench.last_job(drive)
        self.assertEqual((job["kind"], job["result"]), ("flash", "RESULT_SUCCEEDED"))
        image = self.bench.json("image", "show", job["image"])
        self.assertEqual((image["container"], image["sha256"]), ("hex_text", before))

    def test_writing_asks_and_says_which_kind_of_file_it_is(self):
        other = self.bench.make_image(MODEL, "SS0D", "plain.bin")
        jobs = len(self.bench.jobs())
        done = self.mtkflash("1", "W", other, "--dry-run")
        self.assertIn("it is binary and is taken so", done.err)
        self.fails("CONFIRMATION_NEEDED", "mtkflash", "1", "W", "/B", other,
                   status=bench.EXIT_USAGE)
        text = self.bench.write("a.hex", ":01000200AA53\r\n:00000001FF\r\n")
        self.fails("MTKFLASH_FILE_IS_TEXT", "mtkflash", "1", "W", "/B", text)
        damaged = self.bench.write("b.hex", ":01000200AA54\r\n:00000001FF\r\n")
        self.fails("HEX_TEXT_CHECKSUM", "mtkflash", "1", "W", damaged)
        self.assertEqual(len(self.bench.jobs()), jobs)

    def test_identify_says_which_chip(self):
        done = self.mtkflash("1", "C")
        self.assertIn("W29C040", done.out)
        self.assertIn(MODEL, done.out)
        self.assertIn("nobody has documented", self.mtkflash("1", "S").err)

    def test_a_position_without_a_drive(self):
        done = self.fails("MTKFLASH_POSITION_EMPTY", "mtkflash", "4", "R", "/B",
                          self.bench.path("none.bin"))
        self.assertIn(f"bay 1 ({MODEL})", done.err)
        self.assertFalse(os.path.exists(self.bench.path("none.bin")))


if __name__ == "__main__":
    unittest.main()
