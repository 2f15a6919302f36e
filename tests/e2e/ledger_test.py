# SPDX-License-Identifier: Apache-2.0
"""The ledger as a whole: a copy taken while the bench works, put back while it does not, and old
dumps that are put away."""

import hashlib
import json
import os
import sqlite3
import unittest

import bench


def age(path, days):
    """Makes every dump of a ledger that nobody has open older, digests included, as if the clock
    had been there."""
    connection = sqlite3.connect(path)
    connection.row_factory = sqlite3.Row
    trigger, = connection.execute(
        "SELECT sql FROM sqlite_schema WHERE name = 'dumps_no_update'").fetchone()
    connection.execute("DROP TRIGGER dumps_no_update")
    for row in connection.execute("SELECT * FROM dumps").fetchall():
        columns = {key: row[key] for key in row.keys() if key not in ("seq", "row_sha256")}
        columns["created_us"] -= days * 86_400_000_000
        text = json.dumps(columns, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        connection.execute("UPDATE dumps SET created_us = ?, row_sha256 = ? WHERE seq = ?",
                           (columns["created_us"], hashlib.sha256(text.encode()).digest(),
                            row["seq"]))
    connection.execute(trigger)
    connection.commit()
    connection.close()


class Copies(unittest.TestCase):
    def setUp(self):
        self.bench = bench.Bench()
        self.addCleanup(self.bench.close)
        self.drive = self.bench.drive("LTR-48246S")["name"]
        self.bench.backup(self.drive)
        self.copy = self.bench.path("copy.db")
        self.ledger = os.path.join(self.bench.state_dir, "ledger.db")

    def restore(self, file):
        return bench.run(bench.program("firmbenchd"), "--state-dir", self.bench.state_dir,
                         "--restore", file)

    def refused(self, reason, file):
        done = self.restore(file)
        self.assertEqual(done.status, 1, str(done))
        self.assertIn(f"reason: {reason}", done.err, str(done))
        self.assertIn("what to do: ", done.err, str(done))

    def test_a_copy_is_whole_and_private(self):
        said = self.bench.json("ledger", "backup", self.copy)
        with open(self.copy, "rb") as file:
            content = file.read()
        self.assertEqual(hashlib.sha256(content).hexdigest(), said["sha256"])
        self.assertEqual(len(content), int(said["size_bytes"]))
        self.assertEqual(os.stat(self.copy).st_mode & 0o777, 0o600)
        self.assertFalse(os.path.exists(self.copy + ".part"))
        connection = sqlite3.connect(f"file:{self.copy}?mode=ro&immutable=1", uri=True)
        self.addCleanup(connection.close)
        self.assertEqual(connection.execute("PRAGMA integrity_check").fetchone()[0], "ok")
        count, = connection.execute("SELECT count(*) FROM dumps").fetchone()
        self.assertEqual(count, len(self.bench.dumps()))
        self.assertEqual(sorted(n for n in os.listdir(self.bench.state_dir) if "backup" in n), [])
        entry, = self.bench.json("audit", "list", "--action", "ledger.backup")["audit_entries"]
        self.assertIn(said["sha256"], entry["canonical_json"])

    def test_a_file_that_is_there_is_replaced_only_when_asked_to(self):
        self.bench.write("copy.db", "precious")
        done = self.bench.firmbench("ledger", "backup", self.copy)
        self.assertEqual(done.status, bench.EXIT_FAILED)
        self.assertIn("FILE_EXISTS", done.err)
        with open(self.copy, encoding="utf-8") as file:
            self.assertEqual(file.read(), "precious")
        self.bench.ok("ledger", "backup", self.copy, "--force")
        self.assertGreater(os.path.getsize(self.copy), 10_000)
        done = self.bench.firmbench("ledger", "backup", self.bench.path("no/such/copy.db"))
        self.assertIn("FILE_NOT_WRITTEN", done.err)

    def test_is_taken_while_a_job_writes(self):
        job = self.bench.popen("backup", self.bench.drives()[1]["name"])
        self.addCleanup(job.stdout.close)
        self.addCleanup(job.stderr.close)
        for _ in range(3):
            self.bench.ok("ledger", "backup", self.copy, "--force")
        self.assertEqual(job.wait(bench.RUN_SECONDS), 0)
        self.bench.daemon.stop()
        self.assertEqual(self.restore(self.copy).status, 0)

    def test_check_says_what_there_is_and_what_is_wrong(self):
        check = self.bench.json("ledger", "check")
        self.assertTrue(check["verification"]["ok"], check)
        self.assertEqual(int(check["ledger"]["dump_count"]), len(self.bench.dumps()))
        self.assertEqual(int(check["ledger"]["unit_count"]), 1)
        text = self.bench.ok("ledger", "check").out
        self.assertIn("this bench keeps none", text)
        self.assertIn("the ledger is as it was written", text)
        self.bench.daemon.stop()
        connection = sqlite3.connect(self.ledger)
        connection.execute("DROP TRIGGER dumps_no_delete")
        connection.commit()
        connection.close()
        self.bench.start()
        done = self.bench.firmbench("ledger", "check")
        self.assertEqual(done.status, bench.EXIT_FAILED, str(done))
        self.assertIn("trigger dumps_no_delete is missing", done.out)

    def test_restore_says_how_and_the_daemon_does_it(self):
        self.bench.ok("ledger", "backup", self.copy)
        done = self.bench.firmbench("ledger", "restore", self.copy)
        self.assertEqual(done.status, bench.EXIT_FAILED)
        self.assertIn(f"firmbenchd --restore '{self.copy}'", done.out)
        self.assertIn("FILE_NOT_READABLE",
                      self.bench.firmbench("ledger", "restore", "/no/such/file").err)
        copied = self.bench.dumps()
        self.bench.backup(self.drive)
        self.assertGreater(len(self.bench.dumps()), len(copied))
        last = self.bench.sql("SELECT count(*) AS n FROM audit_entries")[0]["n"]
        self.refused("STATE_DIR_IN_USE", self.copy)
        self.bench.daemon.stop()
        done = self.restore(self.copy)
        self.assertEqual(done.status, 0, str(done))
        kept = [n for n in os.listdir(self.bench.state_dir) if ".before-restore." in n]
        self.assertEqual(len(kept), 1)
        self.assertIn(kept[0], done.out)
        self.bench.start()
        self.assertEqual([d["name"] for d in self.bench.dumps()], [d["name"] for d in copied])
        entry, = self.bench.json("audit", "list", "--action", "ledger.restored")["audit_entries"]
        details = json.loads(entry["canonical_json"])["details"]
        self.assertGreaterEqual(int(details["replaced_entries"]), last)
        self.assertRegex(details["replaced_root"], "^[0-9a-f]{64}$")
        # What it replaced is a ledger as before, and goes back the same way.
        self.bench.daemon.stop()
        self.assertEqual(self.restore(os.path.join(self.bench.state_dir, kept[0])).status, 0)
        self.bench.start()
        self.assertGreater(len(self.bench.dumps()), len(copied))
        self.assertTrue(self.bench.json("ledger", "check")["verification"]["ok"])

    def test_a_copy_that_is_not_whole_changes_nothing(self):
        self.bench.ok("ledger", "backup", self.copy)
        self.bench.daemon.kill()  # and leaves a log beside the ledger
        with open(self.copy, "rb") as file:
            whole = file.read()
        with open(self.ledger, "rb") as file:
            before = file.read()
        # Copied with cp while it was in use: the log lies beside it, or half of the pages lack.
        in_use = self.bench.write("in_use.db", before)
        with open(self.ledger + "-wal", "rb") as file:
            self.bench.write("in_use.db-wal", file.read())
        self.refused("RESTORE_FILE_IN_USE", in_use)
        for content, reason in ((b"", "RESTORE_FILE_DAMAGED"), (b"PK\3\4", "RESTORE_NOT_A_LEDGER"),
                                (whole[:len(whole) // 2], "RESTORE_FILE_DAMAGED"),
                                (whole[:8192] + bytes(8192) + whole[16384:],
                                 "RESTORE_FILE_DAMAGED")):
            self.refused(reason, self.bench.write("bad.db", content))
        self.refused("RESTORE_FILE_MISSING", self.bench.path("nothing.db"))
        with open(self.ledger, "rb") as file:
            self.assertEqual(file.read(), before)
        self.bench.start()
        self.assertTrue(self.bench.json("ledger", "check")["verification"]["ok"])

    def test_goes_into_an_empty_state_folder_but_not_into_another_bench(self):
        self.bench.ok("ledger", "backup", self.copy)
        dumps = [d["name"] for d in self.bench.dumps()]
        other = bench.Bench()
        self.addCleanup(other.close)
        other.daemon.stop()
        done = bench.run(bench.program("firmbenchd"), "--state-dir", other.state_dir, "--restore",
                         self.copy)
        self.assertIn("RESTORE_OTHER_BENCH", done.err)
        other.state_dir = other.path("fresh")
        done = bench.run(bench.program("firmbenchd"), "--state-dir", other.state_dir, "--restore",
                         self.copy)
        self.assertEqual(done.status, 0, str(done))
        other.start()
        self.assertEqual([d["name"] for d in other.dumps()], dumps)


class OldDumps(unittest.TestCase):
    def test_are_put_away_and_never_deleted(self):
        made = bench.Bench()
        self.addCleanup(made.close)
        drive = made.drive("LTR-48246S")["name"]
        for _ in range(3):
            made.backup(drive)
        dumps = made.dumps()
        self.assertEqual(len(dumps), 6)
        made.daemon.stop()
        age(os.path.join(made.state_dir, "ledger.db"), 400)
        made.start()
        newest = made.json("ledger", "archive", "--older-than", "2y", "--dry-run")
        self.assertEqual(int(newest["archived_count"]), 0)
        plan = made.json("ledger", "archive", "--older-than", "365d", "--dry-run")
        self.assertEqual(len(made.dumps()), 6)
        middle = {d["name"] for d in dumps[2:4]}
        self.assertEqual(set(plan["dumps"]), middle)
        self.assertEqual(int(plan["kept_as_end_count"]), 4)
        text = made.ok("ledger", "archive", "--older-than", "365d", "--reason", "yearly").out
        self.assertIn("2 dumps put away", text)
        self.assertIn("Nothing was deleted", text)
        self.assertEqual({d["name"] for d in made.dumps()}, {d["name"] for d in dumps} - middle)
        shown = made.json("dump", "list", "--archived")["dumps"]
        self.assertEqual(len(shown), 6)
        for name in middle:
            dump = made.json("dump", "show", name)
            self.assertEqual(hashlib.sha256(made.export(name)).hexdigest(), dump["sha256"])
        entry, = made.json("audit", "list", "--action", "ledger.archive")["audit_entries"]
        self.assertEqual(json.loads(entry["canonical_json"])["details"]["dumps"], "2")
        self.assertEqual(int(made.json("ledger", "check")["ledger"]["archived_dump_count"]), 2)

    def test_ages_that_make_no_sense_are_refused(self):
        made = bench.Bench()
        self.addCleanup(made.close)
        for text in ("0d", "12h", "d", "-1d", "999y", "99999999999999999999y"):
            done = made.firmbench("ledger", "archive", f"--older-than={text}")
            self.assertEqual(done.status, bench.EXIT_FAILED, str(done))
            self.assertIn("AGE_INVALID", done.err)


if __name__ == "__main__":
    unittest.main()
