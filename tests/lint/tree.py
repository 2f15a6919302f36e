# SPDX-License-Identifier: Apache-2.0
"""What every lint shares: the files of the tree, findings, and a self-test with bad samples.

A lint is a function that takes a Tree and returns findings as "path:line: sentence". Run with
--self-test it is given trees made of its own bad and good samples instead: each bad sample must be
reported and the good one must pass, so a lint that stopped seeing anything fails.
"""

import os
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
SKIPPED_FOLDERS = {".git", "build", ".quickstart", "node_modules", "__pycache__"}


class Tree:
    """Paths (relative, with /) and texts. Files that are not UTF-8 text are left out."""

    def __init__(self, texts):
        self._texts = texts

    @classmethod
    def of_project(cls):
        texts = {}
        for path in sorted(_paths()):
            full = os.path.join(ROOT, path)
            if not os.path.isfile(full):
                continue
            try:
                with open(full, encoding="utf-8") as file:
                    texts[path] = file.read()
            except UnicodeDecodeError:
                continue
        return cls(texts)

    def paths(self, *endings):
        return [p for p in self._texts if not endings or p.endswith(endings)]

    def text(self, path):
        return self._texts[path]

    def lines(self, path):
        """Pairs of line number (from 1) and text."""
        return enumerate(self._texts[path].splitlines(), 1)

    def __contains__(self, path):
        return path in self._texts


def _paths():
    # Files not yet added count too, so that a finding comes before the commit.
    git = subprocess.run(
        ["git", "-c", "safe.directory=*", "-C", ROOT, "ls-files", "-z", "-co", "--exclude-standard"],
        capture_output=True, check=False)
    if git.returncode == 0 and git.stdout:
        return {p for p in git.stdout.decode().split("\0") if p}
    found = set()
    for folder, folders, files in os.walk(ROOT):
        folders[:] = [f for f in folders if f not in SKIPPED_FOLDERS]
        found.update(os.path.relpath(os.path.join(folder, f), ROOT) for f in files)
    return found


def main(lint, good, bad):
    """`good` and `bad` map a sample's name to a dict of path to text."""
    if sys.argv[1:] == ["--self-test"]:
        wrong = [f"good sample '{name}' was reported: {found}" for name, texts in good.items()
                 if (found := lint(Tree(texts)))]
        wrong += [f"bad sample '{name}' was not reported" for name, texts in bad.items()
                  if not lint(Tree(texts))]
        print("\n".join(wrong) or f"{len(good)} good and {len(bad)} bad samples were told apart")
        sys.exit(1 if wrong else 0)
    if sys.argv[1:]:
        sys.exit(f"usage: {os.path.basename(sys.argv[0])} [--self-test]")
    found = lint(Tree.of_project())
    print("\n".join(found) or "nothing to complain about")
    sys.exit(1 if found else 0)
