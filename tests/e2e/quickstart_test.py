# SPDX-License-Identifier: Apache-2.0
"""deploy/quickstart with programs that are built already: its promises, and how it ends."""

import os
import re
import shutil
import tempfile
import unittest

import bench
import web_client

QUICKSTART = os.path.join(bench.SOURCE, "deploy", "quickstart")


class Quickstart(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="fb-", dir="/tmp")
        self.dir = os.path.join(self.folder, "bench")
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.addCleanup(self.quickstart, "stop")

    def quickstart(self, *arguments, directory=None):
        return bench.run(QUICKSTART, *arguments, "--dir", directory or self.dir)

    def pid(self, directory=None):
        with open(os.path.join(directory or self.dir, "firmbenchd.pid"), encoding="utf-8") as file:
            return int(file.read())

    def test_shows_everything_twice_and_stops(self):
        done = self.quickstart("--programs", bench.PROGRAMS)
        self.assertEqual(done.status, 0, str(done))
        for word in ("CHANGED_VERIFIED", "identical", "not a single byte of the calibration"):
            self.assertIn(word, done.out)
        self.assertNotIn("\x1b", done.out)
        # The last lines are the three units, each with its dumps, and the way to the page.
        end = done.out[done.out.rindex("The units of this bench and their dumps"):]
        end, page = end.split("The same on a page")
        units = [line for line in end.splitlines() if line.startswith("U-")]
        self.assertEqual(len(units), 3, end)
        for model in ("LTR-48246S", "LTR-52327S", "LDW-451S"):
            self.assertTrue(any(model in line for line in units), end)
        self.assertEqual(end.count("dumps/"), end.count("sha256"))
        self.assertRegex(end.rstrip().splitlines()[-1], r"^  \w+ .* dumps/\w+$")
        link = re.search(r"https://(127\.0\.0\.1:\d+)/login#\S+", page)
        browser = web_client.Browser(link.group(1))
        self.addCleanup(browser.close)
        self.assertEqual(browser.login(link.group())[0].status, 204)
        self.assertEqual(len(browser.call("DriveService/ListDrives").drives), 3)
        self.assertIn("<title>firmbench", browser.ask("GET", "/")[1].decode())

        first = self.pid()
        os.kill(first, 0)  # it runs on
        again = self.quickstart("--programs", bench.PROGRAMS)
        self.assertEqual(again.status, 0, str(again))
        self.assertIn("running from an earlier run", again.out)
        self.assertNotEqual(self.pid(), first)
        self.assertEqual(len([line for line in again.out.splitlines()
                              if line.startswith("U-")]), 3)

        second = self.pid()
        stopped = self.quickstart("stop")
        self.assertEqual(stopped.status, 0, str(stopped))
        with self.assertRaises(ProcessLookupError):
            os.kill(second, 0)
        self.assertIn("no bench is running", self.quickstart("stop").out)

    def test_a_folder_with_a_long_and_odd_name(self):
        deep = os.path.join(self.folder, "a folder with blanks & 100% odd", "x" * 90)
        self.addCleanup(self.quickstart, "stop", directory=deep)
        done = self.quickstart("--programs", bench.PROGRAMS, directory=deep)
        self.assertEqual(done.status, 0, str(done))
        self.assertEqual(self.quickstart("stop", directory=deep).status, 0)

    def test_stop_ends_only_what_it_started(self):
        os.mkdir(self.dir)
        with open(os.path.join(self.dir, "firmbenchd.pid"), "w", encoding="utf-8") as file:
            file.write(f"{os.getpid()}\n")
        done = self.quickstart("stop")
        self.assertEqual(done.status, 0)
        self.assertIn("no bench is running", done.out)

    def test_says_in_words_what_failed(self):
        done = self.quickstart("--programs", self.folder)
        self.assertNotEqual(done.status, 0)
        self.assertIn("firmbenchd is missing", done.err)
        done = bench.run(QUICKSTART, "--nonesuch")
        self.assertEqual(done.status, 2)


if __name__ == "__main__":
    unittest.main()
