# SPDX-License-Identifier: Apache-2.0
"""What a browser does with the bench's page, in a few lines: HTTPS, a cookie, gRPC-Web."""

import base64
import functools
import http.client
import json
import os
import socket
import ssl
import subprocess
import tempfile
import urllib.parse

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

import bench

PAGE_CONFIG = '[web]\nlisten = "127.0.0.1:0"\n'
COOKIE = "__Host-firmbench"
BINARY, TEXT = "application/grpc-web+proto", "application/grpc-web-text+proto"
TIMEOUT = 60

OK, CANCELLED, INVALID_ARGUMENT, DEADLINE_EXCEEDED = 0, 1, 3, 4
PERMISSION_DENIED, UNIMPLEMENTED, UNAUTHENTICATED = 7, 12, 16


@functools.lru_cache
def schema():
    """The API's descriptors, from its sources."""
    folder = os.path.join(bench.SOURCE, "proto")
    names = sorted(f"firmbench/v1/{name}" for name in os.listdir(f"{folder}/firmbench/v1"))
    with tempfile.NamedTemporaryFile() as out:
        subprocess.run(["protoc", "-I", folder, "--include_imports",
                        f"--descriptor_set_out={out.name}", *names], check=True)
        files = descriptor_pb2.FileDescriptorSet.FromString(out.read())
    pool = descriptor_pool.DescriptorPool()
    for file in files.file:
        pool.Add(file)
    return pool, names


def every_method():
    """All RPCs of the API."""
    pool, names = schema()
    for name in names:
        for service in pool.FindFileByName(name).services_by_name.values():
            yield from service.methods


def message(full_name, /, **fields):
    pool, _ = schema()
    factory = message_factory.MessageFactory(pool)
    return factory.GetPrototype(pool.FindMessageTypeByName(full_name))(**fields)


def method(name):
    """Of "DriveService/ListDrives"."""
    service, _, short = name.partition("/")
    return schema()[0].FindServiceByName(f"firmbench.v1.{service}").methods_by_name[short]


class CallFailed(Exception):
    def __init__(self, code, reason, text):
        super().__init__(f"{code} {reason}: {text}")
        self.code, self.reason = code, reason


def frame(data, flag=0):
    return bytes([flag]) + len(data).to_bytes(4, "big") + data


def _details(trailers):
    packed = trailers.get("grpc-status-details-bin", "")
    status = message("firmbench.v1.RpcStatus")
    status.ParseFromString(base64.b64decode(packed + "=" * (-len(packed) % 4)))
    info = message("firmbench.v1.ErrorInfo")
    for detail in status.details:
        detail.Unpack(info)
    return info


def check_end(trailers):
    code = int(trailers["grpc-status"])
    if code != OK:
        raise CallFailed(code, _details(trailers).reason,
                         urllib.parse.unquote(trailers.get("grpc-message", "")))


class Browser:
    """One browser: its own cookies, one connection at a time unless it streams."""

    def __init__(self, address):
        self.address, self.cookie = address, ""
        # The bench's authority is nobody's that a browser knows; the tests of TLS look at it.
        self.tls = ssl.create_default_context()
        self.tls.check_hostname, self.tls.verify_mode = False, ssl.CERT_NONE
        self._kept = None

    def connect(self):
        host, _, port = self.address.rpartition(":")
        return http.client.HTTPSConnection(host, int(port), timeout=TIMEOUT, context=self.tls)

    def headers(self, more):
        own = {"X-Firmbench": "1", "Origin": f"https://{self.address}",
               "Sec-Fetch-Site": "same-origin"}
        if self.cookie:
            own["Cookie"] = f"{COOKIE}={self.cookie}"
        return {k: v for k, v in {**own, **more}.items() if v is not None}

    def ask(self, verb, path, body=None, **headers):
        """The answer and its body; `headers` None leaves one away."""
        if self._kept is None:
            self._kept = self.connect()
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        try:
            self._kept.request(verb, path, body, self.headers(named))
            answer = self._kept.getresponse()
            data = answer.read()
        except (http.client.HTTPException, OSError):
            self._kept.close()
            self._kept = None
            raise
        return answer, data

    def login(self, url):
        """With the link of `firmbench web login`; the answer."""
        return self.open({"secret": url.partition("#")[2]})

    def open(self, credential, **headers):
        answer, data = self.ask("POST", "/session", json.dumps(credential),
                                Content_Type="application/json", **headers)
        if answer.status == 204:
            self.cookie = answer.headers["Set-Cookie"].partition("=")[2].partition(";")[0]
        return answer, data

    def raw_call(self, name, request, text=False, **headers):
        """The HTTP answer, the messages and the trailers."""
        body = frame(request)
        answer, data = self.ask("POST", f"/firmbench.v1.{name}",
                                base64.b64encode(body) if text else body,
                                Content_Type=TEXT if text else BINARY, **headers)
        if "grpc-status" in answer.headers:
            return answer, [], dict(answer.headers.items())
        reader = Frames(text)
        frames = reader.take(data)
        messages = [data for flag, data in frames if flag == 0]
        return answer, messages, trailers_in(frames[-1]) if frames else {}

    def call(self, rpc, text=False, headers=None, /, **fields):
        """A unary RPC, "DriveService/ListDrives"; the response."""
        kind = method(rpc)
        request = message(kind.input_type.full_name, **fields).SerializeToString()
        answer, messages, trailers = self.raw_call(rpc, request, text, **(headers or {}))
        if answer.status != 200:
            raise AssertionError(f"{rpc}: HTTP {answer.status}")
        check_end(trailers)
        return message(kind.output_type.full_name).FromString(messages[0])

    def stream(self, rpc, text=False, /, **fields):
        return Stream(self, rpc, text, fields)

    def close(self):
        if self._kept:
            self._kept.close()
            self._kept = None


def trailers_in(framed):
    flag, data = framed
    if flag != 0x80:
        raise AssertionError(f"the last frame has the flag {flag:#x}")
    return dict(line.split(":", 1) for line in data.decode().split("\r\n") if line)


class Frames:
    """Takes bytes as they come; frames out of them."""

    def __init__(self, text):
        self.text, self.letters, self.data = text, b"", b""

    def take(self, data):
        if self.text:
            # Parts are padded each on its own: four letters are always whole.
            self.letters += data
            whole = len(self.letters) // 4 * 4
            for at in range(0, whole, 4):
                self.data += base64.b64decode(self.letters[at:at + 4])
            self.letters = self.letters[whole:]
        else:
            self.data += data
        frames = []
        while len(self.data) >= 5:
            length = int.from_bytes(self.data[1:5], "big")
            if len(self.data) < 5 + length:
                break
            frames.append((self.data[0], self.data[5:5 + length]))
            self.data = self.data[5 + length:]
        return frames


class Stream:
    """A call whose messages come one by one, on a connection of its own."""

    def __init__(self, browser, name, text, fields):
        kind = method(name)
        self.output = kind.output_type.full_name
        body = frame(message(kind.input_type.full_name, **fields).SerializeToString())
        self.connection = browser.connect()
        self.connection.request(
            "POST", f"/firmbench.v1.{name}", base64.b64encode(body) if text else body,
            browser.headers({"Content-Type": TEXT if text else BINARY}))
        self.answer = self.connection.getresponse()
        self.frames, self.waiting = Frames(text), []
        if "grpc-status" in self.answer.headers:
            check_end(dict(self.answer.headers.items()))

    def next(self):
        """The next message; None at the end; CallFailed."""
        while not self.waiting:
            data = self.answer.read1(65536)
            if not data:
                raise AssertionError("the stream ended without trailers")
            self.waiting += self.frames.take(data)
        flag, data = self.waiting.pop(0)
        if flag == 0x80:
            check_end(trailers_in((flag, data)))
            return None
        return message(self.output).FromString(data)

    def close(self):
        """As a browser whose tab is closed."""
        if self.connection.sock:
            try:
                self.connection.sock.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass  # the bench was faster
        self.answer.close()
        self.connection.close()


def of(running, role=None):
    """A browser that came in with a link, as whoever runs the tests, or with a token of that role."""
    browser = Browser(running.daemon.page)
    if role is None:
        answer, data = browser.login(running.json("web", "login")["url"])
    else:
        token = running.json("token", "create", "--role", role)["token"]
        answer, data = browser.open({"token": token})
    if answer.status != 204:
        raise AssertionError(f"no session: HTTP {answer.status} {data!r}")
    return browser


class WebTest(bench.BenchTest):
    """One bench with a page of a few files."""

    config = PAGE_CONFIG

    @classmethod
    def setUpClass(cls):
        cls.bench = bench.Bench(start=False)
        cls.addClassCleanup(cls.bench.close)
        page = cls.bench.path("page")
        os.makedirs(page + "/assets")
        for name, content in {"index.html": "<!doctype html><title>bench</title>",
                              "assets/app-1a2b.js": "let a = 1;",
                              "assets/app-1a2b.js.gz": "compressed"}.items():
            cls.bench.write(f"page/{name}", content)
        cls.bench.write("firmbenchd.toml", cls.config + f'page = "{page}"\n')
        cls.bench.options = ["--config", cls.bench.path("firmbenchd.toml")]
        cls.bench.start()

    @classmethod
    def tearDownClass(cls):
        pass

    def browser(self, role=None):
        made = of(self.bench, role)
        self.addCleanup(made.close)
        return made

    def stranger(self):
        made = Browser(self.bench.daemon.page)
        self.addCleanup(made.close)
        return made

    def fails_with(self, reason, function, /, *arguments, **named):
        with self.assertRaises(CallFailed) as caught:
            function(*arguments, **named)
        self.assertEqual(caught.exception.reason, reason)
        return caught.exception
