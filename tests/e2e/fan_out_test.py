# SPDX-License-Identifier: Apache-2.0
"""Several benches at once: two that answer, one that is gone."""

import time
import unittest

import bench

CONFIG = """
[remote]
listen = "127.0.0.1:0"
"""
# The slowest way to find out that a bench is gone, and some more.
PATIENCE_SECONDS = 45


class SeveralBenches(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.addClassCleanup(lambda: [place.close() for place in cls.benches.values()])
        cls.benches = {}
        for name in ("attic", "back", "front"):
            cls.benches[name] = bench.Bench(config_text=CONFIG)
        cls.alice = bench.Elsewhere(cls.benches["front"])
        for name, place in cls.benches.items():
            cls.alice.enroll(place.invite(), address=place.daemon.remote, name=name)
        cls.benches["attic"].daemon.stop()

    def test_all_is_one_table_and_who_is_gone_is_named(self):
        began = time.monotonic()
        done = self.alice.run("--bench", "all", "drive", "list")
        self.assertLess(time.monotonic() - began, PATIENCE_SECONDS)
        self.assertEqual(done.status, bench.EXIT_SOME_FAILED, str(done))
        header, *rows = [line.split() for line in done.out.splitlines()]
        self.assertEqual(header[:2], ["BENCH", "NAME"])
        wanted = [(name, drive["name"]) for name in ("back", "front")
                  for drive in self.benches[name].drives()]
        self.assertEqual(sorted((row[0], row[1]) for row in rows), sorted(wanted))
        self.assertIn("attic: error: ", done.err)
        self.assertIn("BENCH_UNREACHABLE", done.err)

    def test_json_is_one_object(self):
        done = self.alice.run("-o", "json", "--bench", "back,attic", "whoami")
        self.assertEqual(done.status, bench.EXIT_SOME_FAILED, str(done))
        back, attic = done.json["benches"]
        self.assertEqual((back["bench"], back["status"], back["answer"]["principal"]),
                         ("back", bench.EXIT_OK, "alice"))
        self.assertEqual((attic["bench"], attic["status"], attic["error"]["reason"]),
                         ("attic", bench.EXIT_UNREACHABLE, "BENCH_UNREACHABLE"))
        self.assertNotIn("answer", attic)

    def test_those_that_answer_end_as_one_would(self):
        for words in (["whoami"], ["bench", "info"], ["audit", "list"], ["job", "list", "--open"],
                      ["audit", "verify"], ["unit", "list"], ["dump", "list"], ["image", "list"],
                      ["token", "list"], ["bench", "principals"]):
            done = self.alice.run("--bench", "back,front", *words)
            self.assertEqual(done.status, bench.EXIT_OK, str(done))
            for name in ("back", "front"):
                self.assertTrue("BENCH" in done.out or f"{name}:" in done.out, str(done))

    def test_what_one_has_is_found(self):
        drive = self.benches["front"].drives()[0]
        done = self.alice.run("--bench", "back,front", "drive", "show", drive["name"])
        self.assertEqual(done.status, bench.EXIT_OK, str(done))
        self.assertTrue(done.out.startswith("front:\n"), str(done))
        self.assertIn("back: ", done.err)
        nothing = self.alice.run("--bench", "back,front", "find", "nothing-has-this")
        self.assertEqual(nothing.status, bench.EXIT_FAILED, str(nothing))

    def test_none_that_answers_is_5(self):
        nowhere = f"unix:{self.alice.home}/nowhere"
        done = self.alice.run("--bench", f"attic,{nowhere}", "drive", "list")
        self.assertEqual(done.status, bench.EXIT_UNREACHABLE, str(done))
        self.assertEqual(done.out, "")

    def test_what_changes_something_is_refused(self):
        drive = self.benches["front"].drives()[0]["name"]
        for words in (["backup", drive], ["drive", "claim", drive], ["job", "cancel", "0" * 26],
                      ["token", "create"], ["bench", "revoke", "alice", "--reason", "x"],
                      ["job", "watch", "0" * 26]):
            done = self.alice.run("--bench", "all", *words)
            self.assertEqual(done.status, bench.EXIT_USAGE, str(done))
            self.assertIn("is for one bench", done.err)
        for name in ("back", "front"):
            self.assertEqual(self.benches[name].jobs(), [])

    def test_names_and_tokens_are_looked_at_first(self):
        done = self.alice.run("--bench", "front,nobody", "drive", "list")
        self.assertEqual((done.status, done.out), (bench.EXIT_USAGE, ""), str(done))
        done = self.alice.run("--bench", "back,front", "whoami",
                              env={"FIRMBENCH_TOKEN": "fbt_secret"})
        self.assertEqual(done.status, bench.EXIT_USAGE, str(done))
        self.assertIn("one bench only", done.err)
        self.assertNotIn("fbt_secret", done.err)
        nobody = bench.Elsewhere(self.benches["front"], "empty")
        done = nobody.run("--bench", "all", "drive", "list")
        self.assertEqual(done.status, bench.EXIT_USAGE, str(done))


if __name__ == "__main__":
    unittest.main()
