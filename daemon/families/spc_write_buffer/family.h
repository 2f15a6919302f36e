// SPDX-License-Identifier: Apache-2.0
#pragma once

// Drives that take their microcode as SPC has it, by WRITE BUFFER. What such drives have in common
// is described at the top of family.cc, the evidence in README.md. Immutable; any thread.

#include "daemon/families/family.h"

namespace firmbench::families::spc_write_buffer {

// Static storage.
const Family& GetFamily();

}  // namespace firmbench::families::spc_write_buffer
