// SPDX-License-Identifier: Apache-2.0
#pragma once

// Drives that take their microcode as SPC has it, as the simulator plays them. Immutable; any
// thread.

namespace firmbench::simulator {
class Personality;
}  // namespace firmbench::simulator

namespace firmbench::families::spc_write_buffer {

// Static storage.
const simulator::Personality& SimPersonality();

}  // namespace firmbench::families::spc_write_buffer
