# SPDX-License-Identifier: Apache-2.0
"""Bad input gets a clear error with a stable reason; nothing is written, nothing is lost."""

import json
import os
import random
import unittest

import bench

UNKNOWN = "0" * 26  # a well-formed id of nothing


class Images(bench.BenchTest):
    """Firmware files that must not reach a drive."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.drive = cls.bench.drive("LTR-48246S")["name"]
        _, cls.before = cls.bench.backup(cls.drive)
        cls.files = cls.bench.memory_files()

    def refused(self, path, *reasons):
        """The file is refused, by the library or by the plan, with one of these reasons."""
        added = self.bench.firmbench("-o", "json", "image", "add", path)
        done = added
        if added.status == bench.EXIT_OK:
            done = self.bench.firmbench("flash", self.drive, added.json["name"], "--yes")
        self.assertIn(done.status, (bench.EXIT_FAILED, bench.EXIT_JOB), str(done))
        self.assertTrue(any(reason in done.err for reason in reasons), str(done))

    def tearDown(self):
        # No job ever began to write, and the drive holds what it held: by its own account and in
        # the files in which the simulator keeps its memories.
        self.assertEqual(self.bench.sql("select id from jobs where write_started_us <> 0"), [])
        self.assertEqual(self.bench.memory_files(), self.files)
        _, now = self.bench.backup(self.drive)
        for memory, dump in self.before.items():
            self.assertEqual(now[memory]["sha256"], dump["sha256"])

    def valid(self):
        with open(self.bench.make_image("LTR-48246S", "SS0D", "valid.bin"), "rb") as file:
            return file.read()

    def test_for_another_model(self):
        self.refused(self.bench.make_image("LTR-52327S", "QS0D"), "IMAGE_MODEL_MISMATCH")

    def test_of_another_class_of_drive(self):
        self.refused(self.bench.make_image("LDW-451S", "GSB7"), "IMAGE_MODEL_MISMATCH",
                     "IMAGE_SIZE_WRONG")

    def test_truncated(self):
        self.refused(self.bench.write("short.bin", self.valid()[:200_000]),
                     "IMAGE_TRUNCATED", "IMAGE_SIZE_WRONG", "IMAGE_NOT_RECOGNISED")

    def test_too_long(self):
        self.refused(self.bench.write("long.bin", self.valid() + bytes(4096)),
                     "IMAGE_SIZE_WRONG", "IMAGE_NOT_RECOGNISED")

    def test_all_ff(self):
        self.refused(self.bench.write("blank.bin", b"\xff" * (512 * 1024)), "IMAGE_BLANK",
                     "IMAGE_NOT_RECOGNISED")

    def test_empty(self):
        self.refused(self.bench.write("empty.bin", b""), "IMAGE_EMPTY", "IMAGE_BLANK",
                     "IMAGE_SIZE_WRONG", "IMAGE_NOT_RECOGNISED", "FILE_EMPTY")

    def test_not_an_image(self):
        noise = random.Random(3).randbytes(512 * 1024)
        self.refused(self.bench.write("noise.bin", noise), "IMAGE_NOT_RECOGNISED")

    def test_an_eeprom_dump_as_image(self):
        data = self.bench.export(self.before["MEMORY_EEPROM"]["name"])
        self.refused(self.bench.write("eeprom.bin", data), "IMAGE_IS_EEPROM")

    def test_far_too_large_is_refused_before_it_is_read(self):
        path = self.bench.path("huge.bin")
        with open(path, "wb") as file:
            file.truncate(8 << 30)  # sparse
        done = self.bench.firmbench("image", "add", path)
        self.assertEqual(done.status, bench.EXIT_FAILED, str(done))
        self.assertRegex(done.err, r"[A-Z]+_TOO_LARGE|IMAGE_SIZE_WRONG|UPLOAD_SIZE")

    def test_no_such_file(self):
        done = self.bench.firmbench("image", "add", self.bench.path("nonesuch.bin"))
        self.assertIn(done.status, (bench.EXIT_FAILED, bench.EXIT_USAGE), str(done))

    def test_no_such_image(self):
        self.fails("IMAGE_NOT_FOUND", "flash", self.drive, f"images/{UNKNOWN}", "--yes")


class Jobs(bench.BenchTest):
    """Requests that do not fit the drive."""

    def test_eeprom_of_another_unit_is_not_restored(self):
        one, two = self.bench.drive("LTR-48246S")["name"], self.bench.drive("LTR-52327S")["name"]
        _, dumps = self.bench.backup(two, "--memory", "eeprom")
        done = self.bench.firmbench("restore", one, dumps["MEMORY_EEPROM"]["name"], "--yes")
        self.assertIn(done.status, (bench.EXIT_FAILED, bench.EXIT_JOB), str(done))
        self.assertIn("DUMP_OF_ANOTHER_UNIT", done.err, str(done))
        self.assertEqual(self.bench.sql("select id from jobs where write_started_us <> 0"), [])

    def test_without_yes_a_script_changes_nothing(self):
        drive = self.bench.drive("LTR-48246S")["name"]
        image = self.bench.add_image(self.bench.make_image("LTR-48246S", "SS0D"))
        self.fails("CONFIRMATION_NEEDED", "flash", drive, image, status=bench.EXIT_USAGE)
        self.assertEqual([j for j in self.bench.jobs(drive) if j["kind"] == "flash"], [])

    def test_unknown_things(self):
        drive = self.bench.drive("LTR-48246S")["name"]
        self.fails("DUMP_NOT_FOUND", "restore", drive, f"dumps/{UNKNOWN}", "--yes")
        self.fails("DUMP_NOT_FOUND", "dump", "show", f"dumps/{UNKNOWN}")
        self.fails("JOB_NOT_FOUND", "job", "show", f"jobs/{UNKNOWN}")
        self.fails("JOB_NOT_FOUND", "job", "watch", f"jobs/{UNKNOWN}")
        self.fails("JOB_NOT_FOUND", "job", "cancel", f"jobs/{UNKNOWN}")
        self.fails("NAME_INVALID", "job", "show", "jobs/nonesuch")
        self.fails("UNIT_NOT_FOUND", "unit", "show", f"units/{UNKNOWN}")

    def test_hostile_names_are_only_names(self):
        for name in ("../../etc/passwd", "drives/../x", "a" * 5000, "'; drop table jobs; --",
                     "drives/%00", "drives/\u202e"):
            done = self.bench.firmbench("drive", "show", name)
            self.assertIn(done.status, (bench.EXIT_FAILED, bench.EXIT_USAGE), str(done)[:300])
        self.assertEqual(len(self.bench.drives()), 3)

    def test_a_closed_job_is_not_cancelled(self):
        drive = self.bench.drive("LTR-48246S")["name"]
        job, _ = self.bench.backup(drive, "--memory", "eeprom")
        self.fails("JOB_CLOSED", "job", "cancel", job["name"])


class Compare(bench.BenchTest):
    """Exit statuses of dump compare: 0 identical, 6 different, 1 when it cannot be said."""

    def test_statuses(self):
        drive = self.bench.drive("LTR-48246S")["name"]
        _, first = self.bench.backup(drive)
        _, second = self.bench.backup(drive)
        same = self.bench.ok("dump", "compare", first["MEMORY_FIRMWARE"]["name"],
                             second["MEMORY_FIRMWARE"]["name"])
        self.assertIn("identical", same.out)
        self.assertIn(first["MEMORY_FIRMWARE"]["sha256"], same.out)

        image = self.bench.make_image("LTR-48246S", "SS0D")
        other = self.bench.firmbench("dump", "compare", first["MEMORY_FIRMWARE"]["name"], image)
        self.assertEqual(other.status, bench.EXIT_DIFFER, str(other))
        self.fails("DUMP_NOT_FOUND", "dump", "compare", f"dumps/{UNKNOWN}", image)

    def test_two_files(self):
        one = self.bench.write("one.bin", b"a" * 1000)
        two = self.bench.write("two.bin", b"a" * 500 + b"b" + b"a" * 499)
        self.assertIn("identical", self.bench.ok("dump", "compare", one, one).out)
        done = self.bench.firmbench("-o", "json", "dump", "compare", one, two)
        self.assertEqual(done.status, bench.EXIT_DIFFER, str(done))
        answer = json.loads(done.out)
        self.assertFalse(answer["identical"])
        self.assertEqual([(r["offset_bytes"], r["length_bytes"]) for r in answer["ranges"]],
                         [("500", "1")])

    def test_identical_dumps_of_different_models_are_suspicious(self):
        one = self.bench.drive("LTR-48246S")["name"]
        _, dumps = self.bench.backup(one, "--memory", "firmware")
        data = self.bench.export(dumps["MEMORY_FIRMWARE"]["name"])
        path = self.bench.write("copy.bin", data)
        self.assertEqual(os.path.getsize(path), len(data))
        self.assertIn("identical", self.bench.ok(
            "dump", "compare", dumps["MEMORY_FIRMWARE"]["name"], path).out)


if __name__ == "__main__":
    unittest.main()
