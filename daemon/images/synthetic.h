// SPDX-License-Identifier: Apache-2.0
#pragma once

// Contents for simulated drives: bytes of our own that have the shape of a Lite-On MediaTek image
// and of an EEPROM, and no function. They hold none of the maker's code and would leave a real
// drive dead; every image says so in clear text. Pure and deterministic; any thread.

#include <cstdint>
#include <string>
#include <string_view>

#include "daemon/base/bytes.h"
#include "daemon/base/result.h"

namespace firmbench::images {

struct SyntheticImage {
  std::string model = {};      // "LTR-48246S", "LTR-52327S", "LDW-451S", "LDW-851S"
  std::string revision = {};   // 4 characters; "" takes the model's usual one
  std::string vendor = {};     // up to 8; "" takes the model's own
  std::string product = {};    // up to 16; "" takes the model's own
  std::string timestamp = {};  // up to 16, DVD burners only; "" takes one that fits the revision
  uint32_t size_bytes = 0;     // 0 takes the model's; else one of 256, 512 KB (CD-RW), 1 MB
  uint64_t seed = 1;           // two images of one seed share most of their 4 KB pieces
  bool packed = false;         // 1 MB only: the layout whose bank-switch mask is 1F
};

// SYNTHETIC_MODEL_UNKNOWN, SYNTHETIC_FIELD_INVALID, SYNTHETIC_SIZE_INVALID. The result is always
// recognised by Recognise() as the model asked for.
Result<Bytes> BuildSyntheticImage(const SyntheticImage& spec);

struct SyntheticEeprom {
  std::string model = {};      // as above; its text lies in the EEPROM, as in real ones [P]
  uint64_t seed = 1;           // the unit: serial, calibration and dates come from it
  uint32_t size_bytes = 1024;  // 1024 or 4096
};
// Own layout except 014A, the book type (drive-protocols 3 [C]). The four burn-log slots of 16
// bytes at 0300 start empty (FF).
Result<Bytes> BuildSyntheticEeprom(const SyntheticEeprom& spec);

}  // namespace firmbench::images
