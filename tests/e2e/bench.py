# SPDX-License-Identifier: Apache-2.0
"""A real firmbenchd on a simulated bench in a folder of its own, and firmbench to talk to it.

Every test owns its processes and ends them by their ids. Nothing here sleeps: readiness is a line
that the daemon prints, the end of a process is waited for with a limit.
"""

import hashlib
import json
import os
import re
import select
import shutil
import signal
import sqlite3
import subprocess
import tempfile
import unittest

SOURCE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PROGRAMS = os.environ.get("FIRMBENCH_PROGRAMS", os.path.join(SOURCE, "build", "release", "bin"))
SCENARIO = os.path.join(SOURCE, "deploy", "examples", "bench.toml")
START_SECONDS = 60
RUN_SECONDS = 240

EXIT_OK, EXIT_FAILED, EXIT_USAGE, EXIT_JOB, EXIT_DENIED = range(5)
EXIT_UNREACHABLE, EXIT_DIFFER, EXIT_SOME_FAILED = 5, 6, 7


def program(name):
    return os.path.join(PROGRAMS, name)


def end(process):
    """Of a program that a test started and watches: it is gone afterwards, and its pipes closed."""
    if process.poll() is None:
        process.kill()
    process.wait()
    for stream in (process.stdout, process.stderr):
        if stream:
            stream.close()


class Done:
    """What a command said and how it ended."""

    def __init__(self, arguments, status, out, err):
        self.arguments, self.status, self.out, self.err = arguments, status, out, err

    def __str__(self):
        return f"{' '.join(self.arguments)}: status {self.status}\n{self.out}\n{self.err}"

    @property
    def json(self):
        return json.loads(self.out)


def run(*arguments, timeout=RUN_SECONDS, env=None, stdin="", base=os.environ):
    """`env` goes on top of the environment `base`."""
    done = subprocess.run(arguments, capture_output=True, text=True, timeout=timeout, check=False,
                          input=stdin, env=dict(base, **(env or {})))
    return Done(arguments, done.returncode, done.stdout, done.stderr)


class Daemon:
    """One firmbenchd. `state_dir`, `listen` and `scenario` as on its command line; `within` is a
    command that becomes another one, such as nsenter."""

    def __init__(self, state_dir, listen, scenario=SCENARIO, *more, within=()):
        self.log_path = os.path.join(os.path.dirname(state_dir), "firmbenchd.log")
        self._log = open(self.log_path, "ab")
        command = [*within, program("firmbenchd"), "--state-dir", state_dir, "--listen", listen, *more]
        if scenario:
            command += ["--simulate", scenario]
        self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                        stderr=self._log)
        self.pid = self.process.pid
        self.remote = None  # where it listens on the network, once it is ready
        self.page = None  # where it serves the page

    def wait_ready(self):
        """True once it printed "ready"; False when it ended or the time is over."""
        out, text = self.process.stdout, b""
        os.set_blocking(out.fileno(), False)
        while select.select([out], [], [], START_SECONDS)[0]:
            piece = out.read()
            if not piece:
                return False
            text += piece
            for line in text.splitlines():
                if line.startswith(b"remote "):
                    self.remote = line.split()[1].decode()
                if line.startswith(b"page "):
                    self.page = line.split()[1].decode().removeprefix("https://").rstrip("/")
            if any(line.startswith(b"ready ") for line in text.splitlines(True)
                   if line.endswith(b"\n")):
                return True
        return False

    def log(self):
        with open(self.log_path, encoding="utf-8", errors="replace") as file:
            return file.read()

    def wait(self, timeout=START_SECONDS):
        """Its exit status."""
        try:
            return self.process.wait(timeout)
        finally:
            self._close()

    def stop(self, timeout=RUN_SECONDS):
        if self.process.poll() is None:
            self.process.terminate()
        try:
            return self.process.wait(timeout)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise
        finally:
            self._close()

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        self._close()

    def signal(self, number):
        self.process.send_signal(number)

    def _close(self):
        self.process.stdout.close()
        self._log.close()


class Bench:
    """A folder with a state folder, a socket and a daemon on both."""

    def __init__(self, scenario=SCENARIO, scenario_text=None, start=True, config_text=None,
                 within=()):
        # Short, because the path of a socket may have 107 bytes.
        self.folder = tempfile.mkdtemp(prefix="fb-", dir="/tmp")
        self.state_dir = os.path.join(self.folder, "state")
        self.socket = os.path.join(self.folder, "s")
        self.address = f"unix:{self.socket}"
        self.scenario = scenario
        self.within = within
        if scenario_text is not None:
            self.scenario = self.path("bench.toml")
            self.write("bench.toml", scenario_text)
        self.options = []
        if config_text is not None:
            self.options = ["--config", self.write("firmbenchd.toml", config_text)]
        self.daemon = None
        if start:
            self.start()

    def path(self, name):
        return os.path.join(self.folder, name)

    def write(self, name, content):
        mode = "wb" if isinstance(content, bytes) else "w"
        with open(self.path(name), mode) as file:
            file.write(content)
        return self.path(name)

    def start(self):
        self.daemon = Daemon(self.state_dir, self.address, self.scenario, *self.options,
                             within=self.within)
        if not self.daemon.wait_ready():
            log = self.daemon.log()
            self.daemon.stop()
            raise AssertionError(f"firmbenchd did not become ready:\n{log}")

    def restart(self):
        self.daemon.stop()
        self.start()

    def close(self):
        try:
            if self.daemon and self.daemon.process.poll() is None:
                self.daemon.stop()
        finally:
            shutil.rmtree(self.folder, ignore_errors=True)

    # ----- firmbench -----

    @property
    def client_env(self):
        """What firmbench keeps of its own goes into the bench's folder."""
        return {"XDG_STATE_HOME": self.path("client")}

    def firmbench(self, *arguments, env=None, **options):
        return run(program("firmbench"), "--bench", self.address, *arguments,
                   env=dict(self.client_env, **(env or {})), **options)

    def ok(self, *arguments, **options):
        done = self.firmbench(*arguments, **options)
        if done.status != EXIT_OK:
            raise AssertionError(f"{done}\n--- daemon ---\n{self.daemon.log()[-3000:]}")
        return done

    def json(self, *arguments):
        return self.ok("-o", "json", *arguments).json

    def popen(self, *arguments):
        return subprocess.Popen([program("firmbench"), "--bench", self.address, *arguments],
                                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE, text=True,
                                env=dict(os.environ, **self.client_env))

    def invite(self, name="alice", role="technician"):
        """The code with which somebody enrols."""
        return self.ok("bench", "invite", "--name", name, "--role", role).out

    def drives(self):
        return self.json("drive", "list")["drives"]

    def drive(self, model):
        return next(d for d in self.drives() if d["model"] == model)

    def jobs(self, drive=None):
        """Newest first."""
        jobs = self.json("job", "list")["jobs"]
        return [j for j in jobs if drive in (None, j["drive"])]

    def last_job(self, drive):
        return self.json("job", "show", self.jobs(drive)[0]["name"])

    def dumps(self, **fields):
        """Newest first; those whose fields have these values."""
        dumps = self.json("dump", "list")["dumps"]
        return [d for d in dumps if all(d[k] == v for k, v in fields.items())]

    def backup(self, drive, *more):
        """The job and its dumps by memory."""
        self.ok("backup", drive, *more)
        job = self.last_job(drive)
        return job, {d["memory"]: d for d in self.dumps(job=job["name"])}

    def export(self, dump, name="export.bin"):
        self.ok("dump", "export", dump, self.path(name), "--force")
        with open(self.path(name), "rb") as file:
            return file.read()

    # ----- files -----

    def memory_files(self):
        """SHA-256 of the files in which the simulated drives keep their memories, by file."""
        folder = os.path.join(self.state_dir, "simulated")
        hashes = {}
        for name in sorted(os.listdir(folder)):
            if name.endswith((".flash", ".eeprom")):
                with open(os.path.join(folder, name), "rb") as file:
                    hashes[name] = hashlib.sha256(file.read()).hexdigest()
        if not hashes:
            raise AssertionError(f"{folder} holds no memories")
        return hashes

    def make_image(self, model, revision, name=None, seed=7):
        path = self.path(name or f"{model}-{revision}.bin")
        done = run(program("firmbench-make-image"), "--model", model, "--revision", revision,
                   "--seed", str(seed), "-o", path)
        if done.status != 0:
            raise AssertionError(str(done))
        return path

    def add_image(self, path):
        """Adds a file to the library and returns its name there."""
        return self.json("image", "add", path)["name"]

    # ----- the ledger -----

    def sql(self, query, *parameters):
        """Rows as dictionaries, read beside the running daemon."""
        path = os.path.join(self.state_dir, "ledger.db")
        connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=10)
        try:
            connection.row_factory = sqlite3.Row
            return [dict(row) for row in connection.execute(query, parameters)]
        finally:
            connection.close()


class Memory:
    """By how many bytes a process has grown since this was made."""

    def __init__(self, pid):
        self.pid = pid
        # "5" sets the peak back to what there is now: proc(5).
        with open(f"/proc/{pid}/clear_refs", "w", encoding="ascii") as file:
            file.write("5")
        self.before, self.anonymous_before = self._kib("VmRSS"), self._kib("RssAnon")

    def _kib(self, name):
        with open(f"/proc/{self.pid}/status", encoding="ascii") as file:
            return int(re.search(rf"{name}:\s+(\d+) kB", file.read()).group(1))

    def grown(self):
        """At its largest."""
        return (self._kib("VmHWM") - self.before) * 1024

    def kept(self):
        """Now, without what only maps files."""
        return (self._kib("RssAnon") - self.anonymous_before) * 1024


class Elsewhere:
    """Somebody at another computer. Nothing of the environment here goes there, and settings are in
    a folder of their own. `served` is the bench that they work on, `within` as of Daemon."""

    def __init__(self, served, folder="elsewhere", within=()):
        self.served, self.within = served, within
        self.home = served.path(folder)
        self.env = {"PATH": os.environ["PATH"], "HOME": self.home, "XDG_CONFIG_HOME": self.home,
                    "XDG_STATE_HOME": os.path.join(self.home, "state")}

    def book(self, name="shop"):
        """The file in which firmbench there keeps a bench that it is enrolled at."""
        return os.path.join(self.home, "firmbench", "benches", f"{name}.bench")

    def command(self, *arguments):
        return [*self.within, program("firmbench"), *arguments]

    def run(self, *arguments, **options):
        return run(*self.command(*arguments), base=self.env, **options)

    def ok(self, *arguments, **options):
        return self._expect(EXIT_OK, self.run(*arguments, **options))

    def enroll(self, code, *more, address=None, name="shop", status=EXIT_OK):
        """Ends with this status; with any where it is None."""
        return self._expect(status, self.run(
            "bench", "enroll", address or self.served.daemon.remote, "--name", name, *more, stdin=code))

    def _expect(self, status, done):
        if status not in (None, done.status):
            raise AssertionError(f"{done}\n--- daemon ---\n{self.served.daemon.log()[-3000:]}")
        return done


class BenchTest(unittest.TestCase):
    """A class of tests that share one bench."""

    scenario_text = None

    @classmethod
    def setUpClass(cls):
        cls.bench = Bench(scenario_text=cls.scenario_text)

    @classmethod
    def tearDownClass(cls):
        cls.bench.close()

    def fails(self, reason, *arguments, status=EXIT_FAILED):
        """The command fails with this status and this stable reason on stderr."""
        done = self.bench.firmbench(*arguments)
        self.assertEqual(done.status, status, str(done))
        self.assertIn(reason, done.err, str(done))
        return done
