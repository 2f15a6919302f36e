# SPDX-License-Identifier: Apache-2.0
"""The second copy: a folder with every dump, what is said of it, and what is refused without it."""

import hashlib
import json
import os
import tempfile
import unittest

import bench


class Copy(unittest.TestCase):
    def start(self, *lines):
        self.folder = tempfile.mkdtemp(prefix="fc-", dir="/tmp")
        self.copy = os.path.join(self.folder, "copy")
        os.mkdir(self.copy)
        self.addCleanup(lambda: bench.shutil.rmtree(self.folder, ignore_errors=True))
        text = "\n".join(["[copy]", f'folder = "{self.copy}"', *lines, ""])
        made = bench.Bench(config_text=text, start=False)
        self.addCleanup(made.close)
        return made

    def wait_copied(self, made):
        """The state that the daemon says, asked for at most half a minute."""
        for _ in range(300):
            if all(d["second_copy"] == "copied" for d in made.dumps()):
                return
            # Another call is the pause: each starts a process.
        self.fail("nothing was copied")

    def test_holds_every_dump(self):
        made = self.start("allow_same_filesystem = true")
        made.start()
        drive = made.drive("LTR-48246S")["name"]
        made.backup(drive)
        self.wait_copied(made)
        dumps = {d["sha256"] for d in made.dumps()}
        files = os.listdir(os.path.join(self.copy, "files"))
        self.assertEqual({f"{sha256}.bin" for sha256 in dumps}, set(files))
        for name in files:
            with open(os.path.join(self.copy, "files", name), "rb") as file:
                self.assertEqual(hashlib.sha256(file.read()).hexdigest() + ".bin", name)
        self.assertNotIn("COPY_", made.ok("bench", "info").out)
        made.daemon.stop()
        with open(os.path.join(self.copy, "manifest.jsonl"), encoding="utf-8") as file:
            lines = [json.loads(line) for line in file]
        self.assertLessEqual({line["sha256"] for line in lines}, dumps)
        made.start()
        made.backup(drive)
        self.wait_copied(made)

    def test_beside_the_ledger_is_refused_at_the_start(self):
        made = self.start()
        made.daemon = bench.Daemon(made.state_dir, made.address, made.scenario, *made.options)
        self.assertFalse(made.daemon.wait_ready())
        self.assertEqual(made.daemon.wait(), 1)
        self.assertIn("COPY_SAME_FILESYSTEM", made.daemon.log())
        self.assertIn("allow_same_filesystem", made.daemon.log())

    def test_required_keeps_a_drive_from_being_written(self):
        made = self.start("allow_same_filesystem = true", "require_copy = true")
        made.start()
        drive = made.drive("LTR-52327S")["name"]
        image = made.add_image(made.make_image("LTR-52327S", "QS0D"))
        before = made.memory_files()
        os.rename(self.copy, self.copy + ".away")
        done = made.firmbench("flash", drive, image, "--yes")
        self.assertNotEqual(done.status, bench.EXIT_OK, str(done))
        self.assertIn("COPY_MISSING", done.out + done.err, str(done))
        self.assertEqual(made.memory_files(), before)
        # What is not copied is said wherever dumps and the bench are shown; reading goes on.
        made.backup(drive)
        self.assertEqual({d["second_copy"] for d in made.dumps()}, {"pending"})
        self.assertIn("pending", made.ok("dump", "list").out)
        info = made.ok("bench", "info").out
        self.assertIn("COPY_PENDING", info)
        os.rename(self.copy + ".away", self.copy)
        made.restart()
        done = made.ok("flash", drive, image, "--yes")
        self.assertIn("CHANGED_VERIFIED", done.out)
        job = made.last_job(drive)
        for dump in made.dumps(job=job["name"], purpose="before_write"):
            self.assertIn(dump["sha256"] + ".bin", os.listdir(os.path.join(self.copy, "files")))


if __name__ == "__main__":
    unittest.main()
