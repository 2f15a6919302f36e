// SPDX-License-Identifier: Apache-2.0
#include "daemon/families/mediatek_liteon/programmer.h"

#include <fmt/format.h>

#include <algorithm>

#include "daemon/chips/flash_writer.h"
#include "daemon/chips/identify.h"
#include "daemon/families/mediatek_liteon/planning.h"

namespace firmbench::families::mediatek_liteon {
namespace {

constexpr uint32_t kChunk = 4096;  // progress and cancellation grain

// Vendor mode and its byte operations 00 and 01: drive-protocols 1.2, 1.3, 1.5 [C].
constexpr Evidence kByteWrites = Evidence::kReadInCode;
// That they keep a page-write part's load window: 1.5, 8.1 [I].
constexpr Evidence kPageWrites = Evidence::kHypothetical;

}  // namespace

Ability ChipWriteAbility(const Row& row, const Connection& connection, std::string_view part) {
  constexpr const char* kAnother = "the chip in an external programmer";
  const chips::ChipRow* const chip = chips::FindChip(part);
  if (chip == nullptr) {
    return {false, Evidence::kHypothetical, "no such part is in the table",
            "the name as it is printed on the case"};
  }
  const Evidence evidence =
      std::min({row.gate_evidence, chip->evidence, chip->page_write() ? kPageWrites : kByteWrites});
  const auto no = [evidence](std::string why, std::string would_help) {
    return Ability{false, evidence, std::move(why), std::move(would_help)};
  };
  if (row.gate == EntryGate::kNever || FlashOf(row) == FlashKind::kSerial) {
    return no(fmt::format("a {} gives no way to a parallel chip", row.info->model),
              "a drive with a parallel chip of its own");
  }
  if (!connection.task_file) {
    return no("the way to a chip needs the drive's IDE registers",
              "an IDE port or a bridge that gives its registers");
  }
  if (!chip->page_write() && chips::SmallestErase(*chip) == nullptr) {
    return no(fmt::format("a {} has a write protocol of its own, which is not implemented", part),
              kAnother);
  }
  if (chip->size_bytes > VendorMode::kReachBytes) {
    return no(fmt::format("a {} has {} KB, and this drive has address lines for {}", part,
                          chip->size_bytes / 1024, VendorMode::kReachBytes / 1024),
              kAnother);
  }
  std::string why = chip->page_write()
                        ? fmt::format(
                              "a {} takes a page only as one run of byte writes with no "
                              "gap above its load window, and how vendor mode's byte write "
                              "keeps that is not publicly known: simulator only",
                              part)
                        : std::string("in vendor mode, byte by byte (ops 00 and 01)");
  if (connection.simulated || evidence != Evidence::kHypothetical) {
    return {true, evidence, std::move(why), {}};
  }
  if (!chip->page_write()) {
    why = fmt::format(
        "how a {} is brought into vendor mode is not publicly known well enough to "
        "write with it: simulator only",
        row.info->model);
  }
  return no(std::move(why), chip->page_write()
                                ? "a recorded trace of a tool that writes this part through vendor "
                                  "mode, or the chip in an external programmer"
                                : kAnother);
}

LiteonProgrammer::LiteonProgrammer(const Row& row, const DriveAccess& access)
    : row_(row), access_(access), session_(row, access) {
  if (access_.task_file == nullptr) return;
  vendor_.emplace(*access_.task_file, *access_.clock, access_.second_device, *row_.mode);
  bus_.emplace(*vendor_, *access_.clock);
}

Status LiteonProgrammer::NeedEntered() const {
  if (entered_) return Ok();
  return FailedPrecondition("NOT_IN_UPDATE_MODE", "the drive is not in update mode");
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
  locks_ = {};
  RETURN_IF_ERROR(NeedEntered());
  ASSIGN_OR_RETURN(const chips::Identification found,
                   chips::IdentifyChip(*bus_, {.expected_size_bytes = expected_size_bytes}));
  if (found.row->size_bytes > VendorMode::kReachBytes) {
    return FailedPrecondition("CHIP_OUT_OF_REACH",
                              fmt::format("a {} has {} KB, and this drive has address lines for {}",
                                          found.row->part, found.row->size_bytes / 1024,
                                          VendorMode::kReachBytes / 1024))
        .WithRemedy("use a drive with more address lines, or another programmer");
  }
  auto facts = FindChipFacts(found.row->part);
  if (!facts) return Internal("CHIP_UNKNOWN", "the part that was found is not in the table");
  chip_ = found.row;
  locks_ = found.locks;
  facts->low_boot_locked = locks_.low == chips::BootLock::kLocked;
  facts->high_boot_locked = locks_.high == chips::BootLock::kLocked;
  return *std::move(facts);
}

Result<Bytes> LiteonProgrammer::Read(uint32_t size, const ReadPlan& plan, Observer& observer) {
  RETURN_IF_ERROR(NeedEntered());
  if (size == 0 || size > VendorMode::kReachBytes) {
    return FailedPrecondition("CHIP_OUT_OF_REACH",
                              fmt::format("{} bytes are asked for, and this drive has address "
                                          "lines for {}",
                                          size, VendorMode::kReachBytes))
        .WithRemedy("use a drive with more address lines, or another programmer");
  }
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

Status LiteonProgrammer::ReadAt(uint32_t offset, std::span<uint8_t> out) {
  RETURN_IF_ERROR(NeedEntered());
  return vendor_->ReadBytes(offset, out);
}

Result<WritePlan> LiteonProgrammer::PlanWrite(ByteView current, ByteView target) {
  RETURN_IF_ERROR(NeedChip());
  ASSIGN_OR_RETURN(const chips::ChipPlan plan, chips::PlanChipWrite(*chip_, current, target));
  return ToWritePlan(plan, {.parallel = chip_});
}

Status LiteonProgrammer::CheckWrite(ByteView current, ByteView target) {
  RETURN_IF_ERROR(NeedChip());
  return chips::CheckBootLocks(*chip_, locks_, current, target);
}

Status LiteonProgrammer::Write(const WritePlan& plan, ByteView current, ByteView target,
                               WriteReport& report, Observer& observer) {
  report = {};
  RETURN_IF_ERROR(NeedChip());
  const Ability ability =
      ChipWriteAbility(row_, {.task_file = true, .simulated = access_.simulated}, chip_->part);
  if (!ability.possible) return FailedPrecondition("HYPOTHETICAL_COMMAND", ability.why);
  ASSIGN_OR_RETURN(const chips::ChipPlan chip_plan, chips::PlanChipWrite(*chip_, current, target));
  if (!SameUnits(plan, ToWritePlan(chip_plan, {.parallel = chip_}))) return PlanMismatch();
  RETURN_IF_ERROR(CheckWrite(current, target));
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
  locks_ = {};
  if (access_.silent) return vendor_->LeaveSilent();
  return session_.LeaveUpdateMode(observer);
}

}  // namespace firmbench::families::mediatek_liteon
