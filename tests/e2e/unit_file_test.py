# SPDX-License-Identifier: Apache-2.0
"""The systemd unit, its drop-ins and its users: what systemd itself says of them, and the daemon at
work under the unit's filter of system calls."""

import os
import re
import shutil
import tempfile
import unittest

import bench
import confined

DEPLOY = os.path.join(bench.SOURCE, "deploy")
UNIT = os.path.join(DEPLOY, "systemd", "firmbenchd.service")
DROP_INS = UNIT + ".d"
# What systemd-analyze calls the exposure: 0 is none, 10 all.
HIGHEST_EXPOSURE = 1.5


def exposure(*drop_ins):
    """Of the unit alone and with these drop-ins, by systemd-analyze."""
    folder = tempfile.mkdtemp(prefix="fb-")
    try:
        shutil.copy(UNIT, folder)
        os.mkdir(os.path.join(folder, "firmbenchd.service.d"))
        for name in drop_ins:
            shutil.copy(os.path.join(DROP_INS, name), os.path.join(folder, "firmbenchd.service.d"))
        done = bench.run("systemd-analyze", "security", "--offline=true",
                         os.path.join(folder, "firmbenchd.service"))
        return float(re.search(r"exposure level for \S+: ([\d.]+)", done.out).group(1))
    finally:
        shutil.rmtree(folder)


class UnitFile(unittest.TestCase):
    def one(self, key):
        values = confined.settings(UNIT, key)
        self.assertEqual(len(values), 1, f"{key}: {values}")
        return values[0]

    def test_its_exposure_is_small(self):
        alone, listening, ports = exposure(), exposure("listen.conf"), exposure("port-io.conf")
        print(f"exposure of firmbenchd.service: {alone}, at most {HIGHEST_EXPOSURE}; "
              f"with listen.conf {listening}, with port-io.conf {ports}")
        self.assertLessEqual(alone, HIGHEST_EXPOSURE)
        self.assertLessEqual(listening, HIGHEST_EXPOSURE)
        # The ports of a PC are worth something: who switches them on shall see it in the figure.
        self.assertGreater(ports, alone)

    def test_systemd_understands_every_line(self):
        folder = tempfile.mkdtemp(prefix="fb-")
        self.addCleanup(shutil.rmtree, folder)
        with open(UNIT, encoding="utf-8") as file:
            text = file.read()
        # Of this tree, because the pages and the program are not installed here.
        text = text.replace("/usr/sbin/firmbenchd", bench.program("firmbenchd"))
        text = re.sub("(?m)^Documentation=.*$", "", text)
        path = os.path.join(folder, "firmbenchd.service")
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        done = bench.run("systemd-analyze", "verify", "--man=no", path)
        ours = [line for line in (done.out + done.err).splitlines() if "firmbenchd" in line]
        self.assertEqual(ours, [], str(done))

    def test_nothing_cuts_a_running_write(self):
        self.assertEqual(self.one("TimeoutStopSec"), "infinity")
        self.assertEqual(self.one("SendSIGKILL"), "no")
        self.assertEqual(self.one("OOMPolicy"), "continue")
        self.assertEqual(confined.settings(UNIT, "WatchdogSec"), [])
        self.assertEqual(confined.settings(UNIT, "RuntimeMaxSec"), [])

    def test_it_has_no_capability_and_keeps_what_it_needs(self):
        with open(UNIT, encoding="utf-8") as file:
            lines = file.read().splitlines()
        self.assertIn("CapabilityBoundingSet=", lines)
        self.assertIn("AmbientCapabilities=", lines)
        for key in ("PrivateNetwork", "PrivateUsers", "PrivateDevices"):
            self.assertEqual(confined.settings(UNIT, key), [], key)
        self.assertEqual(self.one("NoNewPrivileges"), "yes")
        self.assertEqual(self.one("IPAddressDeny"), "any")
        self.assertEqual(self.one("IPAddressAllow"), "localhost")
        self.assertEqual(self.one("DevicePolicy"), "closed")
        self.assertEqual(self.one("DeviceAllow"), "char-sg rw")

    def test_it_runs_as_its_own_user_and_writes_into_its_own_folders(self):
        self.assertEqual((self.one("User"), self.one("Group")), ("firmbench", "firmbench"))
        self.assertEqual((self.one("StateDirectory"), self.one("StateDirectoryMode")),
                         ("firmbench", "0700"))
        self.assertEqual(self.one("RuntimeDirectory"), "firmbench")
        self.assertEqual(self.one("UMask"), "0077")
        self.assertEqual(self.one("ProtectSystem"), "strict")
        self.assertEqual(self.one("ProtectHome"), "yes")
        self.assertEqual(self.one("ReadWritePaths"), "/run/lock")

    def test_it_is_up_when_it_says_so_and_is_tried_again_for_ever(self):
        self.assertEqual(self.one("Type"), "notify")
        self.assertEqual(self.one("TimeoutStartSec"), "infinity")
        self.assertEqual(self.one("Restart"), "on-failure")
        # At a gentle pace: what a start lacks may come, and nobody types reset-failed at a bench.
        self.assertGreaterEqual(int(self.one("RestartSec").removesuffix("s")), 5)
        with open(UNIT, encoding="utf-8") as file:
            unit, service = file.read().split("[Service]")
        self.assertIn("\nStartLimitIntervalSec=0\n", unit)
        self.assertNotIn("StartLimit", service)

    def test_needrestart_leaves_it_alone(self):
        with open(os.path.join(DEPLOY, "needrestart", "firmbench.conf"), encoding="utf-8") as file:
            lines = [line for line in file.read().splitlines() if line and not line.startswith("#")]
        # Perl: services whose name matches are restarted (1) or not (0).
        self.assertEqual(len(lines), 1, lines)
        rule = re.fullmatch(r"\$nrconf\{override_rc\}\{qr\((.*)\)\} = 0;", lines[0])
        self.assertTrue(rule, lines)
        self.assertRegex("firmbenchd.service", rule[1])
        self.assertNotRegex("xfirmbenchd.service", rule[1])
        self.assertNotRegex("firmbenchdxservice", rule[1])

    def test_the_users_are_made_as_the_files_say(self):
        root = tempfile.mkdtemp(prefix="fb-")
        self.addCleanup(shutil.rmtree, root)
        os.mkdir(os.path.join(root, "etc"))
        done = bench.run("systemd-sysusers", f"--root={root}",
                         os.path.join(DEPLOY, "sysusers", "firmbench.conf"))
        self.assertEqual(done.status, 0, str(done))
        with open(os.path.join(root, "etc", "passwd"), encoding="utf-8") as file:
            users = {line.split(":")[0]: line.rstrip("\n").split(":") for line in file}
        with open(os.path.join(root, "etc", "group"), encoding="utf-8") as file:
            groups = {line.split(":")[0]: line.rstrip("\n").split(":") for line in file}
        self.assertEqual(list(users), ["firmbench"])
        self.assertEqual(users["firmbench"][5:], ["/var/lib/firmbench", "/usr/sbin/nologin"])
        self.assertEqual(sorted(groups), ["firmbench", "firmbench-admin", "firmbench-drives"])
        # Whose primary group is that of the socket, and who alone is in that of the drives.
        self.assertEqual(users["firmbench"][3], groups["firmbench"][2])
        self.assertEqual(groups["firmbench-drives"][3], "firmbench")
        self.assertEqual(groups["firmbench-admin"][3], "")


class UnderTheFilter(unittest.TestCase):
    def test_the_filter_refuses_what_it_names(self):
        calls = confined.allowed(UNIT)
        self.assertIn("read", calls)
        for call in ("ioperm", "iopl", "mount", "reboot", "settimeofday", "chown", "setuid",
                     "ptrace", "bpf", "init_module", "kexec_load", "swapon", "setpriority"):
            self.assertNotIn(call, calls)

    def test_the_drop_in_for_ports_adds_what_ports_take(self):
        calls = confined.allowed(UNIT, os.path.join(DROP_INS, "port-io.conf"))
        self.assertEqual(calls - confined.allowed(UNIT), confined.group("@raw-io") | {"sched_setscheduler"})

    def test_a_drive_is_backed_up_and_flashed(self):
        place = bench.Bench(start=False)
        self.addCleanup(place.close)
        # The same folder of programs, but firmbenchd starts itself under the filter.
        wrapper = place.write("firmbenchd", "#!/bin/sh\nexec python3 -B '{}' '{}' '{}' \"$@\"\n".format(
            confined.__file__, UNIT, bench.program("firmbenchd")))
        os.chmod(wrapper, 0o755)
        programs, bench.PROGRAMS = bench.PROGRAMS, place.folder
        try:
            place.start()
        finally:
            bench.PROGRAMS = programs
        with open(f"/proc/{place.daemon.pid}/status", encoding="utf-8") as file:
            status = dict(line.split(":\t", 1) for line in file.read().splitlines() if ":\t" in line)
        self.assertEqual((status["NoNewPrivs"], status["Seccomp"]), ("1", "2"))
        drive = place.drive("LTR-48246S")["name"]
        place.backup(drive)
        image = place.add_image(place.make_image("LTR-48246S", "SS0D"))
        place.ok("flash", drive, image, "--yes")
        self.assertEqual(place.last_job(drive)["outcome"], "OUTCOME_CHANGED_VERIFIED")
        self.assertTrue(place.json("audit", "verify")["ok"])
        place.ok("bench", "info")
        self.assertEqual(place.daemon.stop(), 0)


if __name__ == "__main__":
    unittest.main()
