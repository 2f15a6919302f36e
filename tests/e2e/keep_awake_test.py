# SPDX-License-Identifier: Apache-2.0
"""The PC stays awake while a drive is written: a real daemon, a real message bus, and a login
manager on it that behaves like one."""

import os
import subprocess
import unittest

import bench

LOGIN_MANAGER = os.path.join(bench.SOURCE, "tests", "support", "fake_logind.py")
LOCKS = "sleep:shutdown:handle-lid-switch:handle-power-key block firmbench:"
NOBODY = "nobody keeps this PC from going to sleep"

# Slow enough for a write to be met while it runs.
PACED = """\
# SPDX-License-Identifier: Apache-2.0
[time]
mode = "paced"
speed = 10.0

[[drives]]
model = "LTR-48246S"
bay = "bay 1"
firmware_seed = 48246
eeprom_seed = 1001
"""


class LoginManager:
    """tests/support/fake_logind.py; what daemons are started after this one use it."""

    def __init__(self, folder, mode):
        self.process = subprocess.Popen(["/usr/bin/python3", "-B", LOGIN_MANAGER, folder, mode],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=subprocess.DEVNULL, text=True)
        word, address = self.next_line().split(" ", 1)
        assert word == "address", word
        os.environ["DBUS_SYSTEM_BUS_ADDRESS"] = address

    def next_line(self):
        return self.process.stdout.readline().strip()

    def rest(self):
        """Ends it; what it said and nobody read."""
        del os.environ["DBUS_SYSTEM_BUS_ADDRESS"]
        return self.process.communicate(timeout=bench.START_SECONDS)[0]


class KeepAwake(unittest.TestCase):
    def open_bench(self, mode, scenario=PACED, config=None):
        self.bench = bench.Bench(scenario_text=scenario, config_text=config, start=False)
        self.addCleanup(self.bench.close)
        self.login = LoginManager(self.bench.folder, mode)
        self.addCleanup(lambda: self.login.process.poll() is None and self.login.rest())
        self.bench.start()
        self.drive = self.bench.drives()[0]["name"]
        self.image = self.bench.add_image(self.bench.make_image("LTR-48246S", "SS0D"))

    def begin_flash(self):
        client = self.bench.popen("flash", self.drive, self.image, "--yes")
        self.addCleanup(bench.end, client)
        return client

    def state(self):
        row, = self.bench.sql("select state from jobs where kind = 'flash'")
        return row["state"]

    def flash(self):
        """Runs one; what its client said."""
        done = self.bench.ok("flash", self.drive, self.image, "--yes")
        return done.out + done.err

    def test_from_before_the_first_write_until_the_job_is_closed(self):
        self.open_bench("grant")
        client = self.begin_flash()
        seen = ""
        for line in client.stderr:
            seen += line
            if "DUMP_COMMITTED" in line:
                break
        held = self.login.next_line()
        self.assertTrue(held.startswith(f"held {LOCKS}"), held)
        self.assertIn(self.state(), ("ENTERING", "ARMED", "WRITING"))
        for secret in ("U-00", "LTR-48246S"):
            self.assertNotIn(secret, held)
        _, err = client.communicate(timeout=bench.RUN_SECONDS)
        self.assertEqual(client.returncode, bench.EXIT_OK, err)
        self.assertNotIn(NOBODY, seen + err)
        self.assertEqual(self.login.next_line(), "released")
        self.assertEqual(self.state(), "CLOSED")
        self.assertEqual(self.login.rest(), "")

    def test_a_backup_needs_no_lock(self):
        self.open_bench("grant", scenario=None)
        self.bench.backup(self.drive)
        self.assertEqual(self.login.rest(), "")

    def test_a_daemon_that_is_killed_holds_nothing(self):
        self.open_bench("grant")
        self.begin_flash()
        self.assertTrue(self.login.next_line().startswith("held "))
        self.bench.daemon.kill()
        self.assertEqual(self.login.next_line(), "released")

    def test_a_refusal_is_shown_and_the_job_goes_on(self):
        self.open_bench("refuse", scenario=None)
        shown = " ".join(self.flash().split())
        self.assertIn(NOBODY, shown)
        self.assertIn("/etc/polkit-1/rules.d", shown)

    def test_without_a_login_manager_the_job_says_so_and_goes_on(self):
        self.open_bench("absent", scenario=None)
        shown = " ".join(self.flash().split())
        self.assertIn(NOBODY, shown)
        self.assertNotIn("polkit", shown)

    def test_a_login_manager_that_hangs_holds_the_job_up_for_a_moment_only(self):
        self.open_bench("hang", scenario=None)
        self.assertIn(NOBODY, " ".join(self.flash().split()))

    def test_it_can_be_switched_off(self):
        self.open_bench("grant", scenario=None, config="[power]\nkeep_awake = false\n")
        self.assertNotIn(NOBODY, " ".join(self.flash().split()))
        self.assertEqual(self.login.rest(), "")


if __name__ == "__main__":
    unittest.main()
