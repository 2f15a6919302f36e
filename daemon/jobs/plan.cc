// SPDX-License-Identifier: Apache-2.0
#include "daemon/jobs/plan.h"

#include <fmt/format.h>

#include <algorithm>

#include "daemon/base/hash.h"
#include "daemon/jobs/bridge_history.h"
#include "daemon/jobs/chip_plan.h"
#include "daemon/jobs/image_marks.h"
#include "daemon/jobs/plan_checks.h"
#include "daemon/jobs/probe_plan.h"
#include "daemon/jobs/recovery_plan.h"
#include "storage/audit/canonical_json.h"

namespace firmbench::jobs {
namespace {

using storage::audit::Json;

// Beyond these a stored plan is not one of ours.
constexpr int64_t kLargestMemory = int64_t{1} << 30;
constexpr int64_t kLongestStepUs = int64_t{24} * 3600 * 1000 * 1000;
constexpr size_t kMostSteps = 100;

std::string Size(uint64_t bytes) {
  return bytes % 1024 == 0 ? fmt::format("{} KB", bytes / 1024) : fmt::format("{} bytes", bytes);
}

// Collects the steps of one plan from what the model is and how long its phases take.
class StepList {
 public:
  StepList(const families::ModelInfo& model, const families::PhaseEstimates& times)
      : model_(model), times_(times) {}

  void Check() {
    Add(StepId::kCheckDrive, "check the drive", {}, "ask the drive again who it is", 0, {});
  }
  void ReadEeprom(int reads) {
    for (int i = 1; i <= reads; ++i) {
      Add(StepId::kReadEeprom, fmt::format("read EEPROM, {} of {}", i, reads), Memory::kEeprom,
          "read this unit's own calibration", model_.eeprom_bytes, times_.read_eeprom);
    }
  }
  void ReadFirmware(int reads) {
    for (int i = 1; i <= reads; ++i) {
      Add(StepId::kReadFirmware, fmt::format("read firmware, {} of {}", i, reads),
          Memory::kFirmware, "read the whole flash chip", model_.firmware_bytes,
          times_.read_firmware);
    }
  }
  void Commit() {
    Add(StepId::kCommitDumps, "store the backups", {},
        "reads must agree; stored in the ledger and read back from it", 0, {});
  }
  // Of a memory that cannot be read.
  void KeepUndo() {
    Add(StepId::kCommitDumps, "look at what undoes it", {},
        "what undoes the write must be in the ledger and readable, or nothing can and two people "
        "have said so",
        0, {});
  }
  void CheckRevision() {
    Add(StepId::kCheckRevision, "ask for the revision", Memory::kFirmware,
        "the firmware cannot be read: the drive has to call itself by the new revision", 0, {});
  }
  void PowerCycle() {
    Add(StepId::kPowerCycle, "switch the drive off and on", {},
        "switch the drive off and on, so that its flash chip is in the middle of no command", 0,
        {});
  }
  void Enter() {
    Add(StepId::kEnter, "enter update mode", Memory::kFirmware,
        "bring the drive into the mode in which its flash can be written", 0, times_.enter);
  }
  void Arm(Memory memory) {
    Add(StepId::kArm, "arm", memory,
        memory == Memory::kEeprom
            ? "the EEPROM must still equal the stored backup"
            : "identify the flash chip; samples of it must equal the stored backup",
        0, {});
  }
  void Write(Memory memory, int64_t bytes) {
    Add(StepId::kWrite, fmt::format("write {}", ToString(memory)), memory,
        memory == Memory::kEeprom ? "write this unit's own EEPROM dump back"
                                  : "erase and program only the units of the flash that differ",
        bytes, times_.write);
  }
  void ChangeEeprom() {
    Add(StepId::kWrite, "write eeprom", Memory::kEeprom,
        "write this unit's own EEPROM with the bytes changed that name the model",
        model_.eeprom_bytes, times_.read_eeprom);
  }
  void Checkpoint() {
    Add(StepId::kCheckpoint, "checkpoint", {},
        "note that the EEPROM is verified and that the firmware is next", 0, {});
  }
  void Reset() {
    Add(StepId::kReset, "reset the drive", {}, "leave update mode and find the drive again", 0,
        times_.leave);
  }
  void ReadBack(Memory memory, int64_t bytes) {
    Add(StepId::kReadBack, fmt::format("read back {}", ToString(memory)), memory,
        "read everything through fresh descriptors and compare it with the plan", bytes,
        memory == Memory::kEeprom ? times_.read_eeprom : times_.read_firmware);
  }
  void CheckEeprom() {
    Add(StepId::kCheckEeprom, "check EEPROM", Memory::kEeprom,
        "read the EEPROM again and compare it with the one from before", model_.eeprom_bytes,
        times_.read_eeprom);
  }
  void Compare(Memory memory) {
    Add(StepId::kCompare, "compare", memory, "compare what was read with the reference", 0, {});
  }
  void IdentifyChip() {
    Add(StepId::kIdentifyChip, "identify the chip", Memory::kFirmware,
        "ask the chip for its ids and compare its supply with the board's", 0, {});
  }
  void WriteChip(const families::ChipFacts& chip) {
    Add(StepId::kArm, "arm", Memory::kFirmware,
        "samples of the chip must equal the stored dump; no locked boot block may have to change",
        0, {});
    Add(StepId::kWrite, "write chip", Memory::kFirmware,
        "erase and program only what differs, page by page, each read again", chip.size_bytes,
        times_.write);
    Add(StepId::kReadBack, "read back chip", Memory::kFirmware,
        "read the whole chip once more, in other pieces, and compare it with the plan",
        chip.size_bytes, times_.read_firmware);
  }
  void ReadChip(uint32_t size_bytes) {
    for (int i = 1; i <= kFirmwareReads; ++i) {
      Add(StepId::kReadFirmware, fmt::format("read chip, {} of {}", i, kFirmwareReads),
          Memory::kFirmware, "read the whole chip in the socket", size_bytes, times_.read_firmware);
    }
  }
  std::vector<PlanStep> Take() { return std::move(steps_); }

 private:
  void Add(StepId id, std::string name, std::optional<Memory> memory, std::string text,
           int64_t bytes, Nanos estimate) {
    // Whole microseconds, as the stored plan has them.
    steps_.push_back({id, std::move(name), memory, std::move(text), bytes,
                      std::chrono::duration_cast<std::chrono::microseconds>(estimate)});
  }
  const families::ModelInfo& model_;
  const families::PhaseEstimates times_;
  std::vector<PlanStep> steps_;
};

bool Reads(const Plan& plan, Memory memory) {
  return plan.spec.memory == "all" || plan.spec.memory == ToString(memory);
}

// Two writes in this order, the second only when the first was read back and is as planned.
void AddConversion(StepList& list, const families::ModelInfo& model) {
  list.ReadEeprom(kEepromReads);
  list.ReadFirmware(kFirmwareReads);
  list.Commit();
  list.Arm(Memory::kEeprom);
  list.ChangeEeprom();
  list.ReadBack(Memory::kEeprom, model.eeprom_bytes);
  list.Checkpoint();
  list.Enter();
  list.Arm(Memory::kFirmware);
  list.Write(Memory::kFirmware, model.firmware_bytes);
  list.Reset();
  list.ReadBack(Memory::kFirmware, model.firmware_bytes);
  list.CheckEeprom();
}

// The firmware first: without it the drive may not be able to show its EEPROM.
void AddRecoveryOfBoth(StepList& list, const PlanInputs& inputs) {
  const families::ModelInfo& model = *inputs.drive->model;
  list.PowerCycle();
  if (inputs.answers) list.ReadEeprom(kEepromReads);
  list.ReadFirmware(kFirmwareReads);
  list.Commit();
  list.Enter();
  list.Arm(Memory::kFirmware);
  list.Write(Memory::kFirmware, model.firmware_bytes);
  list.Reset();
  list.ReadBack(Memory::kFirmware, model.firmware_bytes);
  list.Arm(Memory::kEeprom);
  list.ChangeEeprom();
  list.ReadBack(Memory::kEeprom, model.eeprom_bytes);
}

void AddFirmwareWrite(StepList& list, const Plan& plan, const families::ModelInfo& model,
                      bool eeprom_before, bool eeprom_after) {
  if (eeprom_before) list.ReadEeprom(kEepromReads);
  if (!plan.unread) list.ReadFirmware(kFirmwareReads);
  if (!plan.unread || eeprom_before) {
    list.Commit();
  } else {
    list.KeepUndo();
  }
  list.Enter();
  list.Arm(Memory::kFirmware);
  list.Write(Memory::kFirmware, model.firmware_bytes);
  list.Reset();
  if (plan.unread) {
    list.CheckRevision();
  } else {
    list.ReadBack(Memory::kFirmware, model.firmware_bytes);
  }
  if (eeprom_after) list.CheckEeprom();
}

// The same way as any write, for a drive that may not answer at first, or not at all.
void AddRecovery(StepList& list, const Plan& plan, const PlanInputs& inputs, bool eeprom_readable) {
  if (WritesBoth(plan.spec)) return AddRecoveryOfBoth(list, inputs);
  const families::ModelInfo& model = *inputs.drive->model;
  const auto memory = ParseMemory(plan.spec.memory).value_or(Memory::kFirmware);
  if (!inputs.answers || memory == Memory::kFirmware) list.PowerCycle();
  if (memory == Memory::kEeprom) {
    list.ReadEeprom(kEepromReads);
    list.Commit();
    list.Arm(memory);
    list.Write(memory, model.eeprom_bytes);
    list.ReadBack(memory, model.eeprom_bytes);
    return;
  }
  AddFirmwareWrite(list, plan, model, eeprom_readable && inputs.answers, eeprom_readable);
}

// In one stay in update mode; nothing is asked of the drive.
std::vector<PlanStep> MakeChipSteps(const Plan& plan, const PlanInputs& inputs, StepList list) {
  const auto chip = families::FindChipFacts(plan.spec.chip_part);
  if (ChipMayBeBusy(inputs)) list.PowerCycle();
  list.Enter();
  if (Writes(plan.spec.kind)) {
    if (!chip) return {};
    list.ReadChip(chip->size_bytes);
    list.Commit();
    list.IdentifyChip();
    list.WriteChip(*chip);
    list.Reset();
    return list.Take();
  }
  list.IdentifyChip();
  if (plan.spec.kind != Kind::kChipIdentify) {
    list.ReadChip(chip ? chip->size_bytes : inputs.drive->model->firmware_bytes);
  }
  list.Reset();
  if (plan.spec.kind == Kind::kChipRead) list.Commit();
  if (plan.spec.kind == Kind::kChipVerify) list.Compare(Memory::kFirmware);
  return list.Take();
}

std::vector<PlanStep> MakeSteps(const Plan& plan, const PlanInputs& inputs) {
  const inventory::DriveSnapshot& drive = *inputs.drive;
  StepList list(*drive.model, drive.family->Estimates(*drive.model));
  if (OnChip(plan.spec.kind)) return MakeChipSteps(plan, inputs, std::move(list));
  const auto* eeprom = FindAbilities(drive, Memory::kEeprom);
  const bool eeprom_readable = eeprom != nullptr && eeprom->read.possible;
  list.Check();
  switch (plan.spec.kind) {
    case Kind::kBackup:
      if (Reads(plan, Memory::kEeprom)) list.ReadEeprom(kEepromReads);
      if (Reads(plan, Memory::kFirmware)) list.ReadFirmware(kFirmwareReads);
      list.Commit();
      break;
    case Kind::kFlash:
    case Kind::kRestore:
      AddFirmwareWrite(list, plan, *drive.model, eeprom_readable, eeprom_readable);
      break;
    case Kind::kEepromRestore:
      list.ReadEeprom(kEepromReads);
      list.Commit();
      list.Arm(Memory::kEeprom);
      list.Write(Memory::kEeprom, drive.model->eeprom_bytes);
      list.ReadBack(Memory::kEeprom, drive.model->eeprom_bytes);
      break;
    case Kind::kConvert:
      AddConversion(list, *drive.model);
      break;
    case Kind::kRecover:
      AddRecovery(list, plan, inputs, eeprom_readable);
      break;
    case Kind::kVerify: {
      const Memory memory = *ParseMemory(plan.spec.memory);
      if (memory == Memory::kEeprom) {
        list.ReadEeprom(1);
      } else {
        list.ReadFirmware(1);
      }
      list.Compare(memory);
      break;
    }
    case Kind::kChipIdentify:
    case Kind::kChipRead:
    case Kind::kChipVerify:
    case Kind::kChipWrite:
    case Kind::kChipErase:
    case Kind::kProbe:
      break;  // above
  }
  return list.Take();
}

std::string UndoText(const Plan& plan, const PlanInputs& inputs) {
  switch (plan.spec.kind) {
    case Kind::kBackup:
    case Kind::kVerify:
    case Kind::kProbe:
      return "nothing is written";
    case Kind::kChipIdentify:
    case Kind::kChipRead:
    case Kind::kChipVerify:
    case Kind::kChipWrite:
    case Kind::kChipErase:
      return ChipUndo(plan.spec);
    case Kind::kEepromRestore:
      return "the EEPROM as it is now, read three times and stored before the first write";
    case Kind::kFlash:
    case Kind::kRestore:
      if (plan.unread) return DescribeUnread(inputs.undo, *inputs.drive);
      return fmt::format(
          "the drive's own firmware {}, read twice and stored before the first erase; "
          "`firmbench restore` writes it back",
          inputs.drive->identity.revision);
    case Kind::kConvert:
      return fmt::format(
          "the drive's own EEPROM and firmware {}, read and stored before the first write: "
          "`firmbench job recover` brings both back from a conversion that was cut, and `firmbench "
          "convert DRIVE --to {}` undoes one that is done",
          inputs.drive->identity.revision, inputs.drive->model->model);
    case Kind::kRecover:
      return RecoveryUndo(plan.spec, inputs);
  }
  return {};
}

std::string WhatIsWritten(const Plan& plan, const families::ModelInfo& model) {
  if (plan.spec.kind == Kind::kConvert) {
    std::string line =
        fmt::format("makes a {} of it: first the EEPROM, then the firmware ({} in the flash chip)",
                    plan.spec.model, Size(model.firmware_bytes));
    const families::Conversion* conversion = families::FindConversion(model, plan.spec.model);
    if (conversion == nullptr) return line;
    line += "; of the EEPROM only";
    for (const families::EepromChange& change : conversion->eeprom) {
      line += fmt::format(" {:04x} ({:02x} to {:02x})", change.offset, change.from, change.to);
    }
    return line;
  }
  if (plan.spec.kind == Kind::kEepromRestore) {
    return fmt::format("writes the EEPROM ({}): the calibration of this one unit",
                       Size(model.eeprom_bytes));
  }
  return fmt::format("writes the firmware ({} in the flash chip); the EEPROM is not written",
                     Size(model.firmware_bytes));
}

// The plan as a person reads it, in the order in which it matters.
std::vector<std::string> Describe(const Plan& plan, const PlanInputs& inputs) {
  if (OnChip(plan.spec.kind)) {
    std::vector<std::string> lines = DescribeChip(plan.spec, inputs);
    if (Writes(plan.spec.kind)) lines.push_back(PcAdvice());
    return lines;
  }
  const inventory::DriveSnapshot& drive = *inputs.drive;
  std::vector<std::string> lines;
  if (plan.unread && plan.spec.kind != Kind::kRecover) {
    lines.push_back(DescribeUnread(inputs.undo, drive));
  }
  lines.push_back(inputs.answers
                      ? fmt::format("{} in {}: firmware {}, {}", drive.model->model, drive.bay,
                                    drive.identity.revision, drive.connection_text)
                      : fmt::format("{} in {}: does not say who it is, {}", drive.model->model,
                                    drive.bay, drive.connection_text));
  if (plan.spec.kind == Kind::kRecover) {
    for (std::string& line : DescribeRecovery(plan.spec, inputs)) lines.push_back(std::move(line));
  } else if (Writes(plan.spec.kind)) {
    lines.push_back(WhatIsWritten(plan, *drive.model));
    if (inputs.image) {
      lines.push_back(fmt::format("new firmware: {} {} {}, SHA-256 {}", inputs.image->model,
                                  inputs.image->revision, inputs.image->file_name,
                                  inputs.image->sha256));
    }
    if (inputs.dump) {
      lines.push_back(fmt::format("from the backup of {} ({}), SHA-256 {}",
                                  FormatRfc3339(inputs.dump->created_us).substr(0, 10),
                                  inputs.dump->revision, inputs.dump->sha256));
    }
    lines.push_back(fmt::format("if power is lost while writing, recovery is {}: {}",
                                families::ToString(drive.model->recoverable_after_cut),
                                drive.model->recoverable_why));
  } else {
    lines.emplace_back("nothing is written to the drive");
  }
  if (Writes(plan.spec.kind)) lines.push_back(PcAdvice());
  return lines;
}

Json ProblemsJson(const std::vector<inventory::Problem>& problems) {
  Json list = Json::Array();
  for (const auto& problem : problems) {
    list.Append(Json::Object()
                    .Set("reason", problem.reason)
                    .Set("remedy", problem.remedy)
                    .Set("text", problem.text));
  }
  return list;
}

std::string ToJson(const Plan& plan, const PlanInputs& inputs) {
  Json steps = Json::Array();
  for (const PlanStep& step : plan.steps) {
    steps.Append(Json::Object()
                     .Set("bytes", step.bytes)
                     .Set("estimate_us", step.estimate.count() / 1000)
                     .Set("id", static_cast<int>(step.id))
                     .Set("memory", step.memory ? ToString(*step.memory) : std::string_view())
                     .Set("name", step.name)
                     .Set("text", step.text));
  }
  Json lines = Json::Array();
  for (const std::string& line : plan.lines) lines.Append(line);
  Json json = Json::Object();
  if (plan.spec.kind == Kind::kRecover) {
    json.Set("recover_model", plan.spec.model)
        .Set("recover_to", plan.spec.recover_to)
        .Set("recovers", plan.spec.recovers);
  }
  if (plan.spec.kind == Kind::kConvert) json.Set("target_model", plan.spec.model);
  if (!plan.spec.label.empty()) json.Set("label", plan.spec.label);
  if (!inputs.drive->bridge.empty()) json.Set(kPlanBridge, inputs.drive->bridge);
  if (plan.unread) json.Set("undo_sha256", plan.undo_sha256).Set("unread", true);
  if (OnChip(plan.spec.kind)) {
    json.Set("board_mv", plan.spec.board_mv)
        .Set("chip_part", plan.spec.chip_part)
        .Set("recover_model", plan.spec.model);
    if (!plan.spec.chip_fill.empty()) json.Set("chip_fill", plan.spec.chip_fill);
  }
  return json.Set("drive", plan.spec.drive_id)
      .Set("dump", plan.spec.dump_id)
      .Set("etag", plan.etag)
      .Set("image", plan.spec.image_id)
      .Set("kind", ToString(plan.spec.kind))
      .Set("lines", std::move(lines))
      .Set("memory", plan.spec.memory)
      .Set("model", inputs.drive->model != nullptr ? inputs.drive->model->model : "")
      .Set("needs_approval", plan.needs_approval)
      .Set("override_reason", plan.spec.override_reason)
      .Set("payload_sha256", inputs.payload.empty() ? std::string() : Sha256Hex(inputs.payload))
      .Set("problems", ProblemsJson(plan.problems))
      .Set("revision", inputs.drive->identity.revision)
      .Set("steps", std::move(steps))
      .Set("undo", plan.undo)
      .Set("unit", inputs.drive->unit.unit_id)
      .Set("warnings", ProblemsJson(plan.warnings))
      .Set("writes_boot", plan.writes_boot)
      .Dump();
}

std::vector<inventory::Problem> ParseProblems(const Json& list) {
  std::vector<inventory::Problem> problems;
  for (const Json& item : list.items()) {
    problems.push_back(
        {item["reason"].AsString(""), item["text"].AsString(""), item["remedy"].AsString("")});
  }
  return problems;
}

// nullopt when no plan of ours has such a step.
std::optional<PlanStep> ParseStep(const Json& item) {
  const int64_t id = item["id"].AsInteger(-1);
  const int64_t bytes = item["bytes"].AsInteger(0);
  const int64_t estimate_us = item["estimate_us"].AsInteger(0);
  const std::string memory = item["memory"].AsString("");
  PlanStep step;
  step.memory = ParseMemory(memory);
  if (id < 0 || id > static_cast<int64_t>(StepId::kProbe) || bytes < 0 || bytes > kLargestMemory ||
      estimate_us < 0 || estimate_us > kLongestStepUs || (!memory.empty() && !step.memory)) {
    return std::nullopt;
  }
  step.id = static_cast<StepId>(id);
  step.name = item["name"].AsString("");
  step.text = item["text"].AsString("");
  step.bytes = bytes;
  step.estimate = std::chrono::microseconds(estimate_us);
  return step;
}

}  // namespace

const families::MemoryAbilities* FindAbilities(const inventory::DriveSnapshot& drive,
                                               Memory memory) {
  const auto it = std::find_if(drive.abilities.begin(), drive.abilities.end(),
                               [memory](const auto& a) { return a.memory == memory; });
  return it == drive.abilities.end() ? nullptr : &*it;
}

Plan MakePlan(const JobSpec& spec, const PlanInputs& inputs) {
  Plan plan;
  plan.spec = Normalise(spec, inputs);
  plan.etag = inputs.drive->etag;
  plan.problems = FindProblems(plan.spec, inputs);
  if (plan.spec.kind == Kind::kProbe) {
    DescribeProbe(*inputs.drive, plan);
  } else if (inputs.drive->model != nullptr) {
    plan.unread = WritesUnread(plan.spec, *inputs.drive);
    if (plan.unread && inputs.undo) plan.undo_sha256 = inputs.undo->sha256;
    plan.warnings = FindWarnings(plan.spec, inputs);
    AddImageMarks(inputs, plan);
    plan.writes_boot = WritesBoot(plan.spec, inputs);
    plan.needs_approval = NeedsApproval(plan.spec, inputs);
    plan.steps = MakeSteps(plan, inputs);
    plan.undo = UndoText(plan, inputs);
    plan.lines = Describe(plan, inputs);
  }
  for (const PlanStep& step : plan.steps) plan.estimate += step.estimate;
  plan.json = ToJson(plan, inputs);
  plan.digest = Sha256Hex(AsBytes(plan.json));
  return plan;
}

Result<Plan> ParsePlan(const std::string& json) {
  const auto unreadable = [] {
    return DataLoss("PLAN_UNREADABLE", "the stored plan of the job cannot be read");
  };
  auto parsed = Json::Parse(json);
  if (!parsed) return unreadable();
  const Json& root = *parsed;
  const auto kind = ParseKind(root["kind"].AsString(""));
  if (!kind) return unreadable();
  Plan plan;
  plan.spec.kind = *kind;
  plan.spec.drive_id = root["drive"].AsString("");
  plan.spec.memory = root["memory"].AsString("");
  plan.spec.image_id = root["image"].AsString("");
  plan.spec.dump_id = root["dump"].AsString("");
  plan.spec.override_reason = root["override_reason"].AsString("");
  plan.spec.label = root["label"].AsString("");
  plan.spec.recovers = root["recovers"].AsString("");
  plan.spec.recover_to = root["recover_to"].AsString("");
  plan.spec.model = root[*kind == Kind::kConvert ? "target_model" : "recover_model"].AsString("");
  plan.spec.chip_part = root["chip_part"].AsString("");
  plan.spec.board_mv = static_cast<int>(root["board_mv"].AsInteger(0));
  plan.spec.chip_fill = root["chip_fill"].AsString("");
  plan.etag = root["etag"].AsString("");
  plan.undo = root["undo"].AsString("");
  plan.needs_approval = root["needs_approval"].AsBool(false);
  plan.writes_boot = root["writes_boot"].AsBool(false);
  plan.unread = root["unread"].AsBool(false);
  plan.undo_sha256 = root["undo_sha256"].AsString("");
  plan.problems = ParseProblems(root["problems"]);
  plan.warnings = ParseProblems(root["warnings"]);
  for (const Json& line : root["lines"].items()) plan.lines.push_back(line.AsString(""));
  if (root["steps"].items().size() > kMostSteps) return unreadable();
  for (const Json& item : root["steps"].items()) {
    auto step = ParseStep(item);
    if (!step) return unreadable();
    plan.estimate += step->estimate;
    plan.steps.push_back(std::move(*step));
  }
  plan.json = json;
  plan.digest = Sha256Hex(AsBytes(json));
  return plan;
}

}  // namespace firmbench::jobs
