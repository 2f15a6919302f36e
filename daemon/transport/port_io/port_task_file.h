// SPDX-License-Identifier: Apache-2.0
#pragma once

// The task file of an IDE channel on I/O ports (ATA/ATAPI-5 clause 7). Lane-only: both drives of a
// channel share the lane, and the ports belong to the thread that opened them. Interrupts of the
// drive are kept off (nIEN): nobody would take them.

#include <memory>

#include "daemon/ata/task_file.h"
#include "daemon/base/clock.h"
#include "daemon/transport/port_io/ports.h"

namespace firmbench::transport {

struct ChannelPorts {
  uint16_t command_base = 0;
  uint16_t control = 0;
};

class PortTaskFile final : public ata::TaskFile {
 public:
  // Sets nIEN. `clock` outlives the object; the ports are shared with the SCSI way to the same
  // drive.
  PortTaskFile(std::shared_ptr<Ports> ports, const ChannelPorts& channel, Clock& clock);

  // While a script writes several times, the thread has real-time priority if it may: a page-write
  // part programs what it has when bytes are more than its load window apart (drive-protocols 4.3).
  Status Run(std::span<ata::Access> script, const ata::WaitLimits& limits) override;
  using ata::TaskFile::Run;

 private:
  Status RunNow(std::span<ata::Access> script, const ata::WaitLimits& limits);
  // False when neither limit let the wait end well; `access.value16` has the last byte then.
  bool Wait(ata::Access& access, const ata::WaitLimits& limits);
  uint16_t PortOf(ata::Register reg) const;

  const std::shared_ptr<Ports> ports_;
  const ChannelPorts channel_;
  Clock& clock_;
};

}  // namespace firmbench::transport
