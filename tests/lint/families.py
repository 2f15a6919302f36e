# SPDX-License-Identifier: Apache-2.0
"""A family is complete: its README with fixed headings, its personality, its folder of tests."""

import re

from tree import main

HEADINGS = ("Introduction", "Drives", "Firmware format", "Identification", "Update sequence",
            "What can brick it", "Recovery", "Evidence")


def lint(tree):
    names = {m.group(1) for p in tree.paths()
             if (m := re.match(r"daemon/families/([^/]+)/[^/]+", p))}
    found = []
    for name in sorted(names):
        folder = f"daemon/families/{name}"
        readme = f"{folder}/README.md"
        if readme not in tree:
            found.append(f"{readme}:1: is missing")
        else:
            present = [m.group(1) for _, line in tree.lines(readme)
                       if (m := re.match(r"## (.+?)\s*$", line))]
            if [h for h in present if h in HEADINGS] != list(HEADINGS):
                found.append(f"{readme}:1: shall have these headings in this order: "
                             f"{', '.join(HEADINGS)}")
        if not any(p.startswith(f"{folder}/sim/") for p in tree.paths(".cc")):
            found.append(f"{folder}/sim:1: the simulator's personality is missing")
        tests = f"tests/daemon/families/{name}"
        if not any(p.startswith(tests + "/") for p in tree.paths("_test.cc")):
            found.append(f"{tests}:1: the family has no test")
    return found


def family(**changes):
    texts = {
        "daemon/families/x/family.cc": "", "daemon/families/x/sim/core.cc": "",
        "daemon/families/x/README.md": "".join(f"## {h}\n\ntext\n\n" for h in HEADINGS),
        "tests/daemon/families/x/x_test.cc": "",
    }
    texts.update(changes)
    return {p: t for p, t in texts.items() if t is not None}


GOOD = {"whole": family()}
BAD = {
    "no readme": family(**{"daemon/families/x/README.md": None}),
    "headings": family(**{"daemon/families/x/README.md": "## Introduction\n## Drives\n"}),
    "order": family(**{"daemon/families/x/README.md": "".join(
        f"## {h}\n" for h in reversed(HEADINGS))}),
    "no sim": family(**{"daemon/families/x/sim/core.cc": None}),
    "no test": family(**{"tests/daemon/families/x/x_test.cc": None}),
}

if __name__ == "__main__":
    main(lint, GOOD, BAD)
