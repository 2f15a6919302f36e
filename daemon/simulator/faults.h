// SPDX-License-Identifier: Apache-2.0
#pragma once

// Faults of a drive, scripted: which kind, when, how often. FaultSpec is a value; FaultPlan
// belongs to its drive and is used under the drive's lock.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/base/clock.h"
#include "daemon/base/error.h"
#include "daemon/simulator/identity.h"
#include "daemon/simulator/serial_flash.h"

namespace firmbench::simulator {

enum class FaultKind : uint8_t {
  kTimeout,         // SCSI: never answered; task file: BSY until reset or power cycle
  kCheckCondition,  // SCSI: `sense` instead of doing the command
  kShortTransfer,   // SCSI data-in: half of the bytes
  kDropWrite,       // the next `times` writes of a memory are reported good and change nothing
  kNoisyRead,       // one bit wrong in every `one_in` bytes read, on average
  kAliasedRead,     // flash reads repeat every `window_bytes`
  kStuckRead,       // flash reads return the byte before them again
  kStaleRead,       // a handle answers flash reads from what it saw at the first one
  kPowerCut,        // power fails after the command was taken; back after `back_after`
  kGone,            // unplugged; plugged in again after `back_after`
  kBackAs,          // unplugged and at once back under `identity`
  kStuckStatus,     // the status register shows `status` and no command is taken
  kIgnoreIntro,     // the vendor intro is not answered (`times`: how often)
  kEngineSilent,    // the serial flash engine does not reach its chip and clocks in zeros
  kEngineEcho,      // the same, but it finds its own command again
  kPreempted,       // page-write parts: the host is held up beyond the load window after cycle
                    // `at.cycle` (default: half of the page is loaded)
};
std::string_view ToString(FaultKind kind);  // "timeout", "check_condition", ...
std::optional<FaultKind> ParseFaultKind(std::string_view text);

// Where a drive is in its life (drive-protocols 9.1).
enum class RunState : uint8_t { kOff, kBoot, kRun, kVendor, kDead };
std::string_view ToString(RunState state);  // "off", "boot", "run", "vendor", "dead"
std::optional<RunState> ParseRunState(std::string_view text);

// When a fault strikes: all conditions that are given must hold. None given: from the first
// command on.
struct FaultTrigger {
  uint64_t command = 0;           // not before the k-th command (SCSI or task file), from 1
  uint64_t write = 0;             // not before the n-th write of a memory (chip cycle that erases
                                  // or programs, EEPROM write), from 1
  std::optional<uint8_t> opcode;  // SCSI operation code or task-file command
  std::optional<RunState> state;
  // kPreempted, kPowerCut, kGone, kBackAs: on the way to that write (default: the first), after the
  // k-th write cycle of its sequence, from 1: unlock cycles, then loads. Counted only while the
  // start of a write is announced, so that chip identification is not meant.
  uint32_t cycle = 0;
};

struct FaultSpec {
  FaultKind kind = FaultKind::kTimeout;
  FaultTrigger at;
  uint32_t times = 1;                        // commands hit; 0: every one from then on
  SenseInfo sense{0x04, 0x44, 0x00, false};  // kCheckCondition; default: internal target failure
  uint32_t one_in = 65536;                   // kNoisyRead; > 0
  uint32_t window_bytes = 0x10000;           // kAliasedRead; a power of two
  uint8_t status = 0x52;                     // kStuckStatus
  uint32_t percent = 50;            // kPowerCut, kGone, kBackAs at a write: of its work done; 0..99
  std::optional<Nanos> back_after;  // kPowerCut, kGone; nullopt: only by hand
  DriveIdentity identity;           // kBackAs
};

// Everything that strikes one command.
struct Strikes {
  bool timeout = false;
  bool short_transfer = false;
  bool stuck = false;
  bool stale = false;
  bool ignore_intro = false;
  bool preempted = false;
  EngineFault engine = EngineFault::kNone;
  std::optional<SenseInfo> sense;
  std::optional<uint8_t> status;
  uint32_t noise_one_in = 0;        // 0: none
  uint32_t alias_window_bytes = 0;  // 0: none
  uint32_t drop_writes = 0;         // to add to the writes that will be dropped
};

// What the trigger is matched against.
struct CommandFacts {
  uint64_t command = 0;  // index of this command, from 1
  uint64_t writes = 0;   // writes of a memory so far
  uint8_t opcode = 0;
  RunState state = RunState::kRun;
  uint32_t cycles = 0;  // of the announced write's sequence that is under way; 0: none
  // The cycles with which half of a page is loaded; 0 on byte parts.
  uint32_t half_load = 0;
};

class FaultPlan {
 public:
  bool empty() const { return entries_.empty(); }
  void Add(FaultSpec spec);
  void Clear() { entries_.clear(); }

  // Faults that strike before or while the command is executed; counts them as used.
  Strikes Before(const CommandFacts& facts);
  // The power fault that strikes after the command was taken, if any: `facts.writes` then includes
  // what the command itself wrote.
  const FaultSpec* After(const CommandFacts& facts);

 private:
  struct Entry {
    FaultSpec spec;
    uint32_t used = 0;
  };
  static bool Due(const Entry& entry, const CommandFacts& facts);
  static bool WriteDue(const FaultSpec& spec, const CommandFacts& facts);
  std::vector<Entry> entries_;
};

}  // namespace firmbench::simulator
