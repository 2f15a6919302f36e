# SPDX-License-Identifier: Apache-2.0
"""One drive through a backup, a cross-flash, another port, another bridge and a restore."""

import os
import unittest

import bench

DRIVE = """
[[drives]]
model = "LTR-48246S"
bay = "{bay}"
bridge = "{bridge}"
serial = ""
firmware_revision = "SS0B"
firmware_seed = 48246
eeprom_seed = 1001
"""
OTHER = """
[[drives]]
model = "LTR-52327S"
bay = "bay 9"
serial = ""
firmware_revision = "QS0C"
firmware_seed = 52327
eeprom_seed = 1002
"""
TIME = '[time]\nmode = "virtual"\n'


class OneUnit(unittest.TestCase):
    def setUp(self):
        self.bench = bench.Bench(scenario_text=TIME + DRIVE.format(bay="bay 1", bridge="BR-A"))
        self.addCleanup(self.bench.close)

    def carry(self, text, old_bay=None, new_bay=None):
        """The same drive, memories and all, somewhere else on the bench."""
        self.bench.daemon.stop()
        folder = os.path.join(self.bench.state_dir, "simulated")
        for name in os.listdir(folder):
            if old_bay and name.startswith(old_bay + "."):
                os.rename(os.path.join(folder, name),
                          os.path.join(folder, new_bay + name[len(old_bay):]))
        self.bench.write("bench.toml", text)
        self.bench.start()

    def test_stays_one_unit_with_five_events_and_all_dumps(self):
        b = self.bench
        _, dumps = b.backup(b.drive("LTR-48246S")["name"])
        unit = b.json("unit", "show", "U-0001")["name"]
        image = b.add_image(b.make_image("LTR-48246S", "SS0D"))
        b.ok("flash", "bay-1", image, "--yes")

        self.carry(TIME + OTHER + DRIVE.format(bay="bay 2", bridge="BR-A"), "bay_1", "bay_2")
        self.assertEqual(b.json("unit", "show", "U-0001")["drive"],
                         b.drive("LTR-48246S")["name"])
        self.carry(TIME + OTHER + DRIVE.format(bay="bay 2", bridge="BR-B"))
        b.ok("restore", "U-0001", dumps["MEMORY_FIRMWARE"]["name"], "--yes")

        units = [u for u in b.json("unit", "list")["units"] if u["model"] == "LTR-48246S"]
        self.assertEqual([u["name"] for u in units], [unit])
        shown = b.ok("unit", "show", "U-0001").out
        history = shown[shown.index("\nTIME "):]
        history = history[1:history.index("\n\n")].splitlines()[1:]
        self.assertEqual([line.split()[1] for line in history],
                         ["backup", "flash", "port", "bridge", "restore"], shown)
        self.assertIn("SS0B to SS0D", shown)
        self.assertIn("behind another bridge: BR-B, before BR-A", shown)
        for dump in b.dumps():
            self.assertEqual(dump["unit"], unit)
            self.assertIn(dump["name"], shown)
        # Weights in words, and counts of the EEPROM.
        for word in ("strong", "weak", "1 unit of this model seen", "not yet known",
                     "all 1,024 bytes equal"):
            self.assertIn(word, shown)
        # The places stay evidence, each with its time.
        places = [e["value"] for e in b.json("unit", "show", unit)["evidence"]
                  if e["kind"] in ("topology", "bridge_serial")]
        self.assertEqual(sorted(places), ["BR-A", "BR-B", "sim/0", "sim/1"])
        b.ok("audit", "verify")


class Decisions(bench.BenchTest):
    def test_label_note_archive_customer_and_erase(self):
        b = self.bench
        b.ok("backup", "bay-1", "--memory", "eeprom")
        unit = b.json("drive", "show", "bay-1")["unit_number"]
        b.ok("unit", "label", unit, "FB-00017")
        self.assertEqual(b.json("unit", "show", "FB-00017")["number"], unit)
        b.ok("unit", "note", unit, "tray belt replaced")
        b.ok("unit", "note", unit, "--outside", "MTKFLASH 1.83", "SS0D under DOS")
        b.ok("unit", "customer", unit, "--name", "Video Lab", "--ticket", "4711")
        shown = b.ok("unit", "show", unit).out
        for text in ("FB-00017", "tray belt replaced", "MTKFLASH 1.83", "Video Lab", "4711"):
            self.assertIn(text, shown)
        for row in b.sql("select json from audit_entries"):
            for text in ("FB-00017", "belt", "Video", "4711", "DOS"):
                self.assertNotIn(text, str(row["json"]))

        self.fails("CONFIRMATION_NEEDED", "unit", "erase", unit, status=bench.EXIT_USAGE)
        b.ok("unit", "erase", unit, "--yes")
        shown = b.ok("unit", "show", unit).out
        for text in ("belt", "DOS", "Video Lab", "4711"):
            self.assertNotIn(text, shown)
        b.ok("unit", "archive", unit, "--reason", "sold")
        self.assertNotIn(unit, b.ok("unit", "list").out)
        self.assertIn(unit, b.ok("unit", "list", "--all").out)
        b.ok("unit", "archive", unit, "--undo")
        b.ok("audit", "verify")

    def test_merge_and_split(self):
        b = self.bench
        _, one = b.backup(b.drive("LTR-52327S")["name"])
        _, two = b.backup(b.drive("LDW-451S")["name"])
        unit_of = {d["name"]: d["unit"] for d in b.dumps()}
        into, gone = (unit_of[x["MEMORY_EEPROM"]["name"]] for x in (one, two))
        self.assertNotEqual(into, gone)
        self.fails("UNITS_ARE_ONE", "unit", "merge", into, into, "--reason", "test")
        merged = b.json("unit", "merge", gone, into, "--reason", "same board")
        self.assertEqual((merged["name"], int(merged["dump_count"])), (into, 4))
        self.assertEqual(b.json("unit", "show", gone)["name"], into)
        moved = [d["name"] for d in two.values()]
        made = b.json("unit", "split", into, *moved, "--reason", "two boards after all")
        self.assertEqual({d["name"] for d in b.dumps(unit=made["name"])}, set(moved))
        b.ok("unit", "attribute", moved[0], "--unidentified", "--reason", "not sure")
        b.ok("unit", "attribute", moved[0], made["name"], "--reason", "sure again")
        self.fails("DUMP_NOT_OF_UNIT", "unit", "split", into, *moved, "--reason", "again")
        b.ok("audit", "verify")


if __name__ == "__main__":
    unittest.main()
