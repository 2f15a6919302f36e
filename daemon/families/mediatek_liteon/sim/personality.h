// SPDX-License-Identifier: Apache-2.0
#pragma once

// The MediaTek drives of Lite-On as the simulator plays them: vendor mode in the task file and the
// vendor's SCSI commands. Immutable; any thread.

namespace firmbench::simulator {
class Personality;
}  // namespace firmbench::simulator

namespace firmbench::families::mediatek_liteon {

// Static storage.
const simulator::Personality& SimPersonality();

}  // namespace firmbench::families::mediatek_liteon
