// SPDX-License-Identifier: Apache-2.0
#pragma once

// The gate under every family: nothing reaches a drive that is not a harmless standard command or
// named by the family's rules, and nothing that may change a memory passes before the engine opens
// it. Gate is thread-safe; the job engine alone owns the non-const object. What MakeGated returns
// is lane-only, like what it wraps, and sees the gate as const: a family cannot open it.

#include <atomic>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "daemon/ata/rules.h"
#include "daemon/ata/task_file.h"
#include "daemon/scsi/rules.h"
#include "daemon/scsi/transport.h"

namespace firmbench::transport {

enum class GateLevel : uint8_t {
  kReadOnly,      // only commands that cannot change a memory
  kChipIdentify,  // and the JEDEC cycles that ask a flash chip for its name, in order
  kOpen,          // and every command that the family's rules name
};
std::string_view ToString(GateLevel level);  // "read_only", "chip_identify", "open"

class Gate {
 public:
  Gate() = default;
  Gate(const Gate&) = delete;
  Gate& operator=(const Gate&) = delete;

  // Takes effect for the next command (the next script on a task file).
  void SetLevel(GateLevel level) { level_.store(level, std::memory_order_seq_cst); }
  GateLevel level() const { return level_.load(std::memory_order_seq_cst); }

  // Commands and scripts refused since the gate was made.
  uint64_t refused() const { return refused_.load(std::memory_order_relaxed); }
  // Destructive commands and flash bus writes let through at kOpen, counted before they are sent.
  uint64_t destructive_passed() const { return destructive_.load(std::memory_order_relaxed); }
  // Flash bus writes let through at kChipIdentify, counted before they are sent.
  uint64_t identify_cycles_passed() const { return identify_.load(std::memory_order_relaxed); }

  // For the decorators below.
  void CountRefused() const { refused_.fetch_add(1, std::memory_order_relaxed); }
  void CountDestructive(uint64_t n) const { destructive_.fetch_add(n, std::memory_order_relaxed); }
  void CountIdentify(uint64_t n) const { identify_.fetch_add(n, std::memory_order_relaxed); }

 private:
  std::atomic<GateLevel> level_{GateLevel::kReadOnly};
  mutable std::atomic<uint64_t> refused_{0};
  mutable std::atomic<uint64_t> destructive_{0};
  mutable std::atomic<uint64_t> identify_{0};
};

// Wraps `inner`; nullptr stays nullptr. `rules` have static storage (a family's cdb_rules(); empty
// while the family is not known), `gate` outlives what is returned. With `simulated` false a rule
// of hypothetical evidence forbids what it names.
//
// Decision, at every level: the longest matching prefix among the standard commands and the rules
// decides, the stricter of two of equal length; kReadOnly passes, kDestructive only at kOpen, and
// what nothing names is refused. Standard commands are those that SPC and MMC document as
// harmless, in their own CDB length, without data-out and with a control byte of 0.
//
// A refusal is COMMAND_NOT_ALLOWED (FailedPrecondition), the drive untouched, with metadata `why`:
// "unknown_command", "gate_closed", "hypothetical", "malformed".
std::unique_ptr<scsi::Transport> MakeGated(std::unique_ptr<scsi::Transport> inner,
                                           std::span<const scsi::CdbRule> rules, const Gate& gate,
                                           bool simulated);

// The same for a task file. Each script is checked as a whole, with the register contents that
// earlier scripts left, before any of its accesses is performed. Always allowed: reads and waits,
// the address registers, nIEN and SRST in the control register, DEVICE RESET (08) and IDENTIFY
// PACKET DEVICE (A1). Never: PACKET (A0), whose CDB would pass beside the SCSI gate. Writes to the
// data register only at kOpen.
//
// A command with rules for single values of LBA low needs LBA low written since the last command.
// A flash bus write (ata::Effect::kByteWrite) at kChipIdentify must be part of a whole unlock
// sequence inside one script, because a lone AA can program a page-write part:
//   AA@u1, 55@u2, 90@u1   enter id mode         (u1, u2) = (5555, 2AAA), (555, 2AA), (AAA, 555)
//   AA@u1, 55@u2, F0@u1   leave it, long form
//   F0@any                leave it, short form; once for each time that id mode was entered, also
//                         after the long form, which not every part knows
// with LBA low, mid, high and the device register known. drive-protocols 4.2 [C]. The gate must
// stay at kChipIdentify until id mode is left.
//
// Where the drive shows a status of serial flash (CommandRule::serial_statuses), three times in a
// row since its mode may have changed, a byte write fills the flash engine's window instead: that
// passes at every level, address and data being known. A run of the engine passes at every level
// when the first byte of the window is known and is a reading command of serial flash chips, at
// kOpen otherwise; what it clocks in takes the window's place, so each run needs its command
// written anew. drive-protocols 1.4 [C].
//
// `why` may also be "sequence" (a bus write out of order) and "registers" (contents not known).
std::unique_ptr<ata::TaskFile> MakeGated(std::unique_ptr<ata::TaskFile> inner,
                                         std::span<const ata::CommandRule> rules, const Gate& gate,
                                         bool simulated);

}  // namespace firmbench::transport
