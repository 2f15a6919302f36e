// SPDX-License-Identifier: Apache-2.0
#include "daemon/transport/decorators/fault.h"

#include <algorithm>
#include <utility>

#include "daemon/scsi/cdb.h"
#include "daemon/transport/decorators/fault_data.h"

namespace firmbench::transport {
namespace {

using scsi::Completion;
using scsi::Direction;

constexpr uint16_t kDidTimeOut = 0x03;  // host statuses of Linux' SG_IO
constexpr uint16_t kDidError = 0x07;

// Where the address of a read lies in its CDB, big-endian (drive-protocols 2.1, 2.2).
struct AddressField {
  size_t at = 0;
  size_t bytes = 0;  // 0: this command has no address
};
AddressField AddressOf(const scsi::Cdb& cdb) {
  constexpr uint8_t kLiteonVendor = 0xdf, kReadMemory = 0x83, kReadEeprom = 0x89;
  if (cdb.opcode() == scsi::op::kReadBuffer) return {3, 3};
  if (cdb.opcode() != kLiteonVendor) return {};
  if (cdb.bytes[1] == kReadMemory) return {6, 3};
  if (cdb.bytes[1] == kReadEeprom) return {7, 2};
  return {};
}

bool IsInquiry(const scsi::Cdb& cdb) {
  constexpr uint8_t kVitalProductData = 0x01;
  return cdb.opcode() == scsi::op::kInquiry && (cdb.bytes[1] & kVitalProductData) == 0;
}

void Claim(std::span<uint8_t> inquiry, size_t at, size_t width, const std::string& text) {
  if (text.empty()) return;
  for (size_t i = 0; i < width && at + i < inquiry.size(); ++i) {
    inquiry[at + i] = static_cast<uint8_t>(i < text.size() ? text[i] : ' ');
  }
}

class FaultyTransport final : public scsi::Transport {
 public:
  FaultyTransport(std::unique_ptr<scsi::Transport> inner, std::shared_ptr<FaultScript> script)
      : inner_(std::move(inner)), script_(std::move(script)) {}

  Result<Completion> Execute(const scsi::Command& command) override {
    const std::vector<Fault> struck =
        script_->Next(command.cdb.opcode(), IsWrite(command), Possible(command));
    // Bytes to write have come as far as the adapter's buffer, whatever becomes of them.
    if (IsWrite(command)) {
      written_.assign(command.data_out.begin(), command.data_out.end());
      buffer_ = written_;
    }
    if (auto instead = Instead(command, struck)) return *std::move(instead);
    Result<Completion> result = struck.empty() ? inner_->Execute(command) : Alter(command, struck);
    if (result && IsRead(command)) Remember(command, *result);
    if (Find(struck, FaultKind::kErrorAfter) != nullptr) {
      return Internal("TRANSPORT_ERROR", "the adapter reports an error")
          .WithTransport({0, 0, kDidError, 0})
          .WithOpcode(command.cdb.opcode());
    }
    return result;
  }

  scsi::Limits limits() const override { return inner_->limits(); }

 private:
  static bool IsWrite(const scsi::Command& command) {
    return command.direction == Direction::kOut && !command.data_out.empty();
  }
  static bool IsRead(const scsi::Command& command) {
    return command.direction == Direction::kIn && !command.data_in.empty();
  }
  static size_t Asked(const scsi::Command& command) {
    return IsWrite(command) ? command.data_out.size() : command.data_in.size();
  }

  FaultScript::Kinds Possible(const scsi::Command& command) const {
    FaultScript::Kinds kinds =
        KindsOf({FaultKind::kTimeout, FaultKind::kCheckCondition, FaultKind::kStuckStatus,
                 FaultKind::kGone, FaultKind::kErrorAfter});
    if (IsWrite(command)) kinds |= KindsOf({FaultKind::kDropWrite});
    if (!IsRead(command)) return kinds;
    kinds |= KindsOf({FaultKind::kStaleBuffer, FaultKind::kShortTransfer, FaultKind::kNoisyRead,
                      FaultKind::kStuckRead});
    if (!written_.empty()) kinds |= KindsOf({FaultKind::kEchoedWrite});
    if (AddressOf(command.cdb).bytes != 0) kinds |= KindsOf({FaultKind::kAliasedRead});
    if (IsInquiry(command.cdb)) kinds |= KindsOf({FaultKind::kOtherIdentity});
    return kinds;
  }

  static Completion Nothing(const scsi::Command& command, scsi::ScsiStatus status) {
    Completion completion;
    completion.status = status;
    completion.residual = Asked(command);
    return completion;
  }
  static Completion Everything(const scsi::Command& command) {
    Completion completion;
    completion.transferred = Asked(command);
    return completion;
  }

  // The answer to a command that is not sent; nullopt when it is.
  std::optional<Result<Completion>> Instead(const scsi::Command& command,
                                            const std::vector<Fault>& struck) const {
    if (struck.empty()) return std::nullopt;
    if (Find(struck, FaultKind::kGone) != nullptr) return Gone();
    if (Find(struck, FaultKind::kTimeout) != nullptr) {
      return DeadlineExceeded("TRANSPORT_TIMEOUT", "the drive did not answer in time")
          .WithTransport({0, 0, kDidTimeOut, 0})
          .WithOpcode(command.cdb.opcode());
    }
    if (Find(struck, FaultKind::kStuckStatus) != nullptr) {
      return Nothing(command, scsi::ScsiStatus::kBusy);
    }
    const Fault* stale = Find(struck, FaultKind::kStaleBuffer);
    if (stale != nullptr) {
      std::copy_n(buffer_.begin(), std::min(buffer_.size(), command.data_in.size()),
                  command.data_in.begin());
    }
    const Fault* check = stale != nullptr ? stale : Find(struck, FaultKind::kCheckCondition);
    if (check != nullptr) {
      Completion completion = Nothing(command, scsi::ScsiStatus::kCheckCondition);
      completion.sense = check->sense;
      return completion;
    }
    if (Find(struck, FaultKind::kDropWrite) != nullptr) return Everything(command);
    if (Find(struck, FaultKind::kEchoedWrite) != nullptr) {
      for (size_t i = 0; i < command.data_in.size(); ++i) {
        command.data_in[i] = written_[i % written_.size()];
      }
      return Everything(command);
    }
    return std::nullopt;
  }

  Result<Completion> Alter(scsi::Command command, const std::vector<Fault>& struck) {
    if (const Fault* fault = Find(struck, FaultKind::kAliasedRead)) Alias(command.cdb, *fault);
    const Bytes before(command.data_in.begin(), command.data_in.end());
    ASSIGN_OR_RETURN(Completion completion, inner_->Execute(command));
    if (!IsRead(command) || !completion.good()) return completion;
    const std::span<uint8_t> data = command.data_in.first(completion.transferred);
    if (const Fault* fault = Find(struck, FaultKind::kOtherIdentity)) {
      Claim(data, 8, 8, fault->identity.vendor);
      Claim(data, 16, 16, fault->identity.product);
      Claim(data, 32, 4, fault->identity.revision);
    }
    if (Find(struck, FaultKind::kStuckRead) != nullptr) {
      std::fill(data.begin(), data.end(), last_byte_);
    }
    if (const Fault* fault = Find(struck, FaultKind::kNoisyRead)) {
      for (uint8_t& byte : data) byte = WithNoise(byte, fault->noise_one_in, *script_);
    }
    if (Find(struck, FaultKind::kShortTransfer) != nullptr) {
      completion.transferred /= 2;
      completion.residual = command.data_in.size() - completion.transferred;
      std::copy(before.begin() + static_cast<ptrdiff_t>(completion.transferred), before.end(),
                command.data_in.begin() + static_cast<ptrdiff_t>(completion.transferred));
    }
    return completion;
  }

  static void Alias(scsi::Cdb& cdb, const Fault& fault) {
    const AddressField field = AddressOf(cdb);
    uint32_t mask = fault.window_bytes - 1;
    for (size_t i = field.bytes; i-- > 0; mask >>= 8) {
      cdb.bytes[field.at + i] &= static_cast<uint8_t>(mask);
    }
  }

  // What the adapter's buffer holds after a read.
  void Remember(const scsi::Command& command, const Completion& completion) {
    if (!completion.good() || completion.transferred == 0) return;
    buffer_.assign(command.data_in.begin(), command.data_in.end());
    last_byte_ = command.data_in[completion.transferred - 1];
  }

  const std::unique_ptr<scsi::Transport> inner_;
  const std::shared_ptr<FaultScript> script_;
  Bytes buffer_;   // what moved last
  Bytes written_;  // the last data-out
  uint8_t last_byte_ = 0xff;
};

}  // namespace

std::unique_ptr<scsi::Transport> MakeFaulty(std::unique_ptr<scsi::Transport> inner,
                                            std::shared_ptr<FaultScript> script) {
  if (inner == nullptr) return nullptr;
  return std::make_unique<FaultyTransport>(std::move(inner), std::move(script));
}

}  // namespace firmbench::transport
