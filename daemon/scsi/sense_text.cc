// SPDX-License-Identifier: Apache-2.0
// The only file that knows libsgutils2: it has the eight hundred texts of the ASC table.
#include <fmt/format.h>
#include <scsi/sg_lib.h>

#include <array>
#include <string_view>

#include "daemon/scsi/sense.h"

namespace firmbench::scsi {
namespace {

std::string LowerAscii(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return lower;
}

}  // namespace

std::string SenseText(const SenseInfo& sense) {
  std::array<char, 128> key_text{};
  std::array<char, 256> asc_text{};
  sg_get_sense_key_str(sense.key & 0x0f, static_cast<int>(key_text.size()), key_text.data());
  sg_get_asc_ascq_str(sense.asc, sense.ascq, static_cast<int>(asc_text.size()), asc_text.data());
  std::string_view additional = asc_text.data();
  // The library begins known texts so, and those it has no words for as "ASC=.., ASCQ=..".
  constexpr std::string_view kLead = "Additional sense: ";
  if (additional.substr(0, kLead.size()) == kLead) additional.remove_prefix(kLead.size());
  return LowerAscii(fmt::format("{}{}: {} ({})", sense.deferred ? "deferred " : "", key_text.data(),
                                additional, SenseCode(sense)));
}

}  // namespace firmbench::scsi
