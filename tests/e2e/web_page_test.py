# SPDX-License-Identifier: Apache-2.0
"""The page's listener as HTTPS: requests that are none, limits, TLS, files, metrics."""

import http.client
import os
import socket
import ssl
import sys
import unittest

from prometheus_client.parser import text_string_to_metric_families

import bench
import web_client


class Http(web_client.WebTest):
    def raw(self, data, wait=True):
        """Sends bytes; what comes back until the end."""
        stranger = self.stranger()
        host, _, port = stranger.address.rpartition(":")
        with socket.create_connection((host, int(port)), timeout=30) as plain:
            with stranger.tls.wrap_socket(plain) as connection:
                connection.sendall(data)
                answer = b""
                while wait:
                    try:
                        piece = connection.recv(65536)
                    except (ConnectionError, ssl.SSLError):
                        break
                    if not piece:
                        break
                    answer += piece
                return answer

    def test_what_is_no_request_is_refused(self):
        for data, status in ((b"nonsense\r\n\r\n", b"400"), (b"GET / HTTP/1.0\r\n\r\n", b"400"),
                             (b"GET / HTTP/1.1\r\n\r\n", b"400"),
                             (b"GET http://a/ HTTP/1.1\r\nHost: a\r\n\r\n", b"400"),
                             (b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", b"400"),
                             (b"GET / HTTP/1.1\r\nHost: a\r\nX: " + b"a" * 20000, b"431"),
                             (b"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n", b"413"),
                             (b"\x16\x03\x01" * 100 + b"\r\n\r\n", b"400")):
            self.assertEqual(self.raw(data).split(b" ")[1:2], [status], data[:60])

    def test_requests_may_follow_one_another(self):
        one = b"GET /assets/app-1a2b.js HTTP/1.1\r\nHost: a\r\n\r\n"
        last = one.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n")
        self.assertEqual(self.raw(one + one + last).count(b"let a = 1;"), 3)

    def test_connections_of_one_address_are_bounded(self):
        host, _, port = self.bench.daemon.page.rpartition(":")
        held = [socket.create_connection((host, int(port)), timeout=30) for _ in range(64)]
        try:
            with self.assertRaises((OSError, http.client.HTTPException)):
                self.stranger().ask("GET", "/")
        finally:
            for plain in held:
                plain.close()
        # The places are free again.
        for _ in range(100):
            try:
                self.assertEqual(self.stranger().ask("GET", "/")[0].status, 200)
                return
            except (OSError, http.client.HTTPException):
                continue
        self.fail("the places stay taken")

    def test_tls_is_the_bench_s_own(self):
        stranger = self.stranger()
        host, _, port = stranger.address.rpartition(":")
        tls = ssl.create_default_context(
            cafile=os.path.join(self.bench.state_dir, "pki", "authority.pem"))
        tls.check_hostname = False
        tls.set_alpn_protocols(["h2", "http/1.1"])
        with tls.wrap_socket(socket.create_connection((host, int(port)), timeout=30)) as connection:
            self.assertEqual(connection.version(), "TLSv1.3")
            self.assertEqual(connection.selected_alpn_protocol(), "http/1.1")
        old = ssl.create_default_context()
        old.check_hostname, old.verify_mode = False, ssl.CERT_NONE
        old.minimum_version = old.maximum_version = ssl.TLSVersion.TLSv1_2
        with self.assertRaises((ssl.SSLError, ConnectionError)):
            old.wrap_socket(socket.create_connection((host, int(port)), timeout=30))


class PageAndMetrics(web_client.WebTest):
    def test_the_page_and_its_files(self):
        stranger = self.stranger()
        for path in ("/", "/drives", "/units/U-0001?tab=dumps", "/login"):
            answer, data = stranger.ask("GET", path)
            self.assertEqual(answer.status, 200)
            self.assertIn(b"<title>bench</title>", data)
            self.assertEqual(answer.headers["Cache-Control"], "no-cache")
            self.assertEqual(answer.headers["Content-Type"], "text/html; charset=utf-8")
        answer, data = stranger.ask("GET", "/assets/app-1a2b.js")
        self.assertEqual(data, b"let a = 1;")
        self.assertEqual(answer.headers["Cache-Control"], "public, max-age=31536000, immutable")
        etag = answer.headers["ETag"]
        answer, data = stranger.ask("GET", "/assets/app-1a2b.js", If_None_Match=etag)
        self.assertEqual((answer.status, data), (304, b""))
        answer, data = stranger.ask("GET", "/assets/app-1a2b.js", Accept_Encoding="gzip, br")
        self.assertEqual((answer.headers["Content-Encoding"], data), ("gzip", b"compressed"))
        self.assertNotEqual(answer.headers["ETag"], etag)
        answer, data = stranger.ask("HEAD", "/assets/app-1a2b.js")
        self.assertEqual((answer.headers["Content-Length"], data), ("10", b""))
        self.assertEqual(stranger.ask("GET", "/assets/none.js")[0].status, 404)
        self.assertEqual(stranger.ask("PUT", "/")[0].status, 405)

    def test_no_path_leads_out(self):
        for path in ("/../firmbenchd.toml", "/assets/../../firmbenchd.toml", "/..%2ffirmbenchd.toml",
                     "/assets/..%2f..%2ffirmbenchd.toml", "//etc/passwd", "/assets//etc/passwd"):
            answer, data = self.stranger().ask("GET", path)
            self.assertNotIn(b"listen", data, path)
            self.assertNotIn(b"root:", data, path)

    def test_metrics_are_what_a_scraper_reads(self):
        drive = self.bench.drive("LTR-48246S")
        self.bench.ok("backup", drive["name"])

        def scrape():
            answer, data = self.stranger().ask("GET", "/metrics")
            self.assertEqual(answer.status, 200)
            self.assertTrue(answer.headers["Content-Type"].startswith("text/plain; version=0.0.4"))
            return data.decode(), {family.name: family for family in
                                   text_string_to_metric_families(data.decode())}

        # The job is counted a moment after it has ended.
        for _ in range(100):
            text, families = scrape()
            if families["firmbench_jobs"].samples:
                break
        with open(os.path.join(bench.SOURCE, "daemon", "web", "README.md"), encoding="utf-8") as file:
            told = {line.split("`")[1]: line.split("|")[2].strip() for line in file
                    if line.startswith("| `firmbench_")}
        named = {name.removesuffix("_total"): kind for name, kind in told.items()}
        self.assertEqual({name: family.type for name, family in families.items()}, named)
        for family in families.values():
            self.assertTrue(family.documentation.endswith("."), family.name)

        def value(name, **labels):
            return next(s.value for f in families.values() for s in f.samples
                        if s.name == name and s.labels == labels)

        self.assertEqual(value("firmbench_jobs_total", kind="backup", result="SUCCEEDED",
                               outcome="UNCHANGED"), 1)
        self.assertEqual(value("firmbench_job_duration_seconds_count", kind="backup"), 1)
        self.assertGreater(value("firmbench_read_bytes_total"), 500000)
        self.assertEqual(value("firmbench_written_bytes_total"), 0)
        self.assertEqual(value("firmbench_drives", condition="ready"), 3)
        self.assertEqual(value("firmbench_lanes", state="busy"), 0)
        self.assertEqual(value("firmbench_ledger_writable"), 1)
        self.assertGreaterEqual(value("firmbench_calls_total", method="CreateJob", allowed="true"), 1)
        units = self.bench.json("unit", "list")["units"]
        for serial in {unit["serial"] for unit in units} - {"", None}:
            self.assertNotIn(serial, text)
        self.assertNotIn("U-0001", text)


class AsAService(web_client.WebTest):
    """Under the filter of system calls of the unit."""

    def test_the_page_is_served_there(self):
        confined = [sys.executable, "-B", os.path.join(os.path.dirname(__file__), "confined.py"),
                    os.path.join(bench.SOURCE, "deploy", "systemd", "firmbenchd.service")]
        self.bench.daemon.stop()
        self.bench.within = confined
        self.bench.start()
        self.assertEqual(len(self.browser().call("DriveService/ListDrives").drives), 3)
        self.assertEqual(self.stranger().ask("GET", "/metrics")[0].status, 200)
        found = {c["subject"]: c for c in self.bench.json("bench", "doctor")["checks"]}
        self.assertEqual(found["page"]["verdict"], "VERDICT_GOOD", found["page"])
        os.remove(self.bench.path("page/index.html"))
        found = {c["subject"]: c for c in self.bench.json("bench", "doctor")["checks"]}
        self.assertEqual(found["page"]["reason"], "PAGE_MISSING")


class Off(unittest.TestCase):
    def test_without_a_page_there_is_no_link(self):
        plain = bench.Bench()
        self.addCleanup(plain.close)
        self.assertIsNone(plain.daemon.page)
        done = plain.firmbench("web", "login")
        self.assertEqual(done.status, bench.EXIT_FAILED)
        self.assertIn("PAGE_OFF", done.err)
        self.assertFalse(os.path.exists(os.path.join(plain.state_dir, "pki")))
