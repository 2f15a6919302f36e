// SPDX-License-Identifier: Apache-2.0
#pragma once

// A drive of this family as programmer for the chip in its socket, through vendor mode. Lane-only;
// the contract is families::ChipProgrammer.

#include <optional>

#include "daemon/chips/rows/row.h"
#include "daemon/families/chip_programmer.h"
#include "daemon/families/mediatek_liteon/session.h"

namespace firmbench::families::mediatek_liteon {

class LiteonProgrammer final : public ChipProgrammer {
 public:
  // `row` is the drive's, has static storage, and decides how vendor mode is entered and left; the
  // handles of `access` outlive the programmer.
  LiteonProgrammer(const Row& row, const DriveAccess& access);

  Status Enter(Observer& observer) override;
  Result<ChipFacts> Identify(uint32_t expected_size_bytes) override;
  Result<Bytes> Read(const ReadPlan& plan, Observer& observer) override;
  Result<WritePlan> PlanWrite(ByteView current, ByteView target) override;
  Status Write(const WritePlan& plan, ByteView current, ByteView target, WriteReport& report,
               Observer& observer) override;
  Status Leave(Observer& observer) override;

 private:
  Status NeedChip() const;

  const Row& row_;
  const DriveAccess access_;
  LiteonSession session_;  // the way in and out
  std::optional<VendorMode> vendor_;
  std::optional<VendorBus> bus_;
  bool entered_ = false;
  const chips::ChipRow* chip_ = nullptr;  // as it identified itself; nullptr: not yet
};

}  // namespace firmbench::families::mediatek_liteon
