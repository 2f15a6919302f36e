// SPDX-License-Identifier: Apache-2.0
#pragma once

// Private to this folder: the models this personality plays. Static storage.

#include <cstdint>
#include <span>

#include "daemon/simulator/profile.h"

namespace firmbench::families::spc_write_buffer::sim {

std::span<const simulator::Profile> Profiles();

// What a drive does with a download, by the WRITE BUFFER mode that it knows.
struct Behaviour {
  uint8_t mode = 0;       // byte 1 of the CDB
  bool pieces = true;     // offsets other than 0
  bool saved = true;      // written to the flash
  bool starts = true;     // runs it as soon as it is whole
  bool activate = false;  // knows mode 0F
};
Behaviour BehaviourOf(const simulator::Profile& profile);

// READ BUFFER mode 03: offsets are multiples of 2^9; the buffer holds 64 KB.
inline constexpr uint8_t kOffsetBoundary = 9;
inline constexpr uint32_t kBufferBytes = 0x10000;

}  // namespace firmbench::families::spc_write_buffer::sim
