// SPDX-License-Identifier: Apache-2.0
#include "client/cli/render/page/history.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>
#include <vector>

#include "client/cli/render/page/html.h"
#include "client/cli/render/text.h"

namespace firmbench::cli::render {
namespace {

// A line of the history.
struct Happening {
  std::pair<int64_t, int> time;  // seconds, nanos
  std::string shown_time;
  std::string what;
  std::string who;
  const v1::Job* job = nullptr;
};

std::string Minute(const google::protobuf::Timestamp& time) {
  const std::string text = Time(time);
  constexpr size_t kMinute = 16;  // "2026-11-22T15:49"
  return text.size() < kMinute ? text : text.substr(0, 10) + " " + text.substr(11, 5);
}

std::string Plain(std::string word) {
  std::replace(word.begin(), word.end(), '_', ' ');
  return word;
}

const v1::Job* FindJob(const v1::UnitPassport& passport, const std::string& name) {
  for (const v1::Job& job : passport.jobs()) {
    if (!name.empty() && job.name() == name) return &job;
  }
  return nullptr;
}

// "flash, SS0B to SS0E": the revisions as the job's dumps have them.
std::string JobText(const v1::UnitPassport& passport, const v1::Job& job) {
  std::string before;
  std::string after;
  for (const v1::Dump& dump : passport.dumps()) {
    if (dump.job() != job.name() || dump.memory() != v1::MEMORY_FIRMWARE) continue;
    (dump.purpose() == "readback" ? after : before) = dump.firmware_revision();
  }
  std::string text = Plain(job.kind());
  if (job.memory() == v1::MEMORY_EEPROM) text += " of the EEPROM";
  if (!job.target_model().empty()) text += " to " + job.target_model();
  if (after.empty() || before.empty()) return before.empty() ? text : text + ", " + before;
  return before == after ? text + ", " + before : fmt::format("{}, {} to {}", text, before, after);
}

// A dump is listed among the dumps, a job by the job itself.
bool SaysMore(const v1::UnitEvent& event, const v1::Job* job) {
  return job == nullptr && event.kind() != "dump";
}

std::vector<Happening> HappeningsOf(const v1::UnitPassport& passport) {
  std::vector<Happening> all;
  for (const v1::UnitEvent& event : passport.unit_events()) {
    if (!SaysMore(event, FindJob(passport, event.job()))) continue;
    std::string text = Plain(event.kind());
    if (!event.tool().empty()) text += " with " + event.tool();
    const std::string said = event.erased() ? "erased" : event.text();
    if (!said.empty()) text += ": " + said;
    all.push_back({{event.event_time().seconds(), event.event_time().nanos()},
                   Minute(event.event_time()),
                   text,
                   event.principal(),
                   nullptr});
  }
  for (const v1::Job& job : passport.jobs()) {
    all.push_back({{job.create_time().seconds(), job.create_time().nanos()},
                   Minute(job.create_time()),
                   JobText(passport, job),
                   job.principal(),
                   &job});
  }
  std::stable_sort(all.begin(), all.end(),
                   [](const Happening& a, const Happening& b) { return a.time < b.time; });
  return all;
}

std::string OutcomeCell(const v1::Job* job) {
  if (job == nullptr) return "<td></td>";
  std::string text = Word(job->result());
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  if (text.empty()) text = "not over yet";
  if (const std::string_view outcome = InWords(job->outcome()); !outcome.empty()) {
    text += fmt::format(": {}", outcome);
  }
  if (job->has_error() && !job->error().reason().empty())
    text += " [" + job->error().reason() + "]";
  const bool good = job->result() == v1::Job::RESULT_SUCCEEDED;
  const bool bad = job->result() == v1::Job::RESULT_FAILED;
  return Tag("td", text, good ? "class=\"good\"" : bad ? "class=\"bad\"" : "");
}

std::string EepromCell(const v1::Job* job) {
  if (job == nullptr) return "<td></td>";
  const bool changed = job->eeprom_check() == v1::EEPROM_CHECK_CHANGED;
  return Tag("td", InWords(job->eeprom_check()), changed ? "class=\"bad\"" : "");
}

}  // namespace

std::string HistoryHtml(const v1::UnitPassport& passport) {
  const std::vector<Happening> happenings = HappeningsOf(passport);
  if (happenings.empty()) return {};
  std::string html =
      "<section><h2>History</h2><table><tr><th>When</th><th>What</th><th>Who</th><th>Outcome</th>"
      "<th>EEPROM</th></tr>";
  for (const Happening& happening : happenings) {
    html += "<tr>" + Tag("td", happening.shown_time, "class=\"tight\"") +
            Tag("td", happening.what) + Tag("td", happening.who, "class=\"tight\"") +
            OutcomeCell(happening.job) + EepromCell(happening.job) + "</tr>";
  }
  return html + "</table></section>\n";
}

std::string EvidenceWord(const std::string& kind) {
  constexpr std::pair<std::string_view, std::string_view> kWords[] = {
      {"vpd_serial", "serial number (INQUIRY page 80)"},
      {"mmc_serial", "serial number (feature 0108)"},
      {"ata_serial", "serial number (ATA IDENTIFY)"},
      {"bridge_serial", "serial number of its bridge"},
      {"topology", "port"},
      {"eeprom_stable", "stable EEPROM bytes, SHA-256"},
      {"label", "label"},
  };
  for (const auto& [word, words] : kWords) {
    if (kind == word) return std::string(words);
  }
  return Plain(kind);
}

std::string PurposeWord(const std::string& purpose) {
  if (purpose == "before_write") return "before a write";
  if (purpose == "readback") return "after a write";
  if (purpose == "disagreeing") return "reads disagreed";
  return Plain(purpose);
}

}  // namespace firmbench::cli::render
