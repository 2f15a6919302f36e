# SPDX-License-Identifier: Apache-2.0
"""The daemon's log: for programs, for journald, for people, and whatever strangers put into it."""

import json
import os
import re
import signal
import unittest
from unittest import mock

import bench

TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")
# A key of the configuration, as TOML writes it: it is quoted in what the log says of it.
HOSTILE = '"x\\n{\\"level\\":\\"forged\\"} \\u001b[31m\\u009b \\u0000 \\u00df" = 1\n'


class Log(unittest.TestCase):
    def begin(self, config):
        self.bench = bench.Bench(config_text=config, start=False)
        self.addCleanup(self.bench.close)

    def log_after_hostile_reload(self):
        """A run with a backup, a configuration that is refused, and a stop."""
        self.bench.backup(self.bench.drive("LTR-48246S")["name"])
        self.bench.write("firmbenchd.toml", HOSTILE)
        self.bench.daemon.signal(signal.SIGHUP)
        for _ in range(200):
            if "not taken" in self.bench.daemon.log():
                break
            self.bench.ok("bench", "info")
        self.assertEqual(self.bench.daemon.stop(), 0)
        return self.bench.daemon.log()

    def test_every_line_is_an_object_of_json(self):
        self.begin("log_format = 'json'\nlog_level = 'debug'\n")
        self.bench.start()
        # A second daemon in the same folder does not start, and says so in the same way.
        self.assertEqual(bench.Daemon(self.bench.state_dir, f"unix:{self.bench.path('t')}",
                                      self.bench.scenario, *self.bench.options).wait(), 1)
        entries = [json.loads(line) for line in self.log_after_hostile_reload().splitlines()]
        for entry in entries:
            self.assertRegex(entry["time"], TIME)
            self.assertIn(entry["level"], ("debug", "info", "warn", "error", "critical"))
            self.assertTrue(entry["message"])
        refused = [entry for entry in entries if entry.get("reason") == "CONFIG_INVALID"]
        self.assertEqual([entry["level"] for entry in refused], ["error"])
        self.assertIn('x\n{"level":"forged"} \x1b[31m\x9b \0 ß', refused[0]["text"])
        self.assertEqual([entry["level"] for entry in entries
                          if entry.get("reason") == "STATE_DIR_IN_USE"], ["critical"])
        of_jobs = [entry for entry in entries if "job" in entry]
        self.assertTrue(of_jobs, entries)
        self.assertEqual([entry["signal"] for entry in entries if entry["message"] == "stopping"],
                         [signal.SIGTERM])

    def test_journald_is_told_the_priority(self):
        self.begin("log_level = 'info'\n")
        log = self.bench.write("firmbenchd.log", "")
        info = os.stat(log)
        with mock.patch.dict(os.environ, JOURNAL_STREAM=f"{info.st_dev}:{info.st_ino}"):
            self.bench.start()
        lines = self.log_after_hostile_reload().splitlines()
        for line in lines:
            self.assertRegex(line, r"^<[2-7]>[a-z]")
        self.assertEqual([line[:3] for line in lines if "CONFIG_INVALID" in line], ["<3>"])
        self.assertTrue(any(line.startswith("<6>ready ") for line in lines), lines)

    def test_elsewhere_a_person_reads_time_and_level(self):
        self.begin("")
        # Of some other output.
        with mock.patch.dict(os.environ, JOURNAL_STREAM="1:1"):
            self.bench.start()
        for line in self.log_after_hostile_reload().splitlines():
            time, level, _ = line.split(" ", 2)
            self.assertRegex(time, TIME)
            self.assertIn(level, ("info", "warn", "error"))


if __name__ == "__main__":
    unittest.main()
