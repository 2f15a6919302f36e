// SPDX-License-Identifier: Apache-2.0
#pragma once

// The flash chip's bus as vendor mode gives it. Lane-only; borrows the VendorMode, which must be
// entered while the bus is used.

#include "daemon/chips/byte_bus.h"
#include "daemon/families/mediatek_liteon/vendor_mode.h"

namespace firmbench::families::mediatek_liteon {

class VendorBus final : public chips::ByteBus {
 public:
  VendorBus(VendorMode& mode, Clock& clock) : mode_(mode), clock_(clock) {}

  Status Read(uint32_t address, std::span<uint8_t> out) override;
  Status ReadRepeated(uint32_t address, std::span<uint8_t> out) override;
  Status Write(std::span<const chips::BusWrite> cycles) override;
  Status WriteThenRead(std::span<const chips::BusWrite> cycles, uint32_t address,
                       std::span<uint8_t> out) override;
  Clock& clock() override { return clock_; }

 private:
  VendorMode& mode_;
  Clock& clock_;
};

}  // namespace firmbench::families::mediatek_liteon
