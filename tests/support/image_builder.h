// SPDX-License-Identifier: Apache-2.0
#pragma once

// Firmware images and EEPROM contents for tests, without a Result to unpack: a specification that
// cannot be built ends the test program, for it is a mistake of the test. Any thread.

#include <cstdint>
#include <string_view>

#include "daemon/base/bytes.h"
#include "daemon/images/synthetic.h"

namespace firmbench::test {

Bytes BuildImage(const images::SyntheticImage& spec);
// A plain image; an empty revision is the model's usual one.
Bytes BuildImage(std::string_view model, std::string_view revision = {}, uint64_t seed = 1);
Bytes BuildEeprom(std::string_view model, uint64_t seed = 1, uint32_t size_bytes = 1024);

}  // namespace firmbench::test
