# SPDX-License-Identifier: Apache-2.0
"""deploy/quickstart plug: the plug is pulled in the middle of a flash, and the drive comes back."""

import os
import shutil
import tempfile
import unittest

import bench

QUICKSTART = os.path.join(bench.SOURCE, "deploy", "quickstart")


class Plug(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="fb-", dir="/tmp")
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.dir = os.path.join(self.folder, "bench")

    def plug(self):
        return bench.run(QUICKSTART, "plug", "--programs", bench.PROGRAMS, "--dir", self.dir)

    def test_pulls_the_plug_and_brings_the_drive_back_twice(self):
        for _ in range(2):
            done = self.plug()
            self.assertEqual(done.status, 0, str(done))
            self.assertNotIn("\x1b", done.out)
            self.assertNotIn("Killed", done.err)
            for words in ("what this bench said last:", "unplug the drive's power",
                          "What happened", "Not known", "firmbench job recover jobs/",
                          "CHANGED_VERIFIED  eeprom EQUAL",
                          "with its old firmware and with its own EEPROM, byte for byte"):
                self.assertIn(words, done.out)
            self.assertEqual(done.out.count("identical: "), 2, done.out)
            # After the restart the first thing on the screen is that drive, and one command.
            after = done.out[done.out.index("Switch it on again"):].splitlines()
            screen = after[next(i for i, line in enumerate(after) if "$ firmbench drive" in line):]
            self.assertIn("was cut off", screen[1])
            command = next(line for line in screen if "firmbench job recover jobs/" in line)
            self.assertLess(screen.index(command), 4)
            # Nothing is left running.
            self.assertFalse(os.path.exists(os.path.join(self.dir, "plug", "firmbenchd.pid")))
            self.assertIn("no bench is running",
                          bench.run(QUICKSTART, "stop", "--dir", self.dir).out)

    def test_ends_its_bench_when_a_step_fails(self):
        programs = os.path.join(self.folder, "programs")
        os.mkdir(programs)
        for name in ("firmbenchd", "firmbench"):
            os.symlink(bench.program(name), os.path.join(programs, name))
        # One that makes nothing: the step that needs its file fails.
        with open(os.path.join(programs, "firmbench-make-image"), "w", encoding="utf-8") as file:
            file.write("#!/bin/sh\nexit 3\n")
        os.chmod(file.name, 0o755)
        done = bench.run(QUICKSTART, "plug", "--programs", programs, "--dir", self.dir)
        self.assertNotEqual(done.status, 0)
        self.assertIn("failed", done.err)
        self.assertFalse(os.path.exists(os.path.join(self.dir, "plug", "firmbenchd.pid")))


if __name__ == "__main__":
    unittest.main()
