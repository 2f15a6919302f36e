# SPDX-License-Identifier: Apache-2.0
"""A drive as programmer for the chip in its socket, on a simulated bench."""

import hashlib
import random
import unittest

import bench

OTHER = """
[time]
mode = "virtual"

[[drives]]
model = "LTR-48246S"
bay = "bay 1"
serial = ""
firmware_revision = "SS0B"
firmware_seed = 48246
eeprom_seed = 1001
chip = "AT29C040A"
"""

LOW = """
[time]
mode = "{mode}"
{speed}
[persist]
dir = "memories"

[[drives]]
model = "LTR-52327S"
bay = "bay 1"
firmware_revision = "QS0C"
firmware_seed = 52327
eeprom_seed = 1002

[[drives.operator]]
on_prompt = "power_cycle"
do = ["power_cycle"]
answer = "done"
"""
SIZE = 512 * 1024
PART = ("--voltage", "3.3", "--part", "SST39VF040")
STICKER = ("--model", "LTR-52327S")


class Chip(bench.BenchTest):
    scenario_text = OTHER

    def test_identify_names_a_part_that_is_not_the_drives_own(self):
        done = self.bench.ok("chip", "identify", "bay-1", "--voltage", "5")
        self.assertIn("AT29C040A, 512 KB, 4.5 to 5.5 V", done.out)

    def test_the_wrong_supply_and_the_wrong_part_end_the_job(self):
        for wrong, reason in ((("--voltage", "3.3"), "CHIP_VOLTAGE_WRONG"),
                              (("--voltage", "5", "--part", "W29C040"), "CHIP_NOT_AS_NAMED")):
            done = self.bench.firmbench("chip", "identify", "bay-1", *wrong)
            self.assertEqual(done.status, bench.EXIT_JOB, str(done))
            self.assertIn(reason, done.out + done.err)
        self.fails("CHIP_VOLTAGE_WRONG", "chip", "identify", "bay-1", "--voltage", "3.3", "--part",
                   "W29C040")
        self.fails("CHIP_UNKNOWN", "chip", "identify", "bay-1", "--voltage", "5", "--part", "X1")
        self.fails("USAGE", "chip", "identify", "bay-1", status=bench.EXIT_USAGE)

    def test_read_keeps_the_dump_as_a_chips_and_verify_compares(self):
        units = self.bench.sql("select count(*) as n from units")[0]["n"]
        path = self.bench.path("chip.bin")
        self.bench.ok("chip", "read", "bay-1", path, "--voltage", "5")
        with open(path, "rb") as file:
            data = file.read()
        sha256 = hashlib.sha256(data).hexdigest()
        self.assertEqual(sha256, self.bench.memory_files()["bay_1.flash"])
        dump, = self.bench.dumps(sha256=sha256)
        self.assertEqual((dump["attribution"], dump["model"], dump["unit"]),
                         ("chip", "AT29C040A", ""))
        self.assertEqual(self.bench.sql("select count(*) as n from units")[0]["n"], units)
        job = self.bench.last_job(self.bench.drives()[0]["name"])
        self.assertEqual((job["kind"], job["unit"]), ("chip_read", ""))
        self.bench.ok("chip", "verify", "bay-1", dump["name"], "--voltage", "5")
        other = self.bench.make_image("LTR-48246S", "SS0D")
        done = self.bench.firmbench("chip", "verify", "bay-1", other, "--voltage", "5")
        self.assertEqual(done.status, bench.EXIT_DIFFER, str(done))


class ChipWrite(unittest.TestCase):
    """Every test writes a chip of its own."""

    def setUp(self):
        self.bench = bench.Bench(scenario_text=LOW.format(mode="virtual", speed=""))
        self.addCleanup(self.bench.close)
        self.drive = self.bench.drives()[0]["name"]
        self.before = self.held()
        # Nothing that anybody would take for firmware.
        self.data = random.Random(7).randbytes(SIZE)
        self.file = self.bench.write("bios.bin", self.data)

    def held(self):
        """SHA-256 of what the chip holds, as the simulator keeps it."""
        self.bench.ok("chip", "read", "bay-1", self.bench.path("held.bin"), "--force", *PART,
                      *STICKER)
        with open(self.bench.path("held.bin"), "rb") as file:
            return hashlib.sha256(file.read()).hexdigest()

    def refused(self, reason, *arguments, status=bench.EXIT_FAILED):
        done = self.bench.firmbench(*arguments)
        self.assertEqual(done.status, status, str(done))
        self.assertIn(reason, done.err, str(done))
        return done

    def test_the_plan_shows_both_voltages_and_a_person_confirms(self):
        jobs = len(self.bench.jobs())
        plan = self.bench.ok("chip", "write", "bay-1", self.file, *PART, "--dry-run").out
        words = " ".join(plan.split())
        for said in ("SST SST39VF040, 512 KB, 2.7 to 3.6 V", "supply of the board: 3.3 V",
                     "read the whole chip in the socket", "no locked boot block",
                     "what undoes it: what the chip holds now"):
            self.assertIn(said, words)
        self.refused("CONFIRMATION_NEEDED", "chip", "write", "bay-1", self.file, *PART,
                     status=bench.EXIT_USAGE)
        self.refused("CHIP_VOLTAGE_WRONG", "chip", "write", "bay-1", self.file, "--voltage", "5",
                     "--part", "SST39VF040", "--yes")
        self.refused("USAGE", "chip", "erase", "bay-1", "--voltage", "3.3", "--yes",
                     status=bench.EXIT_USAGE)
        self.assertEqual(len(self.bench.jobs()), jobs)
        self.assertEqual(self.held(), self.before)

    def test_write_erase_and_write_back(self):
        units = self.bench.sql("select count(*) as n from units")[0]["n"]
        done = self.bench.ok("chip", "write", "bay-1", self.file, *PART, "--yes")
        self.assertTrue(done.out.endswith("CHANGED_VERIFIED\n"), str(done))
        job = self.bench.last_job(self.drive)
        self.assertEqual((job["kind"], job["unit"], job["chip_part"], job["board_millivolts"]),
                         ("chip_write", "", "SST39VF040", 3300))
        self.assertEqual(self.held(), hashlib.sha256(self.data).hexdigest())
        self.bench.ok("chip", "verify", "bay-1", self.file, *PART, *STICKER)

        self.bench.ok("chip", "erase", "bay-1", *PART, *STICKER, "--yes")
        self.assertEqual(self.held(), hashlib.sha256(b"\xff" * SIZE).hexdigest())

        dump, = [d for d in self.bench.dumps(job=job["name"]) if d["purpose"] == "before_write"]
        self.assertEqual((dump["attribution"], dump["model"], dump["sha256"], dump["unit"]),
                         ("chip", "SST39VF040", self.before, ""))
        self.bench.ok("chip", "write", "bay-1", dump["name"], *PART, *STICKER, "--yes")
        self.assertEqual(self.held(), self.before)
        self.assertEqual(self.bench.drive("LTR-52327S")["problems"], [])
        self.assertEqual(self.bench.sql("select count(*) as n from units")[0]["n"], units)
        actions = [e["action"] for e in self.bench.json("audit", "list")["audit_entries"]]
        for action in ("chip.identify", "dump.commit", "job.write_started", "job.close"):
            self.assertIn(action, actions)

    def test_a_smaller_file_needs_a_rule(self):
        half = self.bench.write("half.bin", self.data[:SIZE // 2])
        refused = self.refused("CHIP_SIZE_MISMATCH", "chip", "write", "bay-1", half, *PART, "--yes")
        self.assertIn("--fill repeat", " ".join(refused.err.split()))
        self.bench.ok("chip", "write", "bay-1", half, *PART, "--fill", "repeat", "--yes")
        self.assertEqual(self.held(), hashlib.sha256(self.data[:SIZE // 2] * 2).hexdigest())
        self.bench.ok("chip", "verify", "bay-1", half, *PART, *STICKER, "--fill", "repeat")
        odd = self.bench.write("odd.bin", self.data[:1000])
        self.refused("CHIP_FILL_IMPOSSIBLE", "chip", "write", "bay-1", odd, *PART, *STICKER,
                     "--fill", "repeat", "--yes")

    def test_an_archive_is_no_content(self):
        archive = self.bench.write("bios.zip", b"PK\x03\x04" + self.data[:1000])
        self.refused("FILE_NOT_FOR_A_CHIP", "chip", "write", "bay-1", archive, *PART, "--fill",
                     "blank", "--yes")


class ChipCut(unittest.TestCase):
    """The daemon is killed in the middle of a chip."""

    def test_what_became_of_it_is_told_and_it_is_written_again(self):
        self.bench = bench.Bench(scenario_text=LOW.format(mode="paced", speed="speed = 16.0"))
        self.addCleanup(self.bench.close)
        drive = self.bench.drives()[0]["name"]
        file = self.bench.write("bios.bin", random.Random(8).randbytes(SIZE))
        client = self.bench.popen("chip", "write", "bay-1", file, *PART, "--yes")
        writing = 0
        for line in client.stderr:
            writing += "write chip" in line
            if writing == 2:  # the second line comes when some of it is written
                break
        else:
            self.fail("the job never began to write")
        self.bench.daemon.kill()
        client.kill()
        client.communicate()
        self.bench.start()
        job = self.bench.last_job(drive)
        self.assertEqual((job["result"], job["error"]["reason"]),
                         ("RESULT_FAILED", "DAEMON_STOPPED"))
        self.assertFalse(job["needs_recovery"])
        before, = [d for d in self.bench.dumps(job=job["name"]) if d["purpose"] == "before_write"]
        again = f"firmbench chip write {drive} {before['name']}"
        advice = "\n".join(job["advice"])
        for words in ("the chip was being written", "The write had begun", again,
                      "safe in the ledger since"):
            self.assertIn(words, advice)
        self.assertEqual([p["reason"] for p in self.bench.drives()[0]["problems"]][:1],
                         ["CHIP_HALF_WRITTEN"])
        # Firmware is written through that port only when somebody knows what sits there.
        image = self.bench.add_image(self.bench.make_image("LTR-52327S", "QS0E"))
        self.assertEqual(self.bench.firmbench("flash", drive, image, "--yes").status,
                         bench.EXIT_FAILED)
        recover = self.bench.firmbench("job", "recover", job["name"], "--yes")
        self.assertIn("JOB_ON_CHIP", recover.err)
        plan = self.bench.ok("chip", "read", "bay-1", self.bench.path("x"), *PART, *STICKER)
        self.assertIn("switch the drive off and on", " ".join(plan.err.split()))
        words = job["error"]["remedy"].split(again)[1].split()
        self.bench.ok("chip", "write", "bay-1", before["name"], *words, "--yes")
        self.assertEqual(self.bench.drives()[0]["problems"], [])
        self.bench.ok("chip", "verify", "bay-1", before["name"], *PART, *STICKER)


if __name__ == "__main__":
    unittest.main()
