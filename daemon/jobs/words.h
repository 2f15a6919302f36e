// SPDX-License-Identifier: Apache-2.0
#pragma once

// The closed vocabularies of a job (design: the way of a flash job), with the words that the
// ledger, the API and every screen use.

#include <cstdint>
#include <optional>
#include <string_view>

namespace firmbench::jobs {

enum class Kind : uint8_t {
  kBackup,
  kFlash,
  kRestore,
  kVerify,
  kEepromRestore,
  kConvert,  // makes another model of the drive: EEPROM, then firmware
  kRecover,  // brings back a drive whose write was cut off, or that is dead for another reason
  // The drive as programmer for the chip in its socket (chip_plan.h).
  kChipIdentify,
  kChipRead,
  kChipVerify,
  kChipWrite,
  kChipErase,
  kProbe,  // asks a drive with commands that cannot write, known or not (probe_plan.h)
};
constexpr std::string_view ToString(Kind kind) {
  switch (kind) {
    case Kind::kBackup:
      return "backup";
    case Kind::kFlash:
      return "flash";
    case Kind::kRestore:
      return "restore";
    case Kind::kVerify:
      return "verify";
    case Kind::kEepromRestore:
      return "eeprom_restore";
    case Kind::kConvert:
      return "convert";
    case Kind::kRecover:
      return "recover";
    case Kind::kChipIdentify:
      return "chip_identify";
    case Kind::kChipRead:
      return "chip_read";
    case Kind::kChipVerify:
      return "chip_verify";
    case Kind::kChipWrite:
      return "chip_write";
    case Kind::kChipErase:
      return "chip_erase";
    case Kind::kProbe:
      return "probe";
  }
  return "backup";
}
constexpr std::optional<Kind> ParseKind(std::string_view text) {
  for (const Kind kind : {Kind::kBackup, Kind::kFlash, Kind::kRestore, Kind::kVerify,
                          Kind::kEepromRestore, Kind::kConvert, Kind::kRecover, Kind::kChipIdentify,
                          Kind::kChipRead, Kind::kChipVerify, Kind::kChipWrite, Kind::kChipErase,
                          Kind::kProbe}) {
    if (text == ToString(kind)) return kind;
  }
  return std::nullopt;
}
// Does a job of this kind change a memory, of the drive or of the chip in its socket?
constexpr bool Writes(Kind kind) {
  return kind == Kind::kFlash || kind == Kind::kRestore || kind == Kind::kEepromRestore ||
         kind == Kind::kConvert || kind == Kind::kRecover || kind == Kind::kChipWrite ||
         kind == Kind::kChipErase;
}

// Is the job one on a bare chip, of which the drive is only the programmer?
constexpr bool OnChip(Kind kind) {
  return kind == Kind::kChipIdentify || kind == Kind::kChipRead || kind == Kind::kChipVerify ||
         kind == Kind::kChipWrite || kind == Kind::kChipErase;
}
constexpr bool WritesChip(Kind kind) { return OnChip(kind) && Writes(kind); }

// Storage's word for both memories: of a backup, and of a conversion or its recovery.
inline constexpr std::string_view kAllMemories = "all";
// The memory that a job writes, for people.
constexpr std::string_view MemoryText(std::string_view memory) {
  if (memory == kAllMemories) return "firmware and EEPROM";
  return memory == "eeprom" ? "EEPROM" : "firmware";
}

enum class State : uint8_t {
  kQueued,
  kAwaitingApproval,
  kPreflight,
  kDumping,
  kDumpCommitted,
  kEntering,
  kArmed,
  kWriting,
  kResetting,
  kReadback,
  kClosed,
};
constexpr std::string_view ToString(State state) {
  switch (state) {
    case State::kQueued:
      return "QUEUED";
    case State::kAwaitingApproval:
      return "AWAITING_APPROVAL";
    case State::kPreflight:
      return "PREFLIGHT";
    case State::kDumping:
      return "DUMPING";
    case State::kDumpCommitted:
      return "DUMP_COMMITTED";
    case State::kEntering:
      return "ENTERING";
    case State::kArmed:
      return "ARMED";
    case State::kWriting:
      return "WRITING";
    case State::kResetting:
      return "RESETTING";
    case State::kReadback:
      return "READBACK";
    case State::kClosed:
      return "CLOSED";
  }
  return "CLOSED";
}

enum class JobResult : uint8_t { kSucceeded, kFailed, kCancelled, kRefused };
constexpr std::string_view ToString(JobResult result) {
  switch (result) {
    case JobResult::kSucceeded:
      return "SUCCEEDED";
    case JobResult::kFailed:
      return "FAILED";
    case JobResult::kCancelled:
      return "CANCELLED";
    case JobResult::kRefused:
      return "REFUSED";
  }
  return "FAILED";
}

// What became of one memory, computed from what was observed, never from a command's status.
enum class Outcome : uint8_t {
  kNotStarted,
  kUnchanged,
  kChangedVerified,
  kChangedUnverified,
  kNoEffect,
  kUnknown,
};
constexpr std::string_view ToString(Outcome outcome) {
  switch (outcome) {
    case Outcome::kNotStarted:
      return "NOT_STARTED";
    case Outcome::kUnchanged:
      return "UNCHANGED";
    case Outcome::kChangedVerified:
      return "CHANGED_VERIFIED";
    case Outcome::kChangedUnverified:
      return "CHANGED_UNVERIFIED";
    case Outcome::kNoEffect:
      return "NO_EFFECT";
    case Outcome::kUnknown:
      return "UNKNOWN";
  }
  return "UNKNOWN";
}

enum class EepromCheck : uint8_t { kEqual, kVolatileOnly, kChanged, kNotRead };
constexpr std::string_view ToString(EepromCheck check) {
  switch (check) {
    case EepromCheck::kEqual:
      return "EQUAL";
    case EepromCheck::kVolatileOnly:
      return "VOLATILE_ONLY";
    case EepromCheck::kChanged:
      return "CHANGED";
    case EepromCheck::kNotRead:
      return "NOT_READ";
  }
  return "NOT_READ";
}

}  // namespace firmbench::jobs
