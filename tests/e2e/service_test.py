# SPDX-License-Identifier: Apache-2.0
"""The daemon as a service: being told to stop at every moment, and what grpc.health says."""

import os
import signal
import sqlite3
import unittest

import bench
from health import JOBS, NOT_SERVING, SERVING, Health

# Time as on a real drive but faster, so that a stop comes in the middle of something.
PACED = """\
# SPDX-License-Identifier: Apache-2.0
[time]
mode = "paced"
speed = 4.0

[[drives]]
model = "LTR-48246S"
bay = "bay 1"
firmware_seed = 48246
eeprom_seed = 1001

[[drives]]
model = "LTR-52327S"
bay = "bay 2"
"""

# Nobody holds its eject button, so a flash waits for a hand.
WAITING = """\
# SPDX-License-Identifier: Apache-2.0
[[drives]]
model = "LDW-451S"
bay = "bay 1"
"""


class Stopping(unittest.TestCase):
    """Helpers: a bench whose daemon is told to stop while a flash is in a certain state."""

    def open_bench(self, scenario, model, revision, config=None):
        self.bench = bench.Bench(scenario_text=scenario, config_text=config)
        self.addCleanup(self.bench.close)
        self.drive = self.bench.drive(model)["name"]
        self.image = self.bench.add_image(self.bench.make_image(model, revision))
        self.before = self.bench.memory_files()
        self.health = Health(self.bench.address)
        self.addCleanup(self.health.close)

    def flash_until(self, word):
        """Begins a flash, reads what its client shows until `word`; the client watches on."""
        self.client = self.bench.popen("flash", self.drive, self.image, "--yes")
        self.addCleanup(self.end_client, self.client)
        for line in self.client.stderr:
            if word in line:
                break
        else:
            self.fail(f"the job never came to {word}")
        self.job = next(j["name"] for j in self.bench.jobs(self.drive) if j["kind"] == "flash")

    @staticmethod
    def end_client(client):
        if client.poll() is None:
            client.kill()
        client.wait()
        client.stdout.close()
        client.stderr.close()

    def row(self, job=None):
        rows = self.bench.sql("select * from jobs where id = ?",
                              (job or self.job).removeprefix("jobs/"))
        self.assertEqual(len(rows), 1)
        return rows[0]

    def assert_finished(self):
        row = self.row()
        self.assertEqual((row["state"], row["result"], row["outcome"], row["eeprom_check"]),
                         ("CLOSED", "SUCCEEDED", "CHANGED_VERIFIED", "EQUAL"))

    def assert_kept_or_ended(self):
        """Nothing was written when it stopped, and the job says so, now and after a start."""
        self.assertEqual(self.bench.memory_files(), self.before)
        row = self.row()
        self.assertEqual(row["write_started_us"], 0)
        if row["state"] == "CLOSED":
            self.assertIn(row["outcome"], ("UNCHANGED", "NOT_STARTED"))
            self.assertIn(row["result"], ("CANCELLED", "FAILED"))
        self.bench.start()
        self.bench.firmbench("job", "watch", self.job)
        row = self.row()
        self.assertEqual(row["state"], "CLOSED")
        if row["result"] == "SUCCEEDED":
            self.assertEqual(row["outcome"], "CHANGED_VERIFIED")
            self.assertNotEqual(self.bench.memory_files(), self.before)
        else:
            self.assertEqual(row["write_started_us"], 0)
            self.assertEqual(self.bench.memory_files(), self.before)
        self.assertTrue(self.bench.json("audit", "verify")["ok"])


class StopWhileWriting(Stopping):
    def setUp(self):
        self.open_bench(PACED, "LTR-48246S", "SS0D")
        self.flash_until("WRITING")

    def test_it_takes_nothing_new_and_watchers_see_the_end(self):
        other = self.bench.drive("LTR-52327S")["name"]
        with self.health.watch(JOBS) as until:
            self.bench.daemon.signal(signal.SIGTERM)
            until(NOT_SERVING)
        self.assertEqual(self.health.check(""), SERVING)
        done = self.bench.firmbench("backup", other)
        self.assertEqual(done.status, bench.EXIT_FAILED, str(done))
        self.assertIn("SHUTTING_DOWN", done.err)
        self.assertEqual(len(self.bench.drives()), 2)  # reads go on
        self.assertEqual(self.row()["state"], "WRITING")
        out, err = self.client.communicate(timeout=bench.RUN_SECONDS)
        self.assertEqual(self.client.returncode, bench.EXIT_OK, err)
        self.assertIn("CHANGED_VERIFIED", out + err)
        self.assertEqual(self.bench.daemon.wait(), 0)
        self.assert_finished()
        self.assertEqual(self.bench.sql("select * from jobs where kind = 'backup'"), [])

    def test_further_signals_change_nothing(self):
        with self.health.watch(JOBS) as until:
            self.bench.daemon.signal(signal.SIGTERM)
            until(NOT_SERVING)
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGTERM, signal.SIGINT):
            self.bench.daemon.signal(number)
        self.assertEqual(self.bench.daemon.wait(bench.RUN_SECONDS), 0)
        self.assert_finished()

    def test_an_interrupt_from_the_terminal_is_the_same(self):
        self.bench.daemon.signal(signal.SIGINT)
        self.assertEqual(self.bench.daemon.wait(bench.RUN_SECONDS), 0)
        self.assert_finished()

    def test_what_waits_behind_the_write_is_not_begun(self):
        queued = self.bench.popen("backup", self.drive)
        self.addCleanup(queued.stderr.close)
        self.addCleanup(queued.stdout.close)
        self.addCleanup(queued.wait)
        self.addCleanup(queued.kill)
        for line in queued.stderr:
            if "QUEUED" in line:
                break
        self.assertEqual(self.bench.daemon.stop(), 0)
        self.assert_finished()
        row, = self.bench.sql("select * from jobs where kind = 'backup'")
        self.assertEqual(row["started_us"], 0)
        if row["state"] == "CLOSED":
            self.assertEqual((row["result"], row["outcome"]), ("CANCELLED", "NOT_STARTED"))
        self.bench.start()
        self.bench.firmbench("job", "watch", f"jobs/{row['id']}")
        row = self.row(f"jobs/{row['id']}")
        self.assertEqual(row["state"], "CLOSED")
        self.assertIn(row["result"], ("SUCCEEDED", "CANCELLED"))


class StopBeforeWriting(Stopping):
    def test_while_dumping(self):
        self.open_bench(PACED, "LTR-48246S", "SS0D")
        self.flash_until("DUMPING")
        self.assertEqual(self.bench.daemon.stop(), 0)
        self.assert_kept_or_ended()

    def test_while_a_hand_is_awaited(self):
        self.open_bench(WAITING, "LDW-451S", "GSB7")
        self.flash_until("eject button")
        self.assertEqual(self.bench.daemon.stop(), 0)
        self.assertEqual(self.bench.memory_files(), self.before)
        row = self.row()
        self.assertEqual(row["write_started_us"], 0)
        self.assertTrue(row["state"] != "CLOSED" or row["outcome"] == "UNCHANGED", row)


class StopWhenIdle(bench.BenchTest):
    def test_it_ends_at_once(self):
        for number in (signal.SIGTERM, signal.SIGINT):
            self.bench.daemon.signal(number)
            self.assertEqual(self.bench.daemon.wait(), 0)
            self.bench.start()


class HealthOfTheLedger(bench.BenchTest):
    def setUp(self):
        self.health = Health(self.bench.address)
        self.addCleanup(self.health.close)

    def test_jobs_are_not_served_while_another_program_locks_it(self):
        drive = self.bench.drives()[0]["name"]
        path = os.path.join(self.bench.state_dir, "ledger.db")
        other = sqlite3.connect(path, isolation_level=None)
        self.addCleanup(other.close)
        self.assertEqual(self.health.check(JOBS), SERVING)
        with self.health.watch(JOBS) as until:
            other.execute("begin immediate")
            done = self.bench.firmbench("backup", drive)
            self.assertNotEqual(done.status, bench.EXIT_OK, str(done))
            self.assertIn("LEDGER_BUSY", done.err)
            until(NOT_SERVING)
            for name in ("", "firmbench.v1.DriveService", "firmbench.v1.LedgerService"):
                self.assertEqual(self.health.check(name), SERVING, name)
            self.assertEqual(len(self.bench.drives()), 3)
            other.execute("rollback")
            until(SERVING)
        self.bench.backup(drive)

    def test_a_service_that_is_not_there_is_not_known(self):
        with self.assertRaisesRegex(Exception, "NOT_FOUND"):
            self.health.check("firmbench.v1.NoSuchService")


class StartAfterACut(Stopping):
    """Starts of a daemon that was killed while it wrote."""

    SCENARIO = PACED.replace("4.0", "10.0").replace("[[drives]]", """[[drives]]
operator = [{on_prompt = "power_cycle", after_ms = 100, do = ["power_cycle"], answer = "done"}]""")

    def cut(self, config=None):
        self.open_bench(self.SCENARIO, "LTR-48246S", "SS0D", config)
        self.flash_until("WRITING")
        self.bench.daemon.kill()

    def test_it_is_finished_by_itself_where_the_configuration_says_so(self):
        for finish, revision in (("old", "SS0B"), ("new", "SS0D")):
            with self.subTest(finish):
                self.cut(f'[recovery]\nfinish = "{finish}"\n')
                self.bench.start()
                job, = self.bench.sql("select id from jobs where kind = 'recover'")
                done = self.bench.firmbench("job", "watch", f"jobs/{job['id']}")
                self.assertEqual(done.status, bench.EXIT_OK, str(done))
                self.assertEqual(self.bench.drive("LTR-48246S")["firmware_revision"], revision)
                self.assertFalse(self.bench.json("job", "show", self.job)["needs_recovery"])

    def test_a_person_is_asked_otherwise(self):
        self.cut()
        self.bench.start()
        self.assertEqual(self.bench.sql("select id from jobs where kind = 'recover'"), [])
        self.assertTrue(self.bench.json("job", "show", self.job)["needs_recovery"])

    def test_a_ledger_that_cannot_say_what_is_true_stops_the_start(self):
        self.cut()
        other = sqlite3.connect(os.path.join(self.bench.state_dir, "ledger.db"),
                                isolation_level=None)
        self.addCleanup(other.close)
        other.execute("begin immediate")
        with self.assertRaisesRegex(AssertionError, "LEDGER_BUSY"):
            self.bench.start()
        self.assertNotEqual(self.row()["write_started_us"], 0)
        self.assertEqual(self.row()["state"], "WRITING")
        other.execute("rollback")
        self.bench.start()
        self.assertEqual((self.row()["state"], self.row()["result"]), ("CLOSED", "FAILED"))


if __name__ == "__main__":
    unittest.main()
