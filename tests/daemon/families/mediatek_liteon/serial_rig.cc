// SPDX-License-Identifier: Apache-2.0
#include "tests/daemon/families/mediatek_liteon/serial_rig.h"

#include "daemon/families/mediatek_liteon/commands.h"
#include "daemon/families/mediatek_liteon/planning.h"
#include "daemon/families/mediatek_liteon/sim/personality.h"

namespace firmbench::families::mediatek_liteon {
namespace {

constexpr std::string_view kModel = "SERIAL";
constexpr uint8_t kLjmp = 0x02;

Bytes Firmware(size_t size) {
  Bytes bytes(size, 0xff);
  for (size_t i = 0; i < size; i += 0x1000) {
    for (size_t k = 0; k < 0x180; ++k) bytes[i + k] = static_cast<uint8_t>(i / 0x1000 + k * 3);
  }
  bytes[0] = kLjmp;
  return bytes;
}

simulator::Profile ProfileOf(const SerialDrive& drive) {
  simulator::Profile profile;
  profile.family = "mediatek_liteon";
  profile.model = kModel;
  profile.vendor = "LITE-ON";
  profile.product = "SERIAL";
  profile.revision = "TS01";
  profile.chip_part = drive.part;
  profile.firmware_bytes = chips::FindSpiChip(drive.part)->size_bytes;
  profile.gate = drive.gate;
  profile.vendor_set = drive.set;
  profile.vendor_status = drive.status;
  return profile;
}

}  // namespace

SerialPersonality::SerialPersonality(const SerialDrive& drive) : profile_(ProfileOf(drive)) {}

std::optional<simulator::DriveIdentity> SerialPersonality::Boot(const simulator::Profile& profile,
                                                                ByteView flash) const {
  return SimPersonality().Boot(profile, flash);
}
bool SerialPersonality::EepromFits(std::string_view product, ByteView eeprom) const {
  return SimPersonality().EepromFits(product, eeprom);
}
bool SerialPersonality::Intro(simulator::Controller& drive, uint8_t command, int64_t now) const {
  return SimPersonality().Intro(drive, command, now);
}
void SerialPersonality::VendorCommand(simulator::Controller& drive, uint8_t command,
                                      int64_t now) const {
  SimPersonality().VendorCommand(drive, command, now);
}
std::optional<simulator::ScsiReply> SerialPersonality::Scsi(simulator::Controller& drive,
                                                            ByteView cdb, ByteView data_out) const {
  return SimPersonality().Scsi(drive, cdb, data_out);
}

Status SerialHands::Prompt(const PromptRequest& request) {
  prompts_.push_back(request.kind);
  if (!idle_ && request.kind == "power_cycle") drive_.PowerCycle();
  return Ok();
}

SerialRig::SerialRig(const SerialDrive& drive) : personality_(drive) {
  simulator::DriveSpec spec;
  spec.model = kModel;
  spec.bay = "bay 1";
  scenario_.drives.push_back(spec);
  const simulator::Personality* const personalities[] = {&personality_};
  auto bench = simulator::Bench::Create(
      scenario_, personalities,
      [](const simulator::DriveSpec&, const simulator::Profile& profile) -> Result<Bytes> {
        return Firmware(profile.firmware_bytes);
      },
      [](const simulator::DriveSpec&, const simulator::Profile& profile) -> Result<Bytes> {
        return Bytes(profile.eeprom.size_bytes, 0x00);
      });
  FB_CHECK(bench.has_value());
  bench_ = std::move(bench).value();
  info_.family = "mediatek_liteon";
  info_.model = kModel;
  info_.chip_part = drive.part;
  info_.firmware_bytes = this->drive().profile().firmware_bytes;
  info_.eeprom_bytes = 1024;
  row_.info = &info_;
  row_.mode = drive.mode;
  row_.gate = drive.row_gate;
  row_.back_limit = std::chrono::seconds(30);
  auto task_file = this->drive().OpenTaskFile();
  FB_CHECK(task_file.has_value());
  task_file_ = transport::MakeGated(std::move(task_file).value(), TaskFileRules(), gate_, false);
  hands_ = std::make_unique<SerialHands>(this->drive());
}

std::unique_ptr<LiteonSession> SerialRig::Open(bool silent) {
  DriveAccess access;
  access.task_file = task_file_.get();
  access.clock = &drive().clock();
  access.simulated = true;
  access.silent = silent;
  return std::make_unique<LiteonSession>(row_, access);
}

void SerialRig::Strike(simulator::FaultKind kind, uint8_t status) {
  simulator::FaultSpec fault;
  fault.kind = kind;
  fault.status = status;
  fault.times = 0;
  drive().AddFault(fault);
}

std::unique_ptr<simulator::Bench> SerialRig::GoOnFrom(simulator::DriveImage image,
                                                      simulator::PowerLoss power) {
  const simulator::Personality* const personalities[] = {&personality_};
  const simulator::DriveStart start{std::move(image), power};
  auto bench = simulator::Bench::Create(scenario_, personalities, std::span(&start, 1));
  FB_CHECK(bench.has_value());
  return std::move(bench).value();
}

Result<ChipIdentity> SerialRig::Identify(LiteonSession& session) {
  gate_.SetLevel(transport::GateLevel::kChipIdentify);
  Result<ChipIdentity> chip = session.IdentifyChip();
  gate_.SetLevel(transport::GateLevel::kReadOnly);
  return chip;
}

Status SerialRig::Write(LiteonSession& session, ByteView target, WriteReport& report) {
  const Bytes current = drive().FlashBytes();
  ASSIGN_OR_RETURN(const WritePlan plan, PlanFirmware(row_, current, target, {}));
  drive().MarkWriteStarted();
  gate_.SetLevel(transport::GateLevel::kOpen);
  const Status written = session.Write(plan, current, target, report, *hands_);
  gate_.SetLevel(transport::GateLevel::kReadOnly);
  drive().MarkWriteEnded();
  return written;
}

}  // namespace firmbench::families::mediatek_liteon
