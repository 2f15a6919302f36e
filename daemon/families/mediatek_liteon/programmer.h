// SPDX-License-Identifier: Apache-2.0
#pragma once

// A drive of this family as programmer for the chip in its socket, through vendor mode. Lane-only;
// the contract is families::ChipProgrammer.

#include <optional>

#include "daemon/chips/boot_lock.h"
#include "daemon/chips/rows/row.h"
#include "daemon/families/chip_programmer.h"
#include "daemon/families/mediatek_liteon/session.h"

namespace firmbench::families::mediatek_liteon {

// Family::ChipWrite of this family: what the drive's own chip is, does not matter. Pure; any
// thread.
Ability ChipWriteAbility(const Row& row, const Connection& connection, std::string_view part);

class LiteonProgrammer final : public ChipProgrammer {
 public:
  // `row` is the drive's, has static storage, and decides how vendor mode is entered and left; the
  // handles of `access` outlive the programmer.
  LiteonProgrammer(const Row& row, const DriveAccess& access);

  Status Enter(Observer& observer) override;
  Result<ChipFacts> Identify(uint32_t expected_size_bytes) override;
  Result<Bytes> Read(uint32_t size_bytes, const ReadPlan& plan, Observer& observer) override;
  Status ReadAt(uint32_t offset, std::span<uint8_t> out) override;
  Result<WritePlan> PlanWrite(ByteView current, ByteView target) override;
  Status CheckWrite(ByteView current, ByteView target) override;
  Status Write(const WritePlan& plan, ByteView current, ByteView target, WriteReport& report,
               Observer& observer) override;
  Status Leave(Observer& observer) override;

 private:
  Status NeedEntered() const;
  Status NeedChip() const;

  const Row& row_;
  const DriveAccess access_;
  LiteonSession session_;  // the way in and out
  std::optional<VendorMode> vendor_;
  std::optional<VendorBus> bus_;
  bool entered_ = false;
  const chips::ChipRow* chip_ = nullptr;  // as it identified itself; nullptr: not yet
  chips::BootLocks locks_;                // of chip_
};

}  // namespace firmbench::families::mediatek_liteon
