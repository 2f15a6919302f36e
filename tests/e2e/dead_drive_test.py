# SPDX-License-Identifier: Apache-2.0
"""Dead drives and stubborn ones: what a technician reads, does, and gets back."""

import hashlib
import unittest

import bench

MODEL, REVISION = "LTR-52327S", "QS0C"
HANDS = """
[[drives.operator]]
on_prompt = "power_cycle"
do = ["power_cycle"]
"""
# Both begin without a reset vector; the first one's boot code names itself.
DEAD = f"""\
# SPDX-License-Identifier: Apache-2.0
[[drives]]
model = "{MODEL}"
bay = "bay 1"
firmware_file = "dead.bin"
boot_answers = true
{HANDS}
[[drives]]
model = "{MODEL}"
bay = "bay 2"
eeprom_seed = 2
firmware_file = "dead.bin"
{HANDS}
"""


class Dead(unittest.TestCase):
    def setUp(self):
        self.bench = bench.Bench(scenario_text=DEAD, start=False)
        self.addCleanup(self.bench.close)
        self.image = self.bench.make_image(MODEL, REVISION)
        with open(self.image, "rb") as file:
            self.good = file.read()
        self.bench.write("dead.bin", b"\xff" * 0x100 + self.good[0x100:])
        self.bench.start()

    def recover(self, bay, *more):
        return self.bench.firmbench("recover", bay, "--model", MODEL, "--image", self.image, *more)

    def assert_whole(self, bay):
        drive = next(d for d in self.bench.drives() if d["bay"] == bay)
        self.assertEqual((drive["state"], drive["model"], drive["firmware_revision"]),
                         ("STATE_READY", MODEL, REVISION))
        self.assertEqual(self.bench.memory_files()[bay.replace(" ", "_") + ".flash"],
                         hashlib.sha256(self.good).hexdigest())

    def test_boot_code_is_named_and_the_sticker_brings_the_drive_back(self):
        shown = " ".join(self.bench.ok("drive", "show", "bay-1").out.split())
        self.assertIn("answers as LTR-BOOT: its main firmware is gone", shown)
        self.assertIn("firmbench recover bay-1 --model MODEL --image FILE", shown)
        self.assertIn("firmbench explain recovery", shown)
        flash = self.bench.firmbench("flash", "bay-1", self.image, "--yes")
        self.assertEqual(flash.status, bench.EXIT_FAILED, str(flash))
        self.assertIn("BOOT_CODE_ONLY", flash.err)
        done = self.recover("bay-1", "--yes")
        self.assertEqual(done.status, bench.EXIT_OK, str(done))
        self.assertIn("CHANGED_VERIFIED", done.out)
        self.assert_whole("bay 1")

    def test_a_silent_drive_comes_back_by_the_steps_that_its_plan_shows(self):
        shown = " ".join(self.bench.ok("drive", "show", "bay-2").out.split())
        self.assertIn("may have lost its firmware", shown)
        self.assertIn("firmbench recover bay-2 --model MODEL --image FILE", shown)
        plan = self.recover("bay-2", "--dry-run")
        self.assertEqual(plan.status, bench.EXIT_OK, str(plan))
        text = " ".join((plan.out + plan.err).split())
        for words in ("only the sticker says which model it is",
                      "you will be asked to switch the drive off and on",
                      "when the drive names itself LTR-BOOT:", "(second hand: ",
                      "(hypothetical: "):
            self.assertIn(words, text)
        done = self.recover("bay-2", "--yes")
        self.assertEqual(done.status, bench.EXIT_OK, str(done))
        self.assert_whole("bay 2")
        # What it held is kept, and the names that were left in it were told.
        job = self.bench.jobs()[0]["name"]
        self.assertEqual(len(self.bench.dumps(job=job, purpose="before_write")), 1)
        told = self.bench.sql("select detail_json from job_events where type = 'message'")
        self.assertTrue(any(f"LITE-ON {MODEL} {REVISION}" in row["detail_json"] for row in told),
                        told)


def struck(bay, fault, more=""):
    return f"""
[[drives]]
model = "{MODEL}"
bay = "{bay}"
eeprom_seed = {sum(bay.encode())}
{more}
{HANDS}
[[drives.faults]]
{fault}
"""


ALWAYS = "times = 0\nat = { opcode = 0x80 }\n"
# What old tools only show as a number, by bay: the fault, and what firmbench says of it.
STUBBORN = {
    "stuck 52": ('kind = "stuck_status"\nstatus = 0x52\n' + ALWAYS, "VENDOR_MODE_NOT_ENTERED",
                 "status = 52 should be 70: the drive answers as a normal drive"),
    "stuck 80": ('kind = "stuck_status"\nstatus = 0x80\n' + ALWAYS, "VENDOR_MODE_NOT_ENTERED",
                 "status = 80 should be 70: the drive is busy"),
    "stuck D1": ('kind = "stuck_status"\nstatus = 0xd1\n' + ALWAYS, "VENDOR_MODE_NOT_ENTERED",
                 "status = D1 should be 70: the drive is busy"),
    "deaf": ('kind = "ignore_intro"\ntimes = 0\n', "VENDOR_MODE_NOT_ENTERED",
             "the drive answers as a normal drive"),
    "busy": ('kind = "timeout"\nat = { opcode = 0x00, state = "vendor" }\n',
             "TASKFILE_WAIT_TIMEOUT", ""),
    "noisy": ('kind = "noisy_read"\none_in = 100_000\ntimes = 0\n', "READS_DISAGREE",
              "2 reads of the firmware are not all the same"),
}


class Stubborn(bench.BenchTest):
    scenario_text = "# SPDX-License-Identifier: Apache-2.0\n" + "".join(
        struck(bay, fault) for bay, (fault, _, _) in STUBBORN.items())

    def test_each_is_named_with_advice_and_none_hangs(self):
        for bay, (_, reason, words) in STUBBORN.items():
            with self.subTest(bay):
                done = self.bench.firmbench("backup", bay.replace(" ", "-"), "--memory",
                                            "firmware")
                self.assertEqual(done.status, bench.EXIT_JOB, str(done))
                error = self.bench.json("job", "show", self.bench.jobs()[0]["name"])["error"]
                self.assertEqual((error["reason"], error["drive_state"]),
                                 (reason, "DRIVE_STATE_UNTOUCHED"))
                self.assertNotEqual(error["remedy"], "")
                said = " ".join(done.err.split())
                # As a sentence the advice begins with a capital letter.
                for part in (reason, words, error["remedy"][1:]):
                    self.assertIn(part, said)

    def test_an_intro_that_needs_more_tries_just_takes_longer(self):
        fixture = bench.Bench(scenario_text="# SPDX-License-Identifier: Apache-2.0\n" +
                              struck("bay 1", 'kind = "ignore_intro"\ntimes = 9\n'))
        self.addCleanup(fixture.close)
        _, dumps = fixture.backup(fixture.drives()[0]["name"])
        self.assertEqual(dumps["MEMORY_FIRMWARE"]["sha256"],
                         fixture.memory_files()["bay_1.flash"])


CABLE = """\
# SPDX-License-Identifier: Apache-2.0
[[drives]]
model = "LTR-52327S"
bay = "bay 1"
cable = true

[[drives.operator]]
on_prompt = "confirm_alone"
answer = "{answer}"
"""


class Cable(unittest.TestCase):
    """On a real IDE port a person says that the drive is alone on its cable."""

    def start(self, answer):
        self.bench = bench.Bench(scenario_text=CABLE.format(answer=answer))
        self.addCleanup(self.bench.close)
        return self.bench.make_image(MODEL, "QS0E")

    def test_a_flash_asks_once_and_goes_on(self):
        done = self.bench_flash(self.start("done"))
        self.assertEqual(done.status, bench.EXIT_OK, str(done))
        asked = self.bench.sql("select detail_json from job_events where type = 'prompt'")
        self.assertEqual(len(asked), 1, asked)
        self.assertIn("confirm_alone", asked[0]["detail_json"])
        self.assertIn("only this drive may be on it", asked[0]["detail_json"])

    def test_who_does_not_confirm_ends_the_job_untouched(self):
        image = self.start("cancel")
        before = self.bench.memory_files()
        done = self.bench_flash(image)
        self.assertEqual(done.status, bench.EXIT_JOB, str(done))
        self.assertEqual(self.bench.memory_files(), before)
        job = self.bench.jobs()[0]
        self.assertEqual((job["result"], job["outcome"]),
                         ("RESULT_CANCELLED", "OUTCOME_UNCHANGED"))

    def bench_flash(self, image):
        return self.bench.firmbench("flash", "bay-1", image, "--yes")


if __name__ == "__main__":
    unittest.main()
