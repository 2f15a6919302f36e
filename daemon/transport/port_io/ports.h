// SPDX-License-Identifier: Apache-2.0
#pragma once

// Processor I/O ports, as a seam: the machine's own, or those of a test. Lane-only. Nothing here
// decides what may be written; that is the gate's, above the task file.

#include <cstdint>
#include <memory>
#include <span>

#include "daemon/base/result.h"

namespace firmbench::transport {

class Ports {
 public:
  virtual ~Ports() = default;
  virtual uint8_t Read8(uint16_t port) = 0;
  virtual uint16_t Read16(uint16_t port) = 0;
  virtual void Write8(uint16_t port, uint8_t value) = 0;
  virtual void Write16(uint16_t port, uint16_t value) = 0;
};

struct PortRange {
  uint16_t first = 0;
  uint16_t count = 0;
};

// The machine's ports of these ranges, for the calling thread only: the kernel gives the right to
// threads, so a lane opens its own. PORTS_DENIED without CAP_SYS_RAWIO or under kernel lockdown,
// PORTS_UNSUPPORTED on a processor that has no port instructions.
Result<std::unique_ptr<Ports>> OpenMachinePorts(std::span<const PortRange> ranges);

}  // namespace firmbench::transport
