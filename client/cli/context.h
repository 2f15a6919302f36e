// SPDX-License-Identifier: Apache-2.0
#pragma once

// What every command gets: where to print, how, and which bench. Used by one thread, the main one
// unless several benches are asked.

#include <google/protobuf/message.h>

#include <functional>
#include <optional>
#include <string>

#include "client/cli/bench_client.h"
#include "client/cli/console.h"
#include "client/cli/exit_code.h"
#include "client/cli/json.h"
#include "client/cli/last_known.h"
#include "client/cli/render/text.h"

namespace firmbench::cli {

// What a command printed while several benches are asked; shown when all have answered.
struct Answer {
  std::string json;                    // "" when there was no result
  std::string urgent;                  // stands before everything else
  std::optional<render::Table> table;  // a list
  std::string text;                    // anything else
  std::string said;                    // for the standard error output
};

struct Context {
  GlobalOptions globals;
  Console& console;
  BenchClient& client;
  LastKnown& last_known;
  Answer* answer = nullptr;  // set: one bench of several, whose result goes there

  bool json() const { return globals.output == OutputFormat::kJson; }
  bool wide() const { return globals.output == OutputFormat::kWide; }
  render::Style out_style() const { return {.color = console.out_color()}; }
  render::Style err_style() const { return {.color = console.err_color()}; }

  // Prints a result: `message` as JSON when that is wanted, else what `text` makes of it.
  void Print(const google::protobuf::Message& message, const std::function<std::string()>& text) {
    if (answer == nullptr) {
      console.Out(json() ? ToJson(message) : text());
    } else if (json()) {
      answer->json = ToJson(message);
    } else {
      answer->text = text();
    }
  }
  // The same for a list, of which several benches make one.
  void Print(const google::protobuf::Message& message,
             const std::function<render::Table()>& table) {
    if (answer == nullptr || json()) {
      Print(message, [&] { return table().Render(); });
    } else {
      answer->table = table();
    }
  }
  // After a list that was cut short.
  void SayIfMore(const std::string& next_page_token) {
    if (!next_page_token.empty()) console.Err("there is more: say --limit with a larger number\n");
  }
};

// How a command ends: an exit code when it did what it could, an Error when it could not.
using Ending = Result<ExitCode>;

}  // namespace firmbench::cli
