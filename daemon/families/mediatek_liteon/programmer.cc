// SPDX-License-Identifier: Apache-2.0
#include "daemon/families/mediatek_liteon/programmer.h"

#include <fmt/format.h>

#include <algorithm>

#include "daemon/chips/flash_writer.h"
#include "daemon/chips/identify.h"
#include "daemon/families/mediatek_liteon/abilities.h"
#include "daemon/families/mediatek_liteon/planning.h"

namespace firmbench::families::mediatek_liteon {
namespace {

constexpr uint32_t kChunk = 4096;  // progress and cancellation grain

bool SameUnits(const WritePlan& a, const WritePlan& b) {
  return std::equal(a.units.begin(), a.units.end(), b.units.begin(), b.units.end(),
                    [](const ByteRange& x, const ByteRange& y) {
                      return x.offset == y.offset && x.length == y.length;
                    });
}

}  // namespace

LiteonProgrammer::LiteonProgrammer(const Row& row, const DriveAccess& access)
    : row_(row), access_(access), session_(row, access) {
  if (access_.task_file == nullptr) return;
  vendor_.emplace(*access_.task_file, *access_.clock, access_.second_device);
  bus_.emplace(*vendor_, *access_.clock);
}

Status LiteonProgrammer::NeedChip() const {
  if (entered_ && chip_ != nullptr) return Ok();
  return FailedPrecondition("CHIP_NOT_IDENTIFIED", "the flash chip was not identified");
}

Status LiteonProgrammer::Enter(Observer& observer) {
  RETURN_IF_ERROR(session_.EnterUpdateMode(observer));
  entered_ = true;
  return Ok();
}

Result<ChipFacts> LiteonProgrammer::Identify(uint32_t expected_size_bytes) {
  chip_ = nullptr;
  if (!entered_) return FailedPrecondition("NOT_IN_UPDATE_MODE", "the drive is not in update mode");
  ASSIGN_OR_RETURN(const chips::Identification found,
                   chips::IdentifyChip(*bus_, {.expected_size_bytes = expected_size_bytes}));
  if (found.row->size_bytes > VendorMode::kReachBytes) {
    return FailedPrecondition("CHIP_OUT_OF_REACH",
                              fmt::format("a {} has {} KB, and this drive has address lines for {}",
                                          found.row->part, found.row->size_bytes / 1024,
                                          VendorMode::kReachBytes / 1024))
        .WithRemedy("use a drive with more address lines, or another programmer");
  }
  chip_ = found.row;
  const auto facts = FindChipFacts(chip_->part);
  if (!facts) return Internal("CHIP_UNKNOWN", "the part that was found is not in the table");
  return *facts;
}

Result<Bytes> LiteonProgrammer::Read(const ReadPlan& plan, Observer& observer) {
  RETURN_IF_ERROR(NeedChip());
  const uint32_t size = chip_->size_bytes;
  const uint32_t chunk = plan.chunk_bytes == 0 ? kChunk : std::min(plan.chunk_bytes, size);
  const uint32_t pieces = (size + chunk - 1) / chunk;
  Bytes bytes(size);
  uint64_t done = 0;
  for (uint32_t i = 0; i < pieces; ++i) {
    if (observer.cancelled()) return Cancelled("JOB_CANCELLED", "cancelled while reading");
    const uint32_t offset = (plan.order == ReadOrder::kAscending ? i : pieces - 1 - i) * chunk;
    const uint32_t length = std::min(chunk, size - offset);
    RETURN_IF_ERROR(vendor_->ReadBytes(offset, std::span(bytes).subspan(offset, length)));
    done += length;
    observer.Progress(done, size);
  }
  return bytes;
}

Result<WritePlan> LiteonProgrammer::PlanWrite(ByteView current, ByteView target) {
  RETURN_IF_ERROR(NeedChip());
  ASSIGN_OR_RETURN(const chips::ChipPlan plan, chips::PlanChipWrite(*chip_, current, target));
  return ToWritePlan(plan, *chip_);
}

Status LiteonProgrammer::Write(const WritePlan& plan, ByteView current, ByteView target,
                               WriteReport& report, Observer& observer) {
  report = {};
  RETURN_IF_ERROR(NeedChip());
  if (!access_.simulated && FirmwareWriteEvidence(row_) == Evidence::kHypothetical) {
    return FailedPrecondition(
        "HYPOTHETICAL_COMMAND",
        fmt::format("{}: only a simulated drive may write so", row_.write_missing));
  }
  ASSIGN_OR_RETURN(const chips::ChipPlan chip_plan, chips::PlanChipWrite(*chip_, current, target));
  if (!SameUnits(plan, ToWritePlan(chip_plan, *chip_))) {
    return FailedPrecondition("PLAN_MISMATCH", "the plan is not of these bytes and this chip")
        .WithRemedy("plan again with the chip that identified itself");
  }
  chips::ChipWriteReport written;
  const Status status = chips::WriteChip(
      *bus_, *chip_, chip_plan, current, target, written,
      [&observer](uint64_t done, uint64_t total) { observer.Progress(done, total); });
  report = {written.bytes_programmed, written.erases, written.page_retries};
  return status;
}

Status LiteonProgrammer::Leave(Observer& observer) {
  if (!entered_) return Ok();
  entered_ = false;
  chip_ = nullptr;
  if (access_.silent) return vendor_->LeaveSilent();
  return session_.LeaveUpdateMode(observer);
}

}  // namespace firmbench::families::mediatek_liteon
