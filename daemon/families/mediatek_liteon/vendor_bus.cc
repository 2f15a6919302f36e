// SPDX-License-Identifier: Apache-2.0
#include "daemon/families/mediatek_liteon/vendor_bus.h"

namespace firmbench::families::mediatek_liteon {

Status VendorBus::Read(uint32_t address, std::span<uint8_t> out) {
  return mode_.ReadBytes(address, out);
}

Status VendorBus::ReadRepeated(uint32_t address, std::span<uint8_t> out) {
  return mode_.ReadRepeated(address, out);
}

Status VendorBus::Write(std::span<const chips::BusWrite> cycles) {
  return mode_.WriteCycles(cycles);
}

Status VendorBus::WriteThenRead(std::span<const chips::BusWrite> cycles, uint32_t address,
                                std::span<uint8_t> out) {
  return mode_.WriteThenRead(cycles, address, out);
}

}  // namespace firmbench::families::mediatek_liteon
