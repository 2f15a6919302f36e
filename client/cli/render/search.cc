// SPDX-License-Identifier: Apache-2.0
#include "client/cli/render/search.h"

#include "client/cli/render/text.h"

namespace firmbench::cli::render {

Table HitTable(const v1::SearchResponse& found) {
  Table table({"NAME", "FIELD", "TEXT", "WHAT"}, LastColumn::kText);
  for (const v1::SearchHit& hit : found.hits()) {
    table.Add({hit.name(), hit.field(), hit.text(), hit.title()});
  }
  return table;
}

}  // namespace firmbench::cli::render
