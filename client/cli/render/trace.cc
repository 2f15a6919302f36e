// SPDX-License-Identifier: Apache-2.0
#include "client/cli/render/trace.h"

#include <fmt/format.h>

#include <map>
#include <set>

#include "daemon/base/hash.h"
#include "storage/audit/canonical_json.h"

namespace firmbench::cli::render {
namespace {

using storage::audit::Json;

std::string SenseText(const SenseInfo& sense) {
  return fmt::format("{:02x}/{:02x}/{:02x}", sense.key, sense.asc, sense.ascq);
}

// "good", "05/20/00", "BRIDGE_UNKNOWN".
std::string AnswerText(const TraceBlock& block) {
  if (!block.error.empty()) return Clean(block.error);
  if (block.sense) return SenseText(*block.sense);
  if (block.status && *block.status != 0) return fmt::format("status_{:02x}", *block.status);
  return "good";
}

std::string TimeText(const TraceBlock& block) {
  constexpr double kMicros = 1000.0;
  return block.took_us ? fmt::format("{:.2f}ms", static_cast<double>(*block.took_us) / kMicros)
                       : "-";
}

uint64_t BytesOf(const TraceBlock& block) {
  if (block.returned) return block.returned->bytes;
  return 2 * block.answers.size();
}

std::string FirstBytes(const TraceBlock& block) {
  constexpr size_t kShown = 8;
  if (!block.returned || !block.returned->data) return "-";
  const firmbench::Bytes& data = *block.returned->data;
  return data.empty() ? "-" : ToHex(ByteView(data).first(std::min(kShown, data.size())));
}

std::string EvidenceText(const TraceBlock& block) {
  return block.evidence ? std::string(ToString(*block.evidence)) : "none";
}

// Commands that were asked more than once with the same words: do the answers agree?
std::string Agreement(const Trace& trace) {
  std::map<std::string, std::set<std::string>> answers;
  std::map<std::string, size_t> times;
  std::map<std::string, std::string> names;
  for (const TraceStep& step : trace.steps) {
    for (const TraceBlock& block : step.blocks) {
      if (block.cdb.empty() || !block.returned || !block.returned->data) continue;
      const std::string cdb = ToHex(block.cdb);
      answers[cdb].insert(ToHex(*block.returned->data));
      names[cdb] = block.command;
      ++times[cdb];
    }
  }
  std::map<std::string, std::pair<size_t, size_t>> agreeing;  // by name: same, other
  for (const auto& [cdb, seen] : answers) {
    if (times[cdb] < 2) continue;
    auto& [same, other] = agreeing[names[cdb]];
    ++(seen.size() == 1 ? same : other);
  }
  std::string text;
  for (const auto& [name, counts] : agreeing) {
    text += fmt::format("{}: asked several times, {} of {} pieces were always the same\n",
                        Clean(name), counts.first, counts.first + counts.second);
  }
  return text;
}

Json PayloadJson(const TracePayload& payload) {
  Json json = Json::Object().Set("bytes", payload.bytes);
  if (payload.data) json.Set("hex", ToHex(*payload.data));
  json.Set("sha256", payload.data ? Sha256Hex(*payload.data) : payload.sha256);
  return json;
}

Json BlockJson(const TraceBlock& block) {
  Json json = Json::Object()
                  .Set("answer", AnswerText(block))
                  .Set("command", block.command)
                  .Set("count", block.count)
                  .Set("evidence", EvidenceText(block));
  if (!block.cdb.empty()) json.Set("cdb", ToHex(block.cdb));
  if (!block.script.empty()) json.Set("script", block.script);
  if (block.at_us) json.Set("at_us", *block.at_us);
  if (block.took_us) json.Set("took_us", *block.took_us);
  if (block.sent) json.Set("sent", PayloadJson(*block.sent));
  if (block.returned) json.Set("returned", PayloadJson(*block.returned));
  if (!block.answers.empty()) {
    Json answers = Json::Array();
    for (const uint16_t answer : block.answers) answers.Append(answer);
    json.Set("answers", std::move(answers));
  }
  return json;
}

Json StepsJson(const Trace& trace) {
  Json steps = Json::Array();
  for (const TraceStep& step : trace.steps) {
    Json commands = Json::Array();
    for (const TraceBlock& block : step.blocks) commands.Append(BlockJson(block));
    steps.Append(Json::Object().Set("commands", std::move(commands)).Set("name", step.name));
  }
  return steps;
}

}  // namespace

std::string ProbeReport(const v1::Job& job, const Trace& trace) {
  Table table({"COMMAND", "EVIDENCE", "SENT", "ANSWER", "BYTES", "TIME", "BEGINS"});
  for (const TraceStep& step : trace.steps) {
    for (const TraceBlock& block : step.blocks) {
      table.Add({Clean(block.command), EvidenceText(block),
                 block.cdb.empty() ? "registers" : ToHex(block.cdb), AnswerText(block),
                 std::to_string(BytesOf(block)), TimeText(block), FirstBytes(block)});
    }
  }
  std::string text = table.Render() + "\n" + Agreement(trace);
  for (const v1::JobStep& step : job.steps()) {
    if (!step.note().empty()) text += Clean(step.note()) + "\n";
  }
  text += fmt::format("kept with {0}; `firmbench job trace {0} --full` shows every byte\n",
                      Clean(job.name()));
  return text;
}

std::string ProbeJson(const v1::Job& job, const Trace& trace) {
  return Json::Object()
             .Set("drive", job.drive())
             .Set("job", job.name())
             .Set("steps", StepsJson(trace))
             .Dump() +
         "\n";
}

std::string TraceJson(const Trace& trace) {
  Json head = Json::Array();
  for (const auto& [key, value] : trace.head) {
    head.Append(Json::Object().Set("key", key).Set("value", value));
  }
  return Json::Object().Set("head", std::move(head)).Set("steps", StepsJson(trace)).Dump() + "\n";
}

std::string CleanLines(const std::string& text) {
  std::string clean;
  size_t begin = 0;
  while (begin < text.size()) {
    const size_t end = std::min(text.find('\n', begin), text.size());
    clean += Clean(std::string_view(text).substr(begin, end - begin)) + "\n";
    begin = end + 1;
  }
  return clean;
}

}  // namespace firmbench::cli::render
