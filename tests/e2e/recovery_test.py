# SPDX-License-Identifier: Apache-2.0
"""A write that was cut: what a person sees, and how the drive comes back."""

import os
import signal
import unittest

import bench

# Time as on a real drive, but faster, so that a write can be cut; a person who switches the drive
# off and on when asked to; memories that outlast the state folder.
PACED = """\
# SPDX-License-Identifier: Apache-2.0
[time]
mode = "paced"
speed = 16.0

[persist]
dir = "memories"

[[drives]]
model = "LTR-52327S"
bay = "bay 1"
firmware_seed = 52327
eeprom_seed = 1002

[[drives.operator]]
on_prompt = "power_cycle"
after_ms = 3000
do = ["power_cycle"]
answer = "done"
"""
OLD, NEW = "QS0C", "QS0E"


class Cut(unittest.TestCase):
    """Every test has a bench whose daemon was killed in the middle of a flash."""

    def setUp(self):
        self.bench = bench.Bench(scenario_text=PACED)
        self.addCleanup(self.bench.close)
        self.drive = self.bench.drives()[0]["name"]
        _, dumps = self.bench.backup(self.drive)
        self.before = {memory: dump["sha256"] for memory, dump in dumps.items()}
        self.bench.ok("drive", "list")  # the last thing that is known of the drive
        image = self.bench.add_image(self.bench.make_image("LTR-52327S", NEW))
        self.client = self.bench.popen("flash", self.drive, image, "--yes")
        self.addCleanup(self.end_client)
        writing = 0
        for line in self.client.stderr:
            writing += "write firmware" in line
            if writing == 2:  # the second line comes when some of it is written
                break
        else:
            self.fail("the job never began to write")
        self.job = next(j["name"] for j in self.bench.jobs(self.drive) if j["kind"] == "flash")
        self.bench.daemon.kill()

    def end_client(self):
        if self.client.poll() is None:
            self.client.kill()
        self.client.wait()
        self.client.stdout.close()
        self.client.stderr.close()

    def show(self, job):
        return self.bench.json("job", "show", job)

    def reasons(self):
        return [p["reason"] for p in self.bench.json("bench", "info")["problems"]]

    def test_who_cannot_reach_the_bench_is_told_what_it_said_last(self):
        for command in (["drive", "list"], ["-o", "json", "job", "show", self.job]):
            done = self.bench.firmbench(*command)
            self.assertEqual(done.status, bench.EXIT_UNREACHABLE, str(done))
            self.assertEqual(done.out, "")
            self.assertTrue(done.err.startswith("error: the bench does not answer\n"), done.err)
            self.assertRegex(done.err, rf"{self.job}, flash of U-0001: WRITING, \d+ s ago")
            self.assertRegex(done.err, r"drive U-0001 \(LTR-52327S, bay 1\): ready, \d+ s ago")
            self.assertIn("unplug the drive's power", done.err)
        kept = self.bench.path("client/firmbench")
        file, = os.listdir(kept)
        path = os.path.join(kept, file)
        self.assertEqual(os.stat(path).st_mode & 0o777, 0o600)
        # What was damaged or belongs to another bench is not told.
        with open(path, "r+b") as stream:
            stream.write(b"\0\0\0\0")
        done = self.bench.firmbench("drive", "list")
        self.assertEqual(done.status, bench.EXIT_UNREACHABLE, str(done))
        self.assertNotIn("said last", done.err)

    def test_every_screen_begins_with_the_drive_until_it_is_back(self):
        self.bench.start()
        command = f"firmbench job recover {self.job}"
        for screen in (["drive", "list"], ["drive", "show", self.drive], ["job", "list"],
                       ["job", "show", self.job], ["unit", "list"], ["dump", "list"],
                       ["image", "list"], ["audit", "list"], ["bench", "info"]):
            lines = self.bench.ok(*screen).out.split("\n\n")[0].splitlines()
            self.assertIn("was cut off", lines[0], screen)
            self.assertEqual(lines[-1].strip(), command, screen)
            self.assertTrue(self.bench.ok("-o", "json", *screen).out.startswith("{"), screen)
        self.assertEqual(self.reasons()[0], "RECOVERY_NEEDED")

        cut = self.show(self.job)
        self.assertTrue(cut["needs_recovery"])
        self.assertEqual((cut["state"], cut["result"], cut["error"]["reason"]),
                         ("STATE_CLOSED", "RESULT_FAILED", "DAEMON_STOPPED"))
        advice = "\n".join(cut["advice"])
        for words in ("What happened: The daemon stopped", "hold the new firmware",
                      "Not known: ", f"Next: {command}\n", "unplug the drive's power"):
            self.assertIn(words, advice)
        # The client that watched found the bench again and says the same.
        out, err = self.client.communicate(timeout=bench.RUN_SECONDS)
        self.assertEqual(self.client.returncode, bench.EXIT_JOB, err)
        self.assertIn(f"Next           {command}\n", err)
        self.assertIn("CHANGED_UNVERIFIED", out)

        # Nothing else is written to it, and nobody says yes by accident.
        refused = self.bench.firmbench("restore", self.drive, cut["dumps"][0], "--yes")
        self.assertEqual(refused.status, bench.EXIT_FAILED, str(refused))
        unasked = self.bench.firmbench("job", "recover", self.job)
        self.assertEqual(unasked.status, bench.EXIT_USAGE, str(unasked))
        self.assertIn("CONFIRMATION_NEEDED", unasked.err)
        plan = self.bench.json("job", "recover", self.job, "--dry-run")
        self.assertEqual((plan["name"], plan["kind"], plan["recovers"], plan["recover_to"]),
                         ("", "recover", self.job, "old"))
        self.assertEqual(len(self.bench.jobs(self.drive)), 2)

        done = self.bench.ok("job", "recover", self.job, "--yes")
        self.assertTrue(done.out.endswith("CHANGED_VERIFIED  eeprom EQUAL\n"), str(done))
        recovery = self.bench.last_job(self.drive)
        self.assertEqual((recovery["kind"], recovery["recovers"]), ("recover", self.job))
        after = self.show(self.job)
        self.assertEqual((after["needs_recovery"], after["recovered_by"]),
                         (False, recovery["name"]))
        self.assertIn(f"{recovery['name']} brought the drive back", after["advice"][-1])

        again = self.bench.firmbench("job", "recover", self.job, "--yes")
        self.assertEqual(again.status, bench.EXIT_FAILED, str(again))
        self.assertIn("RECOVERY_NOT_NEEDED", again.err)
        self.assertTrue(self.bench.ok("drive", "list").out.startswith("NAME "))
        self.assertNotIn("RECOVERY_NEEDED", self.reasons())
        self.assert_whole(OLD, self.before["MEMORY_FIRMWARE"])

    def assert_whole(self, revision, firmware_sha256=None):
        drive = self.bench.json("drive", "show", self.drive)
        self.assertEqual((drive["state"], drive["firmware_revision"], drive["quarantine_reason"]),
                         ("STATE_READY", revision, ""))
        _, dumps = self.bench.backup(self.drive)
        self.assertEqual(dumps["MEMORY_EEPROM"]["sha256"], self.before["MEMORY_EEPROM"])
        if firmware_sha256:
            self.assertEqual(dumps["MEMORY_FIRMWARE"]["sha256"], firmware_sha256)
        self.assertTrue(self.bench.json("audit", "verify")["ok"])

    def test_it_goes_on_to_the_new_firmware_when_a_person_wants_that(self):
        self.bench.start()
        self.bench.ok("job", "recover", self.job, "--to", "new", "--yes")
        self.assertEqual(self.bench.last_job(self.drive)["recover_to"], "new")
        self.assert_whole(NEW)

    def test_a_person_lifts_the_quarantine_and_answers_for_it(self):
        self.bench.start()
        self.assertNotEqual(self.bench.json("drive", "show", self.drive)["quarantine_reason"], "")
        done = self.bench.firmbench("drive", "lift", self.drive)
        self.assertEqual(done.status, bench.EXIT_USAGE, str(done))
        done = self.bench.firmbench("drive", "lift", self.drive, "--reason", "  ")
        self.assertIn("REASON_REQUIRED", done.err)
        lifted = self.bench.json("drive", "lift", self.drive, "--reason", "seen, new cable")
        self.assertEqual(lifted["quarantine_reason"], "")
        entry = self.bench.json("audit", "list", "--resource", self.drive)["audit_entries"][0]
        self.assertEqual(entry["action"], "drive.quarantine_lift")
        self.assertIn("seen, new cable", entry["canonical_json"])
        again = self.bench.firmbench("drive", "lift", self.drive, "--reason", "again")
        self.assertIn("NOT_QUARANTINED", again.err)

    def test_a_bench_that_never_saw_the_drive_brings_it_back_by_its_sticker(self):
        # Another ledger, and the same dead drive on its port.
        self.bench.state_dir = self.bench.path("another")
        self.bench.start()
        drive = self.bench.drives()[0]
        self.assertEqual((drive["state"], drive["unit"]), ("STATE_NOT_ANSWERING", ""))
        image = self.bench.make_image("LTR-52327S", NEW)
        wrong = self.bench.firmbench("recover", "bay-1", "--model", "LTR-0", "--image", image,
                                     "--yes")
        self.assertEqual(wrong.status, bench.EXIT_FAILED, str(wrong))
        done = self.bench.ok("recover", "bay-1", "--model", "LTR-52327S", "--image", image,
                             "--yes")
        self.assertIn("CHANGED_VERIFIED", done.out)
        drive = self.bench.drives()[0]
        self.assertEqual((drive["state"], drive["firmware_revision"]), ("STATE_READY", NEW))
        # Of a drive that says who it is nobody needs to read the sticker.
        done = self.bench.firmbench("recover", "bay-1", "--model", "LTR-52327S", "--image", image,
                                    "--yes")
        self.assertIn("DRIVE_ANSWERS", done.err)
        _, dumps = self.bench.backup(drive["name"])
        self.assertEqual(dumps["MEMORY_EEPROM"]["sha256"], self.before["MEMORY_EEPROM"])


class LettingGo(unittest.TestCase):
    def test_ctrl_c_lets_go_of_a_write_that_then_finishes(self):
        fixture = bench.Bench(scenario_text=PACED)
        self.addCleanup(fixture.close)
        drive = fixture.drives()[0]["name"]
        image = fixture.add_image(fixture.make_image("LTR-52327S", NEW))
        client = fixture.popen("flash", drive, image, "--yes")
        for line in client.stderr:
            if line.startswith("WRITING"):
                break
        job = fixture.jobs(drive)[0]["name"]
        client.send_signal(signal.SIGINT)
        out, err = client.communicate(timeout=bench.RUN_SECONDS)
        self.assertEqual((client.returncode, out), (130, ""), err)
        self.assertIn(f"the job goes on. `firmbench job watch {job}` watches it again", err)
        # Too late to cancel; and it does go on.
        done = fixture.firmbench("job", "cancel", job)
        self.assertEqual(done.status, bench.EXIT_FAILED, str(done))
        self.assertIn("reason: PAST_POINT_OF_NO_RETURN", done.err)
        self.assertIn("what to do: let it finish", done.err)
        self.assertIn(job, fixture.ok("job", "list", "--open").out)
        fixture.ok("job", "watch", job)
        self.assertEqual(fixture.drives()[0]["firmware_revision"], NEW)
        self.assertNotIn(job, fixture.ok("job", "list", "--open").out)


if __name__ == "__main__":
    unittest.main()
