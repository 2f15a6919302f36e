# SPDX-License-Identifier: Apache-2.0
"""What speaks for a dump, the search, and the passport of a unit after a backup, flash, restore."""

import html.parser
import json
import os
import stat
import unittest

import bench


class _Page(html.parser.HTMLParser):
    """The tags of a page, each closed, and its text."""

    VOID = {"meta", "rect", "path"}

    def __init__(self, text):
        super().__init__()
        self.open, self.tags, self.words = [], [], []
        self.feed(text)
        self.close()
        self.text = " ".join(" ".join(self.words).split())

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            raise AssertionError(f"</{tag}> closes what is not open")

    def handle_data(self, data):
        self.words.append(data)


class Passport(bench.BenchTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        drive = cls.bench.drive("LTR-48246S")
        cls.drive = drive["name"]
        _, cls.before = cls.bench.backup(cls.drive)
        image = cls.bench.make_image("LTR-48246S", "SS0D")
        cls.bench.ok("flash", cls.drive, image, "--yes")
        cls.bench.ok("restore", cls.drive, cls.before["MEMORY_FIRMWARE"]["name"], "--yes")
        cls.unit = cls.bench.json("dump", "show", cls.before["MEMORY_FIRMWARE"]["name"])["unit"]

    def kinds(self, dump):
        return [p["kind"] for p in self.bench.json("dump", "show", dump)["proofs"]]

    def test_words_of_proof(self):
        restored = self.before["MEMORY_FIRMWARE"]["name"]
        self.assertEqual(self.kinds(restored), ["KIND_READS_AGREE", "KIND_RECOGNISED",
                                                "KIND_REHEARSED"])
        self.assertEqual(self.kinds(self.before["MEMORY_EEPROM"]["name"]), ["KIND_READS_AGREE"])
        show = self.bench.ok("dump", "show", restored).out
        self.assertIn("reads agree (2)", show)
        self.assertIn("rehearsal", show)
        self.assertIn("proves only our simulator", " ".join(show.split()))
        self.assertIn("agree(2),recognised,(rehearsed)", self.bench.ok("dump", "list").out)
        # Each read of a read-back is a single one.
        readback = self.bench.dumps(purpose="readback")[0]
        self.assertEqual(readback["proofs"][0]["kind"], "KIND_READ_ONCE")

    def test_a_job_shows_what_speaks_for_its_dumps(self):
        job = self.before["MEMORY_FIRMWARE"]["job"]
        self.assertIn("agree(2),recognised", self.bench.ok("job", "show", job).out)

    def test_page(self):
        path = self.bench.path("passport.html")
        self.bench.ok("unit", "passport", self.unit, "-o", path)
        self.assertEqual(stat.S_IMODE(os.stat(path).st_mode) & 0o077, 0)
        with open(path, encoding="utf-8") as file:
            text = file.read()
        page = _Page(text)
        self.assertEqual(page.open, [])
        for word in ("U-0001", self.unit, self.before["MEMORY_EEPROM"]["sha256"],
                     "rehearsed on the simulator: proves only our simulator", "Audit checkpoint",
                     "EEPROM, byte by byte", "every byte is the same as before", "simulated"):
            self.assertIn(word, page.text)
        self.assertEqual(len([t for t, _ in page.tags if t == "svg"]), 5)  # map, QR code, legend
        self.assertFalse({"script", "img", "link", "iframe"} & {t for t, _ in page.tags})
        self.fails("FILE_EXISTS", "unit", "passport", self.unit, "-o", path)
        self.bench.ok("unit", "passport", self.unit, "-o", path, "--force")
        self.fails("USAGE", "unit", "passport", self.unit, "-o", self.bench.path("passport.txt"),
                   status=bench.EXIT_USAGE)

    def test_json(self):
        path = self.bench.path("passport.json")
        self.bench.ok("unit", "passport", "U-0001", "-o", path)
        with open(path, encoding="utf-8") as file:
            passport = json.load(file)
        self.assertEqual(passport["unit"]["name"], self.unit)
        self.assertEqual([j["kind"] for j in passport["jobs"]], ["backup", "flash", "restore"])
        self.assertEqual(passport["jobs"][1]["eeprom_check"], "EEPROM_CHECK_EQUAL")
        self.assertGreater(int(passport["checkpoint"]["tree_size"]), 0)
        self.assertIn(self.before["MEMORY_FIRMWARE"]["sha256"],
                      [d["sha256"] for d in passport["dumps"]])
        self.assertEqual(passport["unit"]["customer"], "")

    def test_find(self):
        sha256 = self.before["MEMORY_EEPROM"]["sha256"]
        hits = self.bench.json("find", sha256[:16].upper())["hits"]
        self.assertIn(self.before["MEMORY_EEPROM"]["name"], [h["name"] for h in hits])
        self.assertIn(self.unit, [h["name"] for h in self.bench.json("find", "U-0001")["hits"]]
                      + [self.unit])
        self.assertIn("eeprom of U-0001", self.bench.ok("find", sha256).out)
        done = self.bench.firmbench("find", "no such text")
        self.assertEqual(done.status, bench.EXIT_FAILED, str(done))
        self.fails("SEARCH_TEXT_INVALID", "find", "ab")


if __name__ == "__main__":
    unittest.main()
