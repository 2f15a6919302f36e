# SPDX-License-Identifier: Apache-2.0
"""What nothing can undo needs two people: real users of this PC, whom the kernel names."""

import grp
import os
import pwd
import subprocess
import unittest

import bench

SCENARIO = os.path.join(bench.SOURCE, "deploy", "examples", "scsi.toml")
CONFIG = """
[access]
group = "daemon"
admin_group = "sys"
"""
SOLO = CONFIG + """
second_person = "solo"
solo_wait_minutes = 10
"""
REASON = "no copy of it anywhere"


def microcode(product, revision):
    """A file for the simulated drives of the SPC standard: header, body, sum."""
    size = 0xC000
    head = b"SPC MICROCODE   " + b"FBSIM   " + product.encode().ljust(16) + revision.encode()
    body = (head + size.to_bytes(4, "big")).ljust(size - 2, b"\x5a")
    return body + (sum(body) & 0xFFFF).to_bytes(2, "big")


class SecondPerson(unittest.TestCase):
    """`nobody` and `games` are technicians here, `games` also once as a manager. Needs root, who
    alone can be other people."""

    def open_bench(self, config):
        self.assertEqual(os.geteuid(), 0, "only root can play other users")
        self.bench = bench.Bench(scenario=SCENARIO, config_text=config)
        self.addCleanup(self.bench.close)
        os.chmod(self.bench.folder, 0o755)
        # Takes microcode and gives none back: nothing undoes that.
        self.drive = next(d for d in self.bench.drives() if d["bay"] == "bay 4")["name"]
        self.image = self.bench.add_image(
            self.bench.write("new.bin", microcode("SPC MODE 07", "A123")))

    def popen_as(self, user, *arguments, groups=("daemon",)):
        account = pwd.getpwnam(user)
        client = subprocess.Popen(
            [bench.program("firmbench"), "--bench", self.bench.address, *arguments],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            user=account.pw_uid, group=account.pw_gid,
            extra_groups=[grp.getgrnam(name).gr_gid for name in groups],
            env={"PATH": os.environ["PATH"], "XDG_STATE_HOME": "/nonexistent"})
        self.addCleanup(bench.end, client)
        return client

    def as_user(self, user, *arguments, **options):
        client = self.popen_as(user, *arguments, **options)
        out, err = client.communicate(timeout=bench.RUN_SECONDS)
        return bench.Done(arguments, client.returncode, out, err)

    def refused(self, reason, user, job, status=bench.EXIT_DENIED, **options):
        done = self.as_user(user, "job", "approve", job, "--reason", "seen", **options)
        self.assertEqual(done.status, status, str(done))
        self.assertIn(reason, done.err, str(done))
        self.assertEqual(self.show(job)["state"], "STATE_AWAITING_APPROVAL")

    def show(self, job):
        return self.bench.json("job", "show", job)

    def ask(self, user):
        """A job of that user which waits for somebody else, and its client."""
        refused = self.as_user(user, "flash", self.drive, self.image, "--yes")
        self.assertNotEqual(refused.status, bench.EXIT_OK)
        self.assertIn("IRREVERSIBLE", refused.err)
        client = self.popen_as(user, "flash", self.drive, self.image, "--yes", "--reason", REASON)
        for line in client.stderr:
            if "AWAITING_APPROVAL" in line:
                break
        else:
            self.fail("the job does not wait")
        job, = self.bench.jobs(self.drive)
        return job["name"], client

    def assert_untouched(self):
        self.assertEqual(self.bench.json("drive", "show", self.drive)["firmware_revision"], "A100")

    def test_it_is_another_uid_and_never_the_same(self):
        self.open_bench(CONFIG)
        job, client = self.ask("nobody")
        # Not with another role, nor with a token of one's own, nor from another session.
        self.refused("APPROVER_IS_REQUESTER", "nobody", job)
        self.refused("APPROVER_IS_REQUESTER", "nobody", job, groups=("daemon", "sys"))
        token = self.as_user("nobody", "token", "create", "--role", "technician").out.strip()
        done = self.bench.firmbench("job", "approve", job, "--reason", "seen",
                                    env={"FIRMBENCH_TOKEN": token})
        self.assertEqual(done.status, bench.EXIT_DENIED, str(done))
        self.assertIn("APPROVER_IS_REQUESTER", done.err)
        # Nor somebody who may nothing here.
        self.refused("NOT_IN_GROUP", "games", job, groups=())
        self.assert_untouched()
        done = self.as_user("games", "job", "approve", job, "--reason", "I saw the label")
        self.assertEqual(done.status, bench.EXIT_OK, str(done))
        out, err = client.communicate(timeout=bench.RUN_SECONDS)
        self.assertEqual(client.returncode, bench.EXIT_OK, err)
        shown = self.show(job)
        self.assertEqual((shown["principal"], shown["approval"]["principal"],
                          shown["approval"]["solo"]), ("nobody", "games", False))
        self.assertEqual(self.bench.json("drive", "show", self.drive)["firmware_revision"], "A123")
        entry, = self.bench.json("audit", "list", "--action", "job.approve")["audit_entries"]
        self.assertEqual((entry["principal"], entry["resource"]), ("games", job))
        self.assertIn("I saw the label", entry["canonical_json"])
        twice = self.as_user("games", "job", "approve", job, "--reason", "again")
        self.assertIn("NOT_AWAITING_APPROVAL", twice.err)

    def test_alone_one_waits_and_it_stays_marked(self):
        self.open_bench(SOLO)
        job, _ = self.ask("nobody")
        self.refused("SOLO_WAIT", "nobody", job, status=bench.EXIT_FAILED)
        self.assert_untouched()
        # A restart does not make the time pass.
        self.bench.restart()
        self.refused("SOLO_WAIT", "nobody", job, status=bench.EXIT_FAILED)
        # Somebody else need not wait.
        done = self.as_user("games", "job", "approve", job, "--reason", "I saw the label")
        self.assertEqual(done.status, bench.EXIT_OK, str(done))
        self.assertEqual(self.bench.firmbench("job", "watch", job).status, bench.EXIT_OK)
        self.assertFalse(self.show(job)["approval"]["solo"])


if __name__ == "__main__":
    unittest.main()
