// SPDX-License-Identifier: Apache-2.0
#include "client/cli/find.h"

#include "client/cli/render/search.h"
#include "client/cli/screen.h"

namespace firmbench::cli {

Ending RunFind(Context& context, const FindOptions& options) {
  v1::SearchRequest request;
  request.set_text(options.text);
  request.set_limit(options.limit);
  ASSIGN_OR_RETURN(const v1::SearchResponse found,
                   Call(context.client.search(), &v1::SearchService::Stub::Search, request));
  PrintScreen(context, found, [&] { return render::HitTable(found); });
  if (found.truncated()) context.console.Err("there is more: say --limit with a larger number\n");
  if (!found.hits().empty()) return ExitCode::kOk;
  context.console.Err("nothing of this bench has that text\n");
  return ExitCode::kFailed;
}

}  // namespace firmbench::cli
