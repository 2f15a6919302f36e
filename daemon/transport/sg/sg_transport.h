// SPDX-License-Identifier: Apache-2.0
#pragma once

// SCSI commands through the kernel's SG_IO, version 3. Lane-only. A command is sent once, whatever
// happens; what came of it is judged by scsi::Triage.
//
// sg keeps one buffer per descriptor and copies it out even when a read fails, so what was just
// written can come back as what was read (seen with QEMU's drives and with usb-storage). Bytes of
// data_in that carry no answer are therefore zeroed, and the first data-in after a data-out goes
// through a descriptor that was opened anew.

#include <functional>
#include <memory>
#include <string>

#include "daemon/base/clock.h"
#include "daemon/scsi/transport.h"
#include "daemon/transport/sg/sg_node.h"

namespace firmbench::transport {

// How long the kernel lets this command run before it resets the drive: what the caller asks for,
// but never less than its kind of command needs, nor more than an hour. A reset in the middle of a
// data-out can cost the drive its firmware. Pure.
Nanos SgTimeout(const scsi::Command& command);

class SgTransport final : public scsi::Transport {
 public:
  struct Opened {
    std::unique_ptr<SgNode> node;
    std::string plug;  // another one after every plug-in
  };
  // Opens the drive's node where it is now. Called again after a write, and when the drive went
  // away: it may come back under another node.
  using Reopen = std::function<Result<Opened>()>;

  // What `reopen` returns. `clock` outlives the object.
  static Result<std::unique_ptr<SgTransport>> Open(Reopen reopen, scsi::Limits limits,
                                                   Clock& clock);

  // Unsent: CDB_LENGTH (not 6 to 16 bytes), LIMIT_EXCEEDED (more data than limits()), and what
  // reopening returns. A drive that went away and came back gets harmless standard commands only
  // (TEST UNIT READY, INQUIRY, REQUEST SENSE, GET CONFIGURATION, GET EVENT STATUS NOTIFICATION):
  // anything else is DRIVE_GONE until it was opened, and identified, anew, because it may be
  // another drive.
  Result<scsi::Completion> Execute(const scsi::Command& command) override;
  scsi::Limits limits() const override { return limits_; }

 private:
  SgTransport(Opened opened, Reopen reopen, scsi::Limits limits, Clock& clock);
  Status Check(const scsi::Command& command) const;
  Status Refresh(const scsi::Command& command);
  Result<scsi::Completion> Send(const scsi::Command& command);

  std::unique_ptr<SgNode> node_;  // nullptr after the drive went away or could not be reopened
  const std::string plug_;
  const Reopen reopen_;
  const scsi::Limits limits_;
  Clock& clock_;
  bool written_ = false;  // since the node was opened
  bool went_ = false;     // the drive, at least once since the transport was opened
};

}  // namespace firmbench::transport
