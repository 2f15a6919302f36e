# SPDX-License-Identifier: Apache-2.0
"""The audit log to its users: a changed byte is named, an older ledger is noticed, and a bundle is
checked with nothing of ours."""

import csv
import hashlib
import io
import json
import os
import shutil
import subprocess
import unittest

import bench


def steps(folder):
    """The commands that README.txt gives, as a person would copy them."""
    with open(os.path.join(folder, "README.txt"), encoding="utf-8") as file:
        lines = iter(file.read().splitlines())
    commands = []
    for line in lines:
        if line.startswith("    $ "):
            command = line[len("    $ "):]
            while command.endswith("\\"):
                command = command[:-1] + next(lines).strip()
            commands.append(command)
    return commands


def check(folder):
    """Follows README.txt in the folder with nothing else at hand: None when all steps hold, else
    what the first that does not says."""
    commands = steps(folder)
    if len(commands) != 3:
        return f"README.txt has {len(commands)} steps"
    for command in commands:
        done = subprocess.run(["sh", "-c", command], cwd=folder, capture_output=True, text=True,
                              env={"PATH": "/usr/bin:/bin"}, check=False, timeout=60)
        if done.returncode != 0:
            return f"{command}\n{done.stdout}{done.stderr}"
    return None if "\nPROVEN: " in done.stdout else done.stdout


def sums(folder):
    """Writes SHA256SUMS anew, as somebody would who alters a bundle with care."""
    names = [os.path.relpath(os.path.join(place, name), folder)
             for place, _, found in os.walk(folder) for name in found if name != "SHA256SUMS"]
    with open(os.path.join(folder, "SHA256SUMS"), "w", encoding="utf-8") as out:
        for name in sorted(names):
            with open(os.path.join(folder, name), "rb") as file:
                out.write(f"{hashlib.sha256(file.read()).hexdigest()}  {name}\n")


class Log(bench.BenchTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.drive = cls.bench.drives()[0]
        cls.job, cls.dumps = cls.bench.backup(cls.drive["name"])

    def test_verify_finds_nothing_and_counts_checkpoints(self):
        report = self.bench.json("audit", "verify")
        self.assertTrue(report["ok"], report)
        self.assertGreaterEqual(int(report["checkpoint_count"]), 1)
        self.assertEqual(report["notes"], [])
        self.assertIn("checkpoints", self.bench.ok("audit", "verify").out)

    def test_the_key_is_in_the_log_and_its_file_is_private(self):
        entry, = self.bench.json("audit", "list", "--action", "audit.key")["audit_entries"]
        details = json.loads(entry["canonical_json"])["details"]
        self.assertRegex(details["public_key"], r"^[0-9a-f]{64}$")
        path = os.path.join(self.bench.state_dir, "audit.key")
        self.assertEqual(os.stat(path).st_mode & 0o777, 0o600)

    def test_a_checkpoint_is_signed_after_each_job(self):
        self.bench.ok("backup", self.drive["name"], "--memory", "eeprom")
        closed, = self.bench.sql("select max(sequence) as last from audit_entries where"
                                 " action = 'job.close'")
        # Asked for by nobody: the bench signs by itself, a moment after the job.
        for _ in range(200):
            sizes = [row["tree_size"] for row in self.bench.sql("select * from checkpoints")]
            if max(sizes) > closed["last"]:
                break
            self.bench.ok("bench", "info")
        self.assertGreater(max(sizes), closed["last"])

    def test_filters_by_unit_principal_action_and_time(self):
        unit = self.bench.json("drive", "show", self.drive["name"])["unit_number"]
        other = self.bench.drives()[1]["name"]
        self.bench.ok("backup", other, "--memory", "eeprom")
        everything = self.bench.json("audit", "list")["audit_entries"]
        of_unit = self.bench.json("audit", "list", "--unit", unit)["audit_entries"]
        about = {e["resource"] for e in of_unit}
        self.assertIn(self.job["name"], about)
        self.assertNotIn(self.bench.last_job(other)["name"], about)
        self.assertLess(len(of_unit), len(everything))
        commits = self.bench.json("audit", "list", "--action", "dump.commit", "--unit", unit)
        self.assertTrue(commits["audit_entries"])
        for empty in (["--from", "2100-01-01"], ["--until", "1990-01-01T00:00:00Z"],
                      ["--principal", "nobody"]):
            self.assertEqual(self.bench.json("audit", "list", *empty)["audit_entries"], [], empty)
        self.assertEqual(len(self.bench.json("audit", "list", "--from", "1d")["audit_entries"]),
                         len(everything))
        self.fails("TIME_INVALID", "audit", "list", "--from", "yesterday")
        self.fails("UNIT_NOT_FOUND", "audit", "list", "--unit", "U-9999")

    def test_export_as_json_lines(self):
        lines = self.bench.ok("audit", "export").out.splitlines()
        entries = [json.loads(line) for line in lines]
        self.assertEqual([e["sequence"] for e in entries], list(range(len(entries))))
        stored = {row["sequence"]: row["leaf_hash"]
                  for row in self.bench.sql("select sequence, leaf_hash from audit_entries")}
        for number, line in enumerate(lines):
            leaf = hashlib.sha256(b"\0" + line.encode()).digest()
            self.assertEqual(leaf, stored[number])

    def test_export_as_csv(self):
        path = self.bench.path("audit.csv")
        self.bench.ok("audit", "export", "--format", "csv", "--file", path)
        with open(path, encoding="utf-8", newline="") as file:
            text = file.read()
        rows = list(csv.DictReader(io.StringIO(text)))
        self.assertEqual([int(row["sequence"]) for row in rows], list(range(len(rows))))
        self.assertEqual(json.loads(rows[0]["entry"])["action"], rows[0]["action"])
        self.assertTrue(text.endswith("\r\n"))
        self.fails("FILE_EXISTS", "audit", "export", "--format", "csv", "--file", path)
        self.bench.ok("audit", "export", "--format", "csv", "--file", path, "--force")
        self.fails("FILE_NOT_WRITTEN", "audit", "export", "--file", "/nonesuch/audit.jsonl")

    def test_checkpoint_that_was_kept_elsewhere(self):
        path = self.bench.write("kept", self.bench.ok("audit", "checkpoint").out)
        self.bench.ok("backup", self.drive["name"], "--memory", "eeprom")
        done = self.bench.ok("audit", "checkpoint", "--since", path)
        self.assertIn("continues", done.err)
        with open(path, encoding="utf-8") as file:
            origin, size, root, *rest = file.read().split("\n")
        forged = "\n".join([origin, size, "A" * 43 + "=", *rest])
        self.fails("AUDIT_FORKED", "audit", "checkpoint", "--since",
                   self.bench.write("forged", forged))
        future = "\n".join([origin, str(int(size) + 1000), root, *rest])
        self.fails("AUDIT_ROLLED_BACK", "audit", "checkpoint", "--since",
                   self.bench.write("future", future))
        self.fails("NOTE_INVALID", "audit", "checkpoint", "--since",
                   self.bench.write("junk", "junk\n"))


class Bundle(bench.BenchTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.drive = cls.bench.drives()[0]
        cls.job, cls.dumps = cls.bench.backup(cls.drive["name"])
        cls.bench.ok("backup", cls.bench.drives()[1]["name"], "--memory", "eeprom")

    def prove(self, what, name):
        folder = self.bench.path(name)
        self.bench.ok("audit", "prove", what, "-o", folder)
        return folder

    def test_of_a_dump_holds_by_the_steps_in_its_readme(self):
        dump = self.dumps["MEMORY_EEPROM"]
        folder = self.prove(dump["name"], "of-dump")
        self.assertIsNone(check(folder))
        with open(os.path.join(folder, "dumps", dump["name"][6:] + ".bin"), "rb") as file:
            self.assertEqual(hashlib.sha256(file.read()).hexdigest(), dump["sha256"])
        self.fails("FILE_EXISTS", "audit", "prove", dump["name"], "-o", folder)

    def test_of_a_job_has_its_entries_and_dumps(self):
        folder = self.prove(self.job["name"], "of-job")
        self.assertIsNone(check(folder))
        with open(os.path.join(folder, "manifest.json"), encoding="utf-8") as file:
            manifest = json.load(file)
        self.assertEqual(sorted("dumps/" + d["id"] for d in manifest["dumps"]),
                         sorted(d["name"] for d in self.dumps.values()))
        actions = set()
        for number in manifest["entries"]:
            with open(os.path.join(folder, "entries", f"{number}.json"), encoding="utf-8") as file:
                actions.add(json.load(file)["action"])
        self.assertLessEqual({"audit.key", "job.create", "dump.commit", "job.close"}, actions)

    def test_of_a_flash_has_what_was_read_back(self):
        drive = self.bench.drive("LTR-48246S")
        image = self.bench.make_image("LTR-48246S", "SS0E")
        self.bench.ok("flash", drive["name"], image, "--yes")
        folder = self.prove(self.bench.jobs(drive["name"])[0]["name"], "of-flash")
        self.assertIsNone(check(folder))

    def test_names_that_are_none(self):
        nobody = "0" * 26
        self.fails("DUMP_NOT_FOUND", "audit", "prove", f"dumps/{nobody}", "-o", "/nonesuch/x")
        self.fails("JOB_NOT_FOUND", "audit", "prove", f"jobs/{nobody}", "-o", "/nonesuch/x")
        self.fails("FILE_NOT_WRITTEN", "audit", "prove", self.job["name"], "-o", "/nonesuch/x")

    def altered(self, folder, name, change, careful):
        """What the steps say of a copy with one file changed."""
        copy = self.bench.path("altered")
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(folder, copy)
        path = os.path.join(copy, name)
        with open(path, "rb") as file:
            content = file.read()
        with open(path, "wb") as file:
            file.write(change(content))
        if careful:
            sums(copy)
        return check(copy)

    def test_is_refused_when_any_file_is_altered(self):
        folder = self.prove(self.job["name"], "whole")
        names = [os.path.relpath(os.path.join(place, name), folder)
                 for place, _, found in os.walk(folder) for name in found]
        self.assertGreater(len(names), 12)

        def flip(content):
            at = len(content) // 2
            return content[:at] + bytes([content[at] ^ 1]) + content[at + 1:]

        for name in sorted(names):
            self.assertIsNotNone(self.altered(folder, name, flip, careful=False), name)
            gone = self.bench.path("gone")
            shutil.rmtree(gone, ignore_errors=True)
            shutil.copytree(folder, gone)
            os.remove(os.path.join(gone, name))
            try:
                self.assertIsNotNone(check(gone), name)
            except FileNotFoundError:
                self.assertEqual(name, "README.txt")

    def test_is_refused_when_it_is_altered_with_care(self):
        """With SHA256SUMS written anew: what remains are signature and tree."""
        folder = self.prove(self.job["name"], "careful")

        def flip(content):
            at = len(content) // 2
            return content[:at] + bytes([content[at] ^ 1]) + content[at + 1:]

        spoken_for = ["checkpoint.txt", "checkpoint.body", "checkpoint.sig", "public_key.pem"]
        for place in ("entries", "dumps"):
            spoken_for += [f"{place}/{name}" for name in os.listdir(os.path.join(folder, place))]
        for name in spoken_for:
            self.assertIsNotNone(self.altered(folder, name, flip, careful=True), name)

    def test_is_refused_when_any_hash_of_a_proof_is_altered(self):
        folder = self.prove(self.job["name"], "proofs")
        for name in os.listdir(os.path.join(folder, "entries")):
            if not name.endswith(".proof.json"):
                continue
            with open(os.path.join(folder, "entries", name), encoding="utf-8") as file:
                proof = json.load(file)
            self.assertTrue(proof["inclusion_proof"])
            changes = [("leaf_hash", "0" * 64), ("root_hash", "0" * 64),
                       ("leaf_index", proof["leaf_index"] + 1),
                       ("tree_size", proof["tree_size"] + 1)]
            for at in range(len(proof["inclusion_proof"])):
                path = list(proof["inclusion_proof"])
                path[at] = hashlib.sha256(path[at].encode()).hexdigest()
                changes.append(("inclusion_proof", path))
            changes.append(("inclusion_proof", proof["inclusion_proof"] + ["0" * 64]))
            changes.append(("inclusion_proof", proof["inclusion_proof"][:-1]))
            for field, value in changes:
                text = json.dumps(dict(proof, **{field: value})).encode()
                said = self.altered(folder, os.path.join("entries", name), lambda _, t=text: t,
                                    careful=True)
                self.assertIsNotNone(said, f"{name} {field}")
                self.assertIn("REFUSED", said)


class Tampering(unittest.TestCase):
    def setUp(self):
        self.bench = bench.Bench()
        self.addCleanup(self.bench.close)
        self.drive = self.bench.drives()[0]["name"]
        self.job, self.dumps = self.bench.backup(self.drive)
        self.bench.ok("audit", "verify")
        self.ledger = os.path.join(self.bench.state_dir, "ledger.db")

    def sqlite3(self, *commands):
        done = bench.run("sqlite3", "-batch", self.ledger, *commands)
        self.assertEqual(done.status, 0, str(done))

    def problems_after(self, table, change):
        """What verify says after the change, made while the daemon is down; it must fail."""
        self.bench.daemon.stop()
        self.sqlite3(f"drop trigger {table}_no_update", change)
        self.bench.start()
        done = self.bench.firmbench("-o", "json", "audit", "verify")
        self.assertEqual(done.status, bench.EXIT_FAILED, str(done))
        self.assertIn("NOT as it was written", self.bench.firmbench("audit", "verify").out)
        return "\n".join(json.loads(done.out)["problems"])

    def test_a_byte_of_an_entry_is_named(self):
        self.assertIn("audit entry 2: its leaf hash is not that of its text",
                      self.problems_after("audit_entries",
                                          "update audit_entries set json = replace(json, 'ok',"
                                          " 'oK') where sequence = 2"))

    def test_a_byte_of_a_dump_row_is_named(self):
        dump = self.dumps["MEMORY_EEPROM"]["name"]
        self.assertIn(f"dump {dump}: its row differs from its digest",
                      self.problems_after("dumps", "update dumps set revision = 'X' ||"
                                          f" substr(revision, 2) where id = '{dump[6:]}'"))

    def test_a_byte_of_a_blob_is_named_with_its_dump(self):
        dump = self.dumps["MEMORY_FIRMWARE"]
        problems = self.problems_after(
            "blob_chunks",
            "update blob_chunks set data = cast(substr(data, 1, 99) || (case substr(data, 100, 1)"
            " when x'00' then x'01' else x'00' end) || substr(data, 101) as blob) where idx = 0 and"
            f" blob_seq = (select seq from blobs where sha256 = '{dump['sha256']}')")
        self.assertIn(f"blob {dump['sha256']} ({dump['name']}):", problems)

    def test_a_node_of_the_tree_is_named(self):
        self.assertIn("node 0 of level 1 of the audit tree differs from its entries",
                      self.problems_after("audit_nodes", "update audit_nodes set hash ="
                                          " zeroblob(32) where level = 1 and idx = 0"))

    def test_a_checkpoint_is_named(self):
        size = self.bench.sql("select min(tree_size) as size from checkpoints")[0]["size"]
        self.assertIn(f"checkpoint of {size} entries: the entries have another root",
                      self.problems_after("checkpoints", "update checkpoints set root_hash ="
                                          f" substr(root_hash, 2) || '0' where tree_size = {size}"))


class Rollback(unittest.TestCase):
    def setUp(self):
        self.bench = bench.Bench()
        self.addCleanup(self.bench.close)
        self.drive = self.bench.drives()[0]["name"]
        self.bench.backup(self.drive, "--memory", "eeprom")
        self.bench.daemon.stop()
        self.ledger = os.path.join(self.bench.state_dir, "ledger.db")
        self.copy = self.bench.path("copy.db")
        shutil.copyfile(self.ledger, self.copy)
        self.bench.start()
        for _ in range(3):
            self.bench.backup(self.drive, "--memory", "eeprom")
        self.bench.ok("audit", "verify")
        self.seen = int(self.bench.json("audit", "checkpoint")["tree_size"])

    def put_back(self):
        self.bench.daemon.stop()
        for suffix in ("-wal", "-shm"):
            if os.path.exists(self.ledger + suffix):
                os.remove(self.ledger + suffix)
        shutil.copyfile(self.copy, self.ledger)
        self.bench.start()

    def test_of_a_restored_ledger_is_noticed_by_who_saw_more(self):
        self.put_back()
        for verb in ("verify", "checkpoint"):
            done = self.bench.firmbench("audit", verb)
            self.assertEqual(done.status, bench.EXIT_FAILED, str(done))
            self.assertIn("AUDIT_ROLLED_BACK", done.err)
            now = self.bench.sql("select count(*) as n from audit_entries")[0]["n"]
            self.assertLess(now, self.seen)
            self.assertRegex(done.err, rf"{self.seen} entries were seen .* shows {now} now")
        # The bench itself says it, too, to those who never saw it before.
        stranger = {"XDG_STATE_HOME": self.bench.path("stranger")}
        done = self.bench.firmbench("audit", "verify", env=stranger)
        self.assertEqual(done.status, bench.EXIT_OK, str(done))
        self.assertIn("the ledger was put back", done.out)

    def test_that_went_on_is_noticed_as_a_fork(self):
        self.put_back()
        for _ in range(5):
            self.bench.backup(self.drive, "--memory", "eeprom")
        done = self.bench.firmbench("audit", "verify")
        self.assertEqual(done.status, bench.EXIT_FAILED, str(done))
        self.assertIn("AUDIT_FORKED", done.err)
        self.assertIn(f"{self.seen} entries were seen", done.err)

    def test_when_explained_is_accepted_by_forgetting(self):
        self.put_back()
        err = self.bench.firmbench("audit", "verify").err
        folder = os.path.join(self.bench.path("client"), "firmbench")
        kept = [name for name in os.listdir(folder) if name.startswith("checkpoint-")]
        self.assertEqual(len(kept), 1)
        self.assertIn(kept[0], err.replace("\n", "").replace(" ", ""))
        os.remove(os.path.join(folder, kept[0]))
        self.bench.ok("audit", "verify")

    def test_a_lost_key_is_said_and_the_log_goes_on(self):
        self.bench.daemon.stop()
        os.remove(os.path.join(self.bench.state_dir, "audit.key"))
        self.bench.start()
        done = self.bench.ok("audit", "verify")
        self.assertIn("another key", done.err)
        self.assertIn("another key signs", done.out)

    def test_a_memory_that_was_changed_is_not_passed_over(self):
        folder = os.path.join(self.bench.path("client"), "firmbench")
        name, = [n for n in os.listdir(folder) if n.startswith("checkpoint-")]
        with open(os.path.join(folder, name), "a", encoding="utf-8") as file:
            file.write("x")
        done = self.bench.firmbench("audit", "verify")
        self.assertEqual(done.status, bench.EXIT_FAILED, str(done))
        self.assertIn("AUDIT_MEMORY_INVALID", done.err)


if __name__ == "__main__":
    unittest.main()
