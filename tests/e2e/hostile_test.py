# SPDX-License-Identifier: Apache-2.0
"""Clients that mean harm, or know no better: messages without end from many sides, and watchers that
never read. The daemon stays small, and what it does for others goes on."""

import concurrent.futures
import functools
import os
import re
import unittest

import grpc

import bench
import http2
import web_client

CONFIG = '[remote]\nlisten = "127.0.0.1:0"\n'
ENROLL = "/firmbench.v1.EnrollmentService/Enroll"
WRITE = "/firmbench.v1.ImageService/WriteUpload"
WATCH = "/firmbench.v1.BenchService/WatchEvents"
MIB = 1 << 20
# The largest message of the API is a little less.
PIECE = 2 * MIB - 10000
CONNECTIONS, STREAMS = 4, 100
# What the backup beside a flood takes while it runs: its trace.
JOB = 24 * MIB
PATIENCE_SECONDS = 60


class Hostile(unittest.TestCase):
    def setUp(self):
        self.bench = bench.Bench(config_text=CONFIG)
        self.addCleanup(self.bench.close)
        self.remote = self.bench.daemon.remote
        # Everything that is made once is there before anybody measures.
        self.drive = self.bench.drive("LTR-48246S")["name"]
        self.bench.backup(self.drive)
        self.certificate = self.enroll("alice")

    def enroll(self, name):
        """The file with somebody's certificate and key."""
        somebody = bench.Elsewhere(self.bench, name)
        somebody.enroll(self.bench.invite(name))
        with open(somebody.book(), encoding="ascii") as file:
            text = file.read()
        self.server_name = re.search("^server_name=(.*)$", text, re.MULTILINE).group(1)
        blocks = re.findall(r"-----BEGIN.*?-----END[^\n]*\n", text, re.DOTALL)
        # The bench's own comes first.
        return self.bench.write(f"{name}.pem", "".join(blocks[1:]))

    def check_flood(self, connect, path, enough, backup=None, most=64 * MIB):
        memory = bench.Memory(self.bench.daemon.pid)
        with http2.Flood(connect, CONNECTIONS, path, STREAMS, PIECE) as flood:
            self.assertTrue(flood.wait_for(lambda: flood.sent > MIB // 2, PATIENCE_SECONDS))
            (backup or self.bench.ok)("backup", self.drive)
            self.assertTrue(flood.wait_for(lambda: enough(flood), PATIENCE_SECONDS),
                            f"{flood.begun} connections, {flood.sent} bytes, {flood.ended} calls")
        self.assertLess(memory.grown(), most + JOB)
        # The first is that of setUp.
        self.assertEqual([job["result"] for job in self.bench.jobs()], ["RESULT_SUCCEEDED"] * 2)

    def test_strangers_send_without_end(self):
        # Each time they are cut off after a little.
        self.check_flood(functools.partial(http2.over_tls, self.remote), ENROLL,
                         lambda flood: flood.begun >= 100)

    def test_somebody_with_a_certificate_sends_without_end(self):
        self.enroll("bob")
        self.check_flood(functools.partial(http2.over_tls, self.remote, self.certificate), WRITE,
                         lambda flood: flood.begun >= 20, bench.Elsewhere(self.bench, "bob").ok)

    def test_a_local_user_sends_without_end(self):
        # gRPC alone bounds it, and comes to it late; it ends whosever calls of users of this PC.
        self.check_flood(functools.partial(http2.over_unix, self.bench.socket), WRITE,
                         lambda flood: flood.ended >= 100,
                         bench.Elsewhere(self.bench, "alice").ok, most=128 * MIB)

    def test_whoever_keeps_the_most_is_ended_first(self):
        others = http2.Connection(http2.over_tls(self.remote, self.enroll("bob")))
        self.addCleanup(others.close)
        begin_upload(others, PIECE // 2)
        greedy = []
        with self.assertRaises(OSError):
            for _ in range(4):
                greedy.append(http2.Connection(http2.over_tls(self.remote, self.certificate)))
                self.addCleanup(greedy[-1].close)
                # Less than one connection may keep.
                for _ in range(3):
                    begin_upload(greedy[-1], PIECE - 1)
            for _ in range(20):
                for connection in greedy:
                    connection.read(0.1)
        others.read(0.2)
        begin_upload(others, 1000)

    def test_who_guesses_codes_is_in_nobody_elses_way(self):
        code = self.bench.invite("bob", "viewer")
        guess = web_client.message("firmbench.v1.EnrollRequest", code="bbbb" + code[4:])
        guesser = http2.Connection(http2.over_tls(self.remote, source="127.0.0.9"))
        self.addCleanup(guesser.close)
        for number in range(1, 26):
            guesser.send(guesser.begin(ENROLL), http2.grpc_message(guess.SerializeToString()), end=True)
            while len(guesser.ended) < number:
                guesser.read(PATIENCE_SECONDS)
        # From 127.0.0.1.
        self.enroll("bob")

    def channel(self):
        """As alice, over TLS."""
        with open(os.path.join(self.bench.state_dir, "pki", "authority.pem"), "rb") as file:
            authority = file.read()
        with open(self.certificate, "rb") as file:
            own = file.read()
        certificate, key = own.split(b"-----BEGIN PRIVATE", 1)
        channel = grpc.secure_channel(
            self.remote, grpc.ssl_channel_credentials(authority, b"-----BEGIN PRIVATE" + key,
                                                      certificate),
            options=(("grpc.ssl_target_name_override", self.server_name),))
        self.addCleanup(channel.close)
        return channel

    def test_what_people_do_fits_into_the_memory_for_messages(self):
        """32 watchers, and four uploads at a time of as much as the API allows."""
        channel = self.channel()
        watchers = [channel.unary_stream(WATCH)(b"", timeout=PATIENCE_SECONDS) for _ in range(32)]
        for watcher in watchers:
            next(watcher)

        def upload(_):
            upload = call(channel, "ImageService/CreateUpload", file_name="a.bin", size_bytes=2 * MIB)
            for begin in (0, MIB):
                upload = call(channel, "ImageService/WriteUpload", name=upload.name,
                              offset_bytes=begin, data=bytes(MIB))
            return upload.received_bytes

        with concurrent.futures.ThreadPoolExecutor(4) as people:
            self.assertEqual(list(people.map(upload, range(4))), [2 * MIB] * 4)
        self.bench.backup(self.drive)
        for watcher in watchers:
            next(watcher)
            watcher.cancel()


class Browsers(web_client.WebTest):
    def test_bodies_without_end(self):
        """Somebody with a session sends as much as a request may have, but its end, 40 times."""
        somebody = self.browser()
        somebody.call("DriveService/ListDrives")
        memory = bench.Memory(self.bench.daemon.pid)
        body, held = bytes(3 * MIB), []
        for _ in range(40):
            held.append(somebody.connect())
            self.addCleanup(held[-1].close)
            held[-1].putrequest("POST", "/firmbench.v1.ImageService/WriteUpload")
            for name, value in somebody.headers({"Content-Type": web_client.BINARY,
                                                 "Content-Length": str(len(body))}).items():
                held[-1].putheader(name, value)
            try:
                held[-1].endheaders(body[:-1])
            except OSError:
                pass  # shown out
        self.assertLess(memory.grown(), 64 * MIB)
        # What is small is still served, and what is large as soon as there is room.
        somebody.call("DriveService/ListDrives")
        self.assertEqual(too_much(somebody, body), 503)
        for connection in held:
            connection.close()
        for _ in range(100):
            if too_much(somebody, body) == 200:
                return
        self.fail("the room stays taken")


def too_much(browser, body):
    """The status of a large request."""
    connection = browser.connect()
    try:
        connection.request("POST", "/firmbench.v1.ImageService/WriteUpload", body,
                           browser.headers({"Content-Type": web_client.BINARY}))
        return connection.getresponse().status
    except OSError:
        return None
    finally:
        connection.close()


def begin_upload(connection, size):
    """Sends so much of a piece of PIECE bytes."""
    stream = connection.begin(WRITE)
    message = http2.grpc_message(b"\x0a" * size, PIECE)
    while message:
        message = message[connection.send(stream, message):]
        connection.read(0.001 if connection.room(stream) else 5)


def call(channel, rpc, /, **fields):
    method = web_client.method(rpc)
    answer = web_client.message(method.output_type.full_name)
    request = web_client.message(method.input_type.full_name, **fields)
    return channel.unary_unary(
        f"/{method.containing_service.full_name}/{method.name}",
        request_serializer=lambda message: message.SerializeToString(),
        response_deserializer=type(answer).FromString)(request, timeout=PATIENCE_SECONDS)


# As on a real drive but faster, so that the flash has a middle.
PACED = """\
# SPDX-License-Identifier: Apache-2.0
[time]
mode = "paced"
speed = 20.0

[[drives]]
model = "LTR-48246S"
bay = "bay 1"
"""


class Silent(unittest.TestCase):
    def test_a_flash_does_not_wait_for_watchers_that_never_read(self):
        served = bench.Bench(scenario_text=PACED)
        self.addCleanup(served.close)
        drive = served.drive("LTR-48246S")["name"]
        image = served.add_image(served.make_image("LTR-48246S", "SS0D"))
        silent = []
        # Some let the daemon send nothing at all, the others what goes into the sockets.
        for window in (0, 0, 0, http2.WINDOW, http2.WINDOW, http2.WINDOW):
            silent.append(http2.Connection(http2.over_unix(served.socket), window))
            self.addCleanup(silent[-1].close)
            for _ in range(10):
                silent[-1].send(silent[-1].begin(WATCH), http2.grpc_message(b""), end=True)
        served.ok("flash", drive, image, "--yes")
        job = served.last_job(drive)
        self.assertEqual(job["outcome"], "OUTCOME_CHANGED_VERIFIED")
        # They were there all the time: of one person there can be 64.
        late = http2.Connection(http2.over_unix(served.socket))
        self.addCleanup(late.close)
        for _ in range(5):
            late.send(late.begin(WATCH), http2.grpc_message(b""), end=True)
        for _ in range(100):
            if late.ended:
                break
            late.read(0.2)
        self.assertEqual(len(late.ended), 1)


if __name__ == "__main__":
    unittest.main()
