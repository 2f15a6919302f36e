# SPDX-License-Identifier: Apache-2.0
"""Every header compiles alone: the shared precompiled header hides what a header forgot.

usage: headers.py [--self-test | --compiler PATH [--include FOLDER]...]
"""

import argparse
import concurrent.futures
import os
import subprocess
import sys
import tempfile

from tree import ROOT, Tree


def compile_alone(compiler, includes, root, path):
    command = [compiler, "-std=c++20", "-fsyntax-only", "-w", "-x", "c++", "-I", root]
    for folder in includes:
        command += ["-isystem", folder]
    done = subprocess.run(command + [os.path.join(root, path)], capture_output=True, text=True,
                          check=False)
    first = next((line for line in done.stderr.splitlines() if "error" in line), done.stderr[:200])
    return f"{path}:1: does not compile alone: {first}" if done.returncode else None


def lint(compiler, includes, root, paths):
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        results = pool.map(lambda p: compile_alone(compiler, includes, root, p), paths)
        return [r for r in results if r]


def self_test(compiler):
    with tempfile.TemporaryDirectory() as root:
        for name, text in {"good.h": "#include <string>\nstd::string a();\n",
                           "bad.h": "std::string a();\n"}.items():
            with open(os.path.join(root, name), "w", encoding="utf-8") as file:
                file.write("#pragma once\n" + text)
        found = lint(compiler, [], root, ["bad.h", "good.h"])
    print("\n".join(found))
    return len(found) == 1 and found[0].startswith("bad.h:")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--self-test", action="store_true")
    parser.add_argument("--compiler", default="g++")
    parser.add_argument("--include", action="append", default=[])
    arguments = parser.parse_args()
    if arguments.self_test:
        sys.exit(0 if self_test(arguments.compiler) else "the two samples were not told apart")
    paths = [p for p in Tree.of_project().paths(".h")
             if p.startswith(("daemon/", "storage/", "client/"))]
    found = lint(arguments.compiler, arguments.include, ROOT, paths)
    print("\n".join(found) or f"{len(paths)} headers compile alone")
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
