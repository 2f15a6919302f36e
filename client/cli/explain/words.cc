// SPDX-License-Identifier: Apache-2.0
// Our own words, as they stand on screens and in JSON.

#include "client/cli/explain/texts.h"

namespace firmbench::cli::explain {
namespace {

constexpr std::string_view kMemories = R"(
- firmware: the model's program, in flash. The maker's, replaceable. It is flashed only after what
undoes the flashing is safely in the ledger.
- boot: the part of the flash that starts the drive. Never erased unless the plan names it.
- eeprom: identity, counters and learnt calibration of this one drive. Never written by a firmware
job, and restored to its own unit only.

A dump is what was read from one memory once; it is never changed or deleted. An image is a
firmware file in the library. A drive is what is attached now; a unit is the physical thing
through time, wherever it was attached and whatever firmware it had.

"firmbench drive show" says of each memory whether it can be read, flashed and restored, why, and
what would help where it cannot. See also: firmware-or-eeprom.)";

constexpr std::string_view kOutcomes = R"(
Each step of a job ends with one of these. They are computed from what was read back, never from a
command's status:

- NOT_STARTED: the step was not reached.
- UNCHANGED: nothing was written; the memory holds what it held.
- CHANGED_VERIFIED: written, and a fresh read after the reset equals the plan byte for byte.
- CHANGED_UNVERIFIED: written, but it could not be read back and checked, or what was read back is
neither the old content nor the new one.
- NO_EFFECT: the drive accepted the commands, yet the old content is still there.
- UNKNOWN: what the memory holds now could not be found out. The unit should be looked at before
anything else is done; the committed dump is in the ledger.

The job as a whole has a result: SUCCEEDED, FAILED, CANCELLED or REFUSED. And it says of the
EEPROM:

- EQUAL: read before and after, and the same.
- VOLATILE_ONLY: only places changed that are known to change with use.
- CHANGED: something else changed. The job has failed and the drive is set aside.
- NOT_READ: it could not be read, so nothing is claimed.

Errors also say whether the drive is untouched, partly_written or unknown.)";

constexpr std::string_view kCutWrite = R"(
The plug was pulled, the PC crashed, the drive lost its power in the middle of a write. What to do:

- Leave the drive where it is. Both memories were read and stored before the first byte was written.
- Does the PC not start with the drive attached? Unplug the drive's power, start the PC, and plug
the power in when you are asked to.
- When the daemon starts it looks at the drive itself, and then says on every screen which drive
needs somebody. "firmbench job show JOB" says what is known of it, what is not, and what is next.
- "firmbench job recover JOB" shows its plan, asks, and writes back what the drive held before;
with --to new it goes on to what the job wanted. Until then nothing else is written to the drive.
- A dead drive that no job of this bench wrote: "firmbench recover DRIVE --model MODEL --image
FILE", where MODEL is what its sticker says.

A job that had not begun to write begins again by itself. Whether a cut write can be mended at all
differs from model to model: "firmbench drive show" says what is known of that, and every plan does
before you say yes.)";

constexpr std::string_view kRecovery = R"(
A drive does not start any more, and no job of this bench wrote it. What to do:

- Read the model from its sticker: a dead drive does not say it. A drive that names itself LTR-BOOT
is such a drive, too: its boot code is alive and its main firmware gone (second hand).
- Attach it to an IDE port, or to a bridge that gives its registers, alone on its cable: a second
drive would be written as well (second hand), and one that is dead is seen by nobody.
- "firmbench recover DRIVE --model MODEL --image FILE" shows its plan and asks. Hands are needed
once: switch the drive off and on when told.
- The flash is read twice and kept, whatever it holds. Names that are left in it and the ids of the
chip are compared with the model; when they speak for another one you are asked.
- Then it is written, read back and compared, and the drive has to name itself again.

A drive whose write one of our jobs cut needs no sticker: "firmbench job recover JOB", topic
cut-write. What others saw on dead drives, and how well that is known: topic dead-drives.)";

// The family's own table, for who has no bench at hand: drive-protocols 7.
constexpr std::string_view kDeadDrives = R"(
How the drive looks, what was done, and how well that is known:

- It names itself LTR-BOOT: write the firmware of its model (second hand, one report).
- The PC still lists it: its boot code is whole; the complete firmware brought such drives back
(second hand).
- It answers nothing after a bad flash: vendor mode, alone on its cable; some then took a second,
ordinary flash (second hand, several reports).
- The PC does not start with it: plug its power in after the start; try another PC (second hand).
- Status 80 that stays (topic status-80): the boot code does not run. Switch it off and on and try
at once; else an external programmer (second hand: one SOHW-1633S was given up).
- Status 52 that stays: switch it off and on while it is asked. Flashers of SATA drives first let
the drive erase itself (read in code); firmbench does not, because nothing could undo it.
- It holds a faster model's firmware: one LTR-48246S was not brought back (second hand).
- The boot part is gone: which pins at the rear to bridge nobody knows with certainty
(hypothetical). Use an external programmer.
- Its EEPROM is erased: only a dump of this very unit would help (second hand).)";

constexpr std::string_view kEvidence = R"(
Much about these drives was found out by their users. So every command and every fact carries the
reason why it is believed, strongest first:

- observed: recorded from a real drive by a trace of this project.
- documented: in a standard, by the maker, or by the author of the tool.
- read in code: taken from the source of a tool that does it.
- second hand: told on a page or in a forum, mostly by one person.
- hypothetical: inferred, remembered or guessed.

A sequence of commands is as good as its weakest part. A hypothetical command never reaches a real
drive; it exists in the simulator. A write that is known second hand needs an override that names
the model, with a reason and a second person.

Where nobody has published the answer, firmbench says "not publicly known" and does not fill the
gap. A trace from a real drive is what would help most.)";

constexpr std::string_view kExitCodes = R"(
For scripts. Results go to standard output, everything else to standard error.

- 0: done
- 1: failed; the reason in capitals is stable and can be relied on
- 2: the command line was wrong
- 3: the job ended, but not with success
- 4: denied: you may not do this
- 5: the daemon could not be reached
- 6: the two things compared differ
- 130: interrupted; a running job goes on at the bench, and "firmbench job watch" shows it again)";

constexpr ExplainTopic kTopics[] = {
    {"memories", "The memories of a drive, and dump, image, drive, unit", kMemories},
    {"outcomes", "How a step, a job and the EEPROM check can end", kOutcomes},
    {"cut-write", "A write was cut: what now?", kCutWrite},
    {"recovery", "A drive is dead: what brings it back?", kRecovery},
    {"dead-drives", "What others saw on dead drives, and what helped", kDeadDrives},
    {"evidence", "Why firmbench believes a command: the evidence grades", kEvidence},
    {"exit-codes", "The exit codes of the firmbench command", kExitCodes},
};

}  // namespace

std::span<const ExplainTopic> WordTopics() { return kTopics; }

}  // namespace firmbench::cli::explain
