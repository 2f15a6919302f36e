# SPDX-License-Identifier: Apache-2.0
"""Who may use a bench: the Unix user that the kernel names, personal tokens, a second person."""

import grp
import os
import pwd
import subprocess
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import bench  # noqa: E402

CONFIG = """
[access]
group = "daemon"
admin_group = "sys"
"""


class AccessTest(unittest.TestCase):
    """As root, other users are played; an ordinary user plays themself alone."""

    @classmethod
    def setUpClass(cls):
        cls.bench = bench.Bench(config_text=CONFIG)
        os.chmod(cls.bench.folder, 0o755)
        cls.me = pwd.getpwuid(os.geteuid()).pw_name

    @classmethod
    def tearDownClass(cls):
        cls.bench.close()

    def as_user(self, user, groups, *arguments):
        """firmbench as that account with exactly these groups."""
        account = pwd.getpwnam(user)
        done = subprocess.run(
            [bench.program("firmbench"), "--bench", self.bench.address, *arguments],
            capture_output=True, text=True, timeout=60, check=False, stdin=subprocess.DEVNULL,
            user=account.pw_uid, group=account.pw_gid,
            extra_groups=[grp.getgrnam(name).gr_gid for name in groups],
            env={"PATH": os.environ["PATH"], "XDG_STATE_HOME": "/nonexistent"})
        return bench.Done(arguments, done.returncode, done.stdout, done.stderr)

    def test_the_caller_is_who_the_kernel_names(self):
        done = self.bench.ok("whoami")
        self.assertIn(f"{self.me}, manager of benches/", done.out)
        self.assertIn(f"(unix user {os.geteuid()})", done.out)
        drive = self.bench.drives()[0]["name"]
        self.bench.ok("drive", "claim", drive)
        self.bench.ok("drive", "release", drive)
        entry = self.bench.json("audit", "list", "--action", "drive.claim")["audit_entries"][0]
        self.assertEqual(entry["principal"], self.me)

    def test_groups_make_roles_and_people_are_never_mixed_up(self):
        self.assertEqual(os.geteuid(), 0, "only root can play other people")
        drive = self.bench.drives()[1]["name"]
        # To manage is enough: the socket's own group is not needed for it.
        done = self.as_user("games", ["sys"], "whoami")
        self.assertIn("games, manager of", done.out, str(done))
        self.assertIn("you may use", self.as_user("games", ["sys"], "bench", "doctor").out)
        for _ in range(3):
            done = self.as_user("nobody", ["daemon"], "whoami")
            self.assertIn("nobody, technician of", done.out, str(done))
            done = self.as_user("games", ["daemon", "sys"], "whoami")
            self.assertIn("games, manager of", done.out, str(done))
            self.assertIn(f"{self.me}, manager of", self.bench.ok("whoami").out)
        done = self.as_user("nobody", ["daemon"], "drive", "claim", drive)
        self.assertEqual(done.status, bench.EXIT_OK, str(done))
        done = self.as_user("games", ["daemon"], "drive", "claim", drive)
        self.assertIn("in use by nobody", done.err, str(done))
        done = self.as_user("nobody", ["daemon"], "drive", "release", drive)
        self.assertEqual(done.status, bench.EXIT_OK, str(done))
        done = self.as_user("nobody", ["daemon"], "ledger", "backup", "/tmp/nothing")
        self.assertEqual(done.status, bench.EXIT_DENIED, str(done))
        self.assertIn("ROLE_REQUIRED", done.err)

    def test_who_is_in_no_group_is_told_so(self):
        self.assertEqual(os.geteuid(), 0, "only root can play other people")
        done = self.as_user("nobody", [], "drive", "list")
        self.assertEqual(done.status, bench.EXIT_DENIED, str(done))
        self.assertIn("NOT_IN_GROUP", done.err)
        self.assertIn("daemon", done.err)

    def test_a_token_does_no_more_than_it_says(self):
        made = self.bench.ok("token", "create", "--role", "viewer", "--note", "a script")
        env = {"FIRMBENCH_TOKEN": made.out.strip()}
        self.assertIn(f"{self.me}, viewer of", self.bench.ok("whoami", env=env).out)
        self.bench.ok("drive", "list", env=env)
        refused = self.bench.firmbench("job", "cancel", "01jd9rd3q5e8n2x4z7w0k6m1hb", env=env)
        self.assertEqual(refused.status, bench.EXIT_DENIED, str(refused))
        tokens = self.bench.json("token", "list")["credentials"]
        name = next(t["name"] for t in tokens if t["note"] == "a script")
        self.bench.restart()
        self.bench.ok("drive", "list", env=env)
        self.bench.ok("token", "revoke", name)
        refused = self.bench.firmbench("drive", "list", env=env)
        self.assertEqual(refused.status, bench.EXIT_DENIED, str(refused))
        self.assertIn("TOKEN_INVALID", refused.err)
        ledger = self.bench.sql("SELECT secret_sha256, end_reason FROM credentials")
        self.assertNotIn(made.out.strip(), str(ledger))


if __name__ == "__main__":
    unittest.main()
