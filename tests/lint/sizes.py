# SPDX-License-Identifier: Apache-2.0
"""Small files: a source of over 800 lines or a header of over 300 is two things in one."""

import statistics

from tree import main

LIMITS = {".cc": 800, ".h": 300, ".py": 500, ".proto": 500}
MEDIAN_LIMIT = 200
# Tables of data are as long as the data.
EXEMPT_FOLDERS = ("daemon/chips/rows/",)


def is_table(path):
    return path.startswith(EXEMPT_FOLDERS) or path.endswith(("/drives.cc", "/models.cc"))


def lint(tree):
    found, counts = [], []
    for path in tree.paths(*LIMITS):
        if is_table(path):
            continue
        lines = tree.text(path).count("\n")
        limit = next(v for k, v in LIMITS.items() if path.endswith(k))
        if lines > limit:
            found.append(f"{path}:{limit + 1}: {lines} lines, more than {limit}: split by meaning")
        if path.endswith((".cc", ".h")):
            counts.append(lines)
    if counts:
        median = statistics.median(counts)
        print(f"{len(counts)} sources and headers, median {median:g} lines, longest {max(counts)}")
        if median > MEDIAN_LIMIT:
            found.append(f".:1: the median of sources and headers is {median:g} lines, more than "
                         f"{MEDIAN_LIMIT}")
    return found


GOOD = {
    "short": {"a.cc": "int a;\n" * 700, "b.cc": "int b;\n", "c.cc": "int c;\n"},
    "table": {"daemon/chips/rows/nor.cc": "{},\n" * 2000},
}
BAD = {
    "source": {"a.cc": "int a;\n" * 801, "b.cc": "\n", "c.cc": "\n"},
    "header": {"a.h": "int a;\n" * 301, "b.cc": "\n", "c.cc": "\n"},
    "median": {"a.cc": "int a;\n" * 300},
}

if __name__ == "__main__":
    main(lint, GOOD, BAD)
