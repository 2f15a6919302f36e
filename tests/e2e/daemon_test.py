# SPDX-License-Identifier: Apache-2.0
"""Starting and ending: what firmbenchd refuses to start on, and what it keeps."""

import os
import shutil
import socket
import sqlite3
import time
import unittest

import bench


class Refusals(unittest.TestCase):
    def setUp(self):
        self.bench = bench.Bench(start=False)
        self.addCleanup(self.bench.close)

    def refused(self, *reasons, state_dir=None, listen=None, scenario=bench.SCENARIO):
        """It ends by itself, with a failure and a reason; returns what it said."""
        daemon = bench.Daemon(state_dir or self.bench.state_dir, listen or self.bench.address,
                              scenario)
        self.addCleanup(daemon.stop)
        self.assertFalse(daemon.wait_ready(), "it became ready")
        self.assertNotEqual(daemon.wait(), 0)
        log = daemon.log()
        self.assertTrue(any(reason in log for reason in reasons), log)
        return log

    def test_a_second_daemon_on_the_same_state_folder(self):
        self.bench.start()
        self.refused("STATE_DIR_IN_USE", "STATE_FOLDER_IN_USE",
                     listen=f"unix:{self.bench.path('other')}")
        self.assertEqual(len(self.bench.drives()), 3)

    def test_a_socket_that_another_program_serves(self):
        with socket.socket(socket.AF_UNIX) as server:
            server.bind(self.bench.socket)
            server.listen(1)
            self.refused("SOCKET_IN_USE", "ADDRESS_IN_USE")
            self.assertTrue(os.path.exists(self.bench.socket))

    def test_a_socket_that_a_killed_daemon_left_is_taken_over(self):
        self.bench.start()
        self.bench.daemon.kill()
        self.assertTrue(os.path.exists(self.bench.socket))
        self.bench.start()
        self.assertEqual(len(self.bench.drives()), 3)

    def test_a_file_where_the_socket_should_be_stays(self):
        self.bench.write("s", "somebody's file\n")
        self.refused("SOCKET_IN_USE", "ADDRESS_IN_USE", "SOCKET_PATH")
        with open(self.bench.socket, encoding="utf-8") as file:
            self.assertEqual(file.read(), "somebody's file\n")

    def test_a_socket_path_that_is_too_long(self):
        self.refused("SOCKET_PATH", "ADDRESS_INVALID", "LISTEN",
                     listen=f"unix:{self.bench.path('x' * 120)}")

    def test_a_scenario_with_a_typo_is_named_by_file_line_and_column(self):
        with open(bench.SCENARIO, encoding="utf-8") as file:
            lines = file.read().splitlines()
        at = next(i for i, line in enumerate(lines) if line.startswith("model"))
        lines[at] = lines[at].replace("model", "modell", 1)
        path = self.bench.write("typo.toml", "\n".join(lines) + "\n")
        log = self.refused("SCENARIO_INVALID", scenario=path)
        self.assertIn("modell", log)
        self.assertRegex(log, rf"typo\.toml:{at + 1}:\d+")

    def test_a_scenario_that_is_no_toml(self):
        path = self.bench.write("broken.toml", "time = [\n")
        self.assertRegex(self.refused("SCENARIO_INVALID", scenario=path), r"broken\.toml:\d+:\d+")

    def test_a_scenario_that_is_missing(self):
        self.refused("SCENARIO_UNREADABLE", scenario=self.bench.path("nonesuch.toml"))

    def test_a_ledger_of_a_newer_firmbench_is_left_alone(self):
        self.bench.start()
        self.bench.daemon.stop()
        path = os.path.join(self.bench.state_dir, "ledger.db")
        with sqlite3.connect(path) as connection:
            connection.execute("pragma user_version = 1000")
        connection.close()
        with open(path, "rb") as file:
            before = file.read()
        self.refused("LEDGER_NEWER")
        with open(path, "rb") as file:
            self.assertEqual(file.read(), before)

    def test_a_file_that_is_no_ledger_is_left_alone(self):
        os.mkdir(self.bench.state_dir)
        path = os.path.join(self.bench.state_dir, "ledger.db")
        text = "this is a letter, not a database\n" * 100
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        self.refused("LEDGER_NOT_A_LEDGER", "LEDGER_CORRUPT")
        with open(path, encoding="utf-8") as file:
            self.assertEqual(file.read(), text)

    def test_a_ledger_that_vanished_from_a_used_state_folder(self):
        self.bench.start()
        self.bench.backup(self.bench.drives()[0]["name"], "--memory", "eeprom")
        self.bench.daemon.stop()
        for name in os.listdir(self.bench.state_dir):
            if name.startswith("ledger.db"):
                os.remove(os.path.join(self.bench.state_dir, name))
        self.refused("LEDGER_MISSING")

    def test_usage(self):
        done = bench.run(bench.program("firmbenchd"), "--nonesuch")
        self.assertEqual(done.status, bench.EXIT_USAGE, str(done))
        done = bench.run(bench.program("firmbenchd"), "--help")
        self.assertEqual(done.status, bench.EXIT_OK)
        for option in ("--state-dir", "--listen", "--simulate", "--config"):
            self.assertIn(option, done.out)


class Restart(unittest.TestCase):
    def setUp(self):
        self.bench = bench.Bench()
        self.addCleanup(self.bench.close)

    def test_a_stop_is_clean_and_removes_the_socket(self):
        self.assertEqual(self.bench.daemon.stop(), 0)
        self.assertFalse(os.path.exists(self.bench.socket))

    def test_units_are_recognised_again_and_dumps_are_kept(self):
        drive = self.bench.drive("LTR-48246S")["name"]
        _, before = self.bench.backup(drive)
        self.bench.restart()
        self.assertEqual(self.bench.drive("LTR-48246S")["name"], drive)
        _, after = self.bench.backup(drive)
        self.assertEqual({d["unit"] for d in before.values()}, {d["unit"] for d in after.values()})
        self.assertEqual(len(self.bench.dumps(unit=before["MEMORY_EEPROM"]["unit"])), 4)

    def test_killed_the_ledger_is_whole(self):
        drive = self.bench.drive("LTR-48246S")["name"]
        self.bench.backup(drive)
        self.bench.daemon.kill()
        self.bench.start()
        self.assertTrue(self.bench.json("audit", "verify")["ok"])
        self.assertEqual(self.bench.sql("pragma integrity_check"), [{"integrity_check": "ok"}])

    def test_without_a_daemon_the_client_says_so(self):
        self.bench.daemon.stop()
        done = self.bench.firmbench("drive", "list")
        self.assertEqual(done.status, bench.EXIT_UNREACHABLE, str(done))
        self.assertIn("BENCH_UNREACHABLE", done.err)


class MemoryOfJobs(unittest.TestCase):
    MIB = 1 << 20

    def test_goes_back_when_they_have_ended(self):
        served = bench.Bench()
        self.addCleanup(served.close)
        drives = [drive["name"] for drive in served.drives()]
        served.backup(drives[0])  # what is made once is there before anybody measures
        memory = bench.Memory(served.daemon.pid)
        clients = [served.popen("backup", drive) for drive in drives]
        for client in clients:
            _, err = client.communicate(timeout=bench.RUN_SECONDS)
            self.assertEqual(client.returncode, bench.EXIT_OK, err)
        self.assertGreater(memory.grown(), 16 * self.MIB)
        until = time.monotonic() + bench.RUN_SECONDS
        while memory.kept() > 8 * self.MIB:
            self.assertLess(time.monotonic(), until, f"{memory.kept() / self.MIB:.1f} MiB")
            served.drives()


class Ledger(bench.BenchTest):
    def test_sqlite_finds_it_whole_and_one_line_answers_the_question(self):
        for drive in self.bench.drives():
            self.bench.backup(drive["name"])
        self.assertEqual(self.bench.sql("pragma integrity_check"), [{"integrity_check": "ok"}])
        self.assertEqual(self.bench.sql("pragma foreign_key_check"), [])
        rows = self.bench.sql("select * from unit_dumps")
        self.assertEqual(len(rows), 6)
        self.assertEqual(len({row["unit"] for row in rows}), 3)
        known = {d["sha256"] for d in self.bench.dumps()}
        self.assertEqual({row["sha256"] for row in rows}, known)
        self.assertIn("serial", rows[0].keys())

    def test_tables_that_scripts_may_rely_on(self):
        names = {r["name"] for r in self.bench.sql("select name from sqlite_master")}
        self.assertLessEqual({"units", "unit_evidence", "dumps", "dump_attributions", "blobs",
                              "images", "jobs", "job_steps", "job_events", "audit_entries",
                              "unit_dumps"}, names)

    def test_a_blob_that_rots_is_found_and_not_handed_out(self):
        other = bench.Bench()
        try:
            _, dumps = other.backup(other.drive("LTR-48246S")["name"])
            other.daemon.stop()
            connection = sqlite3.connect(os.path.join(other.state_dir, "ledger.db"))
            triggers = [row[0] for row in connection.execute(
                "select name from sqlite_master where type = 'trigger'"
                " and tbl_name in ('blobs', 'blob_chunks')")]
            for trigger in triggers:
                connection.execute(f'drop trigger "{trigger}"')
            connection.execute(
                "update blob_chunks set codec = 'raw', data = zeroblob(1024) where blob_seq ="
                " (select seq from blobs where sha256 = ?)", (dumps["MEMORY_EEPROM"]["sha256"],))
            connection.commit()
            connection.close()
            other.start()
            done = other.firmbench("-o", "json", "audit", "verify")
            self.assertNotEqual(done.status, bench.EXIT_OK, str(done))
            done = other.firmbench("dump", "export", dumps["MEMORY_EEPROM"]["name"],
                                   other.path("x"))
            self.assertEqual(done.status, bench.EXIT_FAILED, str(done))
            self.assertIn("BLOB_CORRUPT", done.err)
            self.assertFalse(os.path.exists(other.path("x")))
        finally:
            other.close()

    def test_the_folder_is_for_its_owner_alone(self):
        for path in (self.bench.state_dir, os.path.join(self.bench.state_dir, "ledger.db")):
            self.assertEqual(os.stat(path).st_mode & 0o007, 0, path)


class CommandLine(bench.BenchTest):
    def test_help_documents_the_exit_statuses(self):
        done = bench.run(bench.program("firmbench"), "--help")
        self.assertEqual(done.status, bench.EXIT_OK)
        for number in ("0", "1", "2", "3", "4", "5", "6", "130"):
            self.assertRegex(done.out, rf"(?m)^\s*{number}\b")

    def test_usage_errors(self):
        for arguments in (["nonesuch"], ["drive"], ["drive", "show"], ["-o", "xml", "drive", "list"],
                          ["backup", "x", "--memory", "boot-rom"]):
            done = self.bench.firmbench(*arguments)
            self.assertEqual(done.status, bench.EXIT_USAGE, str(done))

    def test_results_are_plain_and_alone_on_stdout_when_piped(self):
        drive = self.bench.drives()[0]["name"]
        for arguments in (["drive", "list"], ["drive", "show", drive], ["explain"]):
            done = self.bench.ok(*arguments)
            self.assertNotIn("\x1b", done.out + done.err)
        done = self.bench.ok("-o", "json", "backup", drive, "--memory", "eeprom")
        self.assertEqual(done.json["result"], "RESULT_SUCCEEDED")
        self.assertNotIn("\r", done.out + done.err)

    def test_explain_answers_without_a_bench(self):
        if shutil.which("firmbench", path=bench.PROGRAMS) is None:
            self.fail("firmbench is not built")
        topics = bench.run(bench.program("firmbench"), "explain")
        self.assertEqual(topics.status, bench.EXIT_OK)
        self.assertIn("not publicly known", " ".join(
            bench.run(bench.program("firmbench"), "explain", line.split()[0]).out
            for line in topics.out.splitlines() if line.strip() and line[0] != " "
            and len(line.split()) > 1) + topics.out)


if __name__ == "__main__":
    unittest.main()
