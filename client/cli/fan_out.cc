// SPDX-License-Identifier: Apache-2.0
#include "client/cli/fan_out.h"

#include <fmt/format.h>
#include <google/protobuf/struct.pb.h>

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <thread>

#include "client/cli/bench_tls.h"
#include "client/cli/render/last_known.h"
#include "client/cli/render/problem.h"
#include "daemon/base/clock.h"
#include "daemon/base/mutex.h"

namespace firmbench::cli {
namespace {

constexpr std::chrono::seconds kConnectPatience{10};

bool IsUnreachable(const Ending& ending) {
  return !ending.has_value() && ending.error().reason() == kReasonUnreachable;
}

bool IsNotThere(const Ending& ending) {
  return !ending.has_value() && ending.error().code() == Code::kNotFound;
}

// What a bench that cannot be reached said last: perhaps its PC does not start with a drive on it.
void TellLastKnown(Console& console, const LastKnown& last_known) {
  console.Err(render::LastKnownText(last_known.Load(), RealClock().WallMicros(),
                                    {.color = console.err_color()}));
}

void TellWhatEnds(Console& console, const BenchAddress& bench) {
  if (bench.remote) console.Err(EndsSoon(*bench.remote, RealClock()));
}

Ending RunOnOne(Console& console, const Invocation& invocation) {
  ASSIGN_OR_RETURN(const BenchAddress bench, FindBench(invocation.globals.bench));
  TellWhatEnds(console, bench);
  BenchClient client(bench);
  LastKnown last_known(LastKnownFolder(), bench.target);
  Context context{.globals = invocation.globals,
                  .console = console,
                  .client = client,
                  .last_known = last_known};
  Ending ending = invocation.run(context);
  if (IsUnreachable(ending)) ending = WhyNotReached(bench, std::move(ending).error());
  if (IsUnreachable(ending)) {
    console.Err(render::ErrorText(ending.error(), context.err_style()));
    TellLastKnown(console, last_known);
    return ExitCode::kUnreachable;
  }
  return ending;
}

// One bench of several.
Ending Ask(Console& console, const Invocation& invocation, const std::string& name,
           const BenchAddress& bench, Answer& answer) {
  BenchClient client(bench);
  Ending ending = ExitCode::kOk;
  if (client.Connect(kConnectPatience)) {
    LastKnown last_known(LastKnownFolder(), bench.target);
    Context context{.globals = invocation.globals,
                    .console = console,
                    .client = client,
                    .last_known = last_known,
                    .answer = &answer};
    context.globals.bench = name;
    ending = invocation.run(context);
  } else {
    ending = Unavailable(kReasonUnreachable, "the bench does not answer")
                 .WithRemedy("check that firmbenchd runs there, and the way to it");
  }
  if (IsUnreachable(ending)) ending = WhyNotReached(bench, std::move(ending).error());
  return ending;
}

// Outlives the main thread's wait for as long as a bench is still being asked.
struct Round {
  Round(const Console& console, const Invocation& asked_for)
      : like(console), invocation(asked_for) {}

  const Console like;
  const Invocation invocation;
  Mutex mutex;
  CondVar changed;
  std::vector<Asked> all FB_GUARDED_BY(mutex);
  size_t missing FB_GUARDED_BY(mutex) = 0;
};

void AskThere(Round& round, size_t index, const std::string& name, const BenchAddress& bench) {
  Asked asked{.bench = name, .answer = {}};
  Console console(round.like, asked.answer.said);
  asked.ending = Ask(console, round.invocation, name, bench, asked.answer);
  const MutexLock lock(round.mutex);
  round.all[index] = std::move(asked);
  --round.missing;
  round.changed.NotifyAll();
}

Ending RunOnSeveral(Console& console, const Invocation& invocation,
                    const std::vector<std::string>& names) {
  const auto round = std::make_shared<Round>(console, invocation);
  std::vector<BenchAddress> benches;
  for (const std::string& name : names) {
    ASSIGN_OR_RETURN(BenchAddress bench, FindBench(name));
    TellWhatEnds(console, bench);
    benches.push_back(std::move(bench));
  }
  const std::chrono::seconds patience = invocation.reach.patience;
  const Nanos until = RealClock().Monotonic() + patience;
  MutexLock lock(round->mutex);
  round->missing = names.size();
  for (const std::string& name : names) {
    round->all.push_back({.bench = name,
                          .answer = {},
                          .ending = DeadlineExceeded("BENCH_TOO_SLOW",
                                                     fmt::format("the bench did not answer in {} s",
                                                                 patience.count()))
                                        .WithRemedy("ask it alone, or look at its log")});
  }
  for (size_t i = 0; i < names.size(); ++i) {
    std::thread([round, i, name = names[i], bench = benches[i]] {
      AskThere(*round, i, name, bench);
    }).detach();
  }
  while (round->missing > 0) {
    const Nanos left = until - RealClock().Monotonic();
    if (left <= Nanos(0)) break;
    round->changed.WaitFor(round->mutex, left);
  }
  PrintTogether(console, invocation.globals, round->all);
  const ExitCode code = EndTogether(round->all, invocation.reach.any);
  if (round->missing > 0) {
    // Threads still wait for benches: nothing that they use may be taken down.
    const bool written = console.Flush().has_value();
    std::_Exit(static_cast<int>(written ? code : ExitCode::kFailed));
  }
  return code;
}

std::string StringJson(const std::string& text) {
  google::protobuf::Value value;
  value.set_string_value(render::Clean(text));
  std::string json = ToJson(value);
  json.pop_back();
  return json;
}

std::string ErrorJson(const Error& error) {
  return fmt::format("{{\n\"reason\": {},\n\"message\": {},\n\"remedy\": {}\n}}",
                     StringJson(error.reason()), StringJson(error.message()),
                     StringJson(error.remedy()));
}

int StatusOf(const Ending& ending) {
  return static_cast<int>(ending.has_value() ? *ending : ExitCodeOf(ending.error()));
}

std::string JsonTogether(const std::vector<Asked>& all) {
  std::string json = "{\n\"benches\": [";
  const char* separator = "\n";
  for (const Asked& asked : all) {
    json += fmt::format("{}{{\n\"bench\": {},\n\"status\": {}", std::exchange(separator, ",\n"),
                        StringJson(asked.bench), StatusOf(asked.ending));
    if (!asked.answer.json.empty()) {
      // It ends with a line feed.
      json += ",\n\"answer\": " + asked.answer.json.substr(0, asked.answer.json.size() - 1);
    }
    if (!asked.ending.has_value()) json += ",\n\"error\": " + ErrorJson(asked.ending.error());
    json += "\n}";
  }
  return json + "\n]\n}\n";
}

// "front: one line", or the name over lines that are set in.
std::string Named(const std::string& bench, const std::string& text) {
  if (text.empty()) return text;
  if (text.find('\n') + 1 >= text.size()) return bench + ": " + text;
  std::string named = bench + ":\n";
  for (size_t at = 0; at < text.size();) {
    const size_t end = std::min(text.find('\n', at), text.size() - 1) + 1;
    named += (text[at] == '\n' ? "" : "  ") + text.substr(at, end - at);
    at = end;
  }
  return named;
}

}  // namespace

Result<std::vector<std::string>> BenchNames(const std::string& text, const BenchBook& book) {
  std::vector<std::string> names;
  if (text == "all") {
    for (const SavedBench& bench : book.List()) names.push_back(bench.name);
    if (!names.empty()) return names;
    return InvalidArgument(kReasonUsage, "this computer has not enrolled at any bench")
        .WithRemedy("`firmbench bench enroll` adds one; without --bench the local one is asked");
  }
  std::string rest = text + ",";
  for (size_t comma; (comma = rest.find(',')) != std::string::npos; rest.erase(0, comma + 1)) {
    const std::string name = rest.substr(0, comma);
    if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
  }
  return names;
}

void PrintTogether(Console& console, const GlobalOptions& globals, const std::vector<Asked>& all) {
  const bool somewhere = std::any_of(all.begin(), all.end(), [](const Asked& asked) {
    return asked.ending.has_value() && *asked.ending == ExitCode::kOk;
  });
  std::string texts;
  std::optional<render::Table> table;
  for (const Asked& asked : all) {
    const std::string bench = render::Clean(asked.bench);
    console.Err(Named(bench, asked.answer.said));
    if (IsNotThere(asked.ending) && somewhere) {
      console.Err(bench + ": " + render::Clean(asked.ending.error().message()) + "\n");
    } else if (!asked.ending.has_value()) {
      console.Err(bench + ": " +
                  render::ErrorText(asked.ending.error(), {.color = console.err_color()}));
    }
    texts += Named(bench, asked.answer.urgent) + Named(bench, asked.answer.text);
    if (!asked.answer.table.has_value()) continue;
    render::Table rows = *asked.answer.table;
    rows.Prepend("BENCH", asked.bench);
    table.has_value() ? table->Append(rows) : void(table = std::move(rows));
  }
  if (globals.output == OutputFormat::kJson) {
    console.Out(JsonTogether(all));
  } else {
    console.Out(texts + (table.has_value() ? table->Render() : ""));
  }
}

ExitCode EndTogether(const std::vector<Asked>& all, bool any) {
  bool done = false, answered = false;
  ExitCode worst = ExitCode::kOk;
  std::vector<ExitCode> broken;
  for (const Asked& asked : all) {
    if (!asked.ending.has_value() && !IsNotThere(asked.ending)) {
      broken.push_back(ExitCodeOf(asked.ending.error()));
      continue;
    }
    answered = true;
    const bool not_here = !asked.ending.has_value() || (any && *asked.ending == ExitCode::kFailed);
    if (not_here) continue;
    done = done || *asked.ending == ExitCode::kOk;
    worst = std::max(worst, *asked.ending);
  }
  if (!broken.empty()) {
    if (answered) return ExitCode::kSomeFailed;
    const bool same = std::equal(broken.begin() + 1, broken.end(), broken.begin());
    return same ? broken.front() : ExitCode::kFailed;
  }
  if (worst != ExitCode::kOk) return worst;
  return done ? ExitCode::kOk : ExitCode::kFailed;
}

Ending RunInvocation(Console& console, const Invocation& invocation) {
  if (invocation.run_alone) return invocation.run_alone(console);
  const std::string& text = invocation.globals.bench;
  if (text != "all" && text.find(',') == std::string::npos) return RunOnOne(console, invocation);
  if (!invocation.reach.several) {
    return InvalidArgument(
               kReasonUsage,
               fmt::format("`{}` is for one bench, and --bench names several", invocation.words))
        .WithRemedy("name one; several take what only reads, such as list, show, find, doctor");
  }
  ASSIGN_OR_RETURN(const auto names, BenchNames(text, BenchBook(BenchBookFolder())));
  const char* const token = std::getenv("FIRMBENCH_TOKEN");
  if (names.size() > 1 && token != nullptr && token[0] != '\0') {
    return InvalidArgument(kReasonUsage,
                           "FIRMBENCH_TOKEN is set, and a token is good at one bench only")
        .WithRemedy("name that bench alone, or unset FIRMBENCH_TOKEN");
  }
  return RunOnSeveral(console, invocation, names);
}

}  // namespace firmbench::cli
