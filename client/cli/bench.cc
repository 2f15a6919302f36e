// SPDX-License-Identifier: Apache-2.0
#include "client/cli/bench.h"

#include "client/cli/render/records.h"

namespace firmbench::cli {

Ending RunBenchInfo(Context& context) {
  ASSIGN_OR_RETURN(
      const v1::Bench bench,
      Call(context.client.bench(), &v1::BenchService::Stub::GetBench, v1::GetBenchRequest()));
  context.Print(bench, [&] { return render::BenchDetails(bench, context.out_style()); });
  return ExitCode::kOk;
}

}  // namespace firmbench::cli
