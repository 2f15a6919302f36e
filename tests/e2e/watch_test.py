# SPDX-License-Identifier: Apache-2.0
"""Jobs outlive their clients: anybody may watch, answer and cancel."""

import signal
import unittest

import bench

# One drive whose operator never reacts: its flash waits at the prompt until a client answers.
WAITING = """\
# SPDX-License-Identifier: Apache-2.0
[[drives]]
model = "LDW-451S"
bay = "bay 1"
"""


def until(stream, *words):
    """Reads lines until one holds one of the words; returns everything read."""
    seen = ""
    for line in stream:
        seen += line
        if any(word in line for word in words):
            return seen
    raise AssertionError(f"none of {words} in:\n{seen}")


class Watch(unittest.TestCase):
    def setUp(self):
        self.bench = bench.Bench(scenario_text=WAITING)
        self.addCleanup(self.bench.close)
        self.drive = self.bench.drives()[0]["name"]
        self.image = self.bench.add_image(self.bench.make_image("LDW-451S", "GSB7"))

    def begin(self):
        """A flash that waits for a hand, its client, and its name."""
        client = self.bench.popen("flash", self.drive, self.image, "--yes")
        self.addCleanup(bench.end, client)
        until(client.stderr, "eject")
        job, = [j for j in self.bench.jobs(self.drive) if j["kind"] == "flash"]
        return client, job["name"]

    def show(self, job):
        return self.bench.json("job", "show", job)

    def test_a_killed_client_leaves_the_job_to_the_others(self):
        client, job = self.begin()
        client.kill()
        client.wait()
        waiting = self.show(job)
        self.assertEqual(waiting["result"], "RESULT_UNSPECIFIED")
        self.assertEqual(waiting["prompt"]["kind"], "hold_eject")
        # Somebody else watches it, a third one ends it.
        other = self.bench.popen("job", "watch", job)
        self.addCleanup(bench.end, other)
        until(other.stderr, "eject")
        self.bench.ok("job", "answer", job, "cancel")
        self.assertEqual(other.wait(bench.RUN_SECONDS), bench.EXIT_JOB)
        closed = self.show(job)
        self.assertEqual(closed["state"], "STATE_CLOSED")
        self.assertEqual(closed["result"], "RESULT_CANCELLED")
        self.assertIsNone(closed.get("write_start_time"))

    def test_interrupt_leaves_the_job_running_and_says_so(self):
        client, job = self.begin()
        client.send_signal(signal.SIGINT)
        self.assertEqual(client.wait(bench.RUN_SECONDS), 130)
        self.assertIn(job.removeprefix("jobs/"), client.stderr.read())
        self.assertEqual(self.show(job)["state"], "STATE_ENTERING")
        self.bench.ok("job", "cancel", job)
        watched = self.bench.firmbench("job", "watch", job)
        self.assertEqual(watched.status, bench.EXIT_JOB, str(watched))
        self.assertEqual(self.show(job)["result"], "RESULT_CANCELLED")

    def test_an_answer_without_the_deed_ends_untouched(self):
        client, job = self.begin()
        # "done", but nobody holds the button: the drive does not enter its update mode.
        self.bench.ok("job", "answer", job, "done")
        self.assertEqual(client.wait(bench.RUN_SECONDS), bench.EXIT_JOB)
        closed = self.show(job)
        self.assertEqual(closed["error"]["reason"], "VENDOR_MODE_NOT_ENTERED")
        self.assertEqual(closed["error"]["drive_state"], "DRIVE_STATE_UNTOUCHED")
        self.assertIsNone(closed.get("write_start_time"))
        self.assertEqual(self.bench.json("drive", "show", self.drive)["firmware_revision"], "GSB4")

    def test_a_busy_drive_queues_and_an_answer_must_be_known(self):
        client, job = self.begin()
        self.assertEqual(self.bench.json("drive", "show", self.drive)["current_job"], job)
        wrong = self.bench.firmbench("job", "answer", job, "perhaps")
        self.assertEqual(wrong.status, bench.EXIT_FAILED, str(wrong))
        self.assertIn("ANSWER", wrong.err)
        second = self.bench.popen("backup", self.drive, "--memory", "eeprom")
        self.addCleanup(bench.end, second)
        until(second.stderr, "queue", "QUEUED", "wait")
        self.bench.ok("job", "cancel", job)
        self.assertEqual(client.wait(bench.RUN_SECONDS), bench.EXIT_JOB)
        self.assertEqual(second.wait(bench.RUN_SECONDS), bench.EXIT_OK)

    def test_killed_while_it_waits_the_job_begins_again_after_the_restart(self):
        client, job = self.begin()
        self.bench.daemon.kill()
        self.bench.start()
        # The client finds the bench again, and the prompt is there anew.
        until(client.stderr, "begins again")
        until(client.stderr, "eject")
        again = self.show(job)
        self.assertEqual((again["state"], again["attempts"]), ("STATE_ENTERING", 1))
        self.assertIsNone(again.get("write_start_time"))
        self.bench.ok("job", "cancel", job)
        self.assertEqual(client.wait(bench.RUN_SECONDS), bench.EXIT_JOB)
        closed = self.show(job)
        self.assertEqual((closed["result"], closed["outcome"]),
                         ("RESULT_CANCELLED", "OUTCOME_UNCHANGED"))
        # The drive can be used again, and its dumps from before are there.
        self.bench.backup(self.drive)
        self.assertTrue(self.bench.json("audit", "verify")["ok"])


if __name__ == "__main__":
    unittest.main()
