# SPDX-License-Identifier: Apache-2.0
"""Who uses a drive, who waits for it, and who may say yes."""

import unittest

import bench

# One drive whose operator never reacts: its flash waits at the prompt until a client answers.
WAITING = """\
# SPDX-License-Identifier: Apache-2.0
[[drives]]
model = "LDW-451S"
bay = "bay 1"
"""


class Claims(unittest.TestCase):
    def setUp(self):
        self.bench = bench.Bench(scenario_text=WAITING)
        self.addCleanup(self.bench.close)
        self.drive = self.bench.drives()[0]["name"]

    def fails(self, reason, *arguments, status=bench.EXIT_FAILED):
        done = self.bench.firmbench(*arguments)
        self.assertEqual(done.status, status, str(done))
        self.assertIn(reason, done.err, str(done))

    def begin(self):
        """A flash that waits for a hand; its client and its name."""
        image = self.bench.add_image(self.bench.make_image("LDW-451S", "GSB7"))
        client = self.bench.popen("flash", self.drive, image, "--yes")
        self.addCleanup(bench.end, client)
        for line in client.stderr:
            if "eject" in line:
                break
        return client, self.bench.jobs(self.drive)[0]["name"]

    def test_a_claim_is_seen_renewed_kept_and_released(self):
        done = self.bench.ok("drive", "claim", "bay-1", "--for", "2h", "--note", "a new laser")
        self.assertIn("is in use by ", done.out)
        self.assertIn(": a new laser", done.out)
        claim = self.bench.drives()[0]["claim"]
        self.assertEqual(claim["note"], "a new laser")
        self.assertIn(claim["principal"], self.bench.ok("drive", "list").out)
        self.assertIn("a new laser", self.bench.ok("drive", "show", "bay-1").out)
        # Who has the claim may work, and move its end.
        self.bench.backup(self.drive, "--memory", "eeprom")
        self.bench.ok("drive", "claim", "bay-1", "--for", "20h")
        later = self.bench.drives()[0]["claim"]
        self.assertGreater(later["expire_time"], claim["expire_time"])
        # A restart keeps it.
        self.bench.restart()
        self.assertEqual(self.bench.drives()[0]["claim"]["expire_time"], later["expire_time"])
        self.assertIn("free for everybody", self.bench.ok("drive", "release", "bay-1").out)
        self.assertIsNone(self.bench.drives()[0].get("claim"))
        self.fails("NOT_CLAIMED", "drive", "release", "bay-1")

    def test_a_claim_is_bounded(self):
        for duration in ("0m", "soon", "25h", "366d"):
            self.fails("DURATION_INVALID", "drive", "claim", "bay-1", "--for", duration)
        self.fails("FIELD_TOO_LONG", "drive", "claim", "bay-1", "--note", "x" * 201)
        self.fails("DRIVE_NOT_FOUND", "drive", "claim", "bay-9")
        self.assertIsNone(self.bench.drives()[0].get("claim"))

    def test_who_waits_is_seen_with_its_place_and_survives_a_restart(self):
        _, first = self.begin()
        second = self.bench.popen("backup", self.drive, "--memory", "eeprom")
        self.addCleanup(bench.end, second)
        for line in second.stderr:
            if line.startswith("QUEUED"):
                break
        waiting = self.bench.jobs(self.drive)[0]
        self.assertEqual(waiting["queue_position"], 1)
        lines = self.bench.ok("job", "list", "--open").out.splitlines()
        self.assertEqual(len(lines), 3)
        self.assertIn("QUEUED(1)", lines[1])
        # A claim does not touch the job that runs, nor the one that waits.
        self.bench.ok("drive", "claim", "bay-1")
        self.bench.daemon.kill()
        self.bench.start()
        self.bench.ok("job", "cancel", first)
        self.bench.firmbench("job", "watch", first)
        self.assertEqual(second.wait(bench.RUN_SECONDS), bench.EXIT_OK)
        closed = self.bench.json("job", "show", first)
        self.assertEqual((closed["result"], closed["outcome"]),
                         ("RESULT_CANCELLED", "OUTCOME_UNCHANGED"))
        self.assertNotEqual(closed["cancelled_by"], "")
        self.assertIn("Nothing was written", "\n".join(closed["advice"]))

    def test_a_yes_needs_a_job_that_waits_for_one_and_a_reason(self):
        job, _ = self.bench.backup(self.drive, "--memory", "eeprom")
        self.fails("NOT_AWAITING_APPROVAL", "job", "approve", job["name"], "--reason", "why not")
        self.fails("REASON_REQUIRED", "job", "approve", job["name"], "--reason", " ")
        self.fails("USAGE", "job", "approve", job["name"], status=bench.EXIT_USAGE)
        self.fails("JOB_NOT_FOUND", "job", "approve", job["name"][:-1] + "0", "--reason", "x")

    def test_only_what_was_cut_is_brought_back(self):
        job, _ = self.bench.backup(self.drive, "--memory", "eeprom")
        self.fails("JOB_WROTE_NOTHING", "job", "recover", job["name"], "--yes")
        self.fails("NOT_QUARANTINED", "drive", "lift", "bay-1", "--reason", "x")


if __name__ == "__main__":
    unittest.main()
