# SPDX-License-Identifier: Apache-2.0
"""The lists of Debian packages: one name a line with a reason, sorted, each in one list only."""

import re

from tree import main

LINE = re.compile(r"([a-z0-9][a-z0-9+.\-]+)\s+# \S.*$")


def lint(tree):
    found, seen = [], {}
    lists = [p for p in tree.paths(".txt") if p.startswith("deploy/packages/") or p.endswith("/packages.txt")]
    if not lists:
        return ["deploy/packages:1: holds no list"]
    for path in lists:
        before = ""
        for number, line in tree.lines(path):
            if line.startswith("#"):
                continue
            match = LINE.fullmatch(line)
            if not match:
                found.append(f"{path}:{number}: shall be a package, blanks, # and why")
                continue
            name = match.group(1)
            if name <= before:
                found.append(f"{path}:{number}: {name} is not in alphabetical order")
            if name in seen:
                found.append(f"{path}:{number}: {name} is in {seen[name]} already")
            seen[name], before = path, name
    return found


A, B = "deploy/packages/a.txt", "deploy/packages/b.txt"
GOOD = {"sorted": {A: "# text\ncmake  # builds\ng++  # compiles\n", B: "jq  # reads\n"}}
BAD = {
    "order": {A: "g++  # compiles\ncmake  # builds\n"},
    "twice": {A: "cmake  # builds\n", B: "cmake  # builds\n"},
    "no reason": {A: "cmake\n"},
    "two a line": {A: "cmake g++  # both\n"},
    "none": {"README.md": ""},
}

if __name__ == "__main__":
    main(lint, GOOD, BAD)
