# SPDX-License-Identifier: Apache-2.0
"""Time and a bench's certificates: a clock that is wrong, an authority that ends, one that a shop
has made, a client's certificate that runs out."""

import datetime
import os
import re
import socket
import ssl
import unittest

import bench
import shop_authority

CONFIG = "[remote]\nlisten = '127.0.0.1:0'\n[web]\nlisten = '127.0.0.1:0'\n"


class Certificates:
    def setUp(self):
        self.bench = bench.Bench(config_text=CONFIG, start=False)
        self.addCleanup(self.bench.close)
        self.alice = bench.Elsewhere(self.bench)
        self.pki = os.path.join(self.bench.state_dir, "pki")

    def file(self, name):
        return os.path.join(self.pki, name)

    def content(self, name):
        with open(self.file(name), encoding="utf-8") as file:
            return file.read()

    def enroll(self):
        self.alice.enroll(self.bench.invite(), "--force", address=self.address)

    @property
    def address(self):
        """Where the bench listens for clients; port 0 gives another one at every start."""
        found = re.findall(r"listening on the network address=(\S+)", self.bench.daemon.log())
        return found[-1] if found else None

    def edit_book(self, pattern, text):
        """Of what the other computer keeps of the bench."""
        with open(self.alice.book(), encoding="utf-8") as file:
            kept = file.read()
        kept, count = re.subn(pattern, lambda _: text, kept, count=1, flags=re.DOTALL)
        self.assertEqual(count, 1, pattern)
        with open(self.alice.book(), "w", encoding="utf-8") as file:
            file.write(kept)

    def check(self):
        """What the doctor says of certificates."""
        checks = self.bench.firmbench("-o", "json", "bench", "doctor").json["checks"]
        return next(check for check in checks if check["subject"] == "certificates")

    def make_authority_first(self):
        """The folder of an authority of the bench's own; the daemon is stopped again."""
        self.bench.start()
        self.bench.daemon.stop()
        self.bench.write("firmbenchd.log", "")
        subject = shop_authority.openssl("x509", "-in", self.file("authority.pem"), "-noout",
                                         "-subject", "-nameopt", "multiline")
        return re.search(r"commonName\s+= (.*)", subject)[1]

    def remake(self, out, name, first_day, last_day):
        return shop_authority.make_authority(self.bench.path("openssl"), self.file("authority.key"),
                                             out, name, first_day, last_day)


class WrongTime(Certificates, unittest.TestCase):
    def expect_local_only(self, reason, said):
        self.assertIsNone(self.bench.daemon.remote)
        self.assertIsNone(self.bench.daemon.page)
        self.bench.backup(self.bench.drive("LTR-48246S")["name"])
        found = self.check()
        self.assertEqual((found["verdict"], found["reason"]), ("VERDICT_BAD", reason), found)
        self.assertIn("this PC's clock says", found["text"])
        self.assertIn(said, found["remedy"])
        log = self.bench.daemon.log()
        self.assertEqual(log.count("works on this PC alone"), 1, log)
        self.assertIn(reason, log)
        refused = self.bench.firmbench("bench", "invite", "--name", "al", "--role", "viewer")
        self.assertIn("NOT_LISTENING", refused.err)

    def expect_that_it_listens(self):
        for _ in range(400):
            if self.address:
                break
            self.bench.ok("bench", "info")
        self.enroll()
        self.alice.ok("--bench", "shop", "drive", "list")
        page = re.findall(r"serving the page address=(\S+)", self.bench.daemon.log())[-1]
        host, port = page.rsplit(":", 1)
        trust = ssl.create_default_context(cafile=self.file("authority.pem"))
        trust.check_hostname = False
        with socket.create_connection((host, int(port)), timeout=20) as plain:
            with trust.wrap_socket(plain) as tls:
                self.assertEqual(tls.version(), "TLSv1.3")
        self.assertEqual(self.check()["verdict"], "VERDICT_GOOD")

    def test_a_clock_before_the_authority_s_time_leaves_the_bench_to_its_own_pc(self):
        name = self.make_authority_first()
        key = self.content("authority.key")
        self.remake(self.file("authority.pem"), name, 400, 4000)
        before = self.content("authority.pem")
        self.bench.start()
        self.expect_local_only("AUTHORITY_NOT_YET_VALID", "set the clock")
        self.assertEqual(self.content("authority.pem"), before)
        # What the remedy says for a clock that is right.
        os.unlink(self.file("authority.pem"))
        self.expect_that_it_listens()
        self.assertEqual(self.content("authority.key"), key)

    def test_a_shop_s_authority_that_has_ended_does_the_same(self):
        self.make_authority_first()
        self.remake(self.file("authority.pem"), "a shop", -400, -1)
        before = self.content("authority.pem")
        self.bench.start()
        self.expect_local_only("AUTHORITY_EXPIRED", "is the clock right")
        self.assertEqual(self.content("authority.pem"), before)
        fresh = self.remake(self.bench.path("fresh.pem"), "a shop", -1, 400)
        os.rename(fresh, self.file("authority.pem"))
        self.expect_that_it_listens()

    def test_its_own_that_has_ended_is_made_anew(self):
        name = self.make_authority_first()
        self.remake(self.file("authority.pem"), name, -4000, -1)
        self.bench.start()
        self.assertEqual(self.bench.daemon.remote, self.address)
        self.expect_that_it_listens()


class Renewal(Certificates, unittest.TestCase):
    def test_clients_go_on_when_the_authority_s_certificate_is_renewed(self):
        name = self.make_authority_first()
        self.bench.start()
        self.enroll()
        # As it is with a bench that is more than eight years old, and this client of it.
        older = self.remake(self.bench.path("older.pem"), name, -3000, 600)
        with open(older, encoding="utf-8") as file:
            older_text = file.read()
        self.edit_book(r"-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----\n", older_text)
        self.bench.daemon.stop()
        os.rename(older, self.file("authority.pem"))
        self.bench.start()
        self.assertIn("made a new certificate for the bench's authority", self.bench.daemon.log())
        self.assertNotEqual(self.content("authority.pem"), older_text)
        self.edit_book(r"address=[^\n]*", f"address={self.address}")
        self.assertIn("alice", self.alice.ok("--bench", "shop", "whoami").out)
        # And when the server's own is another one, too.
        self.bench.daemon.stop()
        os.unlink(self.file("server.pem"))
        renewed = self.content("authority.pem")
        self.bench.start()
        self.edit_book(r"address=[^\n]*", f"address={self.address}")
        self.assertIn("alice", self.alice.ok("--bench", "shop", "whoami").out)
        self.assertEqual(self.content("authority.pem"), renewed)
        self.assertEqual(self.check()["verdict"], "VERDICT_GOOD")

    def test_a_client_is_told_before_its_certificate_ends(self):
        self.bench.start()
        self.enroll()
        self.assertEqual(self.alice.ok("--bench", "shop", "whoami").err, "")
        for days, told in ((31, 0), (29, 1), (1, 1)):
            end = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=days)
            self.edit_book(r"expires_us=\d+", f"expires_us={int(end.timestamp()) * 1000000}")
            done = self.alice.ok("--bench", "shop", "-o", "json", "drive", "list")
            self.assertEqual(done.err.count("certificate for shop ends on"), told, done.err)
            self.assertTrue(done.json["drives"])
            if told:
                self.assertIn(end.strftime("%Y-%m-%d"), done.err)
                self.assertIn("bench invite --name alice --role technician", done.err)
                self.assertIn(f"bench enroll {self.address} --name shop --force", done.err)
        # What it says is what helps.
        self.enroll()
        self.assertEqual(self.alice.ok("--bench", "shop", "whoami").err, "")


class ShopsAuthority(Certificates, unittest.TestCase):
    def begin(self, days):
        """A bench that was given an intermediate authority with an RSA key, which ends then."""
        folder = self.bench.path("openssl")
        os.makedirs(self.pki, mode=0o700)
        os.makedirs(folder)
        root_key = shop_authority.make_key(self.bench.path("root.key"))
        self.root = shop_authority.make_authority(folder, root_key, self.bench.path("root.pem"),
                                                  "a shop's root", -1, 3650)
        key = shop_authority.make_key(self.file("authority.key"))
        shop_authority.make_authority(folder, key, self.file("authority.pem"), "a shop's benches",
                                      -1, days, (self.root, root_key))
        self.given = self.content("authority.key"), self.content("authority.pem")
        self.bench.start()

    def test_an_intermediate_of_a_shop_s_root_is_used_and_left_as_it_is(self):
        self.begin(400)
        self.enroll()
        self.assertIn("alice", self.alice.ok("--bench", "shop", "whoami").out)
        drive = self.bench.drive("LTR-48246S")["name"]
        self.alice.ok("--bench", "shop", "backup", drive)
        # A browser that knows the shop's root knows the bench.
        trust = ssl.create_default_context(cafile=self.root)
        trust.check_hostname = False
        host, port = self.bench.daemon.page.rsplit(":", 1)
        with socket.create_connection((host, int(port)), timeout=20) as plain:
            with trust.wrap_socket(plain) as tls:
                self.assertEqual(tls.version(), "TLSv1.3")
        self.assertEqual(self.check()["verdict"], "VERDICT_GOOD")
        self.bench.restart()
        self.assertEqual((self.content("authority.key"), self.content("authority.pem")), self.given)

    def test_its_end_is_told_by_the_doctor_and_not_touched(self):
        self.begin(50)
        self.enroll()
        found = self.check()
        self.assertEqual((found["verdict"], found["reason"]), ("VERDICT_WARNING", "AUTHORITY_ENDS"))
        # The client's certificate ends with it.
        self.assertIn("alice", found["text"])
        self.bench.restart()
        self.assertEqual((self.content("authority.key"), self.content("authority.pem")), self.given)


if __name__ == "__main__":
    unittest.main()
