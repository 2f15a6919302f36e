# SPDX-License-Identifier: Apache-2.0
"""The page's way to the API: calls, streams, roles, origins, as a browser meets them."""

import json
import os

import web_client
from web_client import (BINARY, DEADLINE_EXCEEDED, INVALID_ARGUMENT, TEXT, UNAUTHENTICATED,
                        UNIMPLEMENTED, CallFailed)

ROLES = ("viewer", "auditor", "technician", "manager")
CSP = ("default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
       "font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; "
       "frame-ancestors 'none'; manifest-src 'self'")


class Calls(web_client.WebTest):
    def test_unary_calls_in_both_forms(self):
        browser = self.browser()
        for text in (False, True):
            drives = browser.call("DriveService/ListDrives", text).drives
            self.assertEqual({d.model for d in drives}, {"LTR-48246S", "LTR-52327S", "LDW-451S"})
            answer, _, _ = browser.raw_call("DriveService/ListDrives", b"", text)
            self.assertEqual(answer.headers["Content-Type"], TEXT if text else BINARY)

    def test_errors_are_those_of_the_api(self):
        browser = self.browser()
        failed = self.fails_with("DRIVE_NOT_FOUND", browser.call, "DriveService/GetDrive",
                                 name="drives/" + "0" * 26)
        self.assertEqual(failed.code, 5)
        for request in (b"\xff\xff", b"\x0a\xff"):
            _, _, trailers = browser.raw_call("DriveService/GetDrive", request)
            self.assertNotEqual(trailers["grpc-status"], "0")
        _, _, trailers = browser.raw_call("DriveService/NoSuchThing", b"")
        self.assertEqual(int(trailers["grpc-status"]), UNIMPLEMENTED)

    def test_a_frame_that_is_none_is_refused(self):
        browser = self.browser()
        for body in (b"", b"\0", b"\0\0\0\0\2a", b"\1\0\0\0\0", b"\x80\0\0\0\0", b"\0\0\0\0\0\0"):
            answer, _ = browser.ask("POST", "/firmbench.v1.DriveService/ListDrives", body,
                                    Content_Type=BINARY)
            self.assertEqual(answer.headers["grpc-status"], str(INVALID_ARGUMENT), body)

    def test_a_stream_is_flushed_message_by_message(self):
        browser = self.browser()
        drive = self.bench.drives()[0]["name"]
        for text in (False, True):
            stream = browser.stream("BenchService/WatchEvents", text)
            self.addCleanup(stream.close)
            while stream.next().WhichOneof("event") is None:
                pass
            self.bench.ok("drive", "claim", drive)
            # Comes while the stream is open, or the time of the socket is over.
            while True:
                event = stream.next()
                if event.drive.name == drive and event.drive.HasField("claim"):
                    break
            self.bench.ok("drive", "release", drive)

    def test_a_deadline_of_the_browser_holds(self):
        browser = self.browser()
        answer, messages, trailers = browser.raw_call("BenchService/WatchEvents", b"",
                                                      grpc_timeout="300m")
        self.assertEqual(answer.status, 200)
        self.assertEqual(int(trailers["grpc-status"]), DEADLINE_EXCEEDED)
        self.assertTrue(messages)
        _, _, trailers = browser.raw_call("DriveService/ListDrives", b"", grpc_timeout="soon")
        self.assertEqual(int(trailers["grpc-status"]), INVALID_ARGUMENT)

    def test_streams_of_those_who_went_are_freed(self):
        browser = self.browser("viewer")
        # More than one person may have at the same time, one after the other; nothing flows.
        for _ in range(80):
            stream = browser.stream("BenchService/WatchEvents")
            self.assertIsNotNone(stream.next())
            stream.close()
        self.assertEqual(len(browser.call("DriveService/ListDrives").drives), 3)

    def test_uploads_of_a_whole_piece(self):
        browser = self.browser()
        piece = os.urandom(1 << 20)
        upload = browser.call("ImageService/CreateUpload", file_name="a.bin", size_bytes=len(piece))
        for text in (False, True):
            browser.call("ImageService/WriteUpload", text, name=upload.name, offset_bytes=0,
                         data=piece)
        answer, _ = browser.ask("POST", "/firmbench.v1.ImageService/WriteUpload", bytes(4 << 20),
                                Content_Type=BINARY)
        self.assertEqual(answer.status, 413)
        browser.close()

    def test_a_job_names_the_person(self):
        browser = self.browser()
        drive = self.bench.drive("LTR-52327S")["name"]
        job = dict(kind="backup", drive=drive)
        plan = browser.call("JobService/CreateJob", job=job, validate_only=True).plan
        made = browser.call("JobService/CreateJob", job=job, plan_digest=plan.digest,
                            etag=plan.etag, request_id="from the page")
        stream = browser.stream("JobService/WatchJob", name=made.name)
        while stream.next() is not None:
            pass
        me = browser.call("AccessService/GetCaller")
        self.assertTrue(me.known_by.startswith("session credentials/"))
        entry = self.bench.json("audit", "list", "--action", "job.create")["audit_entries"][0]
        self.assertEqual(entry["principal"], me.principal)


class WhoMay(web_client.WebTest):
    def every_rpc(self, browser, **headers):
        """Reasons by method, of every RPC that the page could call, with an empty request."""
        reasons = {}
        for method in web_client.every_method():
            name = f"{method.containing_service.name}/{method.name}"
            if name == "EnrollmentService/Enroll":
                continue
            # So that streams end.
            answer, _, trailers = browser.raw_call(name, b"", grpc_timeout="2S", **headers)
            self.assertEqual(answer.status, 200, name)
            try:
                web_client.check_end(trailers)
                reasons[name] = "OK"
            except CallFailed as failed:
                reasons[name] = failed.reason
        self.assertGreater(len(reasons), 50)
        return reasons

    def test_nobody_calls_without_a_session(self):
        stranger = self.stranger()
        for cookie in (None, "__Host-firmbench=", "__Host-firmbench=abc", "firmbench=abc"):
            reasons = self.every_rpc(stranger, Cookie=cookie)
            self.assertEqual(set(reasons.values()), {"SESSION_ENDED"})
        _, _, trailers = stranger.raw_call("DriveService/ListDrives", b"")
        self.assertEqual(int(trailers["grpc-status"]), UNAUTHENTICATED)

    def test_forged_identity_is_dropped(self):
        token = self.bench.json("token", "create", "--role", "manager")["token"]
        forged = {"authorization": f"Bearer {token}", "x-firmbench-principal": "root",
                  "x-firmbench-role": "manager", "x-forwarded-user": "root",
                  "x-remote-user": "root", "grpc-metadata-authorization": f"Bearer {token}"}
        reasons = self.every_rpc(self.stranger(), **forged)
        self.assertEqual(set(reasons.values()), {"SESSION_ENDED"})
        viewer = self.browser("viewer")
        self.assertEqual(viewer.call("AccessService/GetCaller", False, forged).role, "viewer")
        self.fails_with("ROLE_REQUIRED", viewer.call, "AccessService/Invite", False, forged)
        self.assertEqual(
            viewer.call("AccessService/GetCaller", False, {"authorization": "Bearer no"}).role,
            "viewer")

    def test_each_role_may_what_the_table_says(self):
        refused = {}
        for role in ROLES:
            browser = self.browser(role)
            self.assertEqual(browser.call("AccessService/GetCaller").role, role)
            reasons = self.every_rpc(browser)
            refused[role] = {name for name, reason in reasons.items() if reason == "ROLE_REQUIRED"}
            self.assertNotIn("SESSION_ENDED", reasons.values())
        self.assertEqual(refused["manager"], set())
        self.assertLess(refused["technician"], refused["viewer"])
        self.assertIn("AccessService/Invite", refused["technician"])
        self.assertIn("JobService/CreateJob", refused["auditor"])
        self.assertNotIn("AuditService/ListAuditEntries", refused["auditor"])
        self.assertIn("DumpService/ReadDump", refused["viewer"])

    def test_other_services_are_not_there(self):
        browser = self.browser()
        for path in ("/grpc.health.v1.Health/Check", "/firmbench.v1.EnrollmentService/Enroll",
                     "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo",
                     "/firmbench.v1.DriveService/../DriveService/ListDrives"):
            answer, _ = browser.ask("POST", path, web_client.frame(b""), Content_Type=BINARY)
            self.assertEqual(answer.status, 405, path)


class Origins(web_client.WebTest):
    LIST = "/firmbench.v1.DriveService/ListDrives"

    def status(self, browser, path, body, **headers):
        answer, data = browser.ask("POST", path, body, **{"Content_Type": BINARY, **headers})
        browser.close()
        self.assertIsNone(answer.headers["Access-Control-Allow-Origin"])
        return answer.status, data

    def test_another_origin_can_make_no_call(self):
        browser = self.browser()
        body = web_client.frame(b"")
        self.assertEqual(self.status(browser, self.LIST, body)[0], 200)
        self.assertEqual(self.status(browser, self.LIST, body, Origin=None, Sec_Fetch_Site=None)[0],
                         200)
        for bad in ({"Origin": "https://evil.example"}, {"Origin": "null"},
                    {"Origin": f"http://{browser.address}"}, {"X_Firmbench": None},
                    {"Sec_Fetch_Site": "cross-site"}, {"Sec_Fetch_Site": "same-site"}):
            status, data = self.status(browser, self.LIST, body, **bad)
            self.assertEqual(status, 403, bad)
            self.assertEqual(json.loads(data)["reason"], "CROSS_ORIGIN")
            self.assertEqual(self.status(browser, "/session", b'{"secret":"a"}', **bad)[0], 403)
        # What a form can send.
        for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data"):
            self.assertEqual(self.status(browser, self.LIST, body, Content_Type=kind)[0], 415)

    def test_a_preflight_is_not_granted(self):
        answer, _ = self.stranger().ask("OPTIONS", self.LIST, Origin="https://evil.example",
                                        Access_Control_Request_Method="POST",
                                        Access_Control_Request_Headers="x-firmbench")
        self.assertEqual(answer.status, 405)
        self.assertFalse([name for name in answer.headers if name.startswith("Access-Control")])

    def test_every_answer_is_closed(self):
        browser = self.browser()
        answers = [browser.ask("GET", path)[0] for path in
                   ("/", "/drives", "/assets/app-1a2b.js", "/assets/none.js", "/metrics")]
        answers.append(browser.raw_call("DriveService/ListDrives", b"")[0])
        answers.append(browser.raw_call("DriveService/GetDrive", b"")[0])
        answers.append(browser.ask("DELETE", "/session")[0])
        answers.append(browser.raw_call("DriveService/ListDrives", b"")[0])
        for answer in answers:
            for name, value in {"Content-Security-Policy": CSP, "X-Content-Type-Options": "nosniff",
                                "Referrer-Policy": "no-referrer",
                                "Cross-Origin-Opener-Policy": "same-origin",
                                "Cross-Origin-Resource-Policy": "same-origin"}.items():
                self.assertEqual(answer.headers.get_all(name), [value], answer.headers)
            self.assertIn("camera=()", answer.headers["Permissions-Policy"])
            self.assertIsNone(answer.headers["Strict-Transport-Security"])
            self.assertIsNone(answer.headers["Access-Control-Allow-Origin"])
