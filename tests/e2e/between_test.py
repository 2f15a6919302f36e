# SPDX-License-Identifier: Apache-2.0
"""Somebody between a bench and one who enrols: what they show, and that they are told nothing."""

import os
import socket
import ssl
import threading
import unittest

import bench

CONFIG = """
[remote]
listen = "127.0.0.1:0"
"""


class Between:
    """Answers as a bench would, with the certificate given, and keeps every byte it is told."""

    def __init__(self, chain, key):
        self.told = b""
        self.callers = 0
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(chain, key)
        self._context.set_alpn_protocols(["h2"])
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self._listener.getsockname()[1]}"
        self._thread = threading.Thread(target=self._answer)
        self._thread.start()

    def _answer(self):
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            near.settimeout(30)
            try:
                with self._context.wrap_socket(near, server_side=True) as tls:
                    self.callers += 1
                    # One who has begun to speak is not answered, which ends the conversation.
                    self.told += tls.recv(65536)
            except OSError:  # it went away, or was not content with the certificate
                pass

    def close(self):
        # A close alone would leave the thread in its accept.
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join()


class Enrolment(unittest.TestCase):
    def setUp(self):
        self.bench = bench.Bench(config_text=CONFIG)
        self.addCleanup(self.bench.close)
        self.other = bench.Bench(config_text=CONFIG)
        self.addCleanup(self.other.close)

    @staticmethod
    def pki(of, name):
        return os.path.join(of.state_dir, "pki", name)

    def write(self, name, *parts):
        path = self.bench.path(name)
        with open(path, "w", encoding="ascii") as file:
            file.write("".join(parts))
        return path

    def read(self, path):
        with open(path, encoding="ascii") as file:
            return file.read()

    def chain(self, server, authority):
        return self.write("chain.pem", self.read(self.pki(server, "server.pem")),
                          self.read(self.pki(authority, "authority.pem")))

    def assert_told_nothing(self, chain, key):
        """Neither at the first look nor later does who shows this certificate hear a word."""
        stranger = Between(chain, key)
        self.addCleanup(stranger.close)
        code = self.bench.invite()
        refused = bench.Elsewhere(self.bench, "refused").enroll(code, address=stranger.address,
                                                                status=bench.EXIT_DENIED)
        self.assertIn("BENCH_NOT_THE_RIGHT_ONE", refused.err)
        self.assertEqual(stranger.callers, 1)
        self.assertEqual(stranger.told, b"")
        # The code was not used up by it.
        bench.Elsewhere(self.bench, "enrolled").enroll(code)

    def test_another_bench(self):
        self.assert_told_nothing(self.chain(self.other, self.other), self.pki(self.other, "server.key"))

    def test_another_bench_that_shows_the_right_authority_as_well(self):
        self.assert_told_nothing(self.chain(self.other, self.bench), self.pki(self.other, "server.key"))

    def test_somebody_with_a_certificate_of_this_bench(self):
        """A technician's own is signed by the right authority, but is no server's."""
        mallory = bench.Elsewhere(self.bench, "mallory")
        mallory.enroll(self.bench.invite())
        book = self.read(mallory.book())
        authority, own, key = ("-----BEGIN" + part for part in book.split("-----BEGIN")[1:])
        self.assert_told_nothing(self.write("own.pem", own, authority), self.write("own.key", key))

    def test_the_bench_itself_is_told(self):
        """With its own key the same listener hears the code: the others' silence means something."""
        own = Between(self.chain(self.bench, self.bench), self.pki(self.bench, "server.key"))
        self.addCleanup(own.close)
        client = threading.Thread(target=bench.Elsewhere(self.bench, "told").enroll,
                                  args=(self.bench.invite(),),
                                  kwargs={"address": own.address, "status": None})
        client.start()
        client.join(120)
        self.assertFalse(client.is_alive())
        self.assertGreaterEqual(own.callers, 2)
        self.assertIn(b"PRI * HTTP/2.0", own.told)


if __name__ == "__main__":
    unittest.main()
