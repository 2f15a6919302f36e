// SPDX-License-Identifier: Apache-2.0
// Fuzz target: JSON from a ledger that somebody may have edited. What parses has one canonical
// text, and that text means the same.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "storage/audit/canonical_json.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using firmbench::storage::audit::Json;
  const auto read = Json::Parse(std::string_view(reinterpret_cast<const char*>(data), size));
  if (!read) return 0;
  const std::string text = read->Dump();
  const auto again = Json::Parse(text);
  if (!again || !(*again == *read) || again->Dump() != text) std::abort();
  return 0;
}
