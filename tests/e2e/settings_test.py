# SPDX-License-Identifier: Apache-2.0
"""The configuration file: looked at without a start, and read again by a running daemon."""

import datetime
import os
import signal
import sys
import unittest

import bench
from bench import EXIT_FAILED, EXIT_OK


class CheckConfig(unittest.TestCase):
    def setUp(self):
        self.folder = bench.Bench(start=False)
        self.addCleanup(self.folder.close)

    def check(self, text, *more):
        return bench.run(bench.program("firmbenchd"), "--check-config", "--config",
                         self.folder.write("firmbenchd.toml", text), *more)

    def test_a_good_file_is_said_to_be_good_and_nothing_is_started(self):
        done = self.check("# nothing\n", "--state-dir", self.folder.state_dir)
        self.assertEqual(done.status, EXIT_OK, str(done))
        self.assertIn("good", done.out)
        self.assertEqual(self.check("").out.splitlines()[0].split(": ")[1],
                         "good; every key has its default")
        done = self.check("log_level = 'debug'\n[jobs]\nclaim_minutes = 60\n")
        self.assertEqual(done.out.splitlines()[1:],
                         ['  log_level = "debug"', "  jobs.claim_minutes = 60"])

    def test_a_mistake_is_named_with_line_and_column(self):
        done = self.check("\n[power]\n  keep_awkae = true\n")
        self.assertEqual(done.status, EXIT_FAILED, str(done))
        self.assertIn("firmbenchd.toml:3:3: unknown key keep_awkae", done.err)
        self.assertIn("CONFIG_INVALID", done.err)


class Reloading:
    def reload(self, text, until):
        """Sends SIGHUP; the daemon's log until a line with `until`."""
        self.bench.write("firmbenchd.toml", text)
        before = len(self.bench.daemon.log())
        self.bench.daemon.signal(signal.SIGHUP)
        # A call that comes back after the signal was taken: the main thread logs at once, so a few
        # calls are patience enough.
        for _ in range(200):
            log = self.bench.daemon.log()[before:]
            if until in log:
                return log
            self.bench.ok("bench", "info")
        self.fail(f"no {until!r} in the log:\n{log}")


class Reload(Reloading, unittest.TestCase):
    def test_it_takes_what_it_may_and_says_what_waits(self):
        self.bench = bench.Bench(config_text="log_level = 'info'\n")
        self.addCleanup(self.bench.close)
        log = self.reload("log_level = 'warn'\n[access]\nsecond_person = 'solo'\n", "next start")
        self.assertIn("key=access.second_person", log)
        self.assertNotIn("took a changed key", log)  # it is no warning, and info is off now
        log = self.reload("log_level = 'info'\n", "took a changed key")
        self.assertIn("key=log_level", log)
        log = self.reload("log_level = 3\n", "not taken")
        self.assertIn("firmbenchd.toml:1:13", log)
        log = self.reload("log_level = 'info'\n", "what it was")
        self.bench.ok("drive", "list")

    def claim_minutes(self):
        """How long a claim lasts that names no time."""
        self.bench.ok("drive", "claim", "bay-1")
        claim = self.bench.drives()[0]["claim"]["expire_time"]
        self.bench.ok("drive", "release", "bay-1")
        end = datetime.datetime.fromisoformat(claim.replace("Z", "+00:00"))
        return (end - datetime.datetime.now(datetime.timezone.utc)).total_seconds() / 60

    def test_the_usual_claim_is_taken(self):
        self.bench = bench.Bench(config_text="")
        self.addCleanup(self.bench.close)
        self.assertAlmostEqual(self.claim_minutes(), 30, delta=2)
        log = self.reload("[jobs]\nclaim_minutes = 600\n", "took a changed key")
        self.assertIn("key=jobs.claim_minutes", log)
        self.assertAlmostEqual(self.claim_minutes(), 600, delta=2)
        # What is not taken keeps its value, also when something else is.
        log = self.reload("[jobs]\nclaim_minutes = 500\nspill_folder = '/nowhere'\n", "next start")
        self.assertAlmostEqual(self.claim_minutes(), 500, delta=2)
        log = self.reload("[jobs]\nclaim_minutes = 500\nspill_folder = '/nowhere'\n", "next start")
        self.assertNotIn("claim_minutes", log)

    def test_without_a_file_there_is_nothing_to_take(self):
        self.bench = bench.Bench()
        self.addCleanup(self.bench.close)
        self.reload("log_level = 'debug'\n", "what it was")


ADDRESS = "10.78.0.1"
ASK = f"""
import http.client, ssl
context = ssl.create_default_context()
context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
connection = http.client.HTTPSConnection("{ADDRESS}", 7444, context=context, timeout=30)
connection.request("GET", "/metrics")
print(connection.getresponse().status)
"""


class ReloadOfThePage(Reloading, unittest.TestCase):
    """Needs root: a network namespace in which this PC has an address."""

    def test_who_reads_the_metrics_is_taken(self):
        name = f"fb-metrics-{os.getpid()}"
        for words in (("netns", "add", name), ("-n", name, "link", "set", "lo", "up"),
                      ("-n", name, "address", "add", f"{ADDRESS}/32", "dev", "lo")):
            done = bench.run("ip", *words)
            self.assertEqual(done.status, 0, str(done))
            if words[1] == "add":
                self.addCleanup(bench.run, "ip", "netns", "delete", name)
        within = ("nsenter", f"--net=/run/netns/{name}")
        web = f"[web]\nlisten = '{ADDRESS}:7444'\n"
        self.bench = bench.Bench(config_text=web, within=within)
        self.addCleanup(self.bench.close)
        for metrics, status in ((None, "403"), ("true", "200"), ("false", "403")):
            if metrics:
                log = self.reload(f"{web}metrics = {metrics}\n", "took a changed key")
                self.assertIn("key=web.metrics", log)
            done = bench.run(*within, sys.executable, "-c", ASK)
            self.assertEqual(done.out.strip(), status, str(done))


if __name__ == "__main__":
    unittest.main()
