// SPDX-License-Identifier: Apache-2.0
#pragma once

// What an unknown drive may be: the model of the tables that is most like it, and who may have
// built it under its name. For people to look at, never to act on. Pure; any thread.

#include <string>
#include <vector>

#include "daemon/scsi/identity.h"

namespace firmbench::families {

struct Likeness {
  std::string model;                // "LTR-48246S"; "" when none is near
  std::string why;                  // "its name holds 48246S"; "" like `model`
  std::vector<std::string> makers;  // in words; none where nothing speaks for anybody
  bool lite_on = false;             // Lite-On is among them
};
Likeness FindLikeness(const scsi::Identity& identity);

}  // namespace firmbench::families
