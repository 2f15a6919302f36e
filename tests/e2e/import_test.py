# SPDX-License-Identifier: Apache-2.0
"""Folders of old backups: what every file is and whose, and nothing that is guessed."""

import io
import os
import random
import resource
import subprocess
import unittest
import zipfile

import bench

# Enough drives of one model to learn which bytes tell them apart, and one of another.
SCENARIO = "[time]\nmode = \"virtual\"\n" + "".join(f"""
[[drives]]
model = "{model}"
bay = "bay {bay}"
serial = ""
firmware_revision = "{revision}"
firmware_seed = 7
eeprom_seed = {1000 + bay}
""" for bay, (model, revision) in enumerate([("LTR-48246S", "SS0B")] * 3 +
                                            [("LTR-52327S", "QS0C")], 1))
NASTY = [b"line\nfeed", b"escape\x1b[2J", "rtl\u202egpj".encode(), b"invalid\xff\xc3", b"-rf",
         b"--help", b"a b;$(id) `id` %s", b"n" * 251, "\u0416 \U0001f4be".encode(), b"tab\tquote\"'"]


def hex_text(image):
    """As MTKFLASH writes it: records of 16 bytes, banks of 64 KB."""
    lines = []
    for at in range(0, len(image), 16):
        if at and at % 0x10000 == 0:
            lines.append(":00000155AA")
        record = bytes([16, at >> 8 & 0xFF, at & 0xFF, 0]) + image[at:at + 16]
        lines.append(":" + (record + bytes([-sum(record) & 0xFF])).hex().upper())
    return ("\r\n".join(lines) + "\r\n:00000001FF\r\n").encode()


def other_unit(eeprom, seed):
    """What a drive of the same model, but another one, would hold."""
    noise = random.Random(seed)
    changed = bytearray(eeprom)
    changed[0x30:0x3c] = b"SIM%09d" % noise.randrange(10 ** 9)
    for at in range(0x80, 0x280):
        changed[at] = noise.randrange(256)
    return bytes(changed)


def unit_seed(number):
    return int(number.split("-")[1])


def burnt(eeprom, seed):
    """The same drive, some discs later."""
    changed = bytearray(eeprom)
    changed[0x300:0x308] = random.Random(seed).randbytes(8)
    return bytes(changed)


def archive():
    """A small file that would become a large one."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as zipped:
        zipped.writestr("firmware.bin", bytes(64 << 20))
    return out.getvalue()


class Folder:
    """Files in a folder of their own, each with what is expected of it."""

    def __init__(self, path):
        self.path = path
        self.expected = {}  # by printable name: kind, action, unit number or ""
        os.mkdir(path)

    def put(self, name, content, kind, action="not_imported", unit="", shown=None):
        raw = name if isinstance(name, bytes) else name.encode()
        with open(os.path.join(os.fsencode(self.path), raw), "wb") as file:
            file.write(content)
        self.expected[shown or name] = (kind, action, unit)


def printable(name):
    """What firmbench shows of a name."""
    text = ""
    for char in name.decode("utf-8", "surrogateescape"):
        code = ord(char)
        hidden = code < 0x20 or 0x7F <= code <= 0x9F or code == 0x5C or 0x202A <= code <= 0x202E
        if 0xDC80 <= code <= 0xDCFF:
            text += f"\\x{code - 0xDC00:02x}"
        elif hidden:
            text += "".join(f"\\x{b:02x}" for b in char.encode())
        else:
            text += char
    return text


class Import(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        self.bench = bench.Bench(scenario_text=SCENARIO)
        self.addCleanup(self.bench.close)
        self.dumps = {}  # by bay: model, unit, firmware, EEPROM
        for drive in self.bench.drives():
            _, dumps = self.bench.backup(drive["name"])
            unit = dumps["MEMORY_EEPROM"]["unit_number"]
            firmware = self.bench.export(dumps["MEMORY_FIRMWARE"]["name"])
            eeprom = self.bench.export(dumps["MEMORY_EEPROM"]["name"])
            self.dumps[drive["bay"]] = (drive["model"], unit, firmware, eeprom)
        self.known = len(self.bench.dumps())

    def mixed(self, folder):
        """200 files as people have them."""
        for bay, (model, unit, firmware, eeprom) in self.dumps.items():
            # Firmware says nothing of one unit, EEPROMs do.
            folder.put(f"{bay} backup.bin", firmware, "firmware", "name_added")
            folder.put(f"{bay} again.bin", firmware, "firmware", "name_added")
            folder.put(f"{bay}.hex", hex_text(firmware), "firmware", "name_added")
            folder.put(f"{bay} eeprom.bin", eeprom, "eeprom", "name_added", unit)
            # Of the other model one unit is known: too few to be sure of one that is only alike.
            sure = unit if model == "LTR-48246S" else ""
            for i in range(5):
                folder.put(f"{bay} later {i}.eep", burnt(eeprom, i), "eeprom", "stored", sure)
            for i in range(10):
                other = other_unit(eeprom, 100 * unit_seed(unit) + i)
                folder.put(f"{bay} other {i}.eep", other, "eeprom", "stored")
                folder.put(f"{bay} other {i} copy.eep", other, "eeprom", "name_added")
            folder.put(f"{bay} cut.bin", firmware[:len(firmware) - 1000], "damaged")
        for i in range(10):
            path = self.bench.make_image("LTR-48246S", f"SS1{i}", seed=i + 1)
            with open(path, "rb") as file:
                image = file.read()
            folder.put(f"SS1{i}.bin", image, "firmware", "stored")
            folder.put(f"SS1{i}.hex", hex_text(image), "firmware", "name_added")
        folder.put("damaged.hex", hex_text(image)[:5000], "damaged")
        folder.put("empty.bin", b"", "empty")
        folder.put("blank.bin", b"\xff" * 1024, "blank")
        folder.put("erased.bin", b"\xff" * (512 * 1024), "blank")
        folder.put("bomb.zip", archive(), "archive")
        folder.put("bomb.bin", archive(), "archive")
        folder.put("setup.exe", b"MZ" + bytes(5000), "updater")
        folder.put("four times.eep", eeprom * 4, "damaged")
        folder.put("unnamed.eep", random.Random(1).randbytes(1024), "eeprom_size")
        folder.put("notes.txt", b"LTR-48246S, bought 2003. " * 40, "not_recognised")
        for name in NASTY:
            folder.put(name + b".x", b"no backup at all", "not_recognised", shown=printable(name + b".x"))
        with open(os.path.join(folder.path, "huge.bin"), "wb") as file:
            file.truncate(2 << 30)  # sparse
        folder.expected["huge.bin"] = ("too_large", "not_imported", "")
        for i in range(200 - len(folder.expected)):
            folder.put(f"junk {i}", random.Random(i).randbytes(i * 97 + 50), "not_recognised")

    def listed(self, report):
        kept = ("stored", "name_added")
        return {f["file_name"]: (f["kind"], "kept" if f["action"] in kept else f["action"],
                                 f["unit_number"]) for f in report["files"]}

    def test_mixed_folder_of_200_files(self):
        folder = Folder(self.bench.path("old"))
        self.mixed(folder)
        self.assertEqual(len(folder.expected), 200)
        dry = self.bench.json("dump", "import", folder.path, "--dry-run")
        self.assertEqual(len(self.bench.dumps()), self.known)
        report = self.bench.json("dump", "import", folder.path)
        # Which of two equal files is stored and which only adds its name is a matter of order.
        kept = {"stored": "kept", "name_added": "kept", "not_imported": "not_imported"}
        for listed in (self.listed(report), self.listed(dry)):
            wrong = {name: (listed.get(name), expected)
                     for name, expected in folder.expected.items()
                     if listed.get(name) != (expected[0], kept[expected[1]], expected[2])}
            self.assertEqual(wrong, {})
        stored = [e for e in folder.expected.values() if e[1] == "stored"]
        self.assertEqual(report["stored_count"], len(stored))
        self.assertEqual(report["failed_count"], 0)
        self.assertEqual(len(self.bench.dumps()), self.known + len(stored))
        self.assertEqual(dry["stored_count"], report["stored_count"])
        eeprom = next(f for f in report["files"] if f["kind"] == "eeprom")
        self.assertIn("dump export", eeprom["cannot_write_back"])

        # Everything once more: nothing is stored twice, and every file keeps one name.
        again = self.bench.json("dump", "import", folder.path)
        self.assertEqual(again["stored_count"], 0)
        self.assertEqual({f["action"] for f in again["files"]}, {"known", "not_imported"})
        self.assertEqual(len(self.bench.dumps()), self.known + len(stored))

        # For a person, on a terminal: nothing that it would obey.
        text = self.bench.ok("dump", "import", folder.path).out
        self.assertNotRegex(text, r"[\x00-\x09\x0b-\x1f\x7f\u202e]")
        self.assertIn("bay_1_backup.bin", text)
        self.bench.ok("audit", "verify")

    def test_whose_it_is(self):
        _, unit, firmware, eeprom = self.dumps["bay 4"]
        self.bench.ok("unit", "label", unit, "shelf-7")
        folder = Folder(self.bench.path("named"))
        folder.put("shelf-7.eep", other_unit(eeprom, 1), "eeprom", "stored")
        folder.put("QS0C of mine.bin", firmware, "firmware", "name_added")
        os.mkdir(os.path.join(folder.path, unit))
        with open(os.path.join(folder.path, unit, "x.eep"), "wb") as file:
            file.write(other_unit(eeprom, 2))
        os.utime(os.path.join(folder.path, "shelf-7.eep"), (1_060_000_000, 1_060_000_000))
        files = {f["file_name"]: f for f in
                 self.bench.json("dump", "import", folder.path)["files"]}
        for name in ("shelf-7.eep", "x.eep", "QS0C of mine.bin"):
            self.assertEqual(files[name]["unit"], "")
            self.assertEqual([p["unit_number"] for p in files[name]["proposals"]], [unit], name)
        # Proposed is not attributed: it can undo nothing.
        kept = self.bench.json("dump", "show", files["shelf-7.eep"]["dump"])
        self.assertEqual(kept["attribution"], "unidentified")
        row = self.bench.sql("select file_name, modified_us from dump_files where dump_id = ?",
                             kept["name"].split("/")[1])
        self.assertEqual(row, [{"file_name": "shelf-7.eep",
                                "modified_us": 1_060_000_000_000_000}])
        # A person says it, and the bytes may not contradict.
        path = os.path.join(folder.path, "shelf-7.eep")
        said = self.bench.json("dump", "import", path, "--unit", unit)["files"][0]
        self.assertEqual((said["unit_number"], said["dump"]), (unit, kept["name"]))
        other = self.dumps["bay 1"][1]
        self.bench.write("own.eep", eeprom)
        done = self.bench.firmbench("dump", "import", self.bench.path("own.eep"), "--unit", other)
        self.assertEqual(done.status, bench.EXIT_FAILED, str(done))
        self.assertIn("IMPORT_UNIT_CONTRADICTED", done.out)
        # The exact raw file comes back.
        self.assertEqual(self.bench.export(said["dump"]), other_unit(eeprom, 1))

    def test_links_pipes_and_circles(self):
        folder = Folder(self.bench.path("odd"))
        secret = self.bench.write("secret.bin", self.dumps["bay 1"][3])
        os.symlink(secret, os.path.join(folder.path, "secret.bin"))
        os.symlink(folder.path, os.path.join(folder.path, "circle"))
        os.mkfifo(os.path.join(folder.path, "pipe"))
        report = self.bench.json("dump", "import", folder.path)
        self.assertEqual({f["file_name"]: f["kind"] for f in report["files"]},
                         {"secret.bin": "link", "circle": "link", "pipe": "special"})
        self.assertEqual(len(self.bench.dumps()), self.known)

    def test_memory_stays_bounded(self):
        path = self.bench.path("huge.bin")
        with open(path, "wb") as file:
            file.truncate(2 << 30)
        self.bench.write("bomb.bin", archive())

        def limit():
            resource.setrlimit(resource.RLIMIT_DATA, (256 << 20, 256 << 20))

        done = subprocess.run(
            [bench.program("firmbench"), "--bench", self.bench.address, "dump", "import", path,
             self.bench.path("bomb.bin")], preexec_fn=limit, capture_output=True, text=True,
            timeout=bench.RUN_SECONDS, check=False, env=dict(os.environ, **self.bench.client_env))
        self.assertEqual(done.returncode, bench.EXIT_OK, done.stderr)
        self.assertIn("too_large", done.stdout)
        self.assertIn("archive", done.stdout)

    def test_no_such_folder(self):
        done = self.bench.firmbench("dump", "import", self.bench.path("nonesuch"))
        self.assertEqual(done.status, bench.EXIT_FAILED, str(done))
        self.assertIn("FILE_NOT_READABLE", done.err)


if __name__ == "__main__":
    unittest.main()
