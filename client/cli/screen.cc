// SPDX-License-Identifier: Apache-2.0
#include "client/cli/screen.h"

#include "client/cli/render/problem.h"

namespace firmbench::cli {

void PrintScreen(Context& context, const google::protobuf::Message& message,
                 const std::function<std::string()>& text) {
  constexpr std::chrono::seconds kLimit{5};
  context.Print(message, [&] {
    const auto bench = Call(context.client.bench(), &v1::BenchService::Stub::GetBench,
                            v1::GetBenchRequest(), kLimit);
    const std::string first =
        bench.has_value() ? render::UrgentLines(bench->problems(), context.out_style()) : "";
    return first + text();
  });
}

}  // namespace firmbench::cli
