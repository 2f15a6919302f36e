// SPDX-License-Identifier: Apache-2.0
#pragma once

// The plans of jobs on a bare chip: a drive as programmer for the chip in its socket. Pure; any
// thread.
//
// A chip in a socket is no unit. Nothing that a drive says of itself is true of it: it may hold the
// firmware of another model, half of one, or nothing. So these jobs differ from all others in four
// things, and are the same in everything else (lane, gate, journal, prompts, cancellation, audit):
//
//  1. No identity. The drive is not asked who it is, no EEPROM is read, no unit is made or needed,
//     and no quarantine follows: of the drive only its row counts, which says how vendor mode is
//     entered. A drive that does not answer is used with the model on its sticker, as in a
//     recovery.
//  2. The chip is asked instead. Its ids must be in the table, or the job ends before a byte is
//     read. Where the part was named (--part, what is printed on the case), it must be that one.
//  3. The supply. The board cannot say its own, so a person does (--voltage 5 or 3.3). The plan
//  shows
//     both figures where the part is named; the job compares them again with the part that
//     answered. An SST39VF040 takes 2.7 to 3.6 V, a W29C040 4.5 to 5.5 V: the wrong one destroys
//     the chip.
//  4. One stay. From entering to leaving nothing is reset in between, for a drive without firmware
//     of its own may not come in a second time; both reads of a memory happen in that stay, in
//     other orders and pieces. That the drive does not answer afterwards is no fault of the chip.
//
// What is read becomes a dump that is attributed to a "chip", with the part where other dumps name
// the model, so that no restore and no donor's image can take it for a drive's.
//
// There is no writing yet. It would go the same way (an erase being a write of FF) with the part
// named, and in this order: identify, supply, two reads that agree, their dump durable and read
// back from the ledger (that is the undo: writing it to the same part), WRITE_STARTED, write, read
// back in the same stay, compare, leave. A write that was cut says so of the chip, not of the
// drive: neither RECOVERY_NEEDED nor a quarantine, and the next start of the daemon does not touch
// the drive.

#include <string>
#include <vector>

#include "daemon/families/chip_programmer.h"
#include "daemon/jobs/plan.h"

namespace firmbench::jobs {

// Supplies that boards of these drives have, in millivolts.
inline constexpr int kBoard5V = 5000;
inline constexpr int kBoard3V3 = 3300;

// VOLTAGE_REQUIRED for anything but the two.
Status CheckBoardSupply(int board_mv);

// Reasons to refuse. That the drive does not say who it is, is none when a model was named.
std::vector<inventory::Problem> FindChipProblems(const JobSpec& spec, const PlanInputs& inputs);

// "W29C040, 512 KB, 4.5 to 5.5 V".
std::string ChipText(const families::ChipFacts& chip);

// What is done to which part at which supply, in the order in which it matters.
std::vector<std::string> DescribeChip(const JobSpec& spec, const PlanInputs& inputs);

// Does the part that answered suit the spec? CHIP_NOT_AS_NAMED, CHIP_VOLTAGE_WRONG.
Status CheckChip(const JobSpec& spec, const families::ChipFacts& chip);

}  // namespace firmbench::jobs
