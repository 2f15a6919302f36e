# SPDX-License-Identifier: Apache-2.0
"""What a bench says of its drives."""

import unittest

import bench

MODELS = {"LTR-48246S": "SS0B", "LTR-52327S": "QS0C", "LDW-451S": "GSB4"}


class Drives(bench.BenchTest):
    def test_list_names_what_a_script_needs(self):
        drives = self.bench.drives()
        self.assertEqual({d["model"] for d in drives}, set(MODELS))
        for drive in drives:
            self.assertRegex(drive["name"], r"^drives/\S+$")
            self.assertEqual(drive["firmware_revision"], MODELS[drive["model"]])
            self.assertIn("serial", drive)  # a text, or null: these drives report none
            self.assertIsNone(drive["serial"])
            self.assertTrue(drive["flash_chip"]["part"])
            self.assertLessEqual({"MEMORY_FIRMWARE", "MEMORY_EEPROM"},
                                 {m["memory"] for m in drive["memories"]})
            self.assertEqual(drive["state"], "STATE_READY")
            self.assertTrue(drive["simulated"])

    def test_only_a_chip_that_nobody_published_is_assumed(self):
        chips = {d["model"]: d["flash_chip"] for d in self.bench.drives()}
        self.assertEqual(chips["LTR-48246S"]["part"], "W29C040")
        self.assertFalse(chips["LTR-48246S"]["assumed"])
        self.assertEqual(chips["LTR-52327S"]["part"], "SST39VF040")
        self.assertTrue(chips["LTR-52327S"]["assumed"])
        self.assertIn("assumed", self.bench.ok("drive", "list").out)

    def test_show_says_for_each_memory_what_can_be_done_and_why(self):
        for drive in self.bench.drives():
            shown = self.bench.json("drive", "show", drive["name"])
            for memory in shown["memories"]:
                for operation in ("read", "flash", "restore"):
                    ability = memory[operation]
                    self.assertTrue(ability["why"], f"{memory['memory']} {operation}")
                    self.assertTrue(ability["evidence"], f"{memory['memory']} {operation}")
            text = self.bench.ok("drive", "show", drive["name"]).out
            for word in ("firmware", "eeprom", "read", "flash", "restore"):
                self.assertIn(word, text.lower())

    def test_a_bare_id_names_a_drive_too(self):
        name = self.bench.drives()[0]["name"]
        shown = self.bench.json("drive", "show", name.removeprefix("drives/"))
        self.assertEqual(shown["name"], name)

    def test_table_has_a_row_per_drive_that_begins_with_its_name(self):
        lines = self.bench.ok("drive", "list").out.splitlines()
        self.assertTrue(lines[0].startswith("NAME"), lines[0])
        self.assertEqual({line.split()[0] for line in lines[1:]},
                         {d["name"] for d in self.bench.drives()})

    def test_bench_info_counts_them(self):
        info = self.bench.json("bench", "info")
        self.assertEqual(info["drive_count"], 3)
        self.assertTrue(info["simulated"])

    def test_eject_leaves_the_drive_ready(self):
        name = self.bench.drives()[0]["name"]
        self.bench.ok("drive", "eject", name)
        self.assertEqual(self.bench.json("drive", "show", name)["state"], "STATE_READY")

    def test_unknown_drive(self):
        for command in (["drive", "show"], ["backup"], ["drive", "eject"]):
            self.fails("DRIVE_NOT_FOUND", *command, "drives/nonesuch")


if __name__ == "__main__":
    unittest.main()
