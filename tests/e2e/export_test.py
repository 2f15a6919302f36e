# SPDX-License-Identifier: Apache-2.0
"""A unit or a shop as a folder: readable without us, and the same rows in another bench."""

import csv
import json
import os
import shutil
import stat
import subprocess
import unittest

import bench

FORMULA = "=HYPERLINK(\"http://example.org\")"


class Export(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.bench = bench.Bench()
        cls.addClassCleanup(cls.bench.close)
        cls.units = {}
        for model in ("LTR-48246S", "LTR-52327S"):
            _, dumps = cls.bench.backup(cls.bench.drive(model)["name"])
            cls.units[model] = dumps["MEMORY_EEPROM"]["unit_number"]
        one = cls.units["LTR-48246S"]
        cls.bench.ok("unit", "label", one, "shelf-7")
        cls.bench.ok("unit", "customer", one, "--name", FORMULA, "--ticket", "T-17")
        cls.bench.ok("unit", "note", one, "the tray is slow")
        cls.bench.ok("dump", "import", cls.bench.make_image("LDW-451S", "GSB7", "old.bin"))
        cls.folder = cls.bench.path("shop")
        cls.bench.ok("export", "--all", "-o", cls.folder)

    def rows(self, folder):
        """The records, without what belongs to one bench."""
        rows = []
        with open(os.path.join(folder, "records.jsonl"), encoding="utf-8") as file:
            for line in file:
                record = json.loads(line)
                for field in ("number", "job_id"):
                    record["row"].pop(field, None)
                rows.append(json.dumps(record, sort_keys=True))
        return sorted(rows)

    def table(self, name, folder=None):
        with open(os.path.join(folder or self.folder, name), encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    def other_bench(self):
        other = bench.Bench()
        self.addCleanup(other.close)
        return other

    def altered(self):
        copy = os.path.join(self.bench.folder, self.id().split(".")[-1])
        shutil.copytree(self.folder, copy)
        self.addCleanup(shutil.rmtree, copy)
        return copy

    def test_is_readable_without_firmbench(self):
        done = subprocess.run(["sha256sum", "-c", "--strict", "SHA256SUMS"], cwd=self.folder,
                              capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        dumps = self.table("dumps.csv")
        self.assertEqual(len(dumps), 5)
        for dump in dumps:
            size = os.path.getsize(os.path.join(self.folder, dump["file"]))
            self.assertEqual(size, int(dump["size_bytes"]))
        self.assertIn("old.bin", [d["original_name"] for d in dumps])
        customer, = self.table("customers.csv")
        self.assertEqual((customer["customer"], customer["ticket"], customer["label"]),
                         ("'" + FORMULA, "T-17", "shelf-7"))
        self.assertEqual(len(self.table("jobs.csv")), 2)
        for root, _, files in os.walk(self.folder):
            for name in files:
                mode = stat.S_IMODE(os.stat(os.path.join(root, name)).st_mode)
                self.assertEqual(mode, 0o600, name)
        with open(os.path.join(self.folder, "manifest.json"), encoding="utf-8") as file:
            text = file.read()
        self.assertEqual(text, json.dumps(json.loads(text), sort_keys=True,
                                          separators=(",", ":"), ensure_ascii=False))

    def test_gives_the_same_rows_in_another_bench(self):
        other = self.other_bench()
        first = other.json("import", self.folder)
        self.assertEqual((first["present_count"], first["skipped_count"]), (0, 0))
        self.assertEqual(first["added_count"], len(self.rows(self.folder)))
        other.ok("export", "--all", "-o", other.path("back"))
        self.assertEqual(self.rows(other.path("back")), self.rows(self.folder))
        for dump in self.table("dumps.csv"):
            self.assertEqual(other.export(dump["dump"]), self.bench.export(dump["dump"]))
        again = other.json("import", self.folder)
        self.assertEqual((again["added_count"], again["present_count"]),
                         (0, first["added_count"]))
        other.ok("audit", "verify")
        # The drive that was exported is known there when it arrives.
        other.restart()
        drive = other.drive("LTR-48246S")["name"]
        _, dumps = other.backup(drive)
        self.assertEqual(dumps["MEMORY_EEPROM"]["unit"],
                         next(d["unit"] for d in self.table("dumps.csv")
                              if d["model"] == "LTR-48246S" and d["memory"] == "eeprom"))

    def test_into_the_same_bench_adds_nothing(self):
        before = self.bench.sql("select count(*) as n from audit_entries")
        self.assertEqual(self.bench.json("import", self.folder)["added_count"], 0)
        self.assertEqual(self.bench.sql("select count(*) as n from audit_entries"), before)

    def test_one_unit(self):
        folder = self.bench.path("one")
        self.bench.ok("unit", "export", self.units["LTR-48246S"], "-o", folder)
        self.assertEqual([u["label"] for u in self.table("units.csv", folder)], ["shelf-7"])
        self.assertEqual(len(self.table("dumps.csv", folder)), 2)
        other = self.other_bench()
        other.ok("import", folder)
        other.ok("export", "--all", "-o", other.path("back"))
        self.assertEqual(self.rows(other.path("back")), self.rows(folder))

    def test_what_was_altered_is_refused_by_name(self):
        other = self.other_bench()
        copy = self.altered()
        files = sorted(os.listdir(os.path.join(copy, "files")))
        for name in ["manifest.json", "records.jsonl", "customers.csv", "README.txt",
                     "SHA256SUMS", "files/" + files[0]]:
            path = os.path.join(copy, name)
            with open(path, "rb") as file:
                content = file.read()
            for changed in (content[:-2] + bytes([content[-2] ^ 1]) + content[-1:], content[:-1]):
                with open(path, "wb") as file:
                    file.write(changed)
                done = other.firmbench("import", copy)
                self.assertEqual(done.status, bench.EXIT_FAILED, str(done))
                self.assertIn("EXPORT_ALTERED", done.err)
                self.assertIn(name, done.err)
            os.remove(path)
            self.assertIn(name, other.firmbench("import", copy).err)
            with open(path, "wb") as file:
                file.write(content)
        self.assertEqual(other.dumps(), [])
        self.assertEqual(other.sql("select * from units"), [])
        other.ok("import", copy)

    def test_a_link_in_place_of_a_file_is_not_followed(self):
        copy = self.altered()
        name = sorted(os.listdir(os.path.join(copy, "files")))[0]
        path = os.path.join(copy, "files", name)
        os.rename(path, self.bench.path("moved"))
        os.symlink(self.bench.path("moved"), path)
        done = self.bench.firmbench("import", copy)
        self.assertIn("EXPORT_ALTERED", done.err, str(done))

    def test_overwrites_nothing(self):
        done = self.bench.firmbench("export", "--all", "-o", self.folder)
        self.assertEqual(done.status, bench.EXIT_FAILED, str(done))
        self.assertIn("FOLDER_NOT_EMPTY", done.err)
        self.assertEqual(self.bench.firmbench("export", "-o", self.bench.path("x")).status,
                         bench.EXIT_USAGE)


if __name__ == "__main__":
    unittest.main()
