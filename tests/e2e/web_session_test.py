# SPDX-License-Identifier: Apache-2.0
"""How a person comes into the page, and how that ends."""

import http.client
import json
import os
import re
import threading

import bench
import web_client
from web_client import UNAUTHENTICATED, Browser


class Sessions(web_client.WebTest):
    def test_the_link_is_printed_and_good_once(self):
        done = self.bench.ok("web", "login")
        lines = done.out.splitlines()
        self.assertEqual(len(lines), 3, done.out)
        # Aligned: every value begins in the same column.
        self.assertEqual(len({re.match(r"[^:]+:\s+", line).end() for line in lines}), 1, done.out)
        link = self.bench.json("web", "login")
        self.assertRegex(link["url"], rf"^https://{self.bench.daemon.page}/login#[a-z0-9]+$")
        self.assertEqual(link["credential"]["kind"], "login_link")
        browser = self.stranger()
        answer, data = browser.login(link["url"])
        self.assertEqual((answer.status, data), (204, b""))
        cookie = answer.headers["Set-Cookie"]
        self.assertEqual(cookie.partition("=")[0], "__Host-firmbench")
        flags = cookie.split("; ")[1:]
        self.assertEqual(set(flags) - {f for f in flags if f.startswith("Max-Age=")},
                         {"Path=/", "HttpOnly", "Secure", "SameSite=Strict"})
        self.assertIn(int(cookie.partition("Max-Age=")[2].partition(";")[0]),
                      range(12 * 3600 - 120, 12 * 3600 + 1))
        again, data = self.stranger().login(link["url"])
        self.assertEqual(again.status, 401)
        self.assertEqual(json.loads(data)["reason"], "LOGIN_LINK_INVALID")
        self.assertIsNone(again.headers["Set-Cookie"])
        # Who used it stays in.
        self.assertEqual(len(browser.call("DriveService/ListDrives").drives), 3)
        actions = [e["action"] for e in self.bench.json("audit", "list")["audit_entries"]]
        self.assertLessEqual({"access.login_link", "access.login"}, set(actions))

    def test_two_at_once_are_one(self):
        url, answers = self.bench.json("web", "login")["url"], []

        def enter():
            browser = Browser(self.bench.daemon.page)
            answers.append(browser.login(url)[0].status)
            browser.close()

        threads = [threading.Thread(target=enter) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(sorted(answers), [204] + [401] * 7)

    def test_secrets_are_kept_nowhere(self):
        url = self.bench.json("web", "login")["url"]
        browser = self.stranger()
        browser.login(url)
        rows = self.bench.sql("SELECT kind, secret_sha256 FROM credentials")
        self.assertIn("session", {row["kind"] for row in rows})
        with open(os.path.join(self.bench.state_dir, "ledger.db"), "rb") as file:
            ledger = file.read()
        try:
            with open(os.path.join(self.bench.state_dir, "ledger.db-wal"), "rb") as file:
                ledger += file.read()
        except FileNotFoundError:
            pass
        for secret in (browser.cookie, url.partition("#")[2]):
            self.assertNotIn(secret.encode(), ledger)
            self.assertNotIn(secret, self.bench.daemon.log())

    def test_a_restart_keeps_the_session(self):
        browser = self.browser()
        self.bench.restart()
        browser.close()
        browser.address = self.bench.daemon.page
        self.assertEqual(len(browser.call("DriveService/ListDrives").drives), 3)

    def test_signing_out_ends_it(self):
        browser = self.browser()
        cookie = browser.cookie
        answer, _ = browser.ask("DELETE", "/session")
        self.assertEqual(answer.status, 204)
        self.assertIn("Max-Age=0", answer.headers["Set-Cookie"])
        self.assertEqual(browser.ask("DELETE", "/session")[0].status, 204)
        browser.cookie = cookie
        self.fails_with("SESSION_ENDED", browser.call, "DriveService/ListDrives")

    def test_revoking_ends_running_streams_at_once(self):
        browser = self.browser()
        stream = browser.stream("BenchService/WatchEvents")
        self.assertIsNotNone(stream.next())
        name = browser.call("AccessService/GetCaller").known_by.split()[1]
        self.bench.ok("token", "revoke", name)

        def to_the_end():
            while stream.next() is not None:
                pass

        failed = self.fails_with("SESSION_ENDED", to_the_end)
        self.assertEqual(failed.code, UNAUTHENTICATED)
        self.fails_with("SESSION_ENDED", browser.call, "DriveService/ListDrives")

    def test_a_session_ends_with_its_token(self):
        made = self.bench.json("token", "create", "--role", "technician")
        browser = self.stranger()
        answer, _ = browser.open({"token": made["token"]})
        self.assertEqual(answer.status, 204)
        self.assertEqual(browser.call("AccessService/GetCaller").role, "technician")
        # From the page another screen is let in, which ends with it as well.
        link = browser.call("AccessService/CreateLoginLink")
        other = self.stranger()
        self.assertEqual(other.login(link.url)[0].status, 204)
        unused = browser.call("AccessService/CreateLoginLink")
        self.bench.ok("token", "revoke", made["credential"]["name"])
        for ended in (browser, other):
            self.fails_with("SESSION_ENDED", ended.call, "DriveService/ListDrives")
        self.assertEqual(self.stranger().login(unused.url)[0].status, 401)

    def test_stopping_ends_streams_and_does_not_wait_for_them(self):
        browser = self.browser()
        stream = browser.stream("BenchService/WatchEvents")
        self.assertIsNotNone(stream.next())
        self.assertEqual(self.bench.daemon.stop(timeout=20), 0)
        self.bench.start()
        with self.assertRaises((web_client.CallFailed, AssertionError, OSError,
                                http.client.HTTPException)):
            while stream.next() is not None:
                pass
        stream.close()

    def test_wrong_secrets(self):
        for wrong in ({"secret": "a" * 51}, {"token": "fbt_" + "a" * 51}):
            answer, data = self.stranger().open(wrong)
            self.assertEqual(answer.status, 401)
            self.assertIn(json.loads(data)["reason"], ("LOGIN_LINK_INVALID", "TOKEN_INVALID"))
        for body in (b"", b"{}", b'{"secret":"a","token":"b"}', b"\0" * 100):
            answer, _ = self.stranger().ask("POST", "/session", body)
            self.assertEqual(answer.status, 400)
        answer, _ = self.stranger().ask("POST", "/session", b"x" * (17 << 10))
        self.assertEqual(answer.status, 413)


class Attempts(web_client.WebTest):
    def test_many_wrong_links_wait(self):
        stranger = self.stranger()
        statuses = [stranger.open({"secret": f"wrong{i}"})[0].status for i in range(25)]
        self.assertEqual(statuses[0], 401)
        self.assertEqual(statuses[-1], 429)
        # From the same address not even a good one.
        self.assertEqual(stranger.login(self.bench.json("web", "login")["url"])[0].status, 429)


class Links(web_client.WebTest):
    def test_links_of_one_person_are_bounded(self):
        for _ in range(10):
            self.bench.ok("web", "login")
        done = self.bench.firmbench("web", "login")
        self.assertEqual(done.status, bench.EXIT_FAILED)
        self.assertIn("TOO_MANY_CREDENTIALS", done.err)
