// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <array>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "daemon/transport/decorators/gate.h"
#include "daemon/transport/decorators/id_sequence.h"
#include "daemon/transport/decorators/refusal.h"
#include "daemon/transport/decorators/serial_window.h"

namespace firmbench::transport {
namespace {

using ata::Access;
using ata::CommandRule;
using ata::Register;

constexpr uint8_t kDeviceReset = 0x08;           // ATA/ATAPI-5 8.7
constexpr uint8_t kPacket = 0xa0;                // ATA/ATAPI-5 8.23
constexpr uint8_t kIdentifyPacketDevice = 0xa1;  // ATA/ATAPI-5 8.13
// Bits of the device control register that have a meaning, and the bit that was always set once:
// nIEN, SRST, bit 3 (ATA/ATAPI-5 7.9).
constexpr uint8_t kControlMask = 0x0e;
constexpr uint8_t kSoftReset = 0x04;
constexpr uint8_t kAddressNibble = 0x0f;  // of the device register: A19..A16

// What the rules say of one command code with one value of LBA low, strictest last.
enum class Verdict : uint8_t {
  kUnknown,
  kReadOnly,
  kByteWrite,
  kSpiLengths,
  kSpiRun,
  kDestructive,
  kHypothetical
};

Verdict VerdictOf(const CommandRule& rule, bool simulated) {
  if (rule.evidence == Evidence::kHypothetical && !simulated) return Verdict::kHypothetical;
  switch (rule.effect) {
    case ata::Effect::kReadOnly:
      return Verdict::kReadOnly;
    case ata::Effect::kByteWrite:
      return Verdict::kByteWrite;
    case ata::Effect::kSpiLengths:
      return Verdict::kSpiLengths;
    case ata::Effect::kSpiRun:
      return Verdict::kSpiRun;
    case ata::Effect::kDestructive:
      return Verdict::kDestructive;
  }
  return Verdict::kDestructive;
}

// The rules as tables, because a script has thousands of accesses.
class RuleTable {
 public:
  RuleTable(std::span<const CommandRule> rules, bool simulated) {
    general_[kDeviceReset] = Verdict::kReadOnly;
    general_[kIdentifyPacketDevice] = Verdict::kReadOnly;
    new_mode_[kDeviceReset] = true;
    for (const CommandRule& rule : rules) {
      if (!rule.lba_low) Tighten(general_[rule.command], VerdictOf(rule, simulated));
      if (rule.new_mode) new_mode_[rule.command] = true;
      if (rule.effect != ata::Effect::kSpiRun) continue;
      for (const uint8_t status : rule.serial_statuses) serial_[status] = status != 0;
    }
    for (const CommandRule& rule : rules) {
      if (rule.lba_low) Tighten(Special(rule.command, *rule.lba_low), VerdictOf(rule, simulated));
    }
    // A special value that only its own rule names starts from nothing; the others follow the
    // general rule of their command.
    for (size_t command = 0; command < special_.size(); ++command) {
      if (special_[command] == nullptr) continue;
      for (Verdict& verdict : *special_[command]) {
        if (verdict == Verdict::kUnknown) verdict = general_[command];
      }
    }
    // Its CDB would go through the data register, unseen by the SCSI gate.
    general_[kPacket] = Verdict::kUnknown;
    special_[kPacket].reset();
    for (size_t command = 0; command < only_reads_.size(); ++command) {
      only_reads_[command] = special_[command] == nullptr &&
                             general_[command] == Verdict::kReadOnly && command != kDeviceReset &&
                             command != kIdentifyPacketDevice && !new_mode_[command];
    }
  }

  // Read-only with every value of LBA low, and leaves mode and registers but for LBA low alone.
  bool OnlyReads(uint8_t command) const { return only_reads_[command]; }

  // After it the drive may be in another mode.
  bool NewMode(uint8_t command) const { return new_mode_[command]; }
  // A status that a drive with serial flash shows.
  bool IsSerial(uint8_t status) const { return serial_[status]; }

  bool DependsOnLbaLow(uint8_t command) const { return special_[command] != nullptr; }
  Verdict Find(uint8_t command, uint8_t lba_low) const {
    return special_[command] == nullptr ? general_[command] : (*special_[command])[lba_low];
  }

 private:
  static void Tighten(Verdict& verdict, Verdict other) {
    if (other > verdict) verdict = other;
  }
  Verdict& Special(uint8_t command, uint8_t lba_low) {
    if (special_[command] == nullptr) {
      special_[command] = std::make_unique<std::array<Verdict, 256>>();
    }
    return (*special_[command])[lba_low];
  }

  std::array<Verdict, 256> general_{};
  std::array<bool, 256> only_reads_{};
  std::array<bool, 256> new_mode_{};
  std::array<bool, 256> serial_{};
  std::array<std::unique_ptr<std::array<Verdict, 256>>, 256> special_;
};

// What the registers hold as far as only we wrote them.
struct Shadow {
  struct Known {
    uint8_t value = 0;
    bool known = false;
    void Set(uint8_t v) { value = v, known = true; }
  };
  Known low, mid, high, device;

  bool address_known() const { return mid.known && high.known && device.known; }
  uint32_t address() const {
    return uint32_t{static_cast<uint8_t>(device.value & kAddressNibble)} << 16 |
           uint32_t{high.value} << 8 | mid.value;
  }
};

class GatedTaskFile final : public ata::TaskFile {
 public:
  GatedTaskFile(std::unique_ptr<ata::TaskFile> inner, std::span<const CommandRule> rules,
                const Gate& gate, bool simulated)
      : inner_(std::move(inner)), table_(rules, simulated), gate_(gate) {}

  Status Run(std::span<Access> script, const ata::WaitLimits& limits) override {
    Walk walk{gate_.level(), shadow_, sequence_, window_, sequence_.lone_reset_allowed()};
    for (size_t i = 0; i < script.size(); ++i) {
      const Access& access = script[i];
      if (Passes(access, walk)) continue;
      walk.index = i;
      if (auto refusal = Judge(access, walk)) return Refused(std::move(*refusal));
    }
    if (!walk.sequence.complete()) {
      return Refused(Refuse(Why::kSequence, last_command_, "the unlock sequence is not complete"));
    }
    shadow_ = walk.shadow;
    sequence_ = walk.sequence;
    window_ = walk.window;
    gate_.CountDestructive(walk.destructive);
    gate_.CountIdentify(walk.identify);
    auto status = inner_->Run(script, limits);
    if (!status) {
      // It stopped somewhere in between.
      shadow_ = {};
      sequence_.Forget(walk.may_be_in_id_mode);
      window_.ModeMayChange();
    } else if (!window_.settled()) {
      LearnMode(script.subspan(walk.mode_from));
    }
    return status;
  }

 private:
  // The state in which the script finds the gate, and how it would leave it.
  struct Walk {
    GateLevel level;
    Shadow shadow;
    IdSequence sequence;
    SerialWindow window;
    bool may_be_in_id_mode;  // before or anywhere in the script: a lone F0 may be needed
    uint64_t destructive = 0;
    uint64_t identify = 0;
    size_t index = 0;      // of the access being judged
    size_t mode_from = 0;  // behind the last access that may have changed the drive's mode

    void ModeMayChange() {
      window.ModeMayChange();
      mode_from = index + 1;
    }
  };

  // What the drive showed of its mode in a script that was performed.
  void LearnMode(std::span<const Access> script) {
    for (const Access& access : script) {
      if (access.reg != Register::kStatus) continue;
      std::optional<uint8_t> status;
      if (access.kind == Access::Kind::kWaitEqual) status = access.value;
      if (access.kind == Access::Kind::kRead) status = static_cast<uint8_t>(access.value16);
      if (!status) continue;
      window_.SeeStatus(*status, table_.IsSerial(*status));
      if (window_.settled()) return;
    }
  }

  Status Refused(Error error) {
    gate_.CountRefused();
    return error;
  }

  // True for the harmless accesses that scripts are mostly made of: a dump is millions of them, so
  // they are taken here without the way of an error. False: Judge decides.
  bool Passes(const Access& access, Walk& walk) {
    switch (access.kind) {
      case Access::Kind::kRead:
      case Access::Kind::kReadData16:
      case Access::Kind::kWaitEqual:
      case Access::Kind::kWaitClear:
        return true;
      case Access::Kind::kWrite:
        break;
      default:
        return false;
    }
    switch (access.reg) {
      case Register::kLbaLow:
        walk.shadow.low.Set(access.value);
        return true;
      case Register::kLbaMid:
        walk.shadow.mid.Set(access.value);
        return true;
      case Register::kLbaHigh:
        walk.shadow.high.Set(access.value);
        return true;
      case Register::kDevice:
        walk.shadow.device.Set(access.value);
        return true;
      case Register::kCommand:
        if (!table_.OnlyReads(access.value) || !walk.sequence.complete()) return false;
        last_command_ = access.value;
        walk.shadow.low.known = false;
        return true;
      default:
        return false;
    }
  }

  std::optional<Error> Judge(const Access& access, Walk& walk) {
    if (access.kind == Access::Kind::kWrite) return JudgeWrite(access.reg, access.value, walk);
    if (access.kind == Access::Kind::kWriteData16) return JudgeDataWrite(walk);
    return Refuse(Why::kMalformed, last_command_, "the script has an access of no known kind");
  }

  std::optional<Error> JudgeWrite(Register reg, uint8_t value, Walk& walk) {
    switch (reg) {
      case Register::kLbaLow:
      case Register::kLbaMid:
      case Register::kLbaHigh:
      case Register::kDevice:  // these four are done by Passes
      case Register::kFeatures:
      case Register::kSectorCount:
        return std::nullopt;
      case Register::kCommand:
        return JudgeCommand(value, walk);
      case Register::kData:
        return JudgeDataWrite(walk);
      case Register::kControl:
        if ((value & ~kControlMask) != 0) {
          return Refuse(Why::kMalformed, last_command_,
                        fmt::format("{:02x} has no meaning in the control register", value));
        }
        if ((value & kSoftReset) != 0 && !walk.sequence.complete()) {
          return Refuse(Why::kSequence, last_command_,
                        "a reset would interrupt an unlock sequence");
        }
        // A reset puts the drive's signature into the registers.
        if ((value & kSoftReset) != 0) walk.shadow = {};
        if ((value & kSoftReset) != 0) walk.ModeMayChange();
        return std::nullopt;
    }
    return Refuse(Why::kMalformed, last_command_, "the script writes to no known register");
  }

  std::optional<Error> JudgeDataWrite(const Walk& walk) const {
    if (walk.level == GateLevel::kOpen) return std::nullopt;
    return Refuse(Why::kGateClosed, last_command_,
                  "data for the drive may change a memory, and the gate is closed");
  }

  std::optional<Error> JudgeCommand(uint8_t command, Walk& walk) {
    last_command_ = command;
    if (table_.DependsOnLbaLow(command) && !walk.shadow.low.known) {
      return Refuse(Why::kRegisters, command,
                    fmt::format("command {:02x} depends on LBA low, which is not known", command));
    }
    const Verdict verdict = table_.Find(command, walk.shadow.low.value);
    if (verdict != Verdict::kByteWrite && !walk.sequence.complete()) {
      return Refuse(Why::kSequence, command,
                    fmt::format("command {:02x} would interrupt an unlock sequence", command));
    }
    switch (verdict) {
      case Verdict::kUnknown:
        return Refuse(Why::kUnknownCommand, command,
                      fmt::format("no rule of this drive's family names the command {:02x} with "
                                  "LBA low {:02x}",
                                  command, walk.shadow.low.value));
      case Verdict::kHypothetical:
        return Refuse(
            Why::kHypothetical, command,
            fmt::format("command {:02x} is only guessed, never tried on a drive", command));
      case Verdict::kReadOnly:
        break;
      case Verdict::kByteWrite:
        if (auto refusal = walk.window.serial() ? JudgeWindowWrite(command, walk)
                                                : JudgeByteWrite(command, walk)) {
          return refusal;
        }
        break;
      case Verdict::kSpiLengths:
      case Verdict::kSpiRun:
        if (auto refusal = JudgeSpi(command, verdict == Verdict::kSpiRun, walk)) return refusal;
        break;
      case Verdict::kDestructive:
        if (walk.level != GateLevel::kOpen) {
          return Refuse(
              Why::kGateClosed, command,
              fmt::format("command {:02x} may change a memory, and the gate is closed", command));
        }
        ++walk.destructive;
        break;
    }
    // A command returns its byte in LBA low; the standard ones put more than that there.
    walk.shadow.low.known = false;
    if (command == kDeviceReset || command == kIdentifyPacketDevice) walk.shadow = {};
    if (table_.NewMode(command)) walk.ModeMayChange();
    return std::nullopt;
  }

  // Fills the memory of the drive's serial flash engine: harmless until it runs.
  static std::optional<Error> JudgeWindowWrite(uint8_t command, Walk& walk) {
    const Shadow& shadow = walk.shadow;
    if (shadow.low.known && shadow.mid.known && shadow.high.known) {
      const auto address = static_cast<uint16_t>(shadow.high.value << 8 | shadow.mid.value);
      walk.window.Write(address, shadow.low.value);
      return std::nullopt;
    }
    if (walk.level != GateLevel::kOpen) {
      return Refuse(Why::kRegisters, command,
                    "a write to the flash engine whose address or data is not known");
    }
    walk.window.Forget();
    return std::nullopt;
  }

  static std::optional<Error> JudgeSpi(uint8_t command, bool run, Walk& walk) {
    const bool serial = walk.window.serial();
    if (serial && !run) return std::nullopt;
    const bool reads = serial && walk.window.OnlyReads();
    const std::optional<uint8_t> chip_command = walk.window.command();
    walk.window.Forget();  // what is clocked in takes its place
    if (reads) return std::nullopt;
    if (walk.level == GateLevel::kOpen) {
      ++walk.destructive;
      return std::nullopt;
    }
    if (!serial) {
      return Refuse(Why::kGateClosed, command,
                    fmt::format("command {:02x} is only known where the drive has shown that its "
                                "flash is serial",
                                command));
    }
    if (!chip_command) {
      return Refuse(Why::kRegisters, command,
                    "the flash engine would run a command that is not known");
    }
    return Refuse(
        Why::kGateClosed, command,
        fmt::format("the flash chip's command {:02x} may change it, and the gate is closed",
                    *chip_command));
  }

  std::optional<Error> JudgeByteWrite(uint8_t command, Walk& walk) {
    switch (walk.level) {
      case GateLevel::kOpen:
        ++walk.destructive;
        // The engine's own writes are not followed cycle by cycle; id mode may be on or off.
        walk.sequence.Forget(true);
        walk.may_be_in_id_mode = true;
        return std::nullopt;
      case GateLevel::kReadOnly:
        return Refuse(Why::kGateClosed, command, "the gate is closed for flash bus writes");
      case GateLevel::kChipIdentify:
        break;
    }
    if (!walk.shadow.low.known || !walk.shadow.address_known()) {
      return Refuse(Why::kRegisters, command,
                    "a flash bus write whose address or data is not known");
    }
    const uint32_t address = walk.shadow.address();
    const uint8_t data = walk.shadow.low.value;
    if (!walk.sequence.Accept(address, data)) {
      return Refuse(
          Why::kSequence, command,
          fmt::format("{:02x} at {:05x} is no part of a chip identification", data, address));
    }
    walk.may_be_in_id_mode |= walk.sequence.lone_reset_allowed();
    ++walk.identify;
    return std::nullopt;
  }

  const std::unique_ptr<ata::TaskFile> inner_;
  const RuleTable table_;
  const Gate& gate_;
  Shadow shadow_;
  IdSequence sequence_;
  SerialWindow window_;
  uint8_t last_command_ = 0;  // for messages
};

}  // namespace

std::unique_ptr<ata::TaskFile> MakeGated(std::unique_ptr<ata::TaskFile> inner,
                                         std::span<const CommandRule> rules, const Gate& gate,
                                         bool simulated) {
  if (inner == nullptr) return nullptr;
  return std::make_unique<GatedTaskFile>(std::move(inner), rules, gate, simulated);
}

}  // namespace firmbench::transport
