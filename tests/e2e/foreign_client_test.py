# SPDX-License-Identifier: Apache-2.0
"""Clients that know nothing of us but gRPC and server reflection: Debian's python3-grpcio, and
buf, over the socket and over TLS."""

import json
import os
import re
import subprocess
import unittest

import grpc
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

import bench
from health import SERVING, Health

REFLECTION = "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo"
# The field numbers of grpc.reflection.v1alpha, whose generated module Debian does not package.
REQUEST_FILE_BY_NAME, REQUEST_FILE_BY_SYMBOL, REQUEST_LIST = 3, 4, 7
RESPONSE_FILES, RESPONSE_LIST = 4, 6

SERVICES = {f"firmbench.v1.{name}Service" for name in
            ("Access", "Audit", "Bench", "Drive", "Dump", "Image", "Job", "Ledger", "Record", "Search",
             "Unit")}
STANDARD = {"grpc.health.v1.Health", "grpc.reflection.v1alpha.ServerReflection"}


def fields(data):
    """Pairs of number and bytes: the length-delimited fields of a protobuf message."""
    at = 0

    def varint():
        nonlocal at
        value = shift = 0
        while True:
            byte = data[at]
            at += 1
            value |= (byte & 0x7f) << shift
            shift += 7
            if byte < 0x80:
                return value

    while at < len(data):
        key = varint()
        if key & 7 == 2:
            length = varint()
            yield key >> 3, data[at:at + length]
            at += length
        elif key & 7 == 0:
            varint()
        else:
            raise ValueError(f"wire type {key & 7}")


class ForeignClient(bench.BenchTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.channel = grpc.insecure_channel(cls.bench.address)

    @classmethod
    def tearDownClass(cls):
        cls.channel.close()
        super().tearDownClass()

    def reflect(self, number, text, answer):
        request = bytes([number << 3 | 2, len(text)]) + text.encode()
        call = self.channel.stream_stream(REFLECTION)(iter([request]), timeout=30)
        return [value for response in call for field, inner in fields(response) if field == answer
                for _, value in fields(inner)]

    def pool(self, symbol):
        """The descriptors of a symbol's file and of everything that it imports."""
        pool, wanted, seen = descriptor_pool.DescriptorPool(), [], {}
        todo = self.reflect(REQUEST_FILE_BY_SYMBOL, symbol, RESPONSE_FILES)
        while todo:
            file = descriptor_pb2.FileDescriptorProto.FromString(todo.pop())
            if file.name in seen:
                continue
            seen[file.name] = file
            for name in file.dependency:
                if name not in seen:
                    todo += self.reflect(REQUEST_FILE_BY_NAME, name, RESPONSE_FILES)

        def add(name):
            if name not in wanted:
                for dependency in seen[name].dependency:
                    add(dependency)
                wanted.append(name)
                pool.Add(seen[name])

        for name in seen:
            add(name)
        return pool

    def call(self, method, request):
        """Calls a unary method by its full name, "firmbench.v1.DriveService.ListDrives"."""
        service, _, name = method.rpartition(".")
        descriptor = self.pool(service).FindServiceByName(service).methods_by_name[name]
        factory = message_factory.MessageFactory()
        message = factory.GetPrototype(descriptor.input_type)(**request)
        answer = factory.GetPrototype(descriptor.output_type)
        return self.channel.unary_unary(
            f"/{service}/{name}", request_serializer=lambda m: m.SerializeToString(),
            response_deserializer=answer.FromString)(message, timeout=30)

    def test_reflection_lists_every_service(self):
        names = {name.decode() for entry in self.reflect(REQUEST_LIST, "*", RESPONSE_LIST)
                 for _, name in fields(entry)}
        self.assertEqual(SERVICES | STANDARD, names)

    def test_every_service_says_that_it_is_serving(self):
        health = Health(self.bench.address)
        self.addCleanup(health.close)
        for name in sorted(SERVICES) + [""]:
            with self.subTest(service=name):
                self.assertEqual(health.check(name), SERVING)

    def test_drives_by_reflection_alone(self):
        answer = self.call("firmbench.v1.DriveService.ListDrives", {})
        self.assertEqual({d.model for d in answer.drives}, {"LTR-48246S", "LTR-52327S", "LDW-451S"})

    def test_lists_are_paged(self):
        page = self.call("firmbench.v1.DriveService.ListDrives", {"page_size": 2})
        self.assertEqual(len(page.drives), 2)
        self.assertTrue(page.next_page_token)
        rest = self.call("firmbench.v1.DriveService.ListDrives",
                         {"page_size": 2, "page_token": page.next_page_token})
        self.assertEqual(len(rest.drives), 1)
        self.assertFalse(rest.next_page_token)

    def test_an_error_carries_its_reason_in_the_standard_trailer(self):
        with self.assertRaises(grpc.RpcError) as caught:
            self.call("firmbench.v1.DriveService.GetDrive", {"name": "drives/" + "0" * 26})
        self.assertEqual(caught.exception.code(), grpc.StatusCode.NOT_FOUND)
        trailers = dict(caught.exception.trailing_metadata())
        self.assertIn(b"DRIVE_NOT_FOUND", trailers["grpc-status-details-bin"])

    def job(self, drive, **more):
        return dict({"kind": "backup", "drive": drive}, **more)

    def plan(self, drive):
        return self.call("firmbench.v1.JobService.CreateJob",
                         {"job": self.job(drive), "validate_only": True}).plan

    def create(self, drive, **changes):
        plan = self.plan(drive)
        request = {"job": self.job(drive), "plan_digest": plan.digest, "etag": plan.etag,
                   "request_id": f"test-{self.id()}"}
        return self.call("firmbench.v1.JobService.CreateJob", dict(request, **changes))

    def refused(self, reason, drive, **changes):
        with self.assertRaises(grpc.RpcError) as caught:
            self.create(drive, **changes)
        trailers = dict(caught.exception.trailing_metadata())
        self.assertIn(reason.encode(), trailers["grpc-status-details-bin"])

    def test_a_stale_plan_or_drive_is_refused(self):
        drive = self.bench.drives()[0]["name"]
        jobs = len(self.bench.jobs())
        self.refused("PLAN_STALE", drive, plan_digest="0" * 64)
        self.refused("ETAG_STALE", drive, etag="stale")
        self.assertEqual(len(self.bench.jobs()), jobs)

    def test_a_job_that_writes_needs_all_three(self):
        drive = self.bench.drive("LTR-48246S")["name"]
        job = {"kind": "flash", "drive": drive, "memory": 1,
               "image": self.bench.add_image(self.bench.make_image("LTR-48246S", "SS0D"))}
        plan = self.call("firmbench.v1.JobService.CreateJob",
                         {"job": job, "validate_only": True}).plan
        whole = {"job": job, "plan_digest": plan.digest, "etag": plan.etag, "request_id": "x"}
        for left_out, reason in {"plan_digest": "PLAN_DIGEST_REQUIRED", "etag": "ETAG_REQUIRED",
                                 "request_id": "REQUEST_ID_REQUIRED"}.items():
            self.refused(reason, drive, **dict(whole, **{left_out: ""}))

    def test_the_same_request_twice_is_one_job(self):
        drive = self.bench.drives()[1]["name"]
        one = self.create(drive, request_id="twice")
        two = self.create(drive, request_id="twice")
        self.assertEqual(one.name, two.name)
        other = self.bench.drives()[2]["name"]
        self.refused("REQUEST_ID_REUSED", other, request_id="twice")
        self.assertEqual(self.bench.firmbench("job", "watch", one.name).status, bench.EXIT_OK)

    def test_a_message_that_is_too_large_is_refused_before_it_is_taken(self):
        with self.assertRaises(grpc.RpcError) as caught:
            self.channel.unary_unary("/firmbench.v1.DriveService/GetDrive")(
                b"\x0a" + b"\xff\xff\xff\x1f" + bytes(64 << 20), timeout=60)
        self.assertIn(caught.exception.code(), (grpc.StatusCode.RESOURCE_EXHAUSTED,
                                                grpc.StatusCode.UNAVAILABLE))
        self.assertEqual(len(self.bench.drives()), 3)


class Buf(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        config = '[remote]\nlisten = "127.0.0.1:0"\n'
        cls.bench = bench.Bench(config_text=config)
        cls.addClassCleanup(cls.bench.close)
        cls.program = subprocess.run(
            [os.path.join(bench.SOURCE, "tests", "lint", "install_buf"),
             os.path.join(bench.SOURCE, "build", "tools", "buf")],
            capture_output=True, text=True, check=True).stdout.strip()

    def buf(self, host, method, request, *options):
        """The answers to one call."""
        done = bench.run(self.program, "curl", "--protocol", "grpc", *options, "--data",
                         json.dumps(request), f"{host}/firmbench.v1.{method}", timeout=120,
                         env={"HOME": self.bench.folder})
        self.assertEqual(done.status, 0, str(done))
        decoder, answers, rest = json.JSONDecoder(), [], done.out.strip()
        while rest:
            answer, end = decoder.raw_decode(rest)
            answers.append(answer)
            rest = rest[end:].strip()
        return answers

    def watch(self, job, call):
        """A job's events, from its first state to its last."""
        events = call("JobService/WatchJob", {"name": job})
        self.assertEqual(events[-1]["job"]["state"], "STATE_CLOSED")
        self.assertEqual(events[-1]["job"]["result"], "RESULT_SUCCEEDED")
        sequences = [int(event["sequence"]) for event in events if "sequence" in event]
        self.assertEqual(sequences, sorted(set(sequences)))

    def test_over_the_socket(self):
        def call(method, request):
            return self.buf("http://localhost", method, request, "--http2-prior-knowledge",
                            "--unix-socket", self.bench.socket)
        drives = call("DriveService/ListDrives", {})[0]["drives"]
        self.assertEqual([d["name"] for d in drives], [d["name"] for d in self.bench.drives()])
        job, = call("JobService/CreateJob", {"job": {"kind": "backup", "drive": drives[0]["name"]}})
        self.watch(job["name"], call)

    def test_over_tls_with_a_certificate_of_its_own(self):
        elsewhere = bench.Elsewhere(self.bench)
        elsewhere.enroll(self.bench.invite())
        with open(elsewhere.book(), encoding="ascii") as file:
            saved = file.read()
        blocks = re.findall(r"-----BEGIN .*?-----END [A-Z ]+-----\n", saved, re.DOTALL)
        files = [self.bench.write(name, text)
                 for name, text in zip(("authority.pem", "own.pem", "own.key"), blocks)]
        server = re.search(r"(?m)^server_name=(.*)$", saved).group(1)

        def call(method, request):
            return self.buf(f"https://{self.bench.daemon.remote}", method, request, "--cacert",
                            files[0], "--cert", files[1], "--key", files[2], "--servername", server)
        drives = call("DriveService/ListDrives", {})[0]["drives"]
        self.assertEqual(len(drives), 3)
        job, = call("JobService/CreateJob", {"job": {"kind": "backup", "drive": drives[1]["name"]}})
        self.assertEqual(job["principal"], "alice")
        self.watch(job["name"], call)


if __name__ == "__main__":
    unittest.main()
