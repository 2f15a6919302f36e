// SPDX-License-Identifier: Apache-2.0
#include "daemon/chips/boot_lock.h"

#include <algorithm>

#include <fmt/format.h>

namespace firmbench::chips {
namespace {

Status CheckBlock(const ChipRow& row, std::string_view which, uint32_t start, ByteView current,
                  ByteView target) {
  const uint32_t length = row.boot_block_bytes;
  const ByteView is = current.subspan(start, length);
  const ByteView shall = target.subspan(start, length);
  const auto differing = std::mismatch(is.begin(), is.end(), shall.begin()).first;
  if (differing == is.end()) return Ok();
  const auto offset = start + static_cast<uint32_t>(differing - is.begin());
  return FailedPrecondition(
             "CHIP_BOOT_LOCKED",
             fmt::format("the {} {} KB of the {} are locked for ever, and the new content differs "
                         "there from {:#x} on",
                         which, length / 1024, row.part, offset))
      .With("offset", fmt::format("{:06x}", offset))
      .With("block", fmt::format("{:06x}", start))
      .With("length", fmt::format("{:x}", length))
      .WithRemedy("choose a firmware with the same boot block, or replace the chip");
}

}  // namespace

Status CheckBootLocks(const ChipRow& row, const BootLocks& locks, ByteView current,
                      ByteView target) {
  if (current.size() != row.size_bytes || target.size() != row.size_bytes) {
    return InvalidArgument("CHIP_SIZE_MISMATCH",
                           fmt::format("{} holds {} bytes, but {} are there and {} shall be",
                                       row.part, row.size_bytes, current.size(), target.size()));
  }
  if (locks.low == BootLock::kLocked) {
    RETURN_IF_ERROR(CheckBlock(row, "lower", 0, current, target));
  }
  if (locks.high == BootLock::kLocked) {
    const uint32_t start = row.size_bytes - row.boot_block_bytes;
    RETURN_IF_ERROR(CheckBlock(row, "upper", start, current, target));
  }
  return Ok();
}

}  // namespace firmbench::chips
