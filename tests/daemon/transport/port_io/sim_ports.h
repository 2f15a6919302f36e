// SPDX-License-Identifier: Apache-2.0
#pragma once

// I/O ports behind which simulated drives are: one channel, as a PC would see it.

#include <map>
#include <memory>
#include <utility>

#include "daemon/ata/task_file.h"
#include "daemon/transport/port_io/ports.h"

namespace firmbench::transport {

class SimPorts final : public Ports {
 public:
  static constexpr uint16_t kCommand = 0x1f0;
  static constexpr uint16_t kControl = 0x3f6;

  // nullptr: nothing is attached, and the bus floats.
  explicit SimPorts(std::unique_ptr<ata::TaskFile> drive) : drive_(std::move(drive)) {}

  uint8_t Read8(uint16_t port) override {
    return static_cast<uint8_t>(Do(port, ata::Access::Read(RegisterAt(port)), 0xff));
  }
  uint16_t Read16(uint16_t port) override { return Do(port, ata::Access::ReadData16(), 0xffff); }
  void Write8(uint16_t port, uint8_t value) override {
    written[port] = value;
    Do(port, ata::Access::Write(RegisterAt(port), value), 0);
  }
  void Write16(uint16_t port, uint16_t value) override {
    ata::Access access;
    access.kind = ata::Access::Kind::kWriteData16;
    access.value16 = value;
    Do(port, access, 0);
  }

  std::map<uint16_t, uint8_t> written;  // the last byte to each port

 private:
  static ata::Register RegisterAt(uint16_t port) {
    return port == kControl ? ata::Register::kControl : static_cast<ata::Register>(port - kCommand);
  }
  static bool IsOurs(uint16_t port) {
    return port == kControl || (port >= kCommand && port < kCommand + 8);
  }
  // Other channels' ports lead nowhere.
  uint16_t Do(uint16_t port, ata::Access access, uint16_t floating) {
    if (drive_ == nullptr || !IsOurs(port)) return floating;
    const std::span<ata::Access> script(&access, 1);
    return drive_->Run(script) ? access.value16 : floating;
  }

  const std::unique_ptr<ata::TaskFile> drive_;
};

}  // namespace firmbench::transport
