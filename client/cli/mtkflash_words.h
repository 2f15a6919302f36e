// SPDX-License-Identifier: Apache-2.0
#pragma once

// The command line of MTKFLASH, as people have typed it for twenty years (drive-protocols 1.6 [P]),
// and its numbers for drives. Pure; any thread.

#include <string>
#include <vector>

#include "daemon/base/result.h"
#include "firmbench/v1/drive_service.pb.h"

namespace firmbench::cli {

enum class MtkflashVerb : unsigned char { kRead, kWrite, kVerify, kIdentify, kSeen };

struct MtkflashWords {
  int position = 0;  // 1 to kMtkflashPositions
  MtkflashVerb verb = MtkflashVerb::kIdentify;
  bool binary = false;             // /B
  std::string file;                // "" for C and S
  std::vector<std::string> notes;  // what we do instead of a switch that nobody documented
};

// 1 primary master, 2 primary slave, 3 secondary master, 4 secondary slave.
inline constexpr int kMtkflashPositions = 4;

// Position, letter, switches and file in any order; letters and switches in either case, the letter
// also with a slash. A word that begins with a slash and is no switch is a file when it names a
// folder on its way ("/tmp/x.bin"). USAGE.
Result<MtkflashWords> ParseMtkflash(const std::vector<std::string>& words);

// "primary master".
std::string PositionText(int position);

// The drive at a position. On IDE ports the place decides: the bench calls them "ide-1f0 master" to
// "ide-170 slave". A bench where all drives are simulated has no IDE cable: there the position
// counts its bays. MTKFLASH_POSITION_EMPTY, MTKFLASH_POSITION_AMBIGUOUS.
struct PositionedDrive {
  v1::Drive drive;
  std::string note;  // how it was chosen, as a sentence
};
Result<PositionedDrive> DriveAt(const v1::ListDrivesResponse& drives, int position);

}  // namespace firmbench::cli
