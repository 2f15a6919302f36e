# SPDX-License-Identifier: Apache-2.0
"""kill -9 at random moments of jobs on the full-size simulated bench, over and over on one state
folder. After every restart the ledger is whole, the job's outcome is true against the memories of
the simulated drive, and a write that was cut can be undone or carried to its end.

FIRMBENCH_KILL_SEED and FIRMBENCH_KILLS choose other moments and more of them. Moments come from the
seed, but where in a job they fall depends on the machine: the seed is printed with a failure.
"""

import collections
import hashlib
import os
import random
import select
import time
import unittest

import bench

SEED = int(os.environ.get("FIRMBENCH_KILL_SEED", "20261122"))
KILLS = int(os.environ.get("FIRMBENCH_KILLS", "54"))
# Two revisions of each model, to go to and fro between.
REVISIONS = {"LTR-48246S": ("SS0B", "SS0D"), "LTR-52327S": ("QS0C", "QS0D"),
             "LDW-451S": ("GSB4", "GSB7")}
# Somebody stands at the bench and does what the prompts ask for.
HANDS = """
[[drives.operator]]
on_prompt = "{prompt}"
after_ms = 500
do = ["{prompt}"]
answer = "done"
"""
SCENARIO = "# SPDX-License-Identifier: Apache-2.0\n" + "".join(
    f'[[drives]]\nmodel = "{model}"\nbay = "bay {bay}"\n'
    f'firmware_revision = "{revisions[0]}"\nfirmware_seed = {bay}\neeprom_seed = {1000 + bay}\n'
    + "".join(HANDS.format(prompt=p) for p in ("hold_eject", "release_eject", "power_cycle"))
    for bay, (model, revisions) in enumerate(REVISIONS.items(), start=1))
# So often a drive is brought back under further kills before it is left in peace.
MOST_KILLED_RECOVERIES = 2


class Drive:
    """One simulated drive: its name, its files and what they hold with either firmware."""

    def __init__(self, bench_, model):
        self.bench, self.model = bench_, model
        self.name = bench_.drive(model)["name"]
        self.images = {r: bench_.add_image(bench_.make_image(model, r)) for r in REVISIONS[model]}
        before = set(bench_.memory_files().items())
        self.flash_seconds = {}
        # Each firmware is written once undisturbed: its bytes, and how long the job takes.
        self.firmware = {}
        for revision in reversed(REVISIONS[model]):
            started = time.monotonic()
            bench_.ok("flash", self.name, self.images[revision], "--yes")
            self.flash_seconds[revision] = time.monotonic() - started
            if not self.firmware:
                changed = {n for n, _ in set(bench_.memory_files().items()) - before}
                self.flash_file, = (n for n in changed if n.endswith(".flash"))
                self.eeprom_file = self.flash_file.removesuffix(".flash") + ".eeprom"
            self.firmware[revision] = self.flash_hash()
        self.holds = REVISIONS[model][0]
        self.eeprom = self.hash(self.eeprom_file)

    def hash(self, name):
        with open(os.path.join(self.bench.state_dir, "simulated", name), "rb") as file:
            return hashlib.sha256(file.read()).hexdigest()

    def flash_hash(self):
        return self.hash(self.flash_file)

    def other(self, revision):
        return next(r for r in REVISIONS[self.model] if r != revision)


class Killed(unittest.TestCase):
    def setUp(self):
        self.random = random.Random(SEED)
        self.tally = collections.Counter()
        self.bench = bench.Bench(scenario_text=SCENARIO)
        self.addCleanup(self.bench.close)

    def kill_within(self, seconds, *arguments):
        """Begins a command and kills the daemon at a random moment of these seconds, or when the
        command has ended."""
        client = self.bench.popen(*arguments)
        try:
            # Waits for the moment and keeps reading, so that the client never waits for us.
            until = time.monotonic() + self.random.uniform(0, seconds)
            os.set_blocking(client.stderr.fileno(), False)
            while (left := until - time.monotonic()) > 0:
                if select.select([client.stderr], [], [], left)[0] and not client.stderr.read():
                    break
            self.bench.daemon.kill()
        finally:
            client.kill()  # it would wait for the daemon to come back
            client.wait()
            client.stdout.close()
            client.stderr.close()
        self.tally["kills"] += 1

    def newest_job(self, drive, kind):
        rows = self.bench.sql(
            "select * from jobs where drive_id = ? and kind = ? order by id desc limit 1",
            drive.name.removeprefix("drives/"), kind)
        return rows[0] if rows else None

    def start_again(self):
        """The daemon comes up, the ledger passes its checks, and every job comes to its end."""
        self.bench.start()
        self.assertEqual(self.bench.sql("pragma integrity_check"), [{"integrity_check": "ok"}])
        self.assertEqual(self.bench.sql("pragma foreign_key_check"), [])
        self.assertTrue(self.bench.json("audit", "verify")["ok"])
        for row in self.bench.sql("select id from jobs where state != 'CLOSED'"):
            self.bench.firmbench("job", "watch", f"jobs/{row['id']}")
            self.tally["gone on with by itself"] += 1
        self.assertEqual(self.bench.sql("select id from jobs where state != 'CLOSED'"), [])

    def check_outcome(self, drive, row, old, new):
        """What the job says is what is in the drive. True when the drive has to be brought back."""
        now, outcome = drive.flash_hash(), row["outcome"]
        truth = {"NOT_STARTED": {drive.firmware[old]}, "UNCHANGED": {drive.firmware[old]},
                 "NO_EFFECT": {drive.firmware[old]}, "CHANGED_VERIFIED": {drive.firmware[new]}}
        if outcome in truth:
            self.assertIn(now, truth[outcome], f"{outcome} is not true")
        else:
            self.assertIn(outcome, ("CHANGED_UNVERIFIED", "UNKNOWN"))
        if row["write_started_us"] == 0:
            self.assertIn(outcome, ("NOT_STARTED", "UNCHANGED"))
            self.assertEqual(now, drive.firmware[old])
        self.assertEqual(drive.hash(drive.eeprom_file), drive.eeprom, "the EEPROM was written")
        self.assertNotEqual(row["eeprom_check"], "CHANGED")
        shown = self.bench.json("job", "show", f"jobs/{row['id']}")
        needed = shown.get("needs_recovery", False)
        if outcome not in truth:
            self.assertTrue(needed, shown)
        if needed:
            self.assertNotEqual(row["write_started_us"], 0)
        return needed

    def bring_back(self, drive, job, old, new):
        """Runs the recovery, sometimes under further kills; returns the revision it ended with."""
        to = self.random.choice(("old", "new"))
        wanted = {"old": old, "new": new}[to]
        command = ("job", "recover", job, "--to", to, "--yes")
        for _ in range(self.random.choice((0, 0, MOST_KILLED_RECOVERIES))):
            self.kill_within(drive.flash_seconds[wanted], *command)
            self.start_again()
            self.tally["killed recoveries"] += 1
            if not self.bench.json("job", "show", job).get("needs_recovery", False):
                break  # it was done, or gone on with by itself
        else:
            self.bench.ok(*command)
        row = self.newest_job(drive, "recover")
        self.assertEqual(row["recovers"], job.removeprefix("jobs/"))
        self.assertIn(row["outcome"], ("CHANGED_VERIFIED", "NO_EFFECT", "UNCHANGED"))
        self.assertEqual(drive.flash_hash(), drive.firmware[wanted])
        self.assertEqual(drive.hash(drive.eeprom_file), drive.eeprom, "the EEPROM was written")
        shown = self.bench.json("job", "show", job)
        self.assertFalse(shown.get("needs_recovery", False), shown)
        self.tally["recovered"] += 1
        return wanted

    def one_round(self, drive):
        old, new = drive.holds, drive.other(drive.holds)
        last = self.newest_job(drive, "flash")
        # A little longer than the job, so that its very end is met as well.
        self.kill_within(1.1 * drive.flash_seconds[new], "flash", drive.name, drive.images[new],
                         "--yes")
        self.start_again()
        row = self.newest_job(drive, "flash")
        if row["id"] == last["id"]:
            self.tally["no job yet"] += 1
            self.assertEqual(drive.flash_hash(), drive.firmware[old])
            return
        self.tally["begun to write" if row["write_started_us"] else "not begun to write"] += 1
        if self.check_outcome(drive, row, old, new):
            drive.holds = self.bring_back(drive, f"jobs/{row['id']}", old, new)
        elif row["outcome"] == "CHANGED_VERIFIED":
            drive.holds = new
        shown = self.bench.drive(drive.model)
        self.assertEqual(shown["firmware_revision"], drive.holds, shown)
        self.assertEqual(shown["state"], "STATE_READY", shown)

    def test_anywhere_and_nothing_is_lost(self):
        drives = [Drive(self.bench, model) for model in REVISIONS]
        try:
            while self.tally["kills"] < KILLS:
                self.one_round(self.random.choice(drives))
        except Exception as error:
            raise AssertionError(f"seed {SEED}, {dict(self.tally)}") from error
        print(f"{self.tally['kills']} kills, {self.tally['recovered']} cut writes recovered, 0 lost;",
              ", ".join(f"{n} {what}" for what, n in sorted(self.tally.items())))
        # Moments that all fell before the first write would prove little.
        self.assertGreater(self.tally["recovered"], KILLS // 10)


if __name__ == "__main__":
    unittest.main()
