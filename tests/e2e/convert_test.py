# SPDX-License-Identifier: Apache-2.0
"""A 451S becomes an 851S, and a 451S again, with its own EEPROM but for the model's name."""

import unittest

import bench

SCENARIO = """\
# SPDX-License-Identifier: Apache-2.0
[persist]
dir = "memories"

[[drives]]
model = "LDW-451S"
bay = "bay 1"
firmware_seed = 451
eeprom_seed = 1003
eeprom_write = true

[[drives.operator]]
on_prompt = "hold_eject"
do = ["hold_eject"]
[[drives.operator]]
on_prompt = "release_eject"
do = ["release_eject"]

[[drives]]
model = "LTR-52327S"
bay = "bay 2"
"""


class Convert(bench.BenchTest):
    scenario_text = SCENARIO

    def eeprom(self, job, purpose):
        dump, = [d for d in self.bench.dumps(job=job["name"])
                 if (d["memory"], d["purpose"]) == ("MEMORY_EEPROM", purpose)][:1]
        return self.bench.export(dump["name"])

    def convert(self, drive, to, image):
        plan = self.bench.json("convert", drive, "--to", to, "--image", image, "--dry-run")
        self.assertEqual(plan["target_model"], to)
        done = self.bench.ok("convert", drive, "--to", to, "--image", image, "--yes")
        self.assertIn("note that the EEPROM is verified", done.err + done.out)
        job = self.bench.last_job(drive)
        self.assertEqual((job["kind"], job["result"], job["outcome"], job["eeprom_check"]),
                         ("convert", "RESULT_SUCCEEDED", "OUTCOME_CHANGED_VERIFIED",
                          "EEPROM_CHECK_EQUAL"))
        self.assertEqual(job["target_model"], to)
        show = self.bench.json("drive", "show", drive)
        self.assertEqual(show["model"], to)
        return job

    def test_to_the_other_model_and_back(self):
        bench_ = self.bench
        drive = bench_.drive("LDW-451S")["name"]
        _, before = bench_.backup(drive)
        newer = bench_.add_image(bench_.make_image("LDW-851S", "GS0N"))
        job = self.convert(drive, "LDW-851S", newer)
        old, new = self.eeprom(job, "before_write"), self.eeprom(job, "readback")
        self.assertEqual([(i, old[i], new[i]) for i in range(len(old)) if old[i] != new[i]],
                         [(0x14, ord("4"), ord("8"))])
        self.assertEqual(len(old), len(new))
        unit = bench_.json("drive", "show", drive)["unit"]
        self.assertEqual(unit, job["unit"])
        actions = [e["action"] for e in bench_.sql(
            "select action from audit_entries where resource = ? order by sequence", job["name"])]
        self.assertLess(actions.index("job.write_started"), actions.index("job.checkpoint"))
        self.assertLess(actions.index("job.checkpoint"), actions.index("job.close"))

        # Its own firmware, as a file, makes it what it was.
        bench_.export(before["MEMORY_FIRMWARE"]["name"], "own.bin")
        self.convert(drive, "LDW-451S", bench_.add_image(bench_.path("own.bin")))
        _, after = bench_.backup(drive)
        for memory in ("MEMORY_FIRMWARE", "MEMORY_EEPROM"):
            self.assertEqual(after[memory]["sha256"], before[memory]["sha256"])

    def test_what_is_not_known_is_refused(self):
        drive = self.bench.drive("LTR-52327S")["name"]
        image = self.bench.add_image(self.bench.make_image("LDW-851S", "GS0N", "other.bin", 8))
        self.fails("CONVERSION_NOT_KNOWN", "convert", drive, "--to", "LDW-851S", "--image", image,
                   "--yes")


if __name__ == "__main__":
    unittest.main()
