// SPDX-License-Identifier: Apache-2.0
#pragma once

// The plans of jobs on a bare chip: a drive as programmer for the chip in its socket. Pure; any
// thread.
//
// A chip in a socket is no unit. Nothing that a drive says of itself is true of it: it may hold the
// firmware of another model, half of one, or nothing. So these jobs differ from all others in four
// things, and are the same in everything else (lane, gate, journal, prompts, cancellation, audit):
//
//  1. No identity. The drive is not asked who it is, no EEPROM is read, no unit is made or needed:
//     of the drive only its row counts, which says how vendor mode is entered. A drive that does
//     not answer is used with the model on its sticker, as in a recovery.
//  2. The chip is asked instead. Its ids must be in the table, or the job ends. Where the part was
//     named (--part, what is printed on the case), it must be that one; a job that writes needs it.
//  3. The supply. The board cannot say its own, so a person does (--voltage 5 or 3.3). The plan
//     shows both figures where the part is named; the job compares them again with the part that
//     answered. An SST39VF040 takes 2.7 to 3.6 V, a W29C040 4.5 to 5.5 V: the wrong one destroys
//     the chip.
//  4. One stay. From entering to leaving nothing is reset in between, for a drive without firmware
//     of its own may not come in a second time; all reads and the write happen in that stay, the
//     reads in other orders and pieces. That the drive does not answer afterwards is no fault of
//     the chip.
//
// What is read becomes a dump that is attributed to a "chip", with the part where other dumps name
// the model, so that no restore and no donor's image can take it for a drive's.
//
// A write, and an erase, which is a write of FF, goes so: two reads that agree, of as many bytes as
// the named part has; their dump durable and read back from the ledger, which is the undo; only
// then the ids, because a page-write part may take the cycles that ask for them for data; supply,
// boot blocks, samples; WRITE_STARTED; write; read back; leave. A write that was cut says so of the
// chip, and the port goes into quarantine: nobody can see which chip sits there later, so no
// firmware is written through it until the chip was written whole or a person has looked. Jobs on a
// chip are not kept from it.

#include <string>
#include <vector>

#include "daemon/families/chip_programmer.h"
#include "daemon/jobs/plan.h"

namespace firmbench::jobs {

// Supplies that boards of these drives have, in millivolts.
inline constexpr int kBoard5V = 5000;
inline constexpr int kBoard3V3 = 3300;

// Why a port is in quarantine.
inline constexpr const char* kChipQuarantine = "a chip in its socket was left half written";

// VOLTAGE_REQUIRED for anything but the two.
Status CheckBoardSupply(int board_mv);

// What only a job on a chip names, or must name: VOLTAGE_REQUIRED, CHIP_PART_REQUIRED,
// CHIP_FILL_UNKNOWN, REFERENCE_UNEXPECTED.
Status CheckChipSpec(const JobSpec& spec);

// Reasons to refuse. That the drive does not say who it is, is none when a model was named.
std::vector<inventory::Problem> FindChipProblems(const JobSpec& spec, const PlanInputs& inputs);

// A chip was left in the middle of a command here, and may still be there: it would take the cycles
// that ask for its ids for data. A chip that was without power listens again.
bool ChipMayBeBusy(const PlanInputs& inputs);

// A write that is known second hand only needs a reason and a second person.
bool ChipNeedsApproval(const JobSpec& spec, const PlanInputs& inputs);

// "W29C040, 512 KB, 4.5 to 5.5 V".
std::string ChipText(const families::ChipFacts& chip);

// "..., ids da/46; its lower 16 KB are locked for ever", of the chip that answered.
std::string AnsweredText(const families::ChipFacts& chip);

// The second read goes another way through the chip, in other pieces.
families::ReadPlan WayOfChipRead(int read);

// What is done to which part at which supply, in the order in which it matters.
std::vector<std::string> DescribeChip(const JobSpec& spec, const PlanInputs& inputs);
std::string ChipUndo(const JobSpec& spec);

// Does the part that answered suit the spec? CHIP_NOT_AS_NAMED, CHIP_VOLTAGE_WRONG.
Status CheckChip(const JobSpec& spec, const families::ChipFacts& chip);

// The bytes that the whole chip shall hold: `file` as the spec's rule fills it up; FF for an erase.
// CHIP_SIZE_MISMATCH, CHIP_FILL_IMPOSSIBLE.
Result<Bytes> ComposeChip(const JobSpec& spec, const families::ChipFacts& chip, ByteView file);

// The next step of who has a chip that is half written, with a command to be typed: `model` is the
// drive's, `before_id` the dump of the chip's old content.
std::string ChipRemedy(const JobSpec& spec, const std::string& model, const std::string& before_id);

}  // namespace firmbench::jobs
