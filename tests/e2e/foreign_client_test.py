# SPDX-License-Identifier: Apache-2.0
"""A client that knows nothing of us but gRPC: Debian's python3-grpcio and server reflection."""

import unittest

import grpc
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

import bench

REFLECTION = "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo"
# The field numbers of grpc.reflection.v1alpha, whose generated module Debian does not package.
REQUEST_FILE_BY_NAME, REQUEST_FILE_BY_SYMBOL, REQUEST_LIST = 3, 4, 7
RESPONSE_FILES, RESPONSE_LIST = 4, 6

SERVICES = {f"firmbench.v1.{name}Service" for name in
            ("Audit", "Bench", "Drive", "Dump", "Image", "Job", "Unit")}
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
        self.assertLessEqual(SERVICES | STANDARD, names)

    def test_health_is_serving(self):
        answer = self.channel.unary_unary("/grpc.health.v1.Health/Check")(b"", timeout=30)
        self.assertEqual(answer, b"\x08\x01")  # status = SERVING

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


if __name__ == "__main__":
    unittest.main()
