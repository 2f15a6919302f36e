# SPDX-License-Identifier: Apache-2.0
"""Manual pages and completions: they say what the programs say, and the shells can use them."""

import os
import re
import shutil
import unittest

import bench

PAGES = os.path.join(os.path.dirname(bench.PROGRAMS), "pages")
MAN = os.path.join(bench.SOURCE, "deploy", "man")


def read(*parts):
    with open(os.path.join(*parts), encoding="utf-8") as file:
        return file.read()


def subcommands(text):
    """Of the output of --help."""
    part = re.search(r"(?ms)^Subcommands:\n(.*?)(\n\n|\Z)", text)
    return re.findall(r"(?m)^  (\S+)", part.group(1)) if part else []


def options(text):
    """Long options, of the output of --help."""
    return set(re.findall(r"(?m)^\s+(?:-\w,)?(--[a-z-]+)", text.split("\nSubcommands:")[0]))


def commands():
    """Every command without commands below it, with its --help."""
    found = {}
    names = [()]
    while names:
        path = names.pop()
        done = bench.run(bench.program("firmbench"), *path, "--help")
        assert done.status == 0, str(done)
        below = subcommands(done.out)
        names += [(*path, name) for name in below]
        if not below:
            found[" ".join(path)] = done.out
    return found


class ManualPages(unittest.TestCase):
    def test_the_page_of_firmbench_has_every_command_with_its_options(self):
        page = read(PAGES, "firmbench.1")
        parts = dict(re.findall(r"(?ms)^\.Ss firmbench (.*?)\n(.*?)(?=^\.S[sh] )", page))
        parts = {name.replace("\\-", "-"): text for name, text in parts.items()}
        found = commands()
        self.assertGreater(len(found), 40)
        self.assertEqual(sorted(parts), sorted(found))
        for name, text in found.items():
            said = {"-" + word.replace("\\-", "-")
                    for word in re.findall(r"Fl (\\-[a-z\\-]+)", parts[name])}
            self.assertEqual(said, options(text) - {"--help"}, name)

    def test_the_page_of_the_daemon_has_every_option(self):
        text = bench.run(bench.program("firmbenchd"), "--help").out
        page = read(MAN, "firmbenchd.8").split(".Sh DESCRIPTION")[1].split(".Sh SIGNALS")[0]
        said = {"-" + word.replace("\\-", "-") for word in re.findall(r"\.It Fl (\\-[a-z\\-]+)", page)}
        self.assertEqual(said, options(text))

    def test_groff_has_nothing_to_say_about_them(self):
        for path in (os.path.join(PAGES, "firmbench.1"), os.path.join(MAN, "firmbenchd.8"),
                     os.path.join(MAN, "firmbenchd.toml.5")):
            done = bench.run("groff", "-mandoc", "-Tutf8", "-ww", "-z", path)
            self.assertEqual((done.status, done.err), (0, ""), path)


# What is typed, the last word unfinished; what has to be offered, and what must not be.
CASES = [
    (["dr"], {"drive"}, {"list", "dump"}),
    (["drive", ""], {"list", "show", "claim"}, {"drive", "backup"}),
    (["drive", "cl"], {"claim"}, {"list"}),
    (["--bench", "unix:/x", "drive", "s"], {"show"}, {"list", "drive"}),
    (["drive", "list", "-"], {"--output", "--bench", "-o"}, {"--for", "--version"}),
    (["-o", ""], {"table", "wide", "json"}, {"drive", "list"}),
    (["backup", "bay-1", "--memory", "e"], {"eeprom"}, {"firmware", "all"}),
    (["drive", "claim", "bay-1", "--"], {"--for", "--note"}, {"--memory"}),
]


class Completions(unittest.TestCase):
    def offered_by_bash(self, words):
        script = ('source "$1"; shift; COMP_WORDS=(firmbench "$@"); COMP_CWORD=$#; _firmbench; '
                  'printf "%s\\n" "${COMPREPLY[@]}"')
        done = bench.run("bash", "--norc", "-c", script, "bash", os.path.join(PAGES, "firmbench.bash"),
                         *words)
        self.assertEqual(done.err, "", str(done))
        return set(done.out.split("\n"))

    def offered_by_fish(self, words):
        line = " ".join(["firmbench", *words])
        done = bench.run("fish", "--no-config", "-c", 'source $argv[1]; complete -C "$argv[2]"',
                         os.path.join(PAGES, "firmbench.fish"), line)
        self.assertEqual(done.err, "", str(done))
        return {row.split("\t")[0] for row in done.out.split("\n")}

    def test_bash_offers_what_may_come_next(self):
        for words, wanted, unwanted in CASES:
            offered = self.offered_by_bash(words)
            self.assertLessEqual(wanted, offered, words)
            self.assertFalse(unwanted & offered, words)

    def test_fish_offers_what_may_come_next(self):
        self.assertTrue(shutil.which("fish"), "fish is not installed")
        for words, wanted, unwanted in CASES:
            offered = self.offered_by_fish(words)
            # fish offers short options only where no long one fits.
            self.assertLessEqual({word for word in wanted if word != "-o"}, offered, words)
            self.assertFalse(unwanted & offered, words)

    def test_zsh_offers_what_may_come_next(self):
        # Outside of its line editor zsh completes nothing; the function is called with the words it
        # would get, and what it gives to its helpers is taken down.
        script = r'''
          _describe() { shift 2; [[ $1 == option ]] && print -rl -- "${options[@]%%:*}" ||
            print -rl -- "${below[@]%%:*}"; }
          _files() { :; }
          compadd() { shift; print -rl -- "$@"; }
          words=(firmbench "${@[2,-1]}") CURRENT=$#
          offer() { source "$1"; }
          offer "$1"'''
        for words, wanted, unwanted in CASES:
            done = bench.run("zsh", "-f", "-c", script, "zsh", os.path.join(PAGES, "_firmbench"),
                             *words)
            self.assertEqual(done.err, "", str(done))
            # What does not begin as the last word does is left out by zsh itself.
            offered = {word for word in done.out.split("\n") if word.startswith(words[-1])}
            self.assertLessEqual(wanted, offered, words)
            self.assertFalse(unwanted & offered, words)


if __name__ == "__main__":
    unittest.main()
