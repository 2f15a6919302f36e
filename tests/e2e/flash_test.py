# SPDX-License-Identifier: Apache-2.0
"""Backup, flash, restore and verify on each of the three drives, judged by the ledger."""

import hashlib
import unittest

import bench

NEWER = {"LTR-48246S": "SS0D", "LTR-52327S": "QS0D", "LDW-451S": "GSB7"}


class Flash(bench.BenchTest):
    def flash(self, model):
        drive = self.bench.drive(model)["name"]
        image = self.bench.add_image(self.bench.make_image(model, NEWER[model]))
        done = self.bench.ok("flash", drive, image, "--yes")
        return drive, image, done, self.bench.last_job(drive)

    def check(self, model):
        bench_ = self.bench
        drive = bench_.drive(model)
        _, before = bench_.backup(drive["name"])
        name, image, done, job = self.flash(model)
        self.assertEqual(job["result"], "RESULT_SUCCEEDED")
        self.assertEqual(job["outcome"], "OUTCOME_CHANGED_VERIFIED")
        self.assertEqual(job["eeprom_check"], "EEPROM_CHECK_EQUAL")
        self.assertIn("CHANGED_VERIFIED", done.out)
        self.assertEqual(bench_.json("drive", "show", name)["firmware_revision"], NEWER[model])
        self.check_ledger(job)
        for dump in bench_.dumps(job=job["name"]):
            revision = NEWER[model] if dump["purpose"] == "readback" else drive["firmware_revision"]
            self.assertEqual(dump["firmware_revision"], revision, dump["purpose"])

        # The drive now holds the image where the image says something, and its own EEPROM.
        _, after = bench_.backup(name)
        self.assertEqual(after["MEMORY_EEPROM"]["sha256"], before["MEMORY_EEPROM"]["sha256"])
        self.assertNotEqual(after["MEMORY_FIRMWARE"]["sha256"],
                            before["MEMORY_FIRMWARE"]["sha256"])
        bench_.ok("verify", name, image)

        # And back again: an earlier dump undoes it to the last byte.
        bench_.ok("restore", name, before["MEMORY_FIRMWARE"]["name"], "--yes")
        job = bench_.last_job(name)
        self.assertEqual(job["outcome"], "OUTCOME_CHANGED_VERIFIED")
        self.check_ledger(job)
        _, again = bench_.backup(name)
        for memory in ("MEMORY_FIRMWARE", "MEMORY_EEPROM"):
            self.assertEqual(again[memory]["sha256"], before[memory]["sha256"])
        self.assertEqual(bench_.json("drive", "show", name)["firmware_revision"],
                         drive["firmware_revision"])

    def check_ledger(self, job):
        """What undoes the write was durable before the first destructive command."""
        job_id = job["name"].removeprefix("jobs/")
        row, = self.bench.sql("select * from jobs where id = ?", job_id)
        self.assertEqual((row["state"], row["result"]), ("CLOSED", "SUCCEEDED"))
        self.assertGreater(row["write_started_us"], 0)
        dumps = {d["memory"]: d for d in self.bench.sql(
            "select * from dumps where job_id = ? and purpose = 'before_write'", job_id)}
        self.assertEqual(dumps["firmware"]["agreeing_reads"], 2)
        self.assertEqual(dumps["eeprom"]["agreeing_reads"], 3)
        for dump in dumps.values():
            self.assertLessEqual(dump["created_us"], row["write_started_us"])
        audit = {e["action"]: e["sequence"] for e in self.bench.sql(
            "select action, sequence from audit_entries where resource = ?", job["name"])}
        self.assertLess(audit["job.create"], audit["job.write_started"])
        # The dumps' commit came before the start of the write in the one order there is.
        states = [e["state"] for e in self.bench.sql(
            "select state from job_events where job_id = ? and type = 'state' order by sequence",
            job_id)]
        self.assertLess(states.index("DUMP_COMMITTED"), states.index("WRITING"))
        self.assertEqual(states[-1], "CLOSED")

    def test_ltr_48246s_page_write(self):
        self.check("LTR-48246S")

    def test_ltr_52327s_sector_erase(self):
        self.check("LTR-52327S")

    def test_ldw_451s_hold_eject(self):
        self.check("LDW-451S")


class Backup(bench.BenchTest):
    def test_verify_says_whether_they_differ(self):
        drive = self.bench.drive("LTR-52327S")["name"]
        _, dumps = self.bench.backup(drive, "--memory", "firmware")
        same = self.bench.ok("verify", drive, dumps["MEMORY_FIRMWARE"]["name"])
        self.assertIn("UNCHANGED", same.out)
        other = self.bench.make_image("LTR-52327S", "QS0D")
        done = self.bench.firmbench("verify", drive, other)
        self.assertEqual(done.status, bench.EXIT_DIFFER, str(done))

    def test_all_reads_both_memories_and_records_them(self):
        drive = self.bench.drive("LTR-48246S")
        done = self.bench.ok("backup", drive["name"])
        job = self.bench.last_job(drive["name"])
        self.assertEqual((job["result"], job["outcome"]), ("RESULT_SUCCEEDED", "OUTCOME_UNCHANGED"))
        self.assertIn("UNCHANGED", done.out)
        dumps = {d["memory"]: d for d in self.bench.dumps(job=job["name"])}
        self.assertEqual(int(dumps["MEMORY_FIRMWARE"]["size_bytes"]), 512 * 1024)
        self.assertEqual(int(dumps["MEMORY_EEPROM"]["size_bytes"]), 1024)
        units = {d["unit"] for d in dumps.values()}
        self.assertEqual(len(units), 1)
        self.assertEqual(self.bench.json("unit", "show", units.pop())["drive"], drive["name"])

    def test_one_memory_alone(self):
        drive = self.bench.drive("LTR-52327S")["name"]
        _, dumps = self.bench.backup(drive, "--memory", "eeprom")
        self.assertEqual(set(dumps), {"MEMORY_EEPROM"})
        _, dumps = self.bench.backup(drive, "--memory", "firmware")
        self.assertEqual(set(dumps), {"MEMORY_FIRMWARE"})

    def test_export_is_the_bytes_that_the_ledger_names(self):
        drive = self.bench.drive("LDW-451S")["name"]
        _, dumps = self.bench.backup(drive)
        for dump in dumps.values():
            data = self.bench.export(dump["name"], f"{dump['memory']}.bin")
            self.assertEqual(len(data), int(dump["size_bytes"]))
            self.assertEqual(hashlib.sha256(data).hexdigest(), dump["sha256"])
            self.assertEqual(hashlib.md5(data).hexdigest(), dump["md5"])

    def test_dry_run_creates_nothing(self):
        drive = self.bench.drive("LTR-48246S")["name"]
        image = self.bench.add_image(self.bench.make_image("LTR-48246S", "SS0D"))
        before = len(self.bench.jobs())
        done = self.bench.ok("flash", drive, image, "--dry-run")
        self.assertIn("eeprom", done.out.lower())
        self.assertEqual(len(self.bench.jobs()), before)
        self.assertEqual(self.bench.drive("LTR-48246S")["firmware_revision"], "SS0B")


if __name__ == "__main__":
    unittest.main()
