// SPDX-License-Identifier: Apache-2.0
#include "daemon/families/family.h"

namespace firmbench::families {

std::string_view ToString(Recoverable recoverable) {
  switch (recoverable) {
    case Recoverable::kProven:
      return "proven";
    case Recoverable::kUnproven:
      return "unproven";
    case Recoverable::kNo:
      return "no";
  }
  return "no";
}

const Family* FindFamily(std::string_view name) {
  for (const Family* family : AllFamilies()) {
    if (family->name() == name) return family;
  }
  return nullptr;
}

Match MatchDrive(const scsi::Identity& identity) {
  Match match;
  for (const Family* family : AllFamilies()) {
    const ModelInfo* model = family->Match(identity);
    if (model == nullptr) continue;
    // Two families that claim one drive are a mistake in their rows; neither may touch it.
    if (match.family != nullptr) return {};
    match = {family, model};
  }
  return match;
}

}  // namespace firmbench::families
