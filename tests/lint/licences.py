# SPDX-License-Identifier: Apache-2.0
"""deploy/debian/copyright names everything that npm brings into the built page, with its licence.

What the page may be made from is what package-lock.json marks as no tool of a developer. Svelte
names its compiler's packages there as well: those that never reach a browser are listed here.
"""

import json
import re

from tree import main

COPYRIGHT, LOCK = "deploy/debian/copyright", "client/web/package-lock.json"
FOLDER = "client/web/node_modules/"
COMPILER_ONLY = {
    "@jridgewell/gen-mapping", "@jridgewell/remapping", "@jridgewell/resolve-uri",
    "@jridgewell/sourcemap-codec", "@jridgewell/trace-mapping", "@sveltejs/acorn-typescript",
    "@types/estree", "acorn", "aria-query", "axobject-query", "devalue", "esrap", "is-reference",
    "locate-character", "magic-string", "zimmerframe",
}
# The names of machine-readable copyright files, where they are not those of SPDX.
DEBIAN_NAMES = {"MIT": "Expat", "BSD-3-Clause": "BSD-3-clause", "BSD-2-Clause": "BSD-2-clause"}


def debian_name(spdx):
    words = re.findall(r"[^\s()]+", spdx)
    return " ".join(DEBIAN_NAMES.get(word, word.lower() if word in ("AND", "OR") else word)
                    for word in words)


def stanzas(text):
    for stanza in re.split(r"\n\s*\n", text):
        yield dict(re.findall(r"^([A-Z][A-Za-z-]*):((?:.*)(?:\n[ \t].*)*)", stanza, re.MULTILINE))


def lint(tree):
    if COPYRIGHT not in tree or LOCK not in tree:
        return [f"{COPYRIGHT}:1: this or {LOCK} is not there"]
    named, texts, found = {}, set(), []
    for fields in stanzas(tree.text(COPYRIGHT)):
        licence = fields.get("License", "").strip().split("\n")[0]
        for folder in fields.get("Files", "").split():
            if folder.startswith(FOLDER):
                named[folder[len(FOLDER):].removesuffix("/*")] = licence
        if "Files" not in fields and "\n" in fields.get("License", ""):
            texts.add(licence)
    bundled = {path.split("node_modules/")[-1]: package.get("license", "none")
               for path, package in json.loads(tree.text(LOCK))["packages"].items()
               if path and not package.get("dev")}
    for name in sorted(bundled.keys() - named.keys() - COMPILER_ONLY):
        found.append(f"{COPYRIGHT}:1: {name} is not named, its licence is {bundled[name]}")
    for name in sorted(named.keys() - bundled.keys()):
        found.append(f"{COPYRIGHT}:1: {name} is not bundled")
    for name in sorted(COMPILER_ONLY & named.keys()):
        found.append(f"{COPYRIGHT}:1: {name} shall be named here or be in COMPILER_ONLY, not both")
    for name in sorted(bundled.keys() & named.keys()):
        if debian_name(bundled[name]) != named[name]:
            found.append(f"{COPYRIGHT}:1: {name} is under {debian_name(bundled[name])}, not {named[name]}")
    for licence in sorted({part for text in named.values() for part in re.split(r" and | or ", text)} - texts):
        found.append(f"{COPYRIGHT}:1: the text of {licence} is not there")
    return found


def sample(*packages, text=" The text."):
    body = "Files: *\nLicense: own\n"
    for name, licence in packages:
        body += f"\nFiles: {FOLDER}{name}/*\nCopyright: somebody\nLicense: {licence}\n"
    return body + f"\nLicense: Expat\n{text}\n\nLicense: BSD-3-clause\n{text}\n"


LOCKED = json.dumps({"packages": {
    "": {"license": "own"},
    "node_modules/a": {"license": "MIT"},
    "node_modules/@b/c": {"license": "(MIT AND BSD-3-Clause)"},
    "node_modules/acorn": {"license": "MIT"},
    "node_modules/tool": {"license": "MIT", "dev": True}}})
A, C = ("a", "Expat"), ("@b/c", "Expat and BSD-3-clause")
GOOD = {"both": {COPYRIGHT: sample(A, C), LOCK: LOCKED}}
BAD = {
    "forgotten": {COPYRIGHT: sample(A), LOCK: LOCKED},
    "gone": {COPYRIGHT: sample(A, C, ("d", "Expat")), LOCK: LOCKED},
    "tool": {COPYRIGHT: sample(A, C, ("tool", "Expat")), LOCK: LOCKED},
    "compiler": {COPYRIGHT: sample(A, C, ("acorn", "Expat")), LOCK: LOCKED},
    "other licence": {COPYRIGHT: sample(("a", "BSD-3-clause"), C), LOCK: LOCKED},
    "no text": {COPYRIGHT: sample(A, C, text=""), LOCK: LOCKED},
    "no lock": {COPYRIGHT: sample(A, C)},
}

if __name__ == "__main__":
    main(lint, GOOD, BAD)
