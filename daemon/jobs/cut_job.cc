// SPDX-License-Identifier: Apache-2.0
#include "daemon/jobs/cut_job.h"

#include <fmt/format.h>

#include <algorithm>

#include "daemon/jobs/assumed_drive.h"
#include "daemon/jobs/chip_plan.h"
#include "daemon/jobs/plan.h"
#include "daemon/jobs/words.h"

namespace firmbench::jobs {
namespace {

constexpr uint32_t kPieceBytes = 256;  // of what was not to change, counted in these

Result<std::optional<storage::Dump>> DumpBefore(storage::Ledger& ledger, const std::string& job_id,
                                                std::string_view memory) {
  ASSIGN_OR_RETURN(
      const auto dumps,
      ledger.ListDumps({.job_id = job_id, .memory = std::string(memory), .archived_too = true},
                       {.size = 100}));
  // Newest first: of a job that began several times the dump of its last beginning.
  for (const storage::Dump& dump : dumps.rows) {
    if (dump.purpose == "before_write") return std::optional<storage::Dump>(dump);
  }
  return std::optional<storage::Dump>();
}

// Of the image or dump that the job names; empty for an erase, which names neither.
Result<Bytes> LoadPayload(storage::Ledger& ledger, const storage::Job& job) {
  if (!job.image_id.empty()) {
    ASSIGN_OR_RETURN(const storage::Image image, ledger.GetImage(job.image_id));
    return ledger.ReadBlob(image.sha256);
  }
  if (job.kind == ToString(Kind::kChipErase)) return Bytes();
  ASSIGN_OR_RETURN(const storage::Dump dump, ledger.GetDump(job.dump_id));
  return ledger.ReadBlob(dump.sha256);
}

// The bytes that the chip in the socket was to hold.
Result<Bytes> LoadChipTarget(const CutJob& cut, ByteView payload) {
  ASSIGN_OR_RETURN(const Plan plan, ParsePlan(cut.job.plan_json));
  const auto chip = families::FindChipFacts(cut.chip_part);
  if (!chip) return NotFound("CHIP_UNKNOWN", "this version does not know the part of that job");
  return ComposeChip(plan.spec, *chip, payload);
}

Result<Bytes> LoadTarget(storage::Ledger& ledger, const CutJob& cut) {
  ASSIGN_OR_RETURN(Bytes payload, LoadPayload(ledger, cut.job));
  if (!cut.chip_part.empty()) return LoadChipTarget(cut, payload);
  if (cut.job.memory == ToString(Memory::kEeprom)) return payload;
  const families::Match match = FindModel(cut.job.family, cut.job.model);
  if (match.family == nullptr) {
    return NotFound("MODEL_UNKNOWN", "this version does not know the model of that job");
  }
  return match.family->ComposeTarget(*match.model, cut.before_bytes, payload);
}

Result<Bytes> LoadEepromTarget(const CutJob& cut) {
  const families::Match match = FindModel(cut.job.family, cut.job.model);
  const families::Conversion* conversion =
      match.model == nullptr ? nullptr
                             : families::FindConversion(*match.model, cut.job.target_model);
  if (conversion == nullptr) {
    return NotFound("CONVERSION_NOT_KNOWN",
                    "this version does not know the conversion of that job");
  }
  return families::ConvertEeprom(*conversion, cut.eeprom_before);
}

std::vector<families::ByteRange> UnitsOf(const CutJob& cut, Memory memory, ByteView before,
                                         ByteView target) {
  if (!cut.chip_part.empty()) {
    return families::ChipUnits(cut.chip_part, before, target).value_or({});
  }
  const families::Match match = FindModel(cut.job.family, cut.job.model);
  if (match.family == nullptr) return {};
  auto plan = match.family->PlanWrite(*match.model, memory, before, target, {});
  return plan ? std::move(plan->units) : std::vector<families::ByteRange>();
}

// Of a memory that could not be read there is no dump, but the plan may name what undoes it.
Status LoadUndo(storage::Ledger& ledger, CutJob& cut) {
  const auto plan = ParsePlan(cut.job.plan_json);
  if (!plan || !plan->unread) {
    return NotFound("DUMP_NOT_FOUND", "the job stored no backup of what it wrote");
  }
  cut.unread = true;
  if (plan->undo_sha256.empty()) return Ok();
  ASSIGN_OR_RETURN(cut.before_bytes, ledger.ReadBlob(plan->undo_sha256));
  return Ok();
}

bool Equal(ByteView a, ByteView b, const families::ByteRange& range) {
  const ByteView left = Slice(a, range.offset, range.length);
  const ByteView right = Slice(b, range.offset, range.length);
  return std::equal(left.begin(), left.end(), right.begin(), right.end());
}

// Erasing sets bits of the old byte, programming clears bits of an erased one down to the new: at
// every moment a byte has all the bits of one of the two.
bool IsBetween(ByteView now, ByteView before, ByteView target, const families::ByteRange& range) {
  for (uint32_t i = range.offset; i < range.offset + range.length && i < now.size(); ++i) {
    if ((now[i] & before[i]) != before[i] && (now[i] & target[i]) != target[i]) return false;
  }
  return true;
}

}  // namespace

Result<CutJob> LoadOpenCutJob(storage::Ledger& ledger, const storage::Job& job) {
  CutJob cut;
  cut.job = job;
  if (inventory::WroteChip(job)) {
    ASSIGN_OR_RETURN(const Plan plan, ParsePlan(job.plan_json));
    cut.chip_part = plan.spec.chip_part;
  }
  const Memory memory = ParseMemory(job.memory).value_or(Memory::kFirmware);
  ASSIGN_OR_RETURN(cut.before, DumpBefore(ledger, job.id, ToString(memory)));
  if (cut.before) {
    ASSIGN_OR_RETURN(cut.before_bytes, ledger.ReadBlob(cut.before->sha256));
  } else {
    RETURN_IF_ERROR(LoadUndo(ledger, cut));
  }
  ASSIGN_OR_RETURN(const auto eeprom, DumpBefore(ledger, job.id, ToString(Memory::kEeprom)));
  if (eeprom) {
    ASSIGN_OR_RETURN(cut.eeprom_before, ledger.ReadBlob(eeprom->sha256));
  }
  ASSIGN_OR_RETURN(cut.target, LoadTarget(ledger, cut));
  if (!job.target_model.empty()) {
    ASSIGN_OR_RETURN(cut.eeprom_target, LoadEepromTarget(cut));
  }
  return cut;
}

Result<CutJob> LoadCutJob(storage::Ledger& ledger, const std::string& job_id) {
  ASSIGN_OR_RETURN(storage::Job job, ledger.GetJob(job_id));
  if (!job.recovers.empty()) {
    ASSIGN_OR_RETURN(job, ledger.GetJob(job.recovers));
  }
  if (inventory::WroteChip(job)) {
    return FailedPrecondition("JOB_ON_CHIP", "the job wrote a bare chip, and no drive")
        .WithRemedy("write the chip again: `firmbench chip write`");
  }
  if (job.result.empty()) {
    return FailedPrecondition("JOB_STILL_OPEN", "the job has not ended yet")
        .WithRemedy("wait for its end: `firmbench job watch`");
  }
  if (job.write_started_us == 0) {
    return FailedPrecondition("JOB_WROTE_NOTHING",
                              "the job ended before it wrote anything, so the drive is as it was");
  }
  return LoadOpenCutJob(ledger, job);
}

std::string CutState::Describe(std::string_view memory) const {
  if (all_new) return fmt::format("the {} is the new one, whole", memory);
  if (all_old) return fmt::format("the {} is the old one, whole", memory);
  std::string text =
      fmt::format("{} of {} blocks that were to change hold the new {}, {} the old one", hold_new,
                  units, memory, hold_old);
  const size_t half = torn + foreign;
  if (half != 0) text += fmt::format(", {} {} half written", half, half == 1 ? "is" : "are");
  if (elsewhere != 0) text += fmt::format("; {} other places changed", elsewhere);
  return text;
}

CutState Classify(ByteView now, ByteView before, ByteView target,
                  std::span<const families::ByteRange> units) {
  CutState state;
  state.units = units.size();
  const auto same = [now](ByteView other) {
    return std::equal(now.begin(), now.end(), other.begin(), other.end());
  };
  state.all_new = same(target);
  state.all_old = !state.all_new && same(before);
  if (now.size() != before.size() || now.size() != target.size()) {
    state.elsewhere = now.size() / kPieceBytes + 1;
    return state;
  }
  for (const families::ByteRange& unit : units) {
    ++(Equal(now, target, unit)               ? state.hold_new
       : Equal(now, before, unit)             ? state.hold_old
       : IsBetween(now, before, target, unit) ? state.torn
                                              : state.foreign);
  }
  // What was not to change is the same in both.
  for (uint32_t at = 0; at < now.size(); at += kPieceBytes) {
    const families::ByteRange piece{at,
                                    std::min(kPieceBytes, static_cast<uint32_t>(now.size()) - at)};
    const bool planned = std::any_of(units.begin(), units.end(), [&](const auto& unit) {
      return unit.offset < piece.offset + piece.length && piece.offset < unit.offset + unit.length;
    });
    if (!planned && !Equal(now, before, piece)) ++state.elsewhere;
  }
  return state;
}

CutState Classify(const CutJob& cut, ByteView now) {
  const auto memory = ParseMemory(cut.job.memory).value_or(Memory::kFirmware);
  return Classify(now, cut.before_bytes, cut.target,
                  UnitsOf(cut, memory, cut.before_bytes, cut.target));
}

CutState ClassifyEeprom(const CutJob& cut, ByteView now) {
  return Classify(now, cut.eeprom_before, cut.eeprom_target,
                  UnitsOf(cut, Memory::kEeprom, cut.eeprom_before, cut.eeprom_target));
}

}  // namespace firmbench::jobs
