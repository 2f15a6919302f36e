# SPDX-License-Identifier: Apache-2.0
"""The project speaks of itself alone: no machine's paths, no hosts of registries, no tracker."""

import re

from tree import main

# Spelled in pieces, so that this file does not report itself.
FORBIDDEN = {
    "the path of one machine": re.compile(r"(?<![\w.\-$}/])/" + r"(?:work|farm)(?:/|\b)"),
    "the folder of one person": re.compile(r"(?<![\w.\-$}/])/" + r"(?:root|home)/\w"),
    "the host of a package registry": re.compile(
        r"registry\." + r"npm" + r"|npmjs\." + r"(?:org|com)|deb\." + r"debian\.org|"
        r"pypi\." + r"org|proxy\.golang" + r"\.org|index\.crates" + r"\.io", re.I),
    "the number of an issue": re.compile(r"\bissue" + r" #?\d", re.I),
    "unfinished work": re.compile(r"\b(?:TO" + r"DO|FIX" + r"ME|XX" + r"X)\b"),
}
ELSEWHERE = ("LICENSE",)


def lint(tree):
    found = []
    for path in tree.paths():
        if path in ELSEWHERE:
            continue
        for number, line in tree.lines(path):
            found += [f"{path}:{number}: names {what}" for what, pattern in FORBIDDEN.items()
                      if pattern.search(line)]
    return found


GOOD = {
    "relative": {"a.sh": "cd build/work/x\n"},
    "words": {"a.md": "a work in progress; issues are welcome; network/work\n"},
}
BAD = {
    "machine": {"a.sh": "cd /" + "work/main\n"},
    "farm": {"a.sh": "x=/" + "farm\n"},
    "person": {"a.sh": "cd /" + "home/me\n"},
    "registry": {"package-lock.json": '"resolved": "https://registry.' + 'npmjs.' + 'org/x"\n'},
    "issue": {"a.cc": "// see issue" + " 12\n"},
    "to do": {"a.cc": "// TO" + "DO later\n"},
}

if __name__ == "__main__":
    main(lint, GOOD, BAD)
