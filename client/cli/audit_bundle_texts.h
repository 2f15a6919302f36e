// SPDX-License-Identifier: Apache-2.0
#pragma once

// The texts that go into every proof bundle. `kBundleReadme` has four places for fmt: what it is
// about, the bench's origin, entries in the tree, the tree's root. Its lines that begin with four
// blanks and "$ " are commands, in their order.

namespace firmbench::cli {

inline constexpr char kBundleReadme[] = R"(PROOF OF {0}

This folder shows what the bench {1}
recorded about it, and the bytes that it read. It can be checked without the bench and without its
software, on any computer with sha256sum, openssl (3.0 or newer) and python3. Open a terminal in
this folder and run, in this order:

1. Nothing was damaged on the way:

    $ sha256sum --strict --quiet -c SHA256SUMS

   No output means that all is well.

2. The bench's key signed the checkpoint:

    $ openssl pkeyutl -verify -pubin -inkey public_key.pem -rawin -in checkpoint.body \
        -sigfile checkpoint.sig

   It must say "Signature Verified Successfully".

3. Entries and dumps hang on that checkpoint:

    $ python3 -I verify.py

   It must end with "PROVEN". The script is short and uses Python's standard library alone: read
   it before you run it, or write your own.

What verify.py does, so that you can do it yourself:

 - checkpoint.txt is a C2SP signed note (c2sp.org/signed-note, c2sp.org/tlog-checkpoint): origin,
   number of entries ({2}), root hash in base 64, an empty line, a signature. checkpoint.body is
   its part up to the empty line; checkpoint.sig is the signature behind its 4 bytes of key hash.
   The key hash is the first 4 bytes of SHA-256(origin, 0x0A, 0x01, 32 bytes of key).
 - An entry's leaf hash is SHA-256(0x00, the bytes of entries/N.json). Two hashes are joined by
   SHA-256(0x01, left, right). The hashes in entries/N.proof.json lead from the leaf to the root
   (RFC 6962 section 2.1.1), which is
   {3}
 - The SHA-256 of every dumps/ID.bin stands in one of these entries.
 - The public key stands in an entry "audit.key".

What this proves: these entries and these bytes were in the bench's log when it signed the
checkpoint, and not one byte of them was changed since. What it does not prove: that nothing
else happened, and that the bench's owner, who holds the key, did not keep a second log. Against
that, compare the checkpoint with one that somebody else kept: `firmbench audit checkpoint --since
checkpoint.txt` asks the bench to show that its log continues this one. manifest.json is a
table of contents; of what it says of a dump, only the SHA-256 is proven.
)";

inline constexpr char kBundleVerify[] =
    R"PY("""Checks this folder: python3 -I verify.py. README.txt says what that proves."""

import base64
import hashlib
import json
import os
import sys


def refuse(text):
    sys.exit("REFUSED: " + text)


def read(*path):
    with open(os.path.join(*path), "rb") as file:
        return file.read()


def sha256(data):
    return hashlib.sha256(data).digest()


def root_of(leaf, index, size, path):
    """RFC 6962 2.1.1, from the leaf upwards (the loop of RFC 9162 2.1.3.2)."""
    if not 0 <= index < size:
        refuse(f"entry {index} is not among the first {size}")
    at, last, value = index, size - 1, leaf
    for step in path:
        if last == 0:
            refuse(f"the proof of entry {index} is too long")
        if at % 2 == 1 or at == last:
            value = sha256(b"\x01" + step + value)
            while at % 2 == 0 and at != 0:
                at, last = at >> 1, last >> 1
        else:
            value = sha256(b"\x01" + value + step)
        at, last = at >> 1, last >> 1
    if last != 0:
        refuse(f"the proof of entry {index} is too short")
    return value


def check_checkpoint():
    body, _, signatures = read("checkpoint.txt").partition(b"\n\n")
    body += b"\n"
    origin, size, root = body.decode().splitlines()
    dash, name, blob = signatures.decode().rstrip("\n").split(" ")
    blob = base64.b64decode(blob, validate=True)
    pem = read("public_key.pem").decode().splitlines()
    key = base64.b64decode("".join(pem[1:-1]), validate=True)[-32:]
    if dash != "\u2014" or name != origin or len(blob) != 68:
        refuse("checkpoint.txt is no signed note")
    if blob[:4] != sha256(origin.encode() + b"\n\x01" + key)[:4]:
        refuse("checkpoint.txt was signed with another key than public_key.pem")
    if read("checkpoint.body") != body or read("checkpoint.sig") != blob[4:]:
        refuse("checkpoint.body or checkpoint.sig is not from checkpoint.txt")
    return origin, int(size), base64.b64decode(root, validate=True), key.hex()


def check_entry(number, origin, size, root):
    text = read("entries", f"{number}.json")
    proof = json.loads(read("entries", f"{number}.proof.json"))
    leaf = sha256(b"\x00" + text)
    path = [bytes.fromhex(step) for step in proof["inclusion_proof"]]
    if root_of(leaf, number, size, path) != root:
        refuse(f"entry {number} is not in the tree that was signed")
    said = (proof["leaf_hash"], proof["leaf_index"], proof["root_hash"], proof["tree_size"])
    if said != (leaf.hex(), number, root.hex(), size):
        refuse(f"the proof of entry {number} says other numbers than it proves")
    entry = json.loads(text)
    if entry["sequence"] != number or "firmbench/" + entry["bench"] != origin:
        refuse(f"entry {number} says that it is another one")
    return entry


def check_dump(dump, entries):
    digest = hashlib.sha256(read("dumps", dump["id"] + ".bin")).hexdigest()
    if digest != dump["sha256"]:
        refuse(f"dump {dump['id']} has other bytes than manifest.json says")
    entry = entries.get(dump["named_by"])
    if entry is None or digest not in entry["details"].values():
        refuse(f"no entry names the bytes of dump {dump['id']}")
    print(f"dump {dump['id']}: {dump['memory']}, {dump['size_bytes']} bytes, SHA-256 {digest},"
          f" named by entry {dump['named_by']} ({entry['action']}, {entry['time']})")


def main():
    manifest = json.loads(read("manifest.json"))
    origin, size, root, key = check_checkpoint()
    entries = {n: check_entry(n, origin, size, root) for n in manifest["entries"]}
    if (manifest["origin"], manifest["tree_size"], manifest["root_hash"]) != (
            origin, size, root.hex()):
        refuse("manifest.json is about another checkpoint")
    keys = [e for _, e in sorted(entries.items()) if e["action"] == "audit.key"]
    if not keys or keys[-1]["details"]["public_key"] != key:
        refuse("no entry names this key")
    for number, entry in sorted(entries.items()):
        print(f"entry {number}: {entry['time']} {entry['principal']} {entry['action']}"
              f" {entry['resource']} {entry['outcome']}")
    for dump in manifest["dumps"]:
        check_dump(dump, entries)
    wanted = {f"{n}{end}" for n in entries for end in (".json", ".proof.json")}
    bins = {dump["id"] + ".bin" for dump in manifest["dumps"]}
    there = set(os.listdir("dumps")) if os.path.isdir("dumps") else set()
    if set(os.listdir("entries")) != wanted or there != bins:
        refuse("there are files that nothing speaks for")
    print(f"PROVEN: entries: {len(entries)}, dumps: {len(bins)}, in a log of {size} entries")


try:
    main()
except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
    refuse(f"a file is missing or has another form: {error!r}")
)PY";

}  // namespace firmbench::cli
