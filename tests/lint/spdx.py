# SPDX-License-Identifier: Apache-2.0
"""The first line of every file names its licence (the second where the first must be #!)."""

from tree import main

LICENCE = "SPDX-License-Identifier: Apache-2.0"
# Formats without comments, or whose first line says something else.
EXEMPT_ENDINGS = (".md", ".json", ".golden", ".expected", ".clang-format", ".clang-tidy")
EXEMPT = {"LICENSE", ".gitignore", "tests/golden/api.txt", "deploy/debian/changelog",
          "deploy/debian/copyright"}
EXEMPT_FOLDERS = ("tests/golden/", "tests/corpus/")


def needs_it(path):
    return not (path in EXEMPT or path.endswith(EXEMPT_ENDINGS) or path.startswith(EXEMPT_FOLDERS)
                or "/corpus/" in path or "/testdata/" in path)


def lint(tree):
    found = []
    for path in filter(needs_it, tree.paths()):
        lines = tree.text(path).splitlines()[:2]
        if lines and lines[0].startswith(("#!", "<?xml", "<!DOCTYPE")):
            lines = lines[1:]
        if not lines or LICENCE not in lines[0]:
            found.append(f"{path}:1: the first line shall hold \"{LICENCE}\"")
    return found


GOOD = {
    "source": {"a.cc": f"// {LICENCE}\nint a;\n"},
    "script": {"run": f"#!/usr/bin/env bash\n# {LICENCE}\n"},
    "text": {"README.md": "# firmbench\n"},
}
BAD = {
    "none": {"a.cc": "int a;\n"},
    "late": {"a.py": f"import os\n# {LICENCE}\n"},
    "other": {"a.h": "// SPDX-License-Identifier: MIT\n"},
    "empty": {"a.toml": ""},
}

if __name__ == "__main__":
    main(lint, GOOD, BAD)
