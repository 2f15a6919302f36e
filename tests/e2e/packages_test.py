# SPDX-License-Identifier: Apache-2.0
"""The Debian packages as cpack makes them of the built tree: what is in them, what they need, what
lintian says. Installing them is tried in a clean root: tests/rigs/packages."""

import glob
import hashlib
import os
import shutil
import subprocess
import tempfile
import unittest

import bench

TREE = os.path.dirname(bench.PROGRAMS)
PAGE = "usr/share/firmbench/web"
# What a package without one of these would lack.
FILES = {
    "firmbench": {
        "usr/bin/firmbench", "usr/share/man/man1/firmbench.1.gz",
        "usr/share/bash-completion/completions/firmbench",
        "usr/share/zsh/vendor-completions/_firmbench",
        "usr/share/fish/vendor_completions.d/firmbench.fish",
        "usr/share/doc/firmbench/README.md", "usr/share/doc/firmbench/copyright",
        "usr/share/doc/firmbench/changelog.gz"},
    "firmbenchd": {
        "usr/sbin/firmbenchd", "usr/share/man/man8/firmbenchd.8.gz",
        "usr/share/man/man5/firmbenchd.toml.5.gz", "etc/firmbench/firmbenchd.toml",
        "usr/lib/systemd/system/firmbenchd.service", "usr/lib/udev/rules.d/59-firmbench.rules",
        "usr/lib/udev/rules.d/71-firmbench.rules", "usr/lib/sysusers.d/firmbench.conf",
        "usr/share/polkit-1/rules.d/50-firmbench.rules", "etc/needrestart/conf.d/firmbench.conf",
        "usr/share/doc/firmbenchd/examples/firmbenchd.toml",
        "usr/share/doc/firmbenchd/examples/bench.toml",
        "usr/share/doc/firmbenchd/examples/listen.conf",
        "usr/share/doc/firmbenchd/examples/port-io.conf",
        "usr/share/doc/firmbenchd/copyright", "usr/share/doc/firmbenchd/changelog.gz"},
}


def pack(folder):
    """Both packages, by name."""
    # cpack's own copies are large; a test takes the packages alone with it.
    done = bench.run("cpack", "--config", os.path.join(TREE, "CPackConfig.cmake"), "-B", folder)
    assert done.status == 0, str(done)
    found = {os.path.basename(path).split("_")[0]: path for path in glob.glob(f"{folder}/*.deb")}
    assert sorted(found) == sorted(FILES), found
    return found


def sha256(path):
    with open(path, "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()


def page_files():
    """The page as it was built, at its place in the package; names of most carry their hash."""
    built = os.path.join(TREE, "web")
    return {os.path.join(PAGE, os.path.relpath(os.path.join(folder, name), built))
            for folder, _, names in os.walk(built) for name in names}


class Packages(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp(prefix="fb-")
        cls.packages = pack(os.path.join(cls.folder, "one"))

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.folder)

    def field(self, package, name):
        return bench.run("dpkg-deb", "-f", self.packages[package], name).out.strip()

    def rows(self, package):
        """(mode, owner, path) of everything in it."""
        rows = []
        for line in bench.run("dpkg-deb", "-c", self.packages[package]).out.splitlines():
            mode, owner, _, _, _, path = line.split(None, 5)
            rows.append((mode, owner, path.removeprefix("./")))
        return rows

    def test_they_hold_what_they_shall_and_root_owns_it(self):
        page = page_files()
        self.assertIn(f"{PAGE}/index.html", page)
        for package, wanted in FILES.items():
            rows = self.rows(package)
            if package == "firmbenchd":
                wanted = wanted | page
            self.assertEqual({path for mode, _, path in rows if mode[0] == "-"}, wanted)
            for mode, owner, path in rows:
                self.assertEqual(owner, "root/root", path)
                program = "bin/" in path and not path.endswith("/")
                self.assertEqual(mode, "drwxr-xr-x" if mode[0] == "d" else
                                 "-rwxr-xr-x" if program else "-rw-r--r--", path)

    def test_they_name_the_libraries_that_the_programs_need(self):
        for package, library in (("firmbench", "libqrencode4"), ("firmbenchd", "libsqlite3-0")):
            depends = self.field(package, "Depends")
            for name in ("libc6", "libgrpc++1.51", library):
                self.assertIn(name, depends)
        self.assertIn("systemd", self.field("firmbenchd", "Depends").split(", "))
        # Nobody needs the daemon to reach a bench on another machine.
        self.assertNotIn("firmbenchd", self.field("firmbench", "Depends"))

    def test_the_version_is_that_of_the_programs_and_of_the_changelog(self):
        version = bench.run(bench.program("firmbench"), "--version").out.split()[-1]
        for package in FILES:
            self.assertEqual(self.field(package, "Version"), version)
        changelog = os.path.join(bench.SOURCE, "deploy", "debian", "changelog")
        done = bench.run("dpkg-parsechangelog", "-l", changelog, "-S", "Version")
        self.assertEqual(done.out.strip(), version)

    def test_programs_are_stripped_and_the_tree_keeps_its_symbols(self):
        subprocess.run(["dpkg-deb", "-x", self.packages["firmbench"], f"{self.folder}/x"], check=True)
        packed = bench.run("file", f"{self.folder}/x/usr/bin/firmbench").out
        built = bench.run("file", bench.program("firmbench")).out
        self.assertIn(", stripped", packed)
        self.assertIn("not stripped", built)
        self.assertEqual(bench.run(f"{self.folder}/x/usr/bin/firmbench", "--version").status, 0)

    def test_lintian_finds_no_error(self):
        # Root would be told that it is root.
        done = bench.run("lintian", "--allow-root", "--fail-on", "error", *self.packages.values())
        self.assertEqual(done.status, 0, str(done))

    def test_the_same_tree_gives_the_same_packages(self):
        again = pack(os.path.join(self.folder, "two"))
        for package in FILES:
            self.assertEqual(sha256(self.packages[package]), sha256(again[package]), package)

    def test_no_script_stops_a_daemon_for_an_upgrade(self):
        subprocess.run(["dpkg-deb", "-e", self.packages["firmbenchd"], f"{self.folder}/control"],
                       check=True)
        log = os.path.join(self.folder, "log")
        # On a machine without systemd's folder nothing may be called at all.
        tools = os.path.join(self.folder, "tools")
        os.makedirs(tools)
        for tool in ("systemctl", "deb-systemd-invoke"):
            path = os.path.join(tools, tool)
            with open(path, "w", encoding="utf-8") as file:
                file.write(f"#!/bin/sh\necho {tool} \"$@\" >>{log}\n")
            os.chmod(path, 0o755)
        with open(f"{self.folder}/control/prerm", encoding="utf-8") as file:
            script = file.read().replace("/run/systemd/system", tools)
        calls = {}
        for word in ("upgrade", "remove", "failed-upgrade", "deconfigure"):
            open(log, "w", encoding="utf-8").close()
            done = subprocess.run(["sh", "-c", script, "prerm", word, "0.1.1"], check=False,
                                  env={"PATH": f"{tools}:/usr/bin:/bin"})
            self.assertEqual(done.returncode, 0)
            with open(log, encoding="utf-8") as file:
                calls[word] = file.read().splitlines()
        self.assertEqual(calls, {"upgrade": [], "failed-upgrade": [], "deconfigure": [],
                                 "remove": ["deb-systemd-invoke stop firmbenchd.service"]})


if __name__ == "__main__":
    unittest.main()
