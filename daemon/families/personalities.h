// SPDX-License-Identifier: Apache-2.0
#pragma once

// Every family's simulator personality, for whoever makes a simulated bench. Immutable; any thread.

#include <span>

namespace firmbench::simulator {
class Personality;
}  // namespace firmbench::simulator

namespace firmbench::families {

// Generated from daemon/families/CMakeLists.txt; target fb_personalities. Static storage.
std::span<const simulator::Personality* const> AllPersonalities();

}  // namespace firmbench::families
