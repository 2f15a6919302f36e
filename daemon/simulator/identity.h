// SPDX-License-Identifier: Apache-2.0
#pragma once

// What a simulated drive says of itself. A value.

#include <string>

namespace firmbench::simulator {

struct DriveIdentity {
  std::string vendor;           // INQUIRY 8..15, at most 8 characters
  std::string product;          // INQUIRY 16..31, at most 16
  std::string revision;         // INQUIRY 32..35, at most 4
  std::string vendor_specific;  // INQUIRY 36.., at most 20; may be empty
  std::string serial;           // VPD page 80 and IDENTIFY; blank on many old drives
};

}  // namespace firmbench::simulator
