# SPDX-License-Identifier: Apache-2.0
"""`firmbench bench doctor`: what it sees from both sides of the socket, and how it ends."""

import json
import os
import shutil
import unittest

import bench
from bench import EXIT_FAILED, EXIT_OK, EXIT_UNREACHABLE

SUBJECTS = ["socket", "bench", "clocks", "user", "permissions", "udev", "disk", "clock",
            "inhibitors", "time", "ledger", "copy"]


def by_subject(found):
    return {check["subject"]: check for check in found["checks"]}


class Doctor(bench.BenchTest):
    def test_everything_is_looked_at_and_what_is_wrong_has_a_remedy(self):
        done = self.bench.ok("-o", "json", "bench", "doctor")
        self.assertEqual([check["subject"] for check in done.json["checks"]], SUBJECTS)
        for check in done.json["checks"]:
            self.assertTrue(check["text"], check)
            if check["verdict"] == "VERDICT_GOOD":
                self.assertEqual((check.get("reason", ""), check.get("remedy", "")), ("", ""))
            else:
                self.assertRegex(check["reason"], "^[A-Z][A-Z_]+$")
            if check["verdict"] == "VERDICT_WARNING":
                self.assertTrue(check["remedy"], check)
        found = by_subject(done.json)
        for subject in ("socket", "bench", "clocks", "time", "ledger"):
            self.assertEqual(found[subject]["verdict"], "VERDICT_GOOD", found[subject])
        self.assertEqual(found["permissions"]["reason"], "SIMULATED")
        self.assertEqual(found["copy"]["reason"], "NO_SECOND_COPY")

    def test_the_text_is_aligned_and_counted(self):
        out = self.bench.ok("bench", "doctor").out
        rows = [line for line in out.splitlines() if line[:1] not in ("", " ")][:-1]
        self.assertEqual([row.split()[1] for row in rows], SUBJECTS)
        column = rows[0].index("you may use")
        for row in rows:
            self.assertEqual(row[column - 2:column], "  ", row)
            self.assertNotEqual(row[column], " ", row)
        self.assertRegex(out.splitlines()[-1],
                         r"^\d+ good, \d+ warnings, 0 bad, \d+ not checked$")


class DoctorOfASickBench(unittest.TestCase):
    def test_a_copy_folder_that_vanished_is_bad(self):
        folder = bench.Bench(start=False)
        self.addCleanup(folder.close)
        os.mkdir(folder.path("copy"))
        config = folder.write("firmbenchd.toml", f"[copy]\nfolder = '{folder.path('copy')}'\n"
                              "allow_same_filesystem = true\n")
        folder.options = ["--config", config]
        folder.start()
        self.assertEqual(folder.firmbench("bench", "doctor").status, EXIT_OK)
        shutil.rmtree(folder.path("copy"))
        folder.restart()
        done = folder.firmbench("-o", "json", "bench", "doctor")
        self.assertEqual(done.status, EXIT_FAILED, str(done))
        copy = by_subject(json.loads(done.out))["copy"]
        self.assertEqual((copy["verdict"], copy["reason"]), ("VERDICT_BAD", "COPY_FOLDER_MISSING"))
        self.assertTrue(copy["remedy"])

    def test_a_bench_that_is_not_there_is_diagnosed_from_here(self):
        folder = bench.Bench(start=False)
        self.addCleanup(folder.close)
        done = folder.firmbench("bench", "doctor")
        self.assertEqual(done.status, EXIT_UNREACHABLE, str(done))
        self.assertIn("[NO_SOCKET]", done.out)
        self.assertIn("[BENCH_UNREACHABLE]", done.out)
        self.assertIn("systemctl start firmbenchd", done.out)


class DoctorForAStranger(unittest.TestCase):
    def test_who_may_not_use_the_socket_is_told_how_to_get_in(self):
        place = bench.Bench()
        self.addCleanup(place.close)
        doctor = [bench.program("firmbench"), "--bench", place.address, "bench", "doctor"]
        if os.geteuid() == 0:
            # As somebody else, who is in no group.
            os.chmod(place.folder, 0o755)
            os.chown(place.socket, 0, 0)
            os.chmod(place.socket, 0o660)
            doctor = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", *doctor]
        else:
            os.chmod(place.socket, 0o060)
        done = bench.run(*doctor)
        self.assertEqual(done.status, EXIT_UNREACHABLE, str(done))
        self.assertRegex(done.out, "NOT_IN_GROUP|GROUP_NOT_YET")
        self.assertRegex(done.out, "usermod -aG|newgrp")


if __name__ == "__main__":
    unittest.main()
