# SPDX-License-Identifier: Apache-2.0
"""A bench from elsewhere: enrolment with a code, work over TLS, revocation, and who sits between."""

import os
import socket
import ssl
import struct
import sys
import threading
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import bench  # noqa: E402

CONFIG = """
[remote]
listen = "127.0.0.1:0"
"""


class Relay:
    """Somebody between a client and a bench: passes bytes on, and counts those of the client."""

    def __init__(self, host, port):
        self.target = (host, port)
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self.listener.getsockname()[1]}"
        self.sockets = []
        threading.Thread(target=self._run, daemon=True).start()

    def _run(self):
        while True:
            try:
                near, _ = self.listener.accept()
                far = socket.create_connection(self.target)
            except OSError:
                return
            self.sockets += [near, far]
            threading.Thread(target=self._pass, args=(near, far), daemon=True).start()
            threading.Thread(target=self._pass, args=(far, near), daemon=True).start()

    @staticmethod
    def _pass(source, target):
        try:
            while data := source.recv(65536):
                target.sendall(data)
        except OSError:
            pass
        for end in (source, target):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def cut(self):
        for end in self.sockets:
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
        self.sockets = []

    def close(self):
        self.listener.close()
        self.cut()


class RemoteTest(unittest.TestCase):
    def setUp(self):
        self.bench = bench.Bench(config_text=CONFIG)
        self.addCleanup(self.bench.close)
        self.address = self.bench.daemon.remote
        self.alice = bench.Elsewhere(self.bench)

    def test_enrol_work_and_be_revoked(self):
        code = self.bench.invite()
        self.assertIn("enrolled at shop as alice, technician", self.alice.enroll(code).out)
        # It is the one that is used now, and nobody else can read its key.
        self.assertIn("alice, technician of benches/", self.alice.ok("whoami").out)
        self.assertEqual(os.stat(self.alice.book()).st_mode & 0o777, 0o600)
        # Once is once.
        again = self.alice.enroll(code, name="again", status=bench.EXIT_DENIED)
        self.assertIn("CODE_INVALID", again.err)

        drive = self.bench.drive("LTR-48246S")["name"]
        self.alice.ok("--bench", "shop", "backup", drive)
        entries = self.bench.json("audit", "list", "--principal", "alice")["audit_entries"]
        self.assertIn("job.create", [entry["action"] for entry in entries])
        denied = self.alice.run("ledger", "backup", self.bench.path("copy.db"))
        self.assertEqual(denied.status, bench.EXIT_DENIED, str(denied))

        self.bench.restart()
        # Port 0 gives another one; the book keeps the address, which an operator would fix.
        self.assertIn("alice", self.bench.ok("bench", "principals").out)
        self.bench.ok("bench", "revoke", "alice", "--reason", "left the shop")
        self.assertNotIn("alice", self.bench.ok("bench", "principals").out)
        self.alice.ok("bench", "remove", "shop")
        self.assertNotIn("shop", self.alice.ok("bench", "list").out)

    def test_revocation_is_at_once(self):
        self.alice.enroll(self.bench.invite())
        self.alice.ok("drive", "list")
        self.bench.ok("bench", "revoke", "alice", "--reason", "left the shop")
        refused = self.alice.run("drive", "list")
        self.assertEqual(refused.status, bench.EXIT_DENIED, str(refused))
        self.assertIn("CERTIFICATE_UNKNOWN", refused.err)

    def test_somebody_between_is_found_out(self):
        other = bench.Bench(config_text=CONFIG)
        self.addCleanup(other.close)
        code = self.bench.invite()
        refused = self.alice.enroll(code, address=other.daemon.remote, status=bench.EXIT_DENIED)
        self.assertIn("BENCH_NOT_THE_RIGHT_ONE", refused.err)
        # Nothing was sent: the code is still good.
        self.alice.enroll(code)

    def test_a_bench_that_goes_away_in_the_handshake_is_said_to_be_gone(self):
        """It says its part and is gone: what is written then must not end the program."""
        pki = os.path.join(self.bench.state_dir, "pki")
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(os.path.join(pki, "server.pem"), os.path.join(pki, "server.key"))
        context.set_alpn_protocols(["h2"])
        # With 1.3 the client may be through the handshake before the reset is there.
        context.maximum_version = ssl.TLSVersion.TLSv1_2
        listener = socket.create_server(("127.0.0.1", 0))
        self.addCleanup(listener.close)

        def answer():
            with listener.accept()[0] as near:
                came, goes = ssl.MemoryBIO(), ssl.MemoryBIO()
                tls = context.wrap_bio(came, goes, server_side=True)
                came.write(near.recv(65536))
                try:
                    tls.do_handshake()
                except ssl.SSLWantReadError:
                    near.sendall(goes.read())
                near.shutdown(socket.SHUT_WR)
                # Closed with a reset.
                near.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

        for _ in range(5):
            bench_that_goes = threading.Thread(target=answer)
            bench_that_goes.start()
            done = self.alice.enroll(self.bench.invite(), status=bench.EXIT_UNREACHABLE,
                                     address=f"127.0.0.1:{listener.getsockname()[1]}")
            bench_that_goes.join()
            self.assertIn("BENCH_UNREACHABLE", done.err)

    def test_the_link_is_cut_and_the_watch_goes_on(self):
        host, port = self.address.rsplit(":", 1)
        relay = Relay(host, int(port))
        self.addCleanup(relay.close)
        self.alice.enroll(self.bench.invite(), address=relay.address)
        drive = self.bench.drive("LTR-48246S")["name"]
        cutting = threading.Timer(0.3, relay.cut)
        cutting.start()
        done = self.alice.run("backup", drive)
        cutting.join()
        self.assertEqual(done.status, bench.EXIT_OK, str(done))
        # Nothing was sent twice.
        self.assertEqual(len(self.bench.jobs(drive)), 1)

    def test_a_caller_that_says_nothing_costs_nobody_anything(self):
        host, port = self.address.rsplit(":", 1)
        # Or something else.
        silent = [socket.create_connection((host, int(port)), timeout=20) for _ in range(40)]
        silent[0].sendall(b"GET / HTTP/1.1\r\n\r\n")
        self.bench.ok("whoami")
        for end in silent:
            end.close()
        self.alice.enroll(self.bench.invite())

    def test_a_bench_that_does_not_listen_invites_nobody(self):
        local = bench.Bench()
        self.addCleanup(local.close)
        done = local.firmbench("bench", "invite", "--name", "bob", "--role", "viewer")
        self.assertEqual(done.status, bench.EXIT_FAILED, str(done))
        self.assertIn("NOT_LISTENING", done.err)


class TlsVersions(unittest.TestCase):
    """What both listeners speak: that for clients, and the page's."""

    def spoken(self, version, config=""):
        """The version of each listener's connection with a caller that speaks this one alone; None
        where the handshake is refused."""
        place = bench.Bench(config_text=f"{CONFIG}{config}[web]\nlisten = '127.0.0.1:0'\n")
        self.addCleanup(place.close)
        versions = []
        for address, protocol in ((place.daemon.remote, "h2"), (place.daemon.page, "http/1.1")):
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
            context.set_alpn_protocols([protocol])
            context.minimum_version = context.maximum_version = version
            host, port = address.rsplit(":", 1)
            with socket.create_connection((host, int(port)), timeout=20) as plain:
                try:
                    with context.wrap_socket(plain) as tls:
                        self.assertEqual(tls.selected_alpn_protocol(), protocol)
                        versions.append(tls.version())
                except (ssl.SSLError, ConnectionError):
                    versions.append(None)
        return versions

    def test_by_default_only_13(self):
        self.assertEqual(self.spoken(ssl.TLSVersion.TLSv1_3), ["TLSv1.3", "TLSv1.3"])
        self.assertEqual(self.spoken(ssl.TLSVersion.TLSv1_2), [None, None])

    def test_12_as_well_where_the_configuration_says_so(self):
        old = "tls = '1.2'\n"
        self.assertEqual(self.spoken(ssl.TLSVersion.TLSv1_2, old), ["TLSv1.2", "TLSv1.2"])
        self.assertEqual(self.spoken(ssl.TLSVersion.TLSv1_3, old), ["TLSv1.3", "TLSv1.3"])


if __name__ == "__main__":
    unittest.main()
