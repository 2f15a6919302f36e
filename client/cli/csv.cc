// SPDX-License-Identifier: Apache-2.0
#include "client/cli/csv.h"

namespace firmbench::cli {

std::string CsvCell(std::string_view text) {
  std::string cell = "\"";
  const bool formula =
      !text.empty() && (static_cast<unsigned char>(text[0]) < 0x20 ||
                        std::string_view("=+-@").find(text[0]) != std::string_view::npos);
  if (formula) cell += '\'';
  for (const char c : text) {
    if (c == '"') cell += '"';
    // Nothing of ours holds a NUL, and programs stop reading there.
    cell += c == '\0' ? '?' : c;
  }
  return cell + "\"";
}

}  // namespace firmbench::cli
