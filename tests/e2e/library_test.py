# SPDX-License-Identifier: Apache-2.0
"""The library of images and the comparison of whatever holds bytes, through the real programs."""

import json
import os
import unittest

import bench

MODEL = "LTR-48246S"


def updater(members, version="2.0.4"):
    """An XFlash updater with our own firmware in it: (revision, bytes) pairs, stored plainly."""
    head = b"MZ".ljust(4096, b"\x90") + b"Ver " + version.encode() + bytes(2)
    head += b"HOW_MANY_BIN=%d" % len(members) + bytes(6)
    places, data = [], b""
    for revision, firmware in members:
        places.append((len(data), len(firmware), revision.encode()))
        data += firmware
    places += [(0, 0, b"")] * (4 - len(places))
    for i, place in enumerate(places):
        head += b"BIN_START%d=%010d\0" % (i + 1, place[0])
    for i, place in enumerate(places):
        head += b"BIN_SIZE%d=%010d\0" % (i + 1, place[1])
    for i, place in enumerate(places):
        head += b"NEW_FW%d=" % (i + 1) + place[2].ljust(8, b"\0")
    return head + data


class Library(bench.BenchTest):
    def firmware(self, revision, model=MODEL):
        with open(self.bench.make_image(model, revision), "rb") as file:
            return file.read()

    def test_the_firmware_inside_of_an_updater_is_unpacked(self):
        one, two = self.firmware("SS0D"), self.firmware("SS0E")
        path = self.bench.write("update.exe", updater([("SS0D", one), ("SS0E", two)]))
        asked = self.fails("CONTAINER_HOLDS_SEVERAL", "image", "add", path)
        self.assertIn("SS0D, SS0E", asked.err)
        done = self.bench.ok("-o", "json", "image", "add", path, "--member", "SS0E")
        self.assertEqual((done.json["container"], done.json["firmware_revision"]),
                         ("xflash", "SS0E"))
        self.assertIn("compare its MD5", done.err)
        # The same firmware as a plain file is the same image.
        plain = self.bench.add_image(self.bench.make_image(MODEL, "SS0E"))
        self.assertEqual(plain, done.json["name"])
        # And the updater is compared by what is in it.
        single = self.bench.write("single.exe", updater([("SS0E", two)]))
        self.assertIn("identical", self.bench.ok("compare", single, plain).out)

    def test_updaters_that_cannot_be_unpacked_are_refused_by_name(self):
        for content, words in ((b"MZ" + bytes(600) + b"UPX0", "packed with UPX"),
                               (updater([("SS0D", self.firmware("SS0D"))], "2.0.7"),
                                "nobody has published"),
                               (b"MZ" + bytes(600), "without a table")):
            done = self.fails("CONTAINER_NOT_UNPACKABLE", "image", "add",
                              self.bench.write("odd.exe", content))
            self.assertIn(words, done.err)
        cut = updater([("SS0D", self.firmware("SS0D"))])[:100_000]
        self.fails("CONTAINER_BROKEN", "image", "add", self.bench.write("cut.exe", cut))

    def test_a_donors_dump_is_refused_where_nobody_knows_what_is_its_own(self):
        drive = self.bench.drive(MODEL)["name"]
        _, dumps = self.bench.backup(drive)
        done = self.fails("DONOR_RANGES_UNKNOWN", "image", "add", "--from-dump",
                          dumps["MEMORY_FIRMWARE"]["name"])
        self.assertIn("What would help", " ".join(done.err.split()))
        self.fails("DUMP_MEMORY_WRONG", "image", "add", "--from-dump",
                   dumps["MEMORY_EEPROM"]["name"])

    def test_marks_show_and_a_known_bad_image_is_not_written(self):
        drive = self.bench.drive(MODEL)["name"]
        image = self.bench.add_image(self.bench.make_image(MODEL, "SS0K"))
        planned = self.bench.ok("flash", drive, image, "--dry-run")
        self.assertIn("IMAGE_NOT_APPROVED", planned.out)
        self.bench.ok("image", "approve", image, "--reason", "ran a week")
        self.assertNotIn("IMAGE_NOT_APPROVED",
                         self.bench.ok("flash", drive, image, "--dry-run").out)
        self.bench.ok("image", "note", image, "from the maker's site")

        self.bench.ok("image", "known-bad", image, "--reason", "no DVD-R")
        before = self.bench.memory_files()
        jobs = len(self.bench.jobs())
        done = self.fails("IMAGE_KNOWN_BAD", "flash", drive, image, "--yes")
        self.assertIn("no DVD-R", done.err)
        self.assertEqual(self.bench.memory_files(), before)
        self.assertEqual(len(self.bench.jobs()), jobs)
        self.assertIn("KNOWN_BAD", self.bench.ok("image", "list").out)
        shown = self.bench.ok("image", "show", image).out
        for words in ("no job writes it: no DVD-R", "from the maker's site", "ran a week"):
            self.assertIn(words, shown)
        # What people wrote is in no audit entry.
        entries = json.dumps(self.bench.json("audit", "list"))
        self.assertIn("image.mark", entries)
        for words in ("no DVD-R", "maker's site", "ran a week"):
            self.assertNotIn(words, entries)

        self.bench.ok("image", "known-bad", image, "--clear", "--reason", "was the cable")
        self.bench.ok("flash", drive, image, "--yes")

    def test_show_says_which_drives_it_fits_and_why_not_the_others(self):
        image = self.bench.add_image(self.bench.make_image(MODEL, "SS0L"))
        fits = {f["model"]: f for f in self.bench.json("image", "show", image)["fits"]}
        self.assertEqual(len(fits), 3)
        self.assertTrue(fits[MODEL]["fits"])
        for model in ("LTR-52327S", "LDW-451S"):
            self.assertFalse(fits[model].get("fits", False))
            self.assertRegex(fits[model]["reason"], "^IMAGE_[A-Z_]+$")
            self.assertTrue(fits[model]["text"])
        shown = self.bench.ok("image", "show", image).out
        self.assertIn(": fits", shown)
        self.assertIn("does not fit", shown)

    def test_an_archived_image_is_kept_but_not_listed(self):
        image = self.bench.add_image(self.bench.make_image(MODEL, "SS0M"))
        self.bench.ok("image", "archive", image)
        names = lambda *more: [i["name"] for i in self.bench.json("image", "list", *more)["images"]]
        self.assertNotIn(image, names())
        self.assertIn(image, names("--archived"))
        self.bench.ok("image", "archive", image, "--undo")
        self.assertIn(image, names())


class Hostile(bench.BenchTest):
    """Files that must not become images, and names that must not reach a terminal."""

    def test_names_are_only_names(self):
        for seed, name in enumerate((b"a\nb.bin", b"\x1b[31mred.bin", "SS0\u202eCnib.exe".encode(),
                                     b"\xff\xfe.bin",
                                     b"-rf", b"'; drop table images; --", b"%s%n", b"n" * 255)):
            # Another image each time: the same bytes would keep their first name.
            with open(self.bench.make_image(MODEL, "SS0D", seed=seed), "rb") as file:
                data = file.read()
            path = os.path.join(os.fsencode(self.bench.folder), name)
            with open(path, "wb") as file:
                file.write(data)
            done = self.bench.ok("-o", "json", "image", "add", os.fsdecode(path))
            shown = self.bench.ok("image", "show", done.json["name"]).out
            for text in (done.json["file_name"], shown.replace("\n", "")):
                self.assertFalse(any(ord(c) < 0x20 or c in "\x7f\u202e" for c in text), repr(text))

    def test_a_zip_bomb_is_never_unpacked(self):
        for name, content in (("bomb.zip", b"PK\x03\x04" + b"\0" * 42_000),
                              ("bomb.gz", b"\x1f\x8b" + b"\0" * 42_000),
                              ("bomb.7z", b"7z\xbc\xaf\x27\x1c" + b"\0" * 42_000)):
            done = self.fails("IMAGE_NOT_RECOGNISED", "image", "add",
                              self.bench.write(name, content))
            self.assertIn("compressed archive", done.err)

    def test_nothing_and_too_much(self):
        before = self.bench.json("image", "list")
        self.fails("FILE_EMPTY", "image", "add", self.bench.write("empty.bin", b""))
        path = self.bench.path("huge.bin")
        with open(path, "wb") as file:
            file.truncate(2 << 30)  # sparse
        self.fails("FILE_TOO_LARGE", "image", "add", path)
        self.fails("FILE_TOO_LARGE", "compare", path, path)
        self.assertEqual(self.bench.json("image", "list"), before)


class Compare(bench.BenchTest):
    def test_a_dump_with_the_drive_as_it_is_now(self):
        drive = self.bench.drive(MODEL)
        _, dumps = self.bench.backup(drive["name"])
        for memory in ("MEMORY_FIRMWARE", "MEMORY_EEPROM"):
            before = len(self.bench.jobs(drive["name"]))
            done = self.bench.ok("-o", "json", "compare", dumps[memory]["name"],
                                 f"drive:{drive['bay'].replace(' ', '-')}")
            self.assertTrue(done.json["identical"])
            self.assertIn("identical", done.json["summary"])
            self.assertEqual(len(self.bench.jobs(drive["name"])), before + 1)
            job = self.bench.last_job(drive["name"])
            self.assertEqual(job["kind"], "backup")
            # What was compared is the dump of that job, and no other.
            name = done.json["b"]["name"]
            self.assertIn(name, [d["name"] for d in self.bench.dumps(job=job["name"])])

    def test_a_dump_with_an_image_and_a_file(self):
        drive = self.bench.drive("LDW-451S")["name"]
        _, dumps = self.bench.backup(drive, "--memory", "firmware")
        dump = dumps["MEMORY_FIRMWARE"]["name"]
        data = bytearray(self.bench.export(dump))
        image = self.bench.add_image(self.bench.make_image("LDW-451S", "GSB7"))
        done = self.bench.firmbench("-o", "json", "compare", dump, image)
        self.assertEqual(done.status, bench.EXIT_DIFFER, str(done))
        self.assertIn("id_block", {r["part"] for r in done.json["ranges"]})
        self.assertRegex(done.json["summary"], r"^[\d,]+ of 1,048,576 bytes equal; ")

        data[0xc0123] ^= 0xff
        path = self.bench.write("changed.bin", bytes(data))
        done = self.bench.firmbench("compare", path, dump, "--hex")
        self.assertEqual(done.status, bench.EXIT_DIFFER, str(done))
        self.assertIn("1,048,575 of 1,048,576 bytes equal", done.out)
        self.assertIn("bank 12, DVD+R/+RW media table", done.out)
        lines = [line for line in done.out.splitlines() if line.startswith("0c01")]
        self.assertEqual([line[:6] for line in lines], ["0c0110", "0c0120", "0c0130"])
        self.assertIn(" ! ", lines[1])
        self.assertNotIn("\x1b", done.out)
        done = self.bench.firmbench("-o", "json", "compare", path, dump, "--hex")
        self.assertEqual(len(done.json["lines"]), 3)


if __name__ == "__main__":
    unittest.main()
