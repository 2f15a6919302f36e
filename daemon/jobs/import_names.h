// SPDX-License-Identifier: Apache-2.0
#pragma once

// What the name of a file lets one think: whose it may be, and where it contradicts the bytes.
// People name backups by serial number, label, model, firmware revision, or by our own numbers. A
// name never decides anything: it proposes. Pure; any thread.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace firmbench::jobs {

// What a name may hold of a unit.
struct NamedUnit {
  std::string unit_id;
  int64_t number = 0;  // U-0001
  std::string label;   // "" for none
  std::vector<std::string> serials;
};

struct UnitProposal {
  std::string unit_id;
  std::string why;  // in words: "its name holds the serial number"
};

// A label or serial shorter than this stands in too many names by chance.
inline constexpr size_t kShortestTelling = 4;
inline constexpr size_t kMostProposals = 5;

// Units whose number, label or serial stands in the name (with or without its folders), letters of
// either case, not inside of a longer word. At most kMostProposals, in the order of `units`.
std::vector<UnitProposal> ProposeByName(std::string_view name, std::span<const NamedUnit> units);

// Sentences on what the name says of model and revision where the bytes do not say it: another
// model, another revision, or a revision that an EEPROM cannot hold.
std::vector<std::string> NameNotes(std::string_view name, std::string_view model,
                                   std::string_view revision);

}  // namespace firmbench::jobs
