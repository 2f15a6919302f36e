# SPDX-License-Identifier: Apache-2.0
"""What is sent to drives: probe, trace, capsule, and a capsule in a drive's place."""

import os
import unittest

import bench
import scsi_test

SERIAL = "SN-4711-A"
TWO = f"""
[time]
mode = "virtual"

[[drives]]
model = "LDW-451S"
bay = "bay 1"
serial = "{SERIAL}"

[[drives]]
bay = "bay 2"
replay = "stranger.trace"
"""
# A drive that nobody knows, as its answer to INQUIRY.
STRANGER = """\
trace: 2

step: probe

command: INQUIRY (12)
cdb: 120000006000
asked: 96
returned: 36 {}
status: 00
"""
INQUIRY = (bytes([5, 0x80, 0, 0x32, 0x1f, 0, 0, 0]) + b"LITE-ON " + b"DVDRW LDW-451X  " +
           b"ZZ01")
REPLAY = """
[[drives]]
bay = "bay 1"
replay = "{}"
"""


FLASHED = """
[time]
mode = "virtual"

[[drives]]
model = "SPC-07"
bay = "bay 1"
connection = "scsi"
serial = "SIMSPC000007"
"""


class Traces(bench.BenchTest):
    @classmethod
    def setUpClass(cls):
        cls.bench = bench.Bench(scenario_text=TWO, start=False)
        cls.bench.write("stranger.trace", STRANGER.format(INQUIRY.hex()))
        cls.bench.start()

    def text(self, name):
        with open(self.bench.path(name), encoding="utf-8") as file:
            return file.read()

    def test_probe_names_its_evidence_before_and_reports_each_answer(self):
        done = self.bench.ok("probe", "bay-1")
        self.assertIn("read EEPROM (DF 89) (second hand), 8 times", " ".join(done.err.split()))
        rows = [line.split() for line in done.out.splitlines()]
        self.assertEqual(rows[0], ["COMMAND", "EVIDENCE", "SENT", "ANSWER", "BYTES", "TIME",
                                   "BEGINS"])
        eeprom = [row for row in rows if row and row[0] == "read_EEPROM_(DF_89)"]
        self.assertEqual(len(eeprom), 24)
        self.assertTrue(all(row[1] == "second_hand" and row[3] == "good" and row[4] == "128"
                            for row in eeprom), eeprom)
        self.assertIn("8 of 8 pieces were always the same", done.out)
        self.assertEqual(self.bench.sql("select id from jobs where write_started_us <> 0"), [])

    def test_probe_as_json_and_dry(self):
        report = self.bench.json("probe", "bay-1")
        command = report["steps"][-1]["commands"][1]
        self.assertEqual((command["command"], command["evidence"], command["answer"]),
                         ("INQUIRY (12)", "documented", "good"))
        before = len(self.bench.jobs())
        self.assertIn("IDENTIFY PACKET DEVICE", self.bench.ok("probe", "bay-1", "--dry-run").out)
        self.assertEqual(len(self.bench.jobs()), before)

    def test_an_unknown_drive_gets_one_thing_to_do(self):
        shown = " ".join(self.bench.ok("drive", "show", "bay-2").out.split())
        self.assertIn("firmbench probe bay-2 -o drive.capsule", shown)
        self.assertIn("nearest model", shown)
        self.assertIn("possible maker", shown)
        self.assertIn("VPD page 80, serial number", shown)
        self.bench.ok("probe", "bay-2", "-o", self.bench.path("unknown.capsule"))
        self.assertIn("kind: probe\n", self.text("unknown.capsule"))
        self.fails("FILE_EXISTS", "probe", "bay-2", "-o", self.bench.path("unknown.capsule"))

    def test_trace_by_hash_and_in_full(self):
        self.bench.ok("backup", "bay-1", "--memory", "eeprom")
        job = self.bench.jobs()[0]["name"]
        hashed = self.bench.ok("job", "trace", job).out
        self.assertTrue(hashed.startswith("trace: 2\n"), hashed[:80])
        self.assertIn("\nstep: read EEPROM, 1 of 3\n", hashed)
        self.assertIn("sha256:", hashed)
        serial = SERIAL.encode().hex()
        self.assertNotIn(serial, hashed)
        self.assertIn(serial, self.bench.ok("job", "trace", job, "--full").out)
        self.assertNotIn(serial, self.bench.ok("job", "trace", job, "--full",
                                               "--mask-serials").out)
        self.fails("JOB_NOT_FOUND", "job", "trace", "0" * 26)

    def test_a_capsule_takes_the_drives_place_elsewhere(self):
        self.bench.ok("backup", "bay-1")
        job = self.bench.jobs()[0]["name"]
        capsule = self.bench.path("job.capsule")
        done = self.bench.ok("job", "capsule", job, "-o", capsule)
        self.assertIn("serial numbers are in it", done.err)
        for line in ("packed by: firmbench ", "plan: {", "result: SUCCEEDED", "done: "):
            self.assertIn("\n" + line, self.text("job.capsule"))
        elsewhere = bench.Bench(scenario_text=REPLAY.format(os.path.abspath(capsule)))
        self.addCleanup(elsewhere.close)
        drive, = elsewhere.drives()
        self.assertEqual((drive["model"], drive["serial"]), ("LDW-451S", SERIAL))
        elsewhere.ok("backup", "bay-1")
        for memory in ("firmware", "eeprom"):
            here = {dump["sha256"] for dump in self.bench.dumps(memory="MEMORY_" + memory.upper())}
            there = {dump["sha256"] for dump in elsewhere.dumps(memory="MEMORY_" + memory.upper())}
            self.assertTrue(there and there <= here, memory)

    def test_the_trace_of_a_flash_replays_to_the_same_plan_and_outcome(self):
        here = bench.Bench(scenario_text=FLASHED)
        self.addCleanup(here.close)
        job, capsule = self.flash(here), here.path("flash.capsule")
        here.ok("job", "capsule", job["name"], "-o", capsule)
        elsewhere = bench.Bench(scenario_text=REPLAY.format(os.path.abspath(capsule)))
        self.addCleanup(elsewhere.close)
        again = self.flash(elsewhere)
        self.assertEqual(job["result"], "RESULT_SUCCEEDED")
        self.assertEqual(again["result"], job["result"])
        self.assertEqual(again["outcome"], job["outcome"])
        steps = [[(step["name"], step["outcome"]) for step in j["steps"]]
                 for j in (job, again)]
        self.assertEqual(*steps)
        self.assertGreater(len(steps[0]), 5)

    @staticmethod
    def flash(on):
        for revision in ("A100", "A123"):
            file = on.write(revision, scsi_test.microcode("SPC MODE 07", revision))
            image = on.add_image(file)
        on.ok("flash", "bay-1", image, "--yes")
        return on.last_job(on.drives()[0]["name"])


if __name__ == "__main__":
    unittest.main()
