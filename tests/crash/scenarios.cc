// SPDX-License-Identifier: Apache-2.0
#include "tests/crash/scenarios.h"

#include <algorithm>

#include "daemon/families/chip_programmer.h"
#include "daemon/families/family.h"
#include "daemon/jobs/chip_plan.h"
#include "tests/support/image_builder.h"

namespace firmbench::test {
namespace {

using jobs::Kind;

jobs::JobView Must(Result<jobs::JobView> job) {
  FB_CHECK(static_cast<bool>(job));
  return std::move(*job);
}

// The same firmware with other bytes in every fourth stretch of the flash, but where they would
// make it another model's.
Bytes NewFirmware(World& world) {
  Bytes bytes = world.drive().FlashBytes();
  const size_t stretch = bytes.size() / 32;
  for (size_t at = stretch / 2; at < bytes.size(); at += 4 * stretch) {
    const size_t end = std::min(bytes.size(), at + stretch / 8 + 1);
    const Bytes before = bytes;
    for (size_t i = at; i < end; ++i) bytes[i] ^= 0x5a;
    const inventory::Snapshot drive = world.snapshot();
    if (!drive->family->CheckImage(*drive->model, bytes)) bytes = before;
  }
  return bytes;
}

Prepared Start(World& world, Kind kind) {
  Prepared prepared;
  prepared.spec = world.Spec(kind);
  prepared.old_bytes = prepared.new_bytes = world.drive().FlashBytes();
  prepared.sound = {prepared.old_bytes};
  prepared.eeprom = world.drive().EepromBytes();
  return prepared;
}

Prepared Backup(World& world) { return Start(world, Kind::kBackup); }

Prepared Flash(World& world) {
  Prepared prepared = Start(world, Kind::kFlash);
  prepared.new_bytes = NewFirmware(world);
  prepared.sound.push_back(prepared.new_bytes);
  prepared.spec.image_id = world.AddImage(prepared.new_bytes);
  return prepared;
}

std::string FirstDump(World& world, std::string_view memory) {
  auto dumps = world.ledger().ListDumps({.memory = std::string(memory)}, {.size = 100});
  FB_CHECK(dumps && !dumps->rows.empty());
  return dumps->rows.back().id;
}

// Flashed before, so that the oldest backup is another firmware.
Prepared Restore(World& world) {
  const Bytes original = world.drive().FlashBytes();
  const Prepared flashed = Flash(world);
  FB_CHECK(Must(world.Run(flashed.spec)).row.result == "SUCCEEDED");
  Prepared prepared = Start(world, Kind::kRestore);
  prepared.new_bytes = original;
  prepared.sound.push_back(original);
  prepared.spec.dump_id = FirstDump(world, "firmware");
  return prepared;
}

// Backed up, then used: the backup's EEPROM is to come back.
Prepared EepromRestore(World& world) {
  const Bytes original = world.drive().EepromBytes();
  FB_CHECK(Must(world.Run(world.Spec(Kind::kBackup))).row.result == "SUCCEEDED");
  world.drive().Use();
  world.LookAgain();
  Prepared prepared = Start(world, Kind::kEepromRestore);
  prepared.memory = Memory::kEeprom;
  prepared.old_bytes = world.drive().EepromBytes();
  prepared.new_bytes = original;
  prepared.spec.dump_id = FirstDump(world, "eeprom");
  return prepared;
}

// A flash whose new firmware differs in the part that starts the drive as well.
Prepared FlashBoot(World& world) {
  Prepared prepared = Flash(world);
  const inventory::Snapshot drive = world.snapshot();
  Bytes& bytes = prepared.new_bytes;
  for (size_t i = 0; i < bytes.size() / 64; ++i) {
    bytes[i] ^= 0x5a;
    if (drive->family->CheckImage(*drive->model, bytes)) break;
    bytes[i] ^= 0x5a;
  }
  prepared.sound.back() = bytes;
  prepared.spec.image_id = world.AddImage(bytes);
  return prepared;
}

// A flash that lost the drive's power in its second write, and took with it what the firmware needs
// to start; that it is brought back is what is cut now.
Prepared Recover(World& world) {
  const Prepared flash = Flash(world);
  simulator::FaultSpec fault;
  fault.kind = simulator::FaultKind::kPowerCut;
  fault.at.write = 2;
  world.drive().AddFault(fault);
  const jobs::JobView cut = Must(world.Run(flash.spec));
  FB_CHECK(cut.row.result == "FAILED" && cut.row.write_started_us != 0);
  world.drive().ClearFaults();
  world.drive().PokeFlash(0, Bytes(8, 0xff));
  world.drive().RestorePower();
  world.drive().PowerCycle();
  world.LookAgain();
  Prepared prepared = Start(world, Kind::kRecover);
  prepared.spec.recovers = cut.row.id;
  prepared.new_bytes = flash.old_bytes;
  prepared.sound = flash.sound;
  prepared.eeprom = flash.eeprom;
  return prepared;
}

// Makes the other model of the drive.
Prepared Convert(World& world) {
  Prepared prepared = Start(world, Kind::kConvert);
  const families::Conversion& conversion = world.snapshot()->model->conversions.front();
  prepared.both = true;
  prepared.spec.model = conversion.to_model;
  prepared.new_bytes = BuildImage(conversion.to_model);
  prepared.sound.push_back(prepared.new_bytes);
  prepared.spec.image_id = world.AddImage(prepared.new_bytes);
  prepared.old_eeprom = prepared.eeprom;
  auto converted = families::ConvertEeprom(conversion, prepared.eeprom);
  FB_CHECK(converted.has_value());
  prepared.eeprom_of_new = prepared.new_eeprom = std::move(*converted);
  return prepared;
}

// A conversion that lost the drive's power in its firmware, and took with it what that needs to
// start; that both memories are brought back is what is cut now.
Prepared RecoverConversion(World& world) {
  const Prepared conversion = Convert(world);
  simulator::FaultSpec fault;
  fault.kind = simulator::FaultKind::kPowerCut;
  fault.at.write = 3;
  world.drive().AddFault(fault);
  const jobs::JobView cut = Must(world.Run(conversion.spec));
  FB_CHECK(cut.row.result == "FAILED" && cut.row.write_started_us != 0);
  world.drive().ClearFaults();
  world.drive().PokeFlash(0, Bytes(8, 0xff));
  world.drive().RestorePower();
  world.drive().PowerCycle();
  world.LookAgain();
  Prepared prepared = conversion;
  prepared.spec = world.Spec(Kind::kRecover);
  prepared.spec.recovers = cut.row.id;
  prepared.old_bytes = world.drive().FlashBytes();
  prepared.new_bytes = conversion.old_bytes;
  prepared.old_eeprom = world.drive().EepromBytes();
  prepared.new_eeprom = conversion.eeprom;
  return prepared;
}

// The drive as programmer for the chip in its socket: here its own, so that what the chip holds
// shows in whether the drive starts.
Prepared ChipWrite(World& world) {
  Prepared prepared = Start(world, Kind::kChipWrite);
  prepared.new_bytes = NewFirmware(world);
  prepared.sound.push_back(prepared.new_bytes);
  prepared.spec.image_id = world.AddImage(prepared.new_bytes);
  const families::ModelInfo& model = *world.snapshot()->model;
  const auto chip = families::FindChipFacts(model.chip_part);
  FB_CHECK(chip.has_value());
  prepared.spec.chip_part = chip->part;
  prepared.spec.board_mv =
      families::CheckSupply(*chip, jobs::kBoard5V) ? jobs::kBoard5V : jobs::kBoard3V3;
  // Of a drive that does not start any more nobody knows the model but who reads its sticker.
  prepared.spec.model = model.model;
  return prepared;
}

// Rows that differ in names only are cut like one: the same chip, read in the same way.
bool IsCutLikeAnother(const families::Family& family, const families::ModelInfo& row) {
  if (!row.conversions.empty()) return false;
  const families::Connection all{.scsi = true, .task_file = true, .simulated = true};
  const auto way = [&](const families::ModelInfo& model) {
    return family.Abilities(model, all).front().read.why;
  };
  for (const families::ModelInfo& older : family.models()) {
    if (&older == &row) break;
    if (older.chip_part == row.chip_part && older.firmware_bytes == row.firmware_bytes &&
        way(older) == way(row)) {
      return true;
    }
  }
  return false;
}

// The three models that the project began with are cut at every point of the jobs that people do.
// The other rows differ in how a sector is erased or in how much is read at once; a flash with
// other bytes, and the write of a chip, differ in what stands in the job's row.
constexpr uint64_t kOthers = 31;

}  // namespace

std::vector<Scenario> AllScenarios() {
  std::vector<Scenario> scenarios;
  for (const families::Family* family : families::AllFamilies()) {
    for (const families::ModelInfo& row : family->models()) {
      // Drives that write their own flash are cut at every command by FamilySuite.
      if (row.chip_part.empty() || IsCutLikeAnother(*family, row)) continue;
      const std::string model(row.model);
      constexpr std::string_view kFirst[] = {"LTR-48246S", "LTR-52327S", "LDW-451S"};
      const uint64_t every = std::ranges::count(kFirst, row.model) != 0 ? 1 : kOthers;
      scenarios.push_back({"backup " + model, {model}, Backup, every});
      scenarios.push_back({"flash " + model, {model}, Flash, every});
      scenarios.push_back({"restore " + model, {model}, Restore, every});
      scenarios.push_back({"EEPROM restore " + model, {model}, EepromRestore, every});
      scenarios.push_back({"recover " + model, {model}, Recover, every});
      scenarios.push_back({"flash boot " + model, {model}, FlashBoot, kOthers});
      if (families::FindChipFacts(row.chip_part)) {
        scenarios.push_back({"chip write " + model, {model}, ChipWrite, kOthers});
      }
      if (!row.conversions.empty()) {
        scenarios.push_back({"convert " + model, {model}, Convert, every});
        scenarios.push_back({"recover conversion " + model, {model}, RecoverConversion, every});
      }
      scenarios.push_back(
          {"flash boot " + model + ", no way back", {model, true}, FlashBoot, kOthers});
    }
  }
  return scenarios;
}

}  // namespace firmbench::test
