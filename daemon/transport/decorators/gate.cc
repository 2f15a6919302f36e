// SPDX-License-Identifier: Apache-2.0
#include "daemon/transport/decorators/gate.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "daemon/scsi/cdb.h"
#include "daemon/transport/decorators/refusal.h"

namespace firmbench::transport {
namespace {

using scsi::CdbRule;
using scsi::Direction;

// Operation codes that SPC-4 and MMC-6 document as unable to change a memory of the drive
// (drive-protocols 9.5 [D]).
constexpr std::array<uint8_t, 26> kStandard{
    0x00,  // TEST UNIT READY
    0x03,  // REQUEST SENSE
    0x12,  // INQUIRY
    0x1a,  // MODE SENSE(6)
    0x1b,  // START STOP UNIT
    0x1e,  // PREVENT ALLOW MEDIUM REMOVAL
    0x23,  // READ FORMAT CAPACITIES
    0x25,  // READ CAPACITY
    0x28,  // READ(10)
    0x3c,  // READ BUFFER: only the modes below
    0x42,  // READ SUB-CHANNEL
    0x43,  // READ TOC/PMA/ATIP
    0x44,  // READ HEADER
    0x46,  // GET CONFIGURATION
    0x4a,  // GET EVENT STATUS NOTIFICATION
    0x51,  // READ DISC INFORMATION
    0x52,  // READ TRACK INFORMATION
    0x5a,  // MODE SENSE(10)
    0x5c,  // READ BUFFER CAPACITY
    0xa0,  // REPORT LUNS
    0xa4,  // REPORT KEY
    0xa8,  // READ(12)
    0xac,  // GET PERFORMANCE
    0xad,  // READ DISC STRUCTURE
    0xbd,  // MECHANISM STATUS
    0xbe,  // READ CD
};

// READ BUFFER modes with a documented meaning: header and data, data, descriptor, echo buffer and
// its descriptor. Everything else is vendor's land (drive-protocols 2.1).
constexpr bool IsDocumentedReadBuffer(uint8_t byte1) {
  return byte1 == 0x00 || byte1 == 0x02 || byte1 == 0x03 || byte1 == 0x0a || byte1 == 0x0b;
}

// SPC-4 4.3.1: the group of the operation code fixes the length; 0 for groups without one.
constexpr uint8_t StandardLength(uint8_t opcode) {
  constexpr std::array<uint8_t, 8> kByGroup{6, 10, 10, 0, 16, 12, 0, 0};
  return kByGroup[opcode >> 5];
}

bool WellFormed(const scsi::Command& command) {
  const scsi::Cdb& cdb = command.cdb;
  if (cdb.length != 6 && cdb.length != 10 && cdb.length != 12 && cdb.length != 16) return false;
  // PACKET always carries 12 bytes, so what lies behind the CDB reaches the drive, too.
  if (!AllBytesAre(ByteView(cdb.bytes).subspan(cdb.length), 0)) return false;
  switch (command.direction) {
    case Direction::kNone:
      return command.data_in.empty() && command.data_out.empty();
    case Direction::kIn:
      return command.data_out.empty();
    case Direction::kOut:
      return command.data_in.empty();
  }
  return false;
}

// How many leading bytes of the CDB make it a harmless standard command; 0 when it is none.
size_t StandardPrefix(const scsi::Command& command) {
  const scsi::Cdb& cdb = command.cdb;
  const uint8_t opcode = cdb.opcode();
  constexpr scsi::Cdb kIdentify = scsi::cdb::AtaIdentifyPacketDevice();
  if (opcode == kIdentify.opcode()) {
    const bool in = command.direction == Direction::kIn && cdb.length == kIdentify.length;
    return in && cdb.bytes == kIdentify.bytes ? kIdentify.length : 0;
  }
  if (std::find(kStandard.begin(), kStandard.end(), opcode) == kStandard.end()) return 0;
  if (command.direction == Direction::kOut || cdb.length != StandardLength(opcode)) return 0;
  // Vendors hide commands behind the control byte of standard ones: 44h with READ BUFFER.
  if (cdb.bytes[cdb.length - 1] != 0) return 0;
  if (opcode == 0x3c) return IsDocumentedReadBuffer(cdb.bytes[1]) ? 2 : 0;
  return 1;
}

class GatedTransport final : public scsi::Transport {
 public:
  GatedTransport(std::unique_ptr<scsi::Transport> inner, std::span<const CdbRule> rules,
                 const Gate& gate, bool simulated)
      : inner_(std::move(inner)), rules_(rules), gate_(gate), simulated_(simulated) {}

  Result<scsi::Completion> Execute(const scsi::Command& command) override {
    bool destructive = false;
    if (auto refusal = Judge(command, destructive)) {
      gate_.CountRefused();
      return std::move(*refusal);
    }
    if (destructive) gate_.CountDestructive(1);
    return inner_->Execute(command);
  }

  scsi::Limits limits() const override { return inner_->limits(); }

 private:
  // The strictest of the rules with the longest matching prefix; nullptr when none matches.
  const CdbRule* FindRule(ByteView cdb) const {
    const CdbRule* best = nullptr;
    for (const CdbRule& rule : rules_) {
      if (rule.prefix_bytes == 0 || rule.prefix_bytes > rule.prefix.size() || !rule.Matches(cdb)) {
        continue;
      }
      if (best == nullptr || rule.prefix_bytes > best->prefix_bytes ||
          (rule.prefix_bytes == best->prefix_bytes && Stricter(rule, *best))) {
        best = &rule;
      }
    }
    return best;
  }

  bool Stricter(const CdbRule& a, const CdbRule& b) const {
    const auto guess = [this](const CdbRule& rule) {
      return !simulated_ && rule.evidence == Evidence::kHypothetical;
    };
    if (guess(a) != guess(b)) return guess(a);
    return a.effect == scsi::Effect::kDestructive && b.effect == scsi::Effect::kReadOnly;
  }

  std::optional<Error> Judge(const scsi::Command& command, bool& destructive) const {
    const uint8_t opcode = command.cdb.opcode();
    if (!WellFormed(command)) {
      return Refuse(Why::kMalformed, opcode, "the command is not well formed");
    }
    const CdbRule* rule = FindRule(command.cdb.view());
    const size_t standard = StandardPrefix(command);
    // Of equal lengths the rule wins: it can only be as strict as the standard command or stricter.
    if (rule == nullptr || standard > rule->prefix_bytes) {
      if (standard > 0) return std::nullopt;
      return Refuse(Why::kUnknownCommand, opcode,
                    fmt::format("no rule of this drive's family names the command {}",
                                ToHex(command.cdb.view())));
    }
    if (rule->evidence == Evidence::kHypothetical && !simulated_) {
      return Refuse(Why::kHypothetical, opcode,
                    fmt::format("{}: only guessed, never tried on a drive", rule->name));
    }
    if (rule->effect == scsi::Effect::kReadOnly) return std::nullopt;
    if (gate_.level() != GateLevel::kOpen) {
      return Refuse(Why::kGateClosed, opcode,
                    fmt::format("{}: may change a memory, and the gate is closed", rule->name));
    }
    destructive = true;
    return std::nullopt;
  }

  const std::unique_ptr<scsi::Transport> inner_;
  const std::span<const CdbRule> rules_;
  const Gate& gate_;
  const bool simulated_;
};

}  // namespace

std::string_view ToString(GateLevel level) {
  switch (level) {
    case GateLevel::kReadOnly:
      return "read_only";
    case GateLevel::kChipIdentify:
      return "chip_identify";
    case GateLevel::kOpen:
      return "open";
  }
  return "read_only";
}

std::unique_ptr<scsi::Transport> MakeGated(std::unique_ptr<scsi::Transport> inner,
                                           std::span<const CdbRule> rules, const Gate& gate,
                                           bool simulated) {
  if (inner == nullptr) return nullptr;
  return std::make_unique<GatedTransport>(std::move(inner), rules, gate, simulated);
}

}  // namespace firmbench::transport
