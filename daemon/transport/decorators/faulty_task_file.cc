// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <array>
#include <cstdlib>
#include <utility>

#include "daemon/transport/decorators/fault.h"
#include "daemon/transport/decorators/fault_data.h"

namespace firmbench::transport {
namespace {

using ata::Access;
using ata::Register;
using Kind = Access::Kind;

constexpr uint8_t kBusy = 0x80;
constexpr uint8_t kCheck = 0x51;  // ATA/ATAPI-5 7.15: ready, with an error
constexpr uint8_t kAddressNibble = 0x0f;

bool IsCommand(const Access& access) {
  return access.kind == Kind::kWrite && access.reg == Register::kCommand;
}
bool IsWait(const Access& access) {
  return access.kind == Kind::kWaitEqual || access.kind == Kind::kWaitClear;
}
bool IsStatus(const Access& access) {
  const bool looks = access.kind == Kind::kRead || IsWait(access);
  return looks && (access.reg == Register::kStatus || access.reg == Register::kControl);
}
bool IsDataRead(const Access& access) {
  return access.kind == Kind::kRead && access.reg == Register::kLbaLow;
}

Error WaitTimeout(size_t index, uint8_t last) {
  return DeadlineExceeded("TASKFILE_WAIT_TIMEOUT",
                          fmt::format("the drive's status register stayed at {:02x}", last))
      .With("index", std::to_string(index))
      .With("last", fmt::format("{:02x}", last));
}

// An error of a part of a script names its access by its place in the whole.
Error Shifted(const Error& error, size_t by) {
  Error out(error.code(), error.reason(), error.message());
  // The builders change `out` itself.
  std::move(out).WithDriveState(error.drive_state()).WithRemedy(error.remedy());
  if (error.transport()) std::move(out).WithTransport(*error.transport());
  if (error.sense()) std::move(out).WithSense(*error.sense());
  if (error.opcode()) std::move(out).WithOpcode(*error.opcode());
  for (const auto& [key, value] : error.metadata()) {
    const uint64_t index = std::strtoull(value.c_str(), nullptr, 10);
    std::move(out).With(key, key == "index" ? std::to_string(index + by) : value);
  }
  return out;
}

class FaultyTaskFile final : public ata::TaskFile {
 public:
  FaultyTaskFile(std::unique_ptr<ata::TaskFile> inner, std::shared_ptr<FaultScript> script)
      : inner_(std::move(inner)), script_(std::move(script)) {}

  // Stretches without faults go down in one piece, so that a page's load has no gap.
  Status Run(std::span<Access> script, const ata::WaitLimits& limits) override {
    size_t done = 0;
    for (size_t i = 0; i < script.size(); ++i) {
      if (!IsCommand(script[i])) {
        Keep(script[i]);
        continue;
      }
      const std::vector<Fault> struck = StrikesOn(script[i].value);
      if (struck.empty() && !disturbance_.active()) continue;
      RETURN_IF_ERROR(Perform(script, done, i, limits));
      done = i;
      if (Find(struck, FaultKind::kGone) != nullptr) return Gone();
      disturbance_ = DisturbanceOf(struck);
      if (const Fault* fault = Find(struck, FaultKind::kAliasedRead))
        RETURN_IF_ERROR(Alias(*fault));
      if (disturbance_.not_sent) ++done;
    }
    RETURN_IF_ERROR(Perform(script, done, script.size(), limits));
    if (!std::exchange(disturbance_.fails_after, false)) return Ok();
    return WaitTimeout(script.empty() ? 0 : script.size() - 1, kBusy);
  }

 private:
  // What is wrong with the present command, until the next one.
  struct Disturbance {
    bool not_sent = false;
    bool fails_after = false;
    bool stuck = false;
    bool echo = false;
    uint32_t noise_one_in = 0;
    std::optional<uint8_t> status;  // instead of the drive's
    bool active() const {
      return not_sent || fails_after || stuck || echo || noise_one_in != 0 || status.has_value();
    }
  };

  // Registers as the host wrote them last.
  void Keep(const Access& access) {
    if (access.kind != Kind::kWrite) return;
    if (access.reg == Register::kLbaLow) lba_low_ = access.value;
    if (access.reg == Register::kLbaMid) lba_mid_ = access.value;
    if (access.reg == Register::kLbaHigh) lba_high_ = access.value;
    if (access.reg == Register::kDevice) device_ = access.value;
  }

  std::vector<Fault> StrikesOn(uint8_t opcode) {
    const ByteOps& ops = script_->ops();
    FaultScript::Kinds kinds = KindsOf(
        {FaultKind::kTimeout, FaultKind::kStuckStatus, FaultKind::kGone, FaultKind::kErrorAfter});
    const bool write = opcode == ops.write;
    if (write) {
      written_ = lba_low_;
      kinds |= KindsOf({FaultKind::kDropWrite});
    } else if (opcode == ops.read) {
      kinds |= KindsOf({FaultKind::kStaleBuffer, FaultKind::kNoisyRead, FaultKind::kStuckRead});
      if (lba_mid_ && lba_high_ && device_) kinds |= KindsOf({FaultKind::kAliasedRead});
      if (written_) kinds |= KindsOf({FaultKind::kEchoedWrite});
    }
    return script_->Next(opcode, write, kinds);
  }

  static Disturbance DisturbanceOf(const std::vector<Fault>& struck) {
    Disturbance out;
    if (Find(struck, FaultKind::kStaleBuffer) != nullptr) out.status = kCheck;
    if (const Fault* fault = Find(struck, FaultKind::kStuckStatus)) out.status = fault->status;
    if (Find(struck, FaultKind::kTimeout) != nullptr) out.status = kBusy;
    out.echo = Find(struck, FaultKind::kEchoedWrite) != nullptr;
    out.not_sent =
        out.status.has_value() || out.echo || Find(struck, FaultKind::kDropWrite) != nullptr;
    out.fails_after = !out.not_sent && Find(struck, FaultKind::kErrorAfter) != nullptr;
    out.stuck = Find(struck, FaultKind::kStuckRead) != nullptr;
    if (const Fault* fault = Find(struck, FaultKind::kNoisyRead)) {
      out.noise_one_in = fault->noise_one_in;
    }
    return out;
  }

  Status Alias(const Fault& fault) {
    const uint32_t mask = fault.window_bytes - 1;
    const auto nibble = static_cast<uint8_t>(*device_ & kAddressNibble & mask >> 16);
    std::array address = {
        Access::Write(Register::kLbaMid, static_cast<uint8_t>(*lba_mid_ & mask)),
        Access::Write(Register::kLbaHigh, static_cast<uint8_t>(*lba_high_ & mask >> 8)),
        Access::Write(Register::kDevice,
                      static_cast<uint8_t>((*device_ & ~kAddressNibble) | nibble))};
    return inner_->Run(address);
  }

  // Accesses [from, to) under the present disturbance.
  Status Perform(std::span<Access> script, size_t from, size_t to, const ata::WaitLimits& limits) {
    if (!disturbance_.active()) return Pass(script, from, to, limits);
    for (size_t i = from; i < to; ++i) {
      Access& access = script[i];
      if (disturbance_.status && IsStatus(access)) {
        RETURN_IF_ERROR(ShowStatus(access, i, *disturbance_.status));
      } else if (IsDataRead(access) && disturbance_.echo) {
        access.value16 = *written_;
      } else if (IsDataRead(access) && disturbance_.stuck) {
        access.value16 = last_byte_;
      } else {
        RETURN_IF_ERROR(Pass(script, i, i + 1, limits));
        if (IsDataRead(access) && disturbance_.noise_one_in != 0) {
          access.value16 =
              WithNoise(static_cast<uint8_t>(access.value16), disturbance_.noise_one_in, *script_);
        }
      }
      if (IsWait(access) && std::exchange(disturbance_.fails_after, false)) {
        return WaitTimeout(i, kBusy);
      }
    }
    return Ok();
  }

  static Status ShowStatus(Access& access, size_t index, uint8_t status) {
    access.value16 = status;
    const bool equal = access.kind == Kind::kWaitEqual && status == access.value;
    const bool clear = access.kind == Kind::kWaitClear && (status & access.value) == 0;
    if (!IsWait(access) || equal || clear) return Ok();
    return WaitTimeout(index, status);
  }

  Status Pass(std::span<Access> script, size_t from, size_t to, const ata::WaitLimits& limits) {
    if (from == to) return Ok();
    const std::span<Access> part = script.subspan(from, to - from);
    if (Status status = inner_->Run(part, limits); !status) {
      return Shifted(status.error(), from);
    }
    for (const Access& access : part) {
      if (IsDataRead(access)) last_byte_ = static_cast<uint8_t>(access.value16);
    }
    return Ok();
  }

  const std::unique_ptr<ata::TaskFile> inner_;
  const std::shared_ptr<FaultScript> script_;
  Disturbance disturbance_;
  uint8_t lba_low_ = 0;
  std::optional<uint8_t> lba_mid_, lba_high_, device_;
  std::optional<uint8_t> written_;  // by the vendor op that writes a byte
  uint8_t last_byte_ = 0xff;
};

}  // namespace

std::unique_ptr<ata::TaskFile> MakeFaulty(std::unique_ptr<ata::TaskFile> inner,
                                          std::shared_ptr<FaultScript> script) {
  if (inner == nullptr) return nullptr;
  return std::make_unique<FaultyTaskFile>(std::move(inner), std::move(script));
}

}  // namespace firmbench::transport
