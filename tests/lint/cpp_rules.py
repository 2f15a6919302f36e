# SPDX-License-Identifier: Apache-2.0
"""Rules of the house for C++ that no compiler checks."""

import re

from tree import main

# In a test a throw is a failure like any other.
IN_PRODUCT = {
    r"\bstd::sto(?:i|l|ll|ul|ull|f|d)\s*\(": "throws; use the parsers of daemon/base",
    r"\.at\(": "throws; check the range first",
}
BANNED = {
    r"\bstd::format\b": "absent from this toolchain; use fmt",
    r"\bstd::expected\b": "absent from this toolchain; use Result",
    r"\bstd::views::|\bstd::ranges::views::": "clang 14 cannot compile it",
    r"\babsl::Mutex\b": "use firmbench::Mutex",
    r"\bstd::(?:system|rand)\s*\(|(?<![\w:.>])system\s*\(": "no shell, no global generator",
    r"(?<![\w:.>])(?:strcpy|strcat|sprintf|gets|atoi|atol)\s*\(": "unbounded or without errors",
    r"^\s*#\s*if\s+0\b": "no code that is switched off",
}
IN_TESTS = {
    r"\bGTEST_SK" + r"IP\b|\bDISABLED" + r"_": "a test is run or it is removed",
    r"\bsleep_(?:for|until)\b|(?<![\w.>:])u?sleep\s*\(|\bnanosleep\s*\(": "tests do not sleep",
}
COMMENT = re.compile(r"//.*$")


def is_test(path):
    return path.startswith("tests/")


def lint(tree):
    found = []
    for path in tree.paths(".h", ".cc"):
        rules = dict(BANNED, **(IN_TESTS if is_test(path) else IN_PRODUCT))
        for number, line in tree.lines(path):
            code = COMMENT.sub("", line)
            found += [f"{path}:{number}: {match.group(0).strip()}: {why}"
                      for pattern, why in rules.items() if (match := re.search(pattern, code))]
        if path.endswith(".h") and "#pragma once" not in tree.text(path).splitlines():
            found.append(f"{path}:2: a header shall say #pragma once")
    for path in tree.paths(".py"):
        if not is_test(path):
            continue
        for number, line in tree.lines(path):
            if re.search(r"\btime\.sl" + r"eep\(|@unittest\.sk" + r"ip|\.skipT" + r"est\(", line):
                found.append(f"{path}:{number}: tests neither sleep nor are they skipped")
    return found


GOOD = {
    "header": {"a.h": "#pragma once\n// std::stoi( would throw\nint a();\n"},
    "names": {"a.cc": "x.sleep(1); FileSystem(); clock->SleepFor(d);\n"},
}
BAD = {
    "guard": {"a.h": "#ifndef A_H\n#define A_H\n#endif\n"},
    "stoi": {"a.cc": "int a = std::stoi(s);\n"},
    "at": {"a.cc": "v.at(3);\n"},
    "format": {"a.cc": "std::format(\"{}\", 1);\n"},
    "off": {"a.cc": "#if 0\n#endif\n"},
    "shell": {"a.cc": "system(\"ls\");\n"},
    "skip": {"tests/a_test.cc": "GTEST_SK" + "IP();\n"},
    "disabled": {"tests/a_test.cc": "TEST(A, DISABLED" + "_B) {}\n"},
    "sleep": {"tests/a_test.cc": "std::this_thread::sleep_for(1s);\n"},
    "python sleep": {"tests/e2e/a.py": "time.sl" + "eep(1)\n"},
}

if __name__ == "__main__":
    main(lint, GOOD, BAD)
