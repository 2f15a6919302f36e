// SPDX-License-Identifier: Apache-2.0
#pragma once

// A session on one drive of this family. Lane-only; the contract is families::Session. Everything
// it sends passes the engine's gate.

#include "daemon/families/family.h"
#include "daemon/families/mediatek_mt1959/models.h"

namespace firmbench::families::mediatek_mt1959 {

// What one read and one piece of a download carry. drive-protocols 2.5 [C].
inline constexpr uint32_t kPieceBytes = 0x4000;

class Mt1959Session final : public Session {
 public:
  // `row` has static storage; the handles of `access` outlive the session.
  Mt1959Session(const Row& row, const DriveAccess& access) : row_(row), access_(access) {}

  Result<Bytes> Read(Memory memory, const ReadPlan& plan, Observer& observer) override;
  Status EnterUpdateMode(Observer& observer) override;
  Status ReadInUpdateMode(uint32_t offset, std::span<uint8_t> out) override;
  Status CheckWrite(ByteView current, ByteView target) override;
  Status Write(const WritePlan& plan, ByteView current, ByteView target, WriteReport& report,
               Observer& observer) override;
  Status LeaveUpdateMode(Observer& observer) override;
  Status BringBack(Nanos limit) override;

 private:
  Status ReadAt(uint32_t offset, std::span<uint8_t> out);
  // Until it is ready twice in a row.
  Status WaitReady(Nanos limit);

  const Row& row_;
  const DriveAccess access_;
  bool write_begun_ = false;
};

}  // namespace firmbench::families::mediatek_mt1959
