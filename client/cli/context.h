// SPDX-License-Identifier: Apache-2.0
#pragma once

// What every command gets: where to print, how, and which bench. Main thread only.

#include <google/protobuf/message.h>

#include <functional>
#include <string>

#include "client/cli/bench_client.h"
#include "client/cli/console.h"
#include "client/cli/exit_code.h"
#include "client/cli/json.h"
#include "client/cli/last_known.h"
#include "client/cli/render/text.h"

namespace firmbench::cli {

struct Context {
  GlobalOptions globals;
  Console& console;
  BenchClient& client;
  LastKnown& last_known;

  bool json() const { return globals.output == OutputFormat::kJson; }
  bool wide() const { return globals.output == OutputFormat::kWide; }
  render::Style out_style() const { return {.color = console.out_color()}; }
  render::Style err_style() const { return {.color = console.err_color()}; }

  // Prints a result: `message` as JSON when that is wanted, else what `text` makes of it.
  void Print(const google::protobuf::Message& message, const std::function<std::string()>& text) {
    console.Out(json() ? ToJson(message) : text());
  }
  // After a list that was cut short.
  void SayIfMore(const std::string& next_page_token) {
    if (!next_page_token.empty()) console.Err("there is more: say --limit with a larger number\n");
  }
};

// How a command ends: an exit code when it did what it could, an Error when it could not.
using Ending = Result<ExitCode>;

}  // namespace firmbench::cli
