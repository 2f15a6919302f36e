// SPDX-License-Identifier: Apache-2.0
#pragma once

// A drive as the inventory would show it, and inputs of a plan, without any bench. Any thread.

#include <memory>
#include <string>

#include "daemon/base/hash.h"
#include "daemon/jobs/plan.h"
#include "tests/support/image_builder.h"

namespace firmbench::test {

// Ready, simulated and known as unit "unit1"; change the copy as the test wants it.
inline inventory::DriveSnapshot SampleDrive(const std::string& model = "LTR-48246S",
                                            const std::string& revision = "SS0B") {
  inventory::DriveSnapshot drive;
  drive.id = "01hgw2bbg0000000000000000a";
  drive.etag = "0123456789abcdef";
  drive.topology = "sim/0";
  drive.bay = "bay 1";
  drive.connection_text = "simulated IDE port";
  drive.connection = {.scsi = true, .task_file = true, .simulated = true};
  drive.generation = 1;
  drive.condition = inventory::DriveCondition::kReady;
  drive.identity.device_type = 5;
  drive.identity.vendor = "LITE-ON";
  drive.identity.product = model == "LDW-451S" ? "DVDRW LDW-451S" : model;
  drive.identity.revision = revision;
  const families::Match match = families::MatchDrive(drive.identity);
  FB_CHECK(match.model != nullptr);
  drive.family = match.family;
  drive.model = match.model;
  drive.abilities = match.family->Abilities(*match.model, drive.connection);
  drive.unit.verdict = inventory::UnitVerdict::kKnown;
  drive.unit.unit_id = "unit1";
  return drive;
}

inline jobs::PlanInputs InputsOf(inventory::DriveSnapshot drive) {
  jobs::PlanInputs inputs;
  inputs.drive = std::make_shared<const inventory::DriveSnapshot>(std::move(drive));
  return inputs;
}

inline jobs::PlanInputs FlashInputs(inventory::DriveSnapshot drive, Bytes bytes) {
  jobs::PlanInputs inputs = InputsOf(std::move(drive));
  storage::Image image;
  image.id = "image1";
  image.file_name = "SS0C.bin";
  image.model = "LTR-48246S";
  image.revision = "SS0C";
  image.sha256 = Sha256Hex(bytes);
  image.approved = true;
  inputs.image = image;
  inputs.payload = std::move(bytes);
  return inputs;
}

inline jobs::PlanInputs RestoreInputs(inventory::DriveSnapshot drive, const std::string& memory,
                                      Bytes bytes) {
  jobs::PlanInputs inputs = InputsOf(std::move(drive));
  storage::Dump dump;
  dump.id = "dump1";
  dump.memory = memory;
  dump.unit_id = "unit1";
  dump.purpose = "backup";
  dump.agreeing_reads = 2;
  dump.revision = "SS0B";
  dump.created_us = 1'800'000'000'000'000;
  dump.sha256 = Sha256Hex(bytes);
  inputs.dump = dump;
  inputs.payload = std::move(bytes);
  return inputs;
}

inline jobs::JobSpec Spec(jobs::Kind kind) {
  jobs::JobSpec spec;
  spec.kind = kind;
  spec.drive_id = "01hgw2bbg0000000000000000a";
  if (kind == jobs::Kind::kFlash) spec.image_id = "image1";
  if (kind == jobs::Kind::kRestore || kind == jobs::Kind::kEepromRestore) spec.dump_id = "dump1";
  return spec;
}

}  // namespace firmbench::test
