// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <cerrno>

#include "daemon/transport/port_io/ports.h"

#if defined(__x86_64__) || defined(__i386__)
#include <sys/io.h>
#endif

namespace firmbench::transport {

#if defined(__x86_64__) || defined(__i386__)

namespace {

// /dev/port would do without ioperm, but moves a word as two bytes at two ports, and a drive's data
// register takes words.
class MachinePorts final : public Ports {
 public:
  uint8_t Read8(uint16_t port) override { return inb(port); }
  uint16_t Read16(uint16_t port) override { return inw(port); }
  // The C library's functions take the value first.
  void Write8(uint16_t port, uint8_t value) override { outb(value, port); }
  void Write16(uint16_t port, uint16_t value) override { outw(value, port); }
};

}  // namespace

Result<std::unique_ptr<Ports>> OpenMachinePorts(std::span<const PortRange> ranges) {
  for (const PortRange& range : ranges) {
    if (::ioperm(range.first, range.count, 1) == 0) continue;
    return FailedPrecondition("PORTS_DENIED",
                              fmt::format("the kernel refuses the I/O ports {:#x} to {:#x} "
                                          "(errno {})",
                                          range.first, range.first + range.count - 1, errno))
        .WithRemedy(
            "install the drop-in port-io.conf, which gives the daemon CAP_SYS_RAWIO; with Secure "
            "Boot the kernel may refuse ports to everybody");
  }
  return std::unique_ptr<Ports>(std::make_unique<MachinePorts>());
}

#else

Result<std::unique_ptr<Ports>> OpenMachinePorts(std::span<const PortRange>) {
  return Unimplemented("PORTS_UNSUPPORTED", "this processor has no I/O ports")
      .WithRemedy("attach the drive to a PC with an IDE port");
}

#endif

}  // namespace firmbench::transport
