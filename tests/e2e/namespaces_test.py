# SPDX-License-Identifier: Apache-2.0
"""Two machines as network namespaces with a cable between them that can be pulled: a bench, and
somebody who works on it from elsewhere. Needs root; where no namespace can be made, this fails."""

import os
import pty
import select
import subprocess
import time
import unittest

import bench

BENCH, DESK = f"fb-bench-{os.getpid()}", f"fb-desk-{os.getpid()}"
BENCH_ADDRESS, DESK_ADDRESS = "10.77.0.1", "10.77.0.2"
CONFIG = f"""
[remote]
listen = "{BENCH_ADDRESS}:7443"
"""
# As on a real drive but faster, so that there is a middle of a flash.
PACED = """\
# SPDX-License-Identifier: Apache-2.0
[time]
mode = "paced"
speed = 10.0

[[drives]]
model = "LTR-48246S"
bay = "bay 1"
"""
# Hands that hold and release the button when they are asked to, and say nothing.
HANDS = """\
# SPDX-License-Identifier: Apache-2.0
[[drives]]
model = "LDW-451S"
bay = "bay 1"

[[drives.operator]]
on_prompt = "hold_eject"
do = ["hold_eject"]
answer = ""

[[drives.operator]]
on_prompt = "release_eject"
do = ["release_eject"]
answer = ""
"""
# Longer than either side's keepalive and every deadline of the client together.
PATIENCE_SECONDS = 200
STATES = ("DUMPING", "DUMP_COMMITTED", "ARMED", "WRITING", "READBACK")


def ip(*words):
    done = subprocess.run(["ip", *words], capture_output=True, text=True, check=False, timeout=30)
    assert done.returncode == 0, f"ip {' '.join(words)}: {done.stderr}"


def within(namespace):
    return ("nsenter", f"--net=/run/netns/{namespace}")


def read_until(stream, *words):
    """Reads what a client shows until one of the words is there; returns everything read."""
    seen, until = "", time.monotonic() + PATIENCE_SECONDS
    number = stream if isinstance(stream, int) else stream.fileno()
    while not any(word in seen for word in words):
        left = until - time.monotonic()
        assert left > 0 and select.select([number], [], [], left)[0], f"none of {words} in:\n{seen}"
        piece = os.read(number, 65536)
        assert piece, f"none of {words} in:\n{seen}"
        seen += piece.decode(errors="replace")
    return seen


class TwoMachines(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        for name in (BENCH, DESK):
            ip("netns", "add", name)
            cls.addClassCleanup(ip, "netns", "delete", name)
            ip("-n", name, "link", "set", "lo", "up")
        ip("-n", BENCH, "link", "add", "cable", "type", "veth", "peer", "name", "cable", "netns", DESK)
        for name, address in ((BENCH, BENCH_ADDRESS), (DESK, DESK_ADDRESS)):
            ip("-n", name, "address", "add", f"{address}/30", "dev", "cable")
            ip("-n", name, "link", "set", "cable", "up")

    def open_bench(self, scenario):
        self.bench = bench.Bench(scenario_text=scenario, config_text=CONFIG, within=within(BENCH))
        self.addCleanup(self.bench.close)
        self.addCleanup(self.plug, True)
        self.alice = bench.Elsewhere(self.bench, within=within(DESK))
        self.alice.enroll(self.bench.invite(), address=f"{BENCH_ADDRESS}:7443")
        self.drive = self.bench.drives()[0]

    def begin(self, *arguments, **options):
        """firmbench on the other machine, watched while it runs."""
        pipes = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        client = subprocess.Popen(self.alice.command(*arguments), env=self.alice.env,
                                  **{**pipes, **options})
        self.addCleanup(bench.end, client)
        return client

    @staticmethod
    def plug(is_in):
        """The cable, at the bench's end."""
        ip("-n", BENCH, "link", "set", "cable", "up" if is_in else "down")

    @staticmethod
    def give_up_soon():
        """What no program at the bench owns any more is sent again once, and not for minutes."""
        subprocess.run([*within(BENCH), "sh", "-c", "echo 1 >/proc/sys/net/ipv4/tcp_orphan_retries"],
                       check=True, timeout=30)

    @staticmethod
    def connections_at_the_bench():
        """What the kernel there knows of, a listener aside."""
        listening = "0A"  # TCP_LISTEN
        table = subprocess.run([*within(BENCH), "cat", "/proc/net/tcp"], capture_output=True,
                               text=True, check=True, timeout=30).stdout.splitlines()[1:]
        return [line for line in table if line.split()[3] != listening]

    def image(self):
        return self.bench.make_image(self.drive["model"], "SS0D" if self.drive["model"] ==
                                     "LTR-48246S" else "GSB7")

    def the_job(self):
        job, = [j for j in self.bench.jobs() if j["kind"] == "flash"]
        return job["name"]

    def assert_flashed(self, job):
        shown = self.bench.json("job", "show", job)
        self.assertEqual((shown["state"], shown["outcome"], shown["principal"]),
                         ("STATE_CLOSED", "OUTCOME_CHANGED_VERIFIED", "alice"))

    def test_a_pulled_cable_does_not_stop_a_flash_and_the_watch_goes_on(self):
        self.open_bench(PACED)
        client = self.begin("flash", self.drive["name"], self.image(), "--yes")
        seen = read_until(client.stderr, "WRITING")
        self.plug(False)
        job = self.the_job()
        self.assertIsNotNone(self.bench.json("job", "show", job)["write_start_time"])
        # The client finds out that nobody answers, says so, and does not give up. The bench has gone
        # on without anybody, to the end.
        seen += read_until(client.stderr, "does not answer; trying again")
        self.assertEqual(self.bench.firmbench("job", "watch", job).status, bench.EXIT_OK)
        self.assert_flashed(job)
        self.assertIsNone(client.poll())
        self.plug(True)
        out, rest = client.communicate(timeout=PATIENCE_SECONDS)
        seen += rest.decode()
        self.assertEqual(client.returncode, bench.EXIT_OK, seen)
        self.assertIn(b"CHANGED_VERIFIED", out)
        # It went on where it was: what it had shown came no second time, what it had missed came.
        for state in STATES:
            self.assertEqual(sum(line.lstrip().startswith(state) for line in seen.splitlines()), 1,
                             f"{state} in:\n{seen}")
        self.assertEqual(len(self.bench.jobs()), 1)
        entries = self.bench.json("audit", "list", "--action", "job.create")["audit_entries"]
        self.assertEqual([(e["principal"], e["resource"]) for e in entries], [("alice", job)])

    def test_somebody_at_the_bench_answers_for_who_is_elsewhere(self):
        self.open_bench(HANDS)
        client = self.begin("flash", self.drive["name"], self.image(), "--yes")
        read_until(client.stderr, "created")
        for prompt in ("hold_eject", "release_eject"):
            self.answer_here(prompt)
        out, err = client.communicate(timeout=PATIENCE_SECONDS)
        self.assertEqual(client.returncode, bench.EXIT_OK, err.decode())
        self.assertIn(b"CHANGED_VERIFIED", out)
        self.assert_flashed(self.the_job())

    def answer_here(self, prompt):
        """Over the Unix socket, as soon as the job asks for it."""
        job, until = self.the_job(), time.monotonic() + PATIENCE_SECONDS
        while (self.bench.json("job", "show", job).get("prompt") or {}).get("kind") != prompt:
            self.assertLess(time.monotonic(), until)
        self.bench.ok("job", "answer", job, "done")

    def test_an_answer_that_is_lost_makes_no_second_job(self):
        self.open_bench(HANDS.split("[[drives.operator]]")[0])
        near, far = pty.openpty()
        self.addCleanup(os.close, near)
        client = self.begin("flash", self.drive["name"], self.image(), stdin=far, stdout=far,
                            stderr=far, start_new_session=True)
        os.close(far)
        read_until(near, "to go on: ")
        self.give_up_soon()
        # From now on everything arrives at the bench, and nothing from there.
        ip("-n", BENCH, "route", "add", "blackhole", DESK_ADDRESS)
        os.write(near, (self.drive.get("unit_number") or self.drive["name"]).encode() + b"\n")
        until = time.monotonic() + PATIENCE_SECONDS
        while not self.bench.jobs():
            self.assertLess(time.monotonic(), until)
        job = self.the_job()
        # With the daemon the connection is gone, and the client has to ask again. The kernel would
        # deliver what a dead program had sent: it gives that up first.
        self.bench.daemon.kill()
        while self.connections_at_the_bench():
            self.assertLess(time.monotonic(), until)
        self.bench.start()
        ip("-n", BENCH, "route", "delete", "blackhole", DESK_ADDRESS)
        self.assertIn(f"job {job} created", read_until(near, " created"))
        self.assertEqual([j["name"] for j in self.bench.jobs()], [job])
        self.assertIsNone(client.poll())
        self.bench.ok("job", "cancel", job)
        read_until(near, "CANCELLED")
        self.assertEqual(client.wait(PATIENCE_SECONDS), bench.EXIT_JOB)

    def test_without_a_network_there_are_words_and_an_end(self):
        self.open_bench(HANDS.split("[[drives.operator]]")[0])
        client = self.begin("flash", self.drive["name"], self.image(), "--yes")
        read_until(client.stderr, "eject")
        self.plug(False)
        began = time.monotonic()
        done = self.alice.run("drive", "list", timeout=PATIENCE_SECONDS)
        self.assertEqual(done.status, bench.EXIT_UNREACHABLE, str(done))
        self.assertIn("BENCH_UNREACHABLE", done.err)
        self.assertLess(time.monotonic() - began, 60)
        _, err = client.communicate(timeout=PATIENCE_SECONDS)
        self.assertEqual(client.returncode, bench.EXIT_UNREACHABLE, err.decode())
        self.assertIn("BENCH_UNREACHABLE", err.decode())
        # The bench has lost nobody but its watcher.
        job = self.the_job()
        self.assertEqual(self.bench.json("job", "show", job)["state"], "STATE_ENTERING")
        self.bench.ok("job", "cancel", job)


if __name__ == "__main__":
    unittest.main()
