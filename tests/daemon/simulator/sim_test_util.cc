// SPDX-License-Identifier: Apache-2.0
#include "tests/daemon/simulator/sim_test_util.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "daemon/families/personalities.h"
#include "daemon/simulator/random.h"

namespace firmbench::simulator {
namespace {

void Put(Bytes& bytes, size_t at, std::string_view text, size_t width) {
  for (size_t i = 0; i < width; ++i) {
    bytes[at + i] = static_cast<uint8_t>(i < text.size() ? text[i] : ' ');
  }
}

scsi::Command MakeCommand(const std::vector<uint8_t>& cdb) {
  scsi::Command command;
  std::copy(cdb.begin(), cdb.end(), command.cdb.bytes.begin());
  command.cdb.length = static_cast<uint8_t>(cdb.size());
  return command;
}

}  // namespace

Bytes TestFirmware(const DriveSpec& spec, const Profile& profile) {
  Random random(spec.firmware_seed);
  Bytes bytes(profile.firmware_bytes);
  for (uint8_t& byte : bytes) byte = random.NextByte();
  for (size_t bank = 0; bank < bytes.size(); bank += 0x10000) bytes[bank] = 0x02;
  const uint8_t head[] = {0x05, 0x80, 0x00, 0x32, 0x1f, 0x00, 0x00, 0x00};
  std::copy_n(head, 8, bytes.begin() + 0x4100);
  Put(bytes, 0x4108, profile.vendor, 8);
  Put(bytes, 0x4110, profile.product, 16);
  Put(bytes, 0x4120, spec.firmware_revision.empty() ? profile.revision : spec.firmware_revision, 4);
  Put(bytes, 0x4124, "2004/02/06 17:30", 16);
  return bytes;
}

Bytes TestEeprom(const DriveSpec& spec, const Profile& profile) {
  Random random(spec.eeprom_seed ^ 0xee);
  Bytes bytes(profile.eeprom.size_bytes);
  for (uint8_t& byte : bytes) byte = random.NextByte();
  bytes[profile.eeprom.book_type] = 0;
  std::fill_n(bytes.begin() + profile.eeprom.burn_log.offset, profile.eeprom.burn_log.length,
              uint8_t{0xff});
  return bytes;
}

Result<Scenario> Parse(std::string_view toml) {
  return ParseScenario(toml, "bench.toml", families::AllPersonalities());
}

std::unique_ptr<Bench> MakeBench(std::string_view toml) {
  const Scenario scenario = Must(Parse(toml));
  return Must(Bench::Create(scenario, families::AllPersonalities(), TestFirmware, TestEeprom));
}

std::unique_ptr<Bench> OneDrive(std::string_view model, std::string_view more) {
  return MakeBench(fmt::format("[[drives]]\nmodel = \"{}\"\nbay = \"bay 1\"\n{}\n", model, more));
}

Result<scsi::Completion> TrySend(scsi::Transport& transport, std::vector<uint8_t> cdb,
                                 std::span<uint8_t> data_in) {
  scsi::Command command = MakeCommand(cdb);
  command.direction = data_in.empty() ? scsi::Direction::kNone : scsi::Direction::kIn;
  command.data_in = data_in;
  return transport.Execute(command);
}

ScsiAnswer Send(scsi::Transport& transport, std::vector<uint8_t> cdb, size_t length) {
  Bytes data(length);
  const scsi::Completion completion = Must(TrySend(transport, std::move(cdb), data));
  data.resize(completion.transferred);
  return {completion.good(), completion.sense, data, completion.residual};
}

ScsiAnswer SendOut(scsi::Transport& transport, std::vector<uint8_t> cdb, ByteView data) {
  scsi::Command command = MakeCommand(cdb);
  command.direction = scsi::Direction::kOut;
  command.data_out = data;
  const scsi::Completion completion = Must(transport.Execute(command));
  return {completion.good(), completion.sense, {}, completion.residual};
}

std::string SenseOf(const ScsiAnswer& answer) {
  if (!answer.sense) return "";
  return fmt::format("{:02x}/{:02x}/{:02x}", answer.sense->key, answer.sense->asc,
                     answer.sense->ascq);
}

VendorHost::VendorHost(Drive& drive, uint8_t device)
    : drive_(drive), device_(device), task_file_(Must(drive.OpenTaskFile())) {
  Write(ata::Register::kDevice, device_);
}

uint8_t VendorHost::Register(ata::Register reg) {
  std::array script = {ata::Access::Read(reg)};
  Must(Run(script));
  return static_cast<uint8_t>(script[0].value16);
}

uint8_t VendorHost::ReadStatus() { return Register(ata::Register::kStatus); }

void VendorHost::Write(ata::Register reg, uint8_t value) {
  std::array script = {ata::Access::Write(reg, value)};
  Must(Run(script));
}

uint8_t VendorHost::Intro(uint8_t lba_low) {
  Write(ata::Register::kDevice, device_);
  Write(ata::Register::kLbaLow, lba_low);
  Write(ata::Register::kCommand, 0x80);
  Sleep(std::chrono::milliseconds(2));
  return ReadStatus();
}

void VendorHost::Outro() {
  Write(ata::Register::kDevice, device_);
  Write(ata::Register::kCommand, 0x81);
  Write(ata::Register::kCommand, 0x08);
}

uint8_t VendorHost::ReadByte(uint32_t address) {
  using ata::Access;
  std::array script = {
      Access::Write(ata::Register::kLbaMid, static_cast<uint8_t>(address)),
      Access::Write(ata::Register::kLbaHigh, static_cast<uint8_t>(address >> 8)),
      Access::Write(ata::Register::kDevice, static_cast<uint8_t>(device_ | address >> 16)),
      Access::Write(ata::Register::kCommand, 0x00),
      Access::WaitEqual(ata::Register::kStatus, 0x70),
      Access::Read(ata::Register::kLbaLow)};
  Must(Run(script));
  return static_cast<uint8_t>(script[5].value16);
}

void VendorHost::WriteCycle(uint32_t address, uint8_t data) {
  using ata::Access;
  std::array script = {
      Access::Write(ata::Register::kLbaMid, static_cast<uint8_t>(address)),
      Access::Write(ata::Register::kLbaHigh, static_cast<uint8_t>(address >> 8)),
      Access::Write(ata::Register::kLbaLow, data),
      Access::Write(ata::Register::kDevice, static_cast<uint8_t>(device_ | address >> 16)),
      Access::Write(ata::Register::kCommand, 0x01),
      Access::WaitEqual(ata::Register::kStatus, 0x70)};
  Must(Run(script));
}

void VendorHost::Unlock(uint8_t command) {
  WriteCycle(0x5555, 0xaa);
  WriteCycle(0x2aaa, 0x55);
  WriteCycle(0x5555, command);
}

}  // namespace firmbench::simulator
