// SPDX-License-Identifier: Apache-2.0
#include "daemon/families/mediatek_liteon/spi_engine.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "daemon/families/mediatek_liteon/vendor_run.h"

namespace firmbench::families::mediatek_liteon {
namespace {

using ata::Access;
using ata::Register;

constexpr uint8_t kDevice0 = 0xa0;  // drive-protocols 1.1 [C]
constexpr uint8_t kDevice1 = 0xb0;
constexpr uint8_t kReadRems = 0x90;
// drive-protocols 1.4 [C]: between the command and the look at its answer.
constexpr Nanos kRemsTime = std::chrono::milliseconds(200);
constexpr uint16_t kLongRemsOut = 0x100;
constexpr uint16_t kLongRemsIn = 0x300;

}  // namespace

const SpiVariant* ClassicVariantOf(uint8_t vendor_status) {
  if (vendor_status == kClassicLiteOn.status) return &kClassicLiteOn;
  if (vendor_status == kClassicBenq.status) return &kClassicBenq;
  return nullptr;
}

SpiEngine::SpiEngine(ata::TaskFile& task_file, Clock& clock, const SpiVariant& variant,
                     bool second_device)
    : task_file_(task_file),
      clock_(clock),
      variant_(variant),
      device_(second_device ? kDevice1 : kDevice0) {}

Status SpiEngine::Run(std::span<const chips::SpiTransfer> transfers) {
  for (const chips::SpiTransfer& transfer : transfers) {
    if (transfer.out.empty() || transfer.out.size() > limits().max_out ||
        transfer.in.size() > limits().max_in) {
      return InvalidArgument("SPI_TRANSFER_TOO_LONG",
                             fmt::format("{} bytes out and {} in do not fit the flash engine",
                                         transfer.out.size(), transfer.in.size()));
    }
  }
  for (const chips::SpiTransfer& transfer : transfers) RETURN_IF_ERROR(One(transfer));
  return Ok();
}

bool SpiEngine::IsLongRems(const chips::SpiTransfer& transfer) const {
  return variant_.long_rems && transfer.out.front() == kReadRems;
}

Status SpiEngine::One(const chips::SpiTransfer& transfer) {
  RETURN_IF_ERROR(WriteWindow(transfer.out));
  Lengths lengths{static_cast<uint16_t>(transfer.out.size()),
                  static_cast<uint16_t>(transfer.in.size())};
  if (IsLongRems(transfer)) lengths = {kLongRemsOut, kLongRemsIn};
  RETURN_IF_ERROR(Start(lengths));
  if (transfer.out.front() == kReadRems) clock_.SleepFor(kRemsTime);
  if (transfer.in.empty()) return Ok();
  // Byte i of the transaction is byte i of the window, so answers lie behind the command.
  const uint16_t base = transfer.out.size() == 1 ? variant_.short_window : variant_.window;
  return ReadWindow(static_cast<uint16_t>(base + transfer.out.size()), transfer.in);
}

Status SpiEngine::WriteWindow(ByteView bytes) {
  script_.clear();
  for (size_t i = 0; i < bytes.size(); ++i) {
    const auto address = static_cast<uint16_t>(variant_.window + i);
    script_.insert(
        script_.end(),
        {Access::Write(Register::kLbaMid, static_cast<uint8_t>(address)),
         Access::Write(Register::kLbaHigh, static_cast<uint8_t>(address >> 8)),
         Access::Write(Register::kLbaLow, bytes[i]), Access::Write(Register::kDevice, device_),
         Access::Write(Register::kCommand, variant_.write_byte),
         Access::Write(Register::kDevice, device_),
         Access::WaitEqual(Register::kStatus, variant_.status)});
  }
  return RunInVendorMode(task_file_, script_);
}

// drive-protocols 1.3 and 1.4 [C]: lengths in features, count, LBA mid and LBA high.
Status SpiEngine::Start(const Lengths& lengths) {
  const auto low = [](uint16_t value) { return static_cast<uint8_t>(value); };
  const auto high = [](uint16_t value) { return static_cast<uint8_t>(value >> 8); };
  const bool big = variant_.big_endian;
  script_.assign({Access::Write(Register::kDevice, device_),
                  Access::Write(Register::kFeatures, big ? high(lengths.out) : low(lengths.out)),
                  Access::Write(Register::kSectorCount, big ? low(lengths.out) : high(lengths.out)),
                  Access::Write(Register::kLbaLow, 0),
                  Access::Write(Register::kLbaMid, big ? high(lengths.in) : low(lengths.in)),
                  Access::Write(Register::kLbaHigh, big ? low(lengths.in) : high(lengths.in))});
  for (const uint8_t op : {variant_.set_lengths, variant_.run}) {
    if (op == 0) continue;
    script_.insert(script_.end(), {Access::Write(Register::kCommand, op),
                                   Access::Write(Register::kDevice, device_),
                                   Access::WaitEqual(Register::kStatus, variant_.status)});
  }
  return RunInVendorMode(task_file_, script_);
}

Status SpiEngine::ReadWindow(uint16_t address, std::span<uint8_t> out) {
  constexpr size_t kAccesses = 6;
  script_.clear();
  for (size_t i = 0; i < out.size(); ++i, ++address) {
    script_.insert(
        script_.end(),
        {Access::Write(Register::kLbaMid, static_cast<uint8_t>(address)),
         Access::Write(Register::kLbaHigh, static_cast<uint8_t>(address >> 8)),
         Access::Write(Register::kCommand, variant_.read_byte),
         Access::Write(Register::kDevice, device_),
         Access::WaitEqual(Register::kStatus, variant_.status), Access::Read(Register::kLbaLow)});
  }
  RETURN_IF_ERROR(RunInVendorMode(task_file_, script_));
  for (size_t i = 0; i < out.size(); ++i) {
    out[i] = static_cast<uint8_t>(script_[i * kAccesses + kAccesses - 1].value16);
  }
  return Ok();
}

}  // namespace firmbench::families::mediatek_liteon
