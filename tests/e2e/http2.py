# SPDX-License-Identifier: Apache-2.0
"""HTTP/2 by hand (RFC 9113), for clients that no library would let us be: calls whose message never
ends, and watchers that never read."""

import socket
import ssl
import struct
import threading

DATA, HEADERS, RST_STREAM, SETTINGS, PING, GOAWAY, WINDOW_UPDATE = 0, 1, 3, 4, 6, 7, 8
ACK, END_STREAM, END_HEADERS = 1, 1, 4
MAX_CONCURRENT_STREAMS, INITIAL_WINDOW_SIZE = 3, 4
WINDOW = 65535  # of a stream and of a connection, until somebody says otherwise
LARGEST_FRAME = 16384


def frame(kind, flags, stream, payload=b""):
    return struct.pack(">I", len(payload))[1:] + struct.pack(">BBI", kind, flags, stream) + payload


def _header(name, value):
    """A literal without indexing, no Huffman (RFC 7541, 6.2.2); both shorter than 127 bytes."""
    return bytes([0, len(name)]) + name.encode() + bytes([len(value)]) + value.encode()


def grpc_message(data, declared=None):
    return b"\0" + struct.pack(">I", len(data) if declared is None else declared) + data


def over_tls(address, certificate_file=None, source=None):
    host, _, port = address.rpartition(":")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.set_alpn_protocols(["h2"])
    if certificate_file:
        context.load_cert_chain(certificate_file)
    return context.wrap_socket(socket.create_connection(
        (host, int(port)), timeout=20, source_address=source and (source, 0)))


def over_unix(path):
    plain = socket.socket(socket.AF_UNIX)
    plain.settimeout(20)
    plain.connect(path)
    return plain


class Connection:
    """Windows are kept as the protocol asks, so that whatever the other end takes in is its own
    choice. One thread."""

    def __init__(self, connected, window=2**31 - 1):
        self.socket = connected
        self.settings, self.ended, self.sent = {}, {}, 0
        self._window, self._windows, self._came, self._next = WINDOW, {}, b"", 1
        settings = struct.pack(">HI", INITIAL_WINDOW_SIZE, window)
        self.socket.sendall(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + frame(SETTINGS, 0, 0, settings))

    def close(self):
        self.socket.close()

    def begin(self, path):
        """A call of the method, "/firmbench.v1.BenchService/WatchEvents"; its stream's number."""
        stream, self._next = self._next, self._next + 2
        self._windows[stream] = self.settings.get(INITIAL_WINDOW_SIZE, WINDOW)
        headers = ((":method", "POST"), (":scheme", "http"), (":path", path), (":authority", "x"),
                   ("content-type", "application/grpc"), ("te", "trailers"))
        block = b"".join(_header(name, value) for name, value in headers)
        self.socket.sendall(frame(HEADERS, END_HEADERS, stream, block))
        return stream

    def room(self, stream):
        return max(0, min(self._windows.get(stream, 0), self._window, LARGEST_FRAME))

    def send(self, stream, data, end=False):
        """As much as there is room for; how much that was."""
        piece = data[:self.room(stream)]
        if piece or not data:
            self._windows[stream] -= len(piece)
            self._window -= len(piece)
            self.sent += len(piece)
            last = END_STREAM if end and len(piece) == len(data) else 0
            self.socket.sendall(frame(DATA, last, stream, piece))
        return len(piece)

    def read(self, seconds):
        """Takes in what there is; waits that long for it. OSError when the other end has closed."""
        self.socket.settimeout(seconds)
        try:
            came = self.socket.recv(65536)
        except TimeoutError:
            return
        finally:
            self.socket.settimeout(20)
        if not came:
            raise ConnectionResetError("closed by the other end")
        self._came += came
        while len(self._came) >= 9:
            length = int.from_bytes(self._came[:3], "big")
            if len(self._came) < 9 + length:
                return
            kind, flags, stream = struct.unpack(">BBI", self._came[3:9])
            payload, self._came = self._came[9:9 + length], self._came[9 + length:]
            self._take(kind, flags, stream & 0x7fffffff, payload)

    def _take(self, kind, flags, stream, payload):
        if kind == SETTINGS and not flags & ACK:
            before = self.settings.get(INITIAL_WINDOW_SIZE, WINDOW)
            self.settings.update(struct.iter_unpack(">HI", payload))
            more = self.settings.get(INITIAL_WINDOW_SIZE, WINDOW) - before
            self._windows = {number: room + more for number, room in self._windows.items()}
            self.socket.sendall(frame(SETTINGS, ACK, 0))
        elif kind == PING and not flags & ACK:
            self.socket.sendall(frame(PING, ACK, 0, payload))
        elif kind == WINDOW_UPDATE:
            more = int.from_bytes(payload, "big")
            if stream == 0:
                self._window += more
            elif stream in self._windows:
                self._windows[stream] += more
        elif kind == RST_STREAM or (kind == HEADERS and flags & END_STREAM):
            self.ended[stream] = kind
            self._windows.pop(stream, None)
        elif kind == GOAWAY:
            raise ConnectionResetError("sent away")


class Flood:
    """Connections that each keep `streams` calls of `path` open and send a message of `size` bytes
    on each, all but its end. What is closed begins again. A context manager."""

    def __init__(self, connect, count, path, streams, size):
        self.connect, self.path, self.streams, self.size = connect, path, streams, size
        self.begun = self.sent = self.ended = 0
        self._lock, self._stop = threading.Condition(), threading.Event()
        self._threads = [threading.Thread(target=self._run, daemon=True) for _ in range(count)]

    def __enter__(self):
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def wait_for(self, enough, seconds):
        with self._lock:
            return self._lock.wait_for(enough, seconds)

    def _run(self):
        while not self._stop.is_set():
            try:
                connection = Connection(self.connect())
            except OSError:
                self._count(begun=1)
                continue
            try:
                self._flood(connection)
            except OSError:
                pass
            connection.close()
            self._count(begun=1)

    def _flood(self, connection):
        message = grpc_message(b"", self.size) + b"\x0a" * (self.size - 1)
        at = {}
        while not self._stop.is_set():
            for stream in [stream for stream in at if stream in connection.ended]:
                del at[stream]
                self._count(ended=1)
            while len(at) < min(self.streams, connection.settings.get(MAX_CONCURRENT_STREAMS, 1)):
                at[connection.begin(self.path)] = 0
            sent = 0
            for stream, begin in at.items():
                given = connection.send(stream, message[begin:begin + LARGEST_FRAME])
                at[stream] += given
                sent += given
            self._count(sent=sent)
            connection.read(0.001 if sent else 0.05)

    def _count(self, begun=0, sent=0, ended=0):
        with self._lock:
            self.begun += begun
            self.sent += sent
            self.ended += ended
            self._lock.notify_all()
