// SPDX-License-Identifier: Apache-2.0
#include "daemon/families/mediatek_liteon/vendor_mode.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "daemon/families/mediatek_liteon/commands.h"
#include "daemon/families/mediatek_liteon/vendor_run.h"

namespace firmbench::families::mediatek_liteon {
namespace {

using ata::Access;
using ata::Register;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr uint8_t kDevice0 = 0xa0;  // drive-protocols 1.1 [C]
constexpr uint8_t kDevice1 = 0xb0;
constexpr uint8_t kStatusBusy = 0x80;
constexpr uint8_t kStatusDataRequest = 0x08;
constexpr uint8_t kStatusError = 0x01;

// drive-protocols 1.2 [C].
constexpr Nanos kBeforeIntro = milliseconds(250);
constexpr Nanos kAfterIntro = milliseconds(2);
constexpr int kAgreeingStatusReads = 3;  // 9.2

constexpr Nanos kProbeTime = milliseconds(5);       // for a device to take EC [G]
constexpr Nanos kSignaturePoll = milliseconds(10);  // [G]
constexpr Nanos kResetAgain = seconds(5);           // [G]

// Accesses per byte, and where in the seven the variable parts are.
constexpr size_t kAccesses = 7;
constexpr size_t kMid = 0, kHigh = 1, kReadDevice = 2, kReadResult = 6;
constexpr size_t kWriteData = 2, kWriteDevice = 3;

// No device: the bus floats (FF, 7F), or device 0 answers for the absent device 1 with 00.
constexpr bool NobodyThere(uint8_t status) {
  return status == 0x00 || status == 0x7f || status == 0xff;
}

constexpr uint8_t Nibble(uint32_t address) { return static_cast<uint8_t>(address >> 16 & 0x0f); }

Status CheckReach(uint32_t address, size_t length) {
  if (length <= VendorMode::kReachBytes && address <= VendorMode::kReachBytes - length) return Ok();
  return InvalidArgument("ADDRESS_OUT_OF_REACH",
                         fmt::format("vendor mode reaches 1 MB, not {:x}", address + length));
}

Status CheckReach(std::span<const chips::BusWrite> cycles) {
  for (const chips::BusWrite& cycle : cycles) {
    if (cycle.address >= VendorMode::kReachBytes) return CheckReach(cycle.address, 1);
  }
  return Ok();
}

// Scripts are made once and their variable parts filled in, over and over again.
void AppendReads(std::vector<Access>& script, size_t count, uint8_t device) {
  script.reserve(script.size() + count * kAccesses);
  for (size_t i = 0; i < count; ++i) {
    script.insert(script.end(),
                  {Access::Write(Register::kLbaMid, 0), Access::Write(Register::kLbaHigh, 0),
                   Access::Write(Register::kDevice, device),
                   Access::Write(Register::kCommand, vendor::kReadByte),
                   Access::Write(Register::kDevice, device),
                   Access::WaitEqual(Register::kStatus, vendor::kStatusParallel),
                   Access::Read(Register::kLbaLow)});
  }
}

void AppendWrites(std::vector<Access>& script, size_t count, uint8_t device) {
  script.reserve(script.size() + count * kAccesses);
  for (size_t i = 0; i < count; ++i) {
    script.insert(script.end(),
                  {Access::Write(Register::kLbaMid, 0), Access::Write(Register::kLbaHigh, 0),
                   Access::Write(Register::kLbaLow, 0), Access::Write(Register::kDevice, device),
                   Access::Write(Register::kCommand, vendor::kWriteByte),
                   Access::Write(Register::kDevice, device),
                   Access::WaitEqual(Register::kStatus, vendor::kStatusParallel)});
  }
}

struct Diagnosis {
  const char* message;
  const char* remedy;
};

Diagnosis DiagnosisOf(uint8_t status, FlashKind expected) {
  switch (status) {
    case 0x80:
    case 0xd0:
    case 0xd1:
      return {"the drive is busy: it is powering up, or its boot code does not run",
              "wait until the drive is quiet and try again; if the status stays, switch the drive "
              "off and on and try at once, alone on its cable"};
    case 0x40:  // without the seek bit, as drives of today
    case 0x41:
    case 0x50:
    case 0x51:
    case 0x52:
    case 0x5a:
      return {"the drive answers as a normal drive and did not enter vendor mode",
              "hold the eject button if the model asks for it, or switch the drive off and on and "
              "try again"};
    case 0x00:
    case 0x7f:
    case 0xff:
      return {"nothing answers at these registers",
              "check the cable, the power and the master/slave jumper"};
    case vendor::kStatusParallel:
      return {"the drive reports a parallel flash chip: this row expects a serial part",
              "do not write this drive as this model; report what is printed on its flash chip"};
    case vendor::kStatusSerialLiteOn:
    case vendor::kStatusSerialBenq:
    case vendor::kStatusSerialBusy:
      if (expected == FlashKind::kSerial) {
        return {"the drive reports a serial flash chip, but its engine stays busy",
                "switch the drive off and on and try at once"};
      }
      return {"the drive reports a serial flash chip: this row expects a parallel part",
              "do not write this drive as this model; report what is printed on its flash chip"};
    default:
      return {"the drive did not enter vendor mode",
              "switch the drive off and on and try again; report the status with the model"};
  }
}

bool IsSerial(uint8_t status) {
  return status == vendor::kStatusSerialLiteOn || status == vendor::kStatusSerialBenq ||
         status == vendor::kStatusSerialBusy;
}

}  // namespace

Error DiagnoseStatus(uint8_t status, FlashKind expected) {
  const Diagnosis diagnosis = DiagnosisOf(status, expected);
  return FailedPrecondition(
             "VENDOR_MODE_NOT_ENTERED",
             fmt::format("status = {:02X} should be {}: {}", status,
                         expected == FlashKind::kParallel ? "70" : "72 or 73", diagnosis.message))
      .With("status", fmt::format("{:02x}", status))
      .WithRemedy(diagnosis.remedy);
}

VendorMode::VendorMode(ata::TaskFile& task_file, Clock& clock, bool second_device,
                       const VendorVariant& variant, FlashKind expected)
    : task_file_(task_file),
      clock_(clock),
      device_(second_device ? kDevice1 : kDevice0),
      other_device_(second_device ? kDevice0 : kDevice1),
      variant_(variant),
      expected_(expected) {
  AppendReads(read_script_, kReadsAtOnce, device_);
}

bool VendorMode::IsStatusOf(FlashKind kind, uint8_t status) const {
  if (kind == FlashKind::kParallel) return status == vendor::kStatusParallel;
  return variant_.EngineOf(status) != nullptr;
}

Result<uint8_t> VendorMode::ReadStatus(uint8_t device) {
  std::array script = {Access::Write(Register::kDevice, device), Access::Read(Register::kStatus)};
  RETURN_IF_ERROR(task_file_.Run(script));
  return static_cast<uint8_t>(script.back().value16);
}

Status VendorMode::CheckAlone() {
  ASSIGN_OR_RETURN(const uint8_t own, ReadStatus(device_));
  if (own == vendor::kStatusParallel || IsSerial(own)) {
    RETURN_IF_ERROR(LeaveSilent());
  }
  ASSIGN_OR_RETURN(uint8_t status, ReadStatus(other_device_));
  if (NobodyThere(status)) {
    // An ATAPI device shows status 00 after a reset, so silence proves nothing yet: a device that
    // is there aborts EC, or answers it.
    std::array probe = {Access::Write(Register::kDevice, other_device_),
                        Access::Write(Register::kCommand, command::kIdentifyDevice)};
    RETURN_IF_ERROR(task_file_.Run(probe));
    clock_.SleepFor(kProbeTime);
    ASSIGN_OR_RETURN(status, ReadStatus(other_device_));
  }
  ASSIGN_OR_RETURN([[maybe_unused]] const uint8_t back, ReadStatus(device_));
  if (NobodyThere(status)) return Ok();
  return FailedPrecondition(
             "SECOND_DRIVE_ON_CHANNEL",
             fmt::format("another device answers on this IDE channel with status {:02X}", status))
      .With("status", fmt::format("{:02x}", status))
      .WithRemedy(
          "disconnect the other device: a drive in vendor mode does not honour the device select, "
          "and both could be written");
}

Result<uint8_t> VendorMode::SendIntro() {
  std::array select = {Access::Write(Register::kDevice, device_)};
  RETURN_IF_ERROR(task_file_.Run(select));
  clock_.SleepFor(kBeforeIntro);
  std::array intro = {Access::Write(Register::kDevice, device_),
                      Access::Write(Register::kLbaLow, variant_.intro_lba_low),
                      Access::Write(Register::kCommand, variant_.intro)};
  RETURN_IF_ERROR(task_file_.Run(intro));
  clock_.SleepFor(kAfterIntro);
  return ReadStatus(device_);
}

Status VendorMode::Enter(const EntryLimits& limits, const std::function<bool()>& cancelled) {
  engine_ = nullptr;
  const FlashKind other =
      expected_ == FlashKind::kParallel ? FlashKind::kSerial : FlashKind::kParallel;
  const Nanos deadline = clock_.Monotonic() + limits.max_time;
  uint8_t status = 0xff;
  for (uint32_t intro = 0; intro < limits.max_intros; ++intro) {
    if (intro > 0 && clock_.Monotonic() >= deadline) break;
    if (cancelled()) return Cancelled("JOB_CANCELLED", "cancelled while entering vendor mode");
    ASSIGN_OR_RETURN(status, SendIntro());
    const uint8_t first = status;
    for (int i = 1; i < kAgreeingStatusReads && IsStatusOf(expected_, first); ++i) {
      ASSIGN_OR_RETURN(status, ReadStatus(device_));
      if (status != first) break;
    }
    if (status == first && IsStatusOf(expected_, status)) {
      if (expected_ == FlashKind::kSerial) engine_ = variant_.EngineOf(status);
      return Ok();
    }
    const bool wrong_kind =
        expected_ == FlashKind::kParallel ? IsSerial(status) : IsStatusOf(other, status);
    if (wrong_kind) {
      RETURN_IF_ERROR(LeaveSilent());
      break;
    }
  }
  return DiagnoseStatus(status, expected_);
}

Status VendorMode::SendOutroAndReset() {
  std::array outro = {
      Access::Write(Register::kDevice, device_), Access::Write(Register::kCommand, variant_.outro),
      Access::Write(Register::kDevice, device_),
      Access::Write(Register::kCommand, command::kDeviceReset), Access::Read(Register::kStatus)};
  engine_ = nullptr;
  if (variant_.before_reset == Nanos{0}) return task_file_.Run(outro);
  RETURN_IF_ERROR(task_file_.Run(std::span(outro).first(2)));
  clock_.SleepFor(variant_.before_reset);
  return task_file_.Run(std::span(outro).subspan(2));
}

Status VendorMode::Leave(Nanos limit) {
  RETURN_IF_ERROR(LeaveSilent());
  return WaitUntilBack(limit);
}

Status VendorMode::LeaveSilent() {
  RETURN_IF_ERROR(SendOutroAndReset());
  clock_.SleepFor(variant_.after_reset);
  return Ok();
}

Result<VendorMode::Answer> VendorMode::ReadAnswer() {
  std::array script = {Access::Write(Register::kDevice, device_), Access::Read(Register::kStatus),
                       Access::Read(Register::kSectorCount),      Access::Read(Register::kLbaLow),
                       Access::Read(Register::kLbaMid),           Access::Read(Register::kLbaHigh)};
  RETURN_IF_ERROR(task_file_.Run(script));
  // drive-protocols 9.2 rule 4: 01, 01, 14, EB.
  const bool signature = script[2].value16 == 0x01 && script[3].value16 == 0x01 &&
                         script[4].value16 == 0x14 && script[5].value16 == 0xeb;
  const auto status = static_cast<uint8_t>(script[1].value16);
  return Answer{status, signature && (status & kStatusBusy) == 0};
}

Status VendorMode::WaitUntilBack(Nanos limit) {
  const Nanos start = clock_.Monotonic();
  Nanos last_reset = start;
  while (true) {
    ASSIGN_OR_RETURN(const Answer answer, ReadAnswer());
    if (answer.signature && IdentifyPacketDevice()) return Ok();
    const Nanos now = clock_.Monotonic();
    if (now - start >= limit) {
      return Unavailable(
                 "DRIVE_NOT_BACK",
                 fmt::format("the drive did not answer as a drive within {} s after its "
                             "reset, its status is {:02X}",
                             std::chrono::duration_cast<seconds>(limit).count(), answer.status))
          .With("status", fmt::format("{:02x}", answer.status))
          .WithRemedy(
              "switch the drive off and on; if it stays silent its firmware does not start, and "
              "vendor mode is the way to write it again");
    }
    if (now - last_reset >= kResetAgain) {
      RETURN_IF_ERROR(SendOutroAndReset());
      last_reset = now;
    }
    clock_.SleepFor(kSignaturePoll);
  }
}

Status VendorMode::IdentifyPacketDevice() {
  constexpr size_t kWords = 256;
  std::array start = {Access::Write(Register::kDevice, device_),
                      Access::Write(Register::kCommand, command::kIdentifyPacketDevice),
                      Access::WaitClear(Register::kStatus, kStatusBusy),
                      Access::Read(Register::kStatus)};
  RETURN_IF_ERROR(task_file_.Run(start));
  const uint16_t status = start.back().value16;
  if ((status & kStatusDataRequest) == 0 || (status & kStatusError) != 0) {
    return Unavailable("DRIVE_NOT_BACK", fmt::format("IDENTIFY ended with status {:02X}", status));
  }
  std::array<Access, kWords> words;
  words.fill(Access::ReadData16());
  RETURN_IF_ERROR(task_file_.Run(words));
  // ATA/ATAPI-5 8.13.8: bits 15..14 of word 0 are 10b for a packet device.
  if (words[0].value16 >> 14 != 2) {
    return Unavailable("DRIVE_NOT_BACK", "IDENTIFY does not describe a packet device");
  }
  return Ok();
}

Status VendorMode::ReadBytes(uint32_t address, std::span<uint8_t> out) {
  RETURN_IF_ERROR(CheckReach(address, out.size()));
  return Read(address, 1, out);
}

Status VendorMode::ReadRepeated(uint32_t address, std::span<uint8_t> out) {
  RETURN_IF_ERROR(CheckReach(address, 1));
  return Read(address, 0, out);
}

void VendorMode::FillRead(Access* access, uint32_t address) const {
  access[kMid].value = static_cast<uint8_t>(address);
  access[kHigh].value = static_cast<uint8_t>(address >> 8);
  access[kReadDevice].value = device_ | Nibble(address);
}

void VendorMode::FillWrite(Access* access, const chips::BusWrite& cycle) const {
  access[kMid].value = static_cast<uint8_t>(cycle.address);
  access[kHigh].value = static_cast<uint8_t>(cycle.address >> 8);
  access[kWriteData].value = cycle.data;
  access[kWriteDevice].value = device_ | Nibble(cycle.address);
}

Status VendorMode::Read(uint32_t address, uint32_t step, std::span<uint8_t> out) {
  for (size_t done = 0; done < out.size();) {
    const size_t count = std::min(kReadsAtOnce, out.size() - done);
    for (size_t i = 0; i < count; ++i, address += step) {
      FillRead(&read_script_[i * kAccesses], address);
    }
    RETURN_IF_ERROR(RunInVendorMode(task_file_, std::span(read_script_).first(count * kAccesses)));
    for (size_t i = 0; i < count; ++i) {
      out[done + i] = static_cast<uint8_t>(read_script_[i * kAccesses + kReadResult].value16);
    }
    done += count;
  }
  return Ok();
}

Status VendorMode::WriteCycles(std::span<const chips::BusWrite> cycles) {
  RETURN_IF_ERROR(CheckReach(cycles));
  while (!cycles.empty()) {
    const size_t count = std::min(kCyclesAtOnce, cycles.size());
    const size_t have = write_script_.size() / kAccesses;
    if (have < count) AppendWrites(write_script_, count - have, device_);
    for (size_t i = 0; i < count; ++i) FillWrite(&write_script_[i * kAccesses], cycles[i]);
    RETURN_IF_ERROR(RunInVendorMode(task_file_, std::span(write_script_).first(count * kAccesses)));
    cycles = cycles.subspan(count);
  }
  return Ok();
}

Status VendorMode::WriteThenRead(std::span<const chips::BusWrite> cycles, uint32_t address,
                                 std::span<uint8_t> out) {
  if (cycles.size() + out.size() > kMixedAtOnce) {
    RETURN_IF_ERROR(WriteCycles(cycles));
    return ReadRepeated(address, out);
  }
  RETURN_IF_ERROR(CheckReach(cycles));
  RETURN_IF_ERROR(CheckReach(address, 1));
  mixed_script_.clear();
  AppendWrites(mixed_script_, cycles.size(), device_);
  AppendReads(mixed_script_, out.size(), device_);
  for (size_t i = 0; i < cycles.size(); ++i) FillWrite(&mixed_script_[i * kAccesses], cycles[i]);
  Access* const reads = mixed_script_.data() + cycles.size() * kAccesses;
  for (size_t i = 0; i < out.size(); ++i) FillRead(reads + i * kAccesses, address);
  RETURN_IF_ERROR(RunInVendorMode(task_file_, mixed_script_));
  for (size_t i = 0; i < out.size(); ++i) {
    out[i] = static_cast<uint8_t>(reads[i * kAccesses + kReadResult].value16);
  }
  return Ok();
}

}  // namespace firmbench::families::mediatek_liteon
