// SPDX-License-Identifier: Apache-2.0
#pragma once

// A session on one drive of this family. Lane-only; the contract is families::Session. Everything
// it sends passes the engine's gate.

#include <optional>
#include <string>

#include "daemon/families/family.h"
#include "daemon/families/spc_write_buffer/models.h"
#include "daemon/scsi/answers.h"

namespace firmbench::families::spc_write_buffer {

class SpcSession final : public Session {
 public:
  // `row` has static storage; the handles of `access` outlive the session.
  SpcSession(const Row& row, const DriveAccess& access) : row_(row), access_(access) {}

  Result<Bytes> Read(Memory memory, const ReadPlan& plan, Observer& observer) override;
  Status EnterUpdateMode(Observer& observer) override;
  Status ReadInUpdateMode(uint32_t offset, std::span<uint8_t> out) override;
  Status CheckWrite(ByteView current, ByteView target) override;
  Status Write(const WritePlan& plan, ByteView current, ByteView target, WriteReport& report,
               Observer& observer) override;
  Status LeaveUpdateMode(Observer& observer) override;
  Status BringBack(Nanos limit) override;
  std::string Witness() const override;

 private:
  // How much of a download one command carries. MICROCODE_TOO_LARGE when all has to fit and does
  // not.
  Result<uint32_t> PieceBytes(size_t whole) const;
  Status Download(ByteView microcode, WriteReport& report, Observer& observer);
  Status Activate();
  Status Settle(Nanos limit);

  const Row& row_;
  const DriveAccess access_;
  std::optional<scsi::BufferDescriptor> buffer_;  // in update mode
  bool write_begun_ = false;
  bool microcode_changed_ = false;  // the drive said 06/3F/01
};

// The standard's microcode download reads nothing back.
Error NotReadable();

}  // namespace firmbench::families::spc_write_buffer
