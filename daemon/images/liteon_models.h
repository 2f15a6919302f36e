// SPDX-License-Identifier: Apache-2.0
#pragma once

// Which model a Lite-On revision belongs to. Data and one pure rule; any thread.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "daemon/base/bytes.h"
#include "daemon/images/image_report.h"

namespace firmbench::images {

struct OemName {
  std::string_view vendor;
  std::string_view product;
};

// drive-protocols 5 "Revision letters" [P]/[C].
struct LiteonModel {
  std::string_view letters;  // the revision starts with them
  std::string_view model;
  bool dvd_burner = false;  // 1 MB images; the CD-RW burners have 256 or 512 KB
  std::span<const OemName> oem_names;
  bool half_chip = false;  // 256 KB images, of which a tool read 512 KB (6, 1.6 [P])
};
std::span<const LiteonModel> LiteonModels();

struct ModelVerdict {
  std::string model;    // "" when not known or contradictory
  std::string warning;  // "" when there is nothing to say
};

// By revision letters, size and format byte (a letter means another model in another class of
// drive), checked against the product name. LDW-451S and LDW-851S share the letter G: the 451S is
// the one whose image holds the text "LDW-451S" (drive-protocols 6 [C]).
ModelVerdict LiteonModelOf(const IdBlock& id, ByteView image);

}  // namespace firmbench::images
