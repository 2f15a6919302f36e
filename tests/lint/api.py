# SPDX-License-Identifier: Apache-2.0
"""The API as a listing: every service, method, message, field, number, enum value.

usage: api.py [--self-test | --update] [--protoc PATH]

Compares the descriptors of proto/ with tests/golden/api.txt. A line that vanished or changed breaks
clients; a line that came is an addition. Either shows as a difference until --update wrote the
listing again, so that no change of the API goes unseen.
"""

import argparse
import difflib
import glob
import os
import subprocess
import sys
import tempfile

from google.protobuf import descriptor_pb2 as pb

from tree import ROOT

GOLDEN = os.path.join(ROOT, "tests", "golden", "api.txt")
TYPES = {v: k[len("TYPE_"):].lower() for k, v in pb.FieldDescriptorProto.Type.items()}


def field_line(scope, field, map_entries):
    kind = field.type_name.lstrip(".") or TYPES[field.type]
    if field.type_name in map_entries:
        entry = map_entries[field.type_name]
        names = [f.type_name.lstrip(".") or TYPES[f.type] for f in entry.field]
        kind = f"map<{names[0]}, {names[1]}>"
    elif field.label == pb.FieldDescriptorProto.LABEL_REPEATED:
        kind = "repeated " + kind
    elif field.proto3_optional:
        kind = "optional " + kind
    elif field.HasField("oneof_index"):
        kind = "oneof " + kind
    return f"field {scope}.{field.name} = {field.number}: {kind}"


def message_lines(scope, message):
    name = f"{scope}.{message.name}"
    if message.options.map_entry:
        return
    yield f"message {name}"
    entries = {f".{name}.{n.name}": n for n in message.nested_type if n.options.map_entry}
    for field in message.field:
        yield field_line(name, field, entries)
    for reserved in message.reserved_range:
        yield f"reserved {name} {reserved.start}..{reserved.end - 1}"
    for nested in message.nested_type:
        yield from message_lines(name, nested)
    for enum in message.enum_type:
        yield from enum_lines(name, enum)


def enum_lines(scope, enum):
    yield f"enum {scope}.{enum.name}"
    for value in enum.value:
        yield f"value {scope}.{enum.name}.{value.name} = {value.number}"


def listing(files):
    lines = []
    for file in files:
        for service in file.service:
            name = f"{file.package}.{service.name}"
            lines.append(f"service {name}")
            for method in service.method:
                streams = ["stream " if s else "" for s in (method.client_streaming,
                                                            method.server_streaming)]
                lines.append(f"method {name}.{method.name}({streams[0]}"
                             f"{method.input_type.lstrip('.')}) returns ({streams[1]}"
                             f"{method.output_type.lstrip('.')})")
        for message in file.message_type:
            lines += message_lines(file.package, message)
        for enum in file.enum_type:
            lines += enum_lines(file.package, enum)
    return sorted(lines)


def describe(protoc, root):
    protos = sorted(os.path.relpath(p, root) for p in glob.glob(
        os.path.join(root, "proto", "firmbench", "**", "*.proto"), recursive=True))
    if not protos:
        sys.exit("proto/firmbench holds no .proto file")
    # Files are named as they import one another: from the root, or from proto/.
    with tempfile.NamedTemporaryFile() as out:
        base = os.path.join(root, "proto")
        subprocess.run([protoc, "-I", base, f"--descriptor_set_out={out.name}"]
                       + [os.path.relpath(p, "proto") for p in protos], check=True, cwd=base)
        files = pb.FileDescriptorSet.FromString(out.read()).file
    return [f for f in files if f.package.startswith("firmbench.")]


def compare(golden, now):
    return [line for line in difflib.unified_diff(golden, now, "tests/golden/api.txt", "proto",
                                                  lineterm="", n=0)]


def self_test(protoc):
    text = ('syntax = "proto3"; package firmbench.v1; service S { rpc Get(M) returns (stream M); }'
            ' message M { string name = 1; repeated int64 sizes = 2; map<string, M> kids = 3;'
            ' enum E { E_UNSPECIFIED = 0; E_ON = 1; } E e = 4; }')
    changes = {"renumbered": ("sizes = 2", "sizes = 9"), "renamed": ("name = 1", "title = 1"),
               "retyped": ("int64 sizes", "string sizes"), "gone": (" E_ON = 1;", ""),
               "unary": ("(stream M)", "(M)"), "added": ("E e = 4;", "E e = 4; bool b = 5;")}
    with tempfile.TemporaryDirectory() as root:
        path = os.path.join(root, "proto", "firmbench", "v1", "a.proto")
        os.makedirs(os.path.dirname(path))

        def listed(source):
            with open(path, "w", encoding="utf-8") as file:
                file.write(source)
            return listing(describe(protoc, root))

        golden = listed(text)
        if compare(golden, listed(text)):
            sys.exit("an unchanged API was reported")
        unseen = [name for name, (old, new) in changes.items()
                  if not compare(golden, listed(text.replace(old, new)))]
    if unseen:
        sys.exit(f"changes not seen: {', '.join(unseen)}")
    print(f"{len(changes)} kinds of change were seen")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--self-test", action="store_true")
    parser.add_argument("--update", action="store_true")
    parser.add_argument("--protoc", default="protoc")
    arguments = parser.parse_args()
    if arguments.self_test:
        return self_test(arguments.protoc)
    now = listing(describe(arguments.protoc, ROOT))
    if arguments.update:
        os.makedirs(os.path.dirname(GOLDEN), exist_ok=True)
        with open(GOLDEN, "w", encoding="utf-8") as file:
            file.write("\n".join(now) + "\n")
        return None
    with open(GOLDEN, encoding="utf-8") as file:
        difference = compare(file.read().splitlines(), now)
    if difference:
        print("\n".join(difference))
        sys.exit("the API differs from tests/golden/api.txt; when that is meant: "
                 "tests/lint/api.py --update")
    print(f"{len(now)} lines of API, none differs")
    return None


if __name__ == "__main__":
    main()
