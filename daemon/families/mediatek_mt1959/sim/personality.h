// SPDX-License-Identifier: Apache-2.0
#pragma once

// Blu-ray drives with an MT1959 as the simulator plays them. Immutable; any thread.

namespace firmbench::simulator {
class Personality;
}  // namespace firmbench::simulator

namespace firmbench::families::mediatek_mt1959 {

// Static storage.
const simulator::Personality& SimPersonality();

}  // namespace firmbench::families::mediatek_mt1959
