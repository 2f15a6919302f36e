// SPDX-License-Identifier: Apache-2.0
#include "daemon/chips/unit_writer.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "daemon/chips/program.h"

namespace firmbench::chips {
namespace {

constexpr int kEraseAttempts = 2;

class Writer {
 public:
  Writer(UnitArray& array, const ChipPlan& plan, ByteView current, ByteView target,
         ChipWriteReport& report, const WriteProgress& progress)
      : array_(array),
        plan_(plan),
        old_(current),
        target_(target),
        report_(report),
        progress_(progress),
        now_(current.begin(), current.end()),
        rewritten_(plan.units.size(), false) {}

  Status Run() {
    Status status = array_.erases_itself() ? WritePages() : WriteErasedUnits();
    if (!status && touched_) return AfterDestructiveCycle(std::move(status).error());
    if (status && done_ < plan_.bytes_to_program) Advance(plan_.bytes_to_program - done_);
    return status;
  }

 private:
  ByteView Target(uint32_t offset, uint32_t length) const {
    return target_.subspan(offset, length);
  }
  std::span<uint8_t> Now(uint32_t offset, uint32_t length) {
    return std::span<uint8_t>(now_).subspan(offset, length);
  }
  bool Right(uint32_t offset, uint32_t length) {
    return std::ranges::equal(Now(offset, length), Target(offset, length));
  }
  // The first byte of the range in which a bit is 0 that shall be 1.
  std::optional<uint32_t> NeedsErase(uint32_t offset, uint32_t length) const {
    for (uint32_t i = offset; i < offset + length; ++i) {
      if ((target_[i] & ~now_[i]) != 0) return i;
    }
    return std::nullopt;
  }
  bool KeptOldContent(uint32_t offset, uint32_t length) {
    return std::ranges::equal(Now(offset, length), old_.subspan(offset, length));
  }

  uint32_t Banks() const { return static_cast<uint32_t>(target_.size() / kBankBytes); }

  void Advance(uint64_t bytes) {
    done_ = std::min(plan_.bytes_to_program, done_ + bytes);
    if (progress_ && bytes != 0) progress_(done_, plan_.bytes_to_program);
  }

  // Reads the range into now_; a second time when it is not as it shall be, so that one noisy
  // read costs a read and not a rewrite.
  Status ReadBack(uint32_t offset, uint32_t length) {
    RETURN_IF_ERROR(array_.Read(offset, Now(offset, length)));
    if (Right(offset, length)) return Ok();
    return array_.Read(offset, Now(offset, length));
  }

  Error VerifyFailed(uint32_t offset, uint32_t length, std::string_view step) {
    uint32_t at = offset;
    while (at + 1 < offset + length && now_[at] == target_[at]) ++at;
    return DataLoss("WRITE_VERIFY_FAILED",
                    fmt::format("the flash chip holds {:02x} at {:#x} where {:02x} was written",
                                now_[at], at, target_[at]))
        .With("offset", fmt::format("{:06x}", at))
        .With("step", std::string(step))
        .WithRemedy("keep the drive powered and recover the job; the chip may be worn");
  }

  Error Protected(uint32_t offset, uint32_t length) {
    return FailedPrecondition("CHIP_PROTECTED",
                              fmt::format("{} bytes at {:#x} keep their old content: the chip "
                                          "protects them",
                                          length, offset))
        .With("offset", fmt::format("{:06x}", offset))
        .With("length", fmt::format("{:x}", length))
        .WithRemedy("a locked boot block cannot be unlocked in the drive");
  }

  // --- page-write parts ----------------------------------------------------------------------

  Status WritePages() {
    for (const WriteUnit& unit : plan_.units) {
      RETURN_IF_ERROR(WritePage(unit));
      Advance(unit.length);
    }
    return Ok();
  }

  Status WritePage(const WriteUnit& unit) {
    for (int attempt = 0; attempt <= kMaxPageRetries; ++attempt) {
      report_.page_retries += attempt > 0;
      touched_ = true;
      ASSIGN_OR_RETURN(const uint64_t sent,
                       array_.Program(unit.offset, Now(unit.offset, unit.length),
                                      Target(unit.offset, unit.length)));
      report_.bytes_programmed += sent;
      RETURN_IF_ERROR(ReadBack(unit.offset, unit.length));
      if (Right(unit.offset, unit.length)) return Ok();
    }
    if (KeptOldContent(unit.offset, unit.length)) return Protected(unit.offset, unit.length);
    return VerifyFailed(unit.offset, unit.length, "page");
  }

  // --- byte parts ----------------------------------------------------------------------------

  Status WriteErasedUnits() {
    for (size_t i = 0; i < plan_.units.size(); ++i) {
      if (plan_.units[i].erase) RETURN_IF_ERROR(Erase(plan_.units[i]));
      RETURN_IF_ERROR(WriteBody(i));
    }
    return WriteLastPages();
  }

  // Erases the unit and reads it. What stayed as it was and is right already is no error: a locked
  // boot block that shall not change.
  Status Erase(const WriteUnit& unit) {
    const Bytes before(Now(unit.offset, unit.length).begin(), Now(unit.offset, unit.length).end());
    std::optional<uint32_t> bad;
    for (int attempt = 0; attempt < kEraseAttempts; ++attempt) {
      touched_ = true;
      ++report_.erases;
      RETURN_IF_ERROR(array_.Erase(unit));
      for (int read = 0; read < 2; ++read) {
        RETURN_IF_ERROR(array_.Read(unit.offset, Now(unit.offset, unit.length)));
        bad = NeedsErase(unit.offset, unit.length);
        if (!bad) return Ok();
      }
    }
    const uint32_t page = *bad / kVerifyPageBytes * kVerifyPageBytes;
    const ByteView was = ByteView(before).subspan(page - unit.offset, kVerifyPageBytes);
    if (std::ranges::equal(Now(page, kVerifyPageBytes), was)) {
      return Protected(page, kVerifyPageBytes);
    }
    return VerifyFailed(page, kVerifyPageBytes, "erase");
  }

  // Everything of unit `index` but page 0 of its banks.
  Status WriteBody(size_t index) {
    const WriteUnit& unit = plan_.units[index];
    for (uint32_t page = unit.offset; page < unit.offset + unit.length; page += kVerifyPageBytes) {
      if (page % kBankBytes == 0) continue;
      ASSIGN_OR_RETURN(const bool right, WriteBytes(page, index));
      if (!right) return Rewrite(index, page);
    }
    return Ok();
  }

  Status WriteLastPages() {
    for (uint32_t bank = Banks(); bank > 0;) {
      --bank;
      const uint32_t page = bank * kBankBytes;
      const std::optional<size_t> unit = UnitOf(page);
      if (!unit) continue;
      ASSIGN_OR_RETURN(const bool right, WriteBytes(page, *unit));
      if (right) continue;
      RETURN_IF_ERROR(Rewrite(*unit, page));
      bank = Banks();  // higher banks of that unit were erased with it
    }
    return Ok();
  }

  std::optional<size_t> UnitOf(uint32_t offset) const {
    for (size_t i = 0; i < plan_.units.size(); ++i) {
      const WriteUnit& unit = plan_.units[i];
      if (offset >= unit.offset && offset - unit.offset < unit.length) return i;
    }
    return std::nullopt;
  }

  // The unit's second and last chance, because a page of it does not become right.
  Status Rewrite(size_t index, uint32_t page) {
    if (rewritten_[index]) {
      if (KeptOldContent(page, kVerifyPageBytes)) return Protected(page, kVerifyPageBytes);
      return VerifyFailed(page, kVerifyPageBytes, "page");
    }
    rewritten_[index] = true;
    RETURN_IF_ERROR(Erase(plan_.units[index]));
    return WriteBody(index);
  }

  // Programs and verifies one page. False: it needs an erase, or more tries than are allowed.
  Result<bool> WriteBytes(uint32_t page, size_t unit) {
    uint64_t planned = 0;
    for (int attempt = 0; !Right(page, kVerifyPageBytes); ++attempt) {
      if (attempt > kMaxPageRetries || NeedsErase(page, kVerifyPageBytes)) return false;
      report_.page_retries += attempt > 0;
      touched_ = true;
      const ByteView now = Now(page, kVerifyPageBytes);
      ASSIGN_OR_RETURN(const uint64_t sent,
                       array_.Program(page, now, Target(page, kVerifyPageBytes)));
      report_.bytes_programmed += sent;
      if (attempt == 0) planned = sent;
      RETURN_IF_ERROR(ReadBack(page, kVerifyPageBytes));
    }
    // A rewritten unit has been counted as far as it came the first time.
    if (!rewritten_[unit]) Advance(planned);
    return true;
  }

  UnitArray& array_;
  const ChipPlan& plan_;
  ByteView old_;
  ByteView target_;
  ChipWriteReport& report_;
  const WriteProgress& progress_;
  Bytes now_;                    // what the chip holds, as far as it was read
  std::vector<bool> rewritten_;  // by unit: erased again after a page of it failed
  uint64_t done_ = 0;
  bool touched_ = false;  // a destructive cycle may have been sent
};

}  // namespace

Status WriteUnits(UnitArray& array, const ChipPlan& plan, ByteView current, ByteView target,
                  ChipWriteReport& report, const WriteProgress& progress) {
  return Writer(array, plan, current, target, report, progress).Run();
}

}  // namespace firmbench::chips
