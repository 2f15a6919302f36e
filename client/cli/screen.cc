// SPDX-License-Identifier: Apache-2.0
#include "client/cli/screen.h"

#include "client/cli/render/problem.h"

namespace firmbench::cli {
namespace {

std::string Urgent(Context& context) {
  constexpr std::chrono::seconds kLimit{5};
  const auto bench = Call(context.client.bench(), &v1::BenchService::Stub::GetBench,
                          v1::GetBenchRequest(), kLimit);
  return bench.has_value() ? render::UrgentLines(bench->problems(), context.out_style()) : "";
}

}  // namespace

void PrintScreen(Context& context, const google::protobuf::Message& message,
                 const std::function<std::string()>& text) {
  context.Print(message, [&] { return Urgent(context) + text(); });
}

void PrintScreen(Context& context, const google::protobuf::Message& message,
                 const std::function<render::Table()>& table) {
  if (context.answer == nullptr) {
    PrintScreen(context, message, [&] { return table().Render(); });
    return;
  }
  if (!context.json()) context.answer->urgent = Urgent(context);
  context.Print(message, table);
}

}  // namespace firmbench::cli
