// SPDX-License-Identifier: Apache-2.0
#include "daemon/inventory/unit_history.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "daemon/inventory/unit_match.h"

namespace firmbench::inventory {
namespace {

constexpr int kPageRows = 1000;

std::string Spaced(std::string words) {
  for (char& c : words) c = c == '_' ? ' ' : static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
  return words;
}

std::string EepromWords(const std::string& check) {
  if (check == "EQUAL") return "; EEPROM equal before and after";
  if (check == "VOLATILE_ONLY") return "; of the EEPROM only changed what changes with use";
  if (check == "CHANGED") return "; EEPROM CHANGED";
  return {};
}

// The firmware revisions that a job's dumps saw before and after it wrote.
struct Revisions {
  std::string before;
  std::string after;
};

std::string JobText(const storage::Job& job, const Revisions& revisions) {
  if (job.result.empty()) return "still going on: " + Spaced(job.state);
  if (job.result != "SUCCEEDED") {
    return Spaced(job.result) + (job.error_message.empty() ? "" : ": " + job.error_message) +
           EepromWords(job.eeprom_check);
  }
  if (job.write_started_us == 0) {
    return job.kind == "backup" ? fmt::format("{} read and stored",
                                              job.memory == "all" ? "both memories" : job.memory)
                                : "nothing was written";
  }
  std::string text = job.memory == "eeprom" ? "EEPROM" : "firmware";
  if (!revisions.before.empty() && !revisions.after.empty()) {
    text += fmt::format(" {} to {}", revisions.before, revisions.after);
  }
  return text + ": " + Spaced(job.outcome) + EepromWords(job.eeprom_check);
}

class Collector {
 public:
  Collector(storage::Ledger& ledger, std::string unit_id)
      : ledger_(ledger), unit_id_(std::move(unit_id)) {}

  Result<std::vector<HistoryItem>> Collect() {
    RETURN_IF_ERROR(AddDumps());
    RETURN_IF_ERROR(AddJobs());
    RETURN_IF_ERROR(AddEvents());
    RETURN_IF_ERROR(AddPlaces());
    std::stable_sort(items_.begin(), items_.end(),
                     [](const auto& a, const auto& b) { return a.at_us < b.at_us; });
    return std::move(items_);
  }

 private:
  Status AddDumps();
  void AddDump(const storage::Dump& dump);
  Status AddJobs();
  Status AddEvents();
  Status AddPlaces();
  bool IsCrossFlash(const storage::Job& job) const;

  storage::Ledger& ledger_;
  const std::string unit_id_;
  std::vector<HistoryItem> items_;
  std::map<std::string, Revisions> revisions_;  // by job
};

void Collector::AddDump(const storage::Dump& dump) {
  HistoryItem item;
  item.at_us = dump.created_us;
  item.kind = dump.job_id.empty() ? "import" : "dump";
  item.job_id = dump.job_id;
  item.dump_id = dump.id;
  item.text = fmt::format("{}, {} bytes, SHA-256 {}...", dump.memory,
                          WithCommas(static_cast<size_t>(std::max<int64_t>(0, dump.size_bytes))),
                          dump.sha256.substr(0, 12));
  item.text += dump.job_id.empty()
                   ? (dump.file_name.empty() ? std::string() : ", from " + dump.file_name)
                   : fmt::format(", {}, {} {}", Spaced(dump.purpose), dump.agreeing_reads,
                                 dump.agreeing_reads == 1 ? "read" : "reads agree");
  items_.push_back(std::move(item));
  if (dump.memory != "firmware") return;
  if (dump.purpose == "before_write") revisions_[dump.job_id].before = dump.revision;
  if (dump.purpose == "readback") revisions_[dump.job_id].after = dump.revision;
}

Status Collector::AddDumps() {
  storage::DumpFilter filter;
  filter.unit_id = unit_id_;
  filter.archived_too = true;
  storage::Page page{.size = kPageRows, .after = ""};
  do {
    ASSIGN_OR_RETURN(const auto listed, ledger_.ListDumps(filter, page));
    for (const auto& dump : listed.rows) AddDump(dump);
    page.after = listed.next;
  } while (!page.after.empty());
  // Pages come newest first; dumps of one moment keep the order in which they were stored.
  std::reverse(items_.begin(), items_.end());
  return Ok();
}

bool Collector::IsCrossFlash(const storage::Job& job) const {
  if (job.kind != "flash" || job.image_id.empty()) return false;
  const auto image = ledger_.GetImage(job.image_id);
  return image && !image->model.empty() && image->model != job.model;
}

Status Collector::AddJobs() {
  storage::JobFilter filter;
  filter.unit_id = unit_id_;
  storage::Page page{.size = kPageRows, .after = ""};
  do {
    ASSIGN_OR_RETURN(const auto listed, ledger_.ListJobs(filter, page));
    for (const storage::Job& job : listed.rows) {
      HistoryItem item;
      item.at_us = job.created_us;
      item.kind = IsCrossFlash(job) ? "cross_flash" : job.kind;
      item.text = JobText(job, revisions_[job.id]);
      item.principal = job.principal;
      item.job_id = job.id;
      items_.push_back(std::move(item));
    }
    page.after = listed.next;
  } while (!page.after.empty());
  return Ok();
}

std::string EventText(const storage::UnitEvent& event, const std::string& unit_id) {
  if (event.kind == "label") return event.text.empty() ? "label taken off" : event.text;
  if (event.kind == "outside") {
    return "worked on with " + event.tool + (event.text.empty() ? "" : ": " + event.text);
  }
  std::string text;
  if (event.kind == "merge") text = "another unit turned out to be this one";
  if (event.kind == "split") text = "some dumps are of another drive";
  if (event.kind == "attribute") {
    text = event.other_unit_id.empty() ? "a dump is of this unit" : "a dump is of another unit";
    if (event.unit_id != unit_id) text = "a dump is of a unit merged into this one";
  }
  if (event.kind == "archive") text = "put away";
  if (event.kind == "unarchive") text = "taken out again";
  if (event.kind == "erase") text = "customer data erased";
  if (text.empty()) return event.text;
  return event.text.empty() ? text : text + ": " + event.text;
}

Status Collector::AddEvents() {
  ASSIGN_OR_RETURN(const auto events, ledger_.ListUnitEvents(unit_id_));
  for (const storage::UnitEvent& event : events) {
    HistoryItem item;
    item.at_us = event.created_us;
    item.kind = event.kind;
    item.erased = event.erased_us != 0;
    item.text = item.erased ? "erased with the customer's data" : EventText(event, unit_id_);
    item.principal = event.principal;
    item.other_unit_id = event.other_unit_id;
    item.tool = event.tool;
    items_.push_back(std::move(item));
  }
  return Ok();
}

// Where it turned up, as far as that was another place than before.
Status Collector::AddPlaces() {
  ASSIGN_OR_RETURN(auto evidence, ledger_.ListEvidence(unit_id_));
  std::sort(evidence.begin(), evidence.end(), [](const auto& a, const auto& b) {
    return std::tie(a.seen_us, a.sequence) < std::tie(b.seen_us, b.sequence);
  });
  std::map<std::string, std::string> last;
  const int64_t first_us = evidence.empty() ? 0 : evidence.front().seen_us;
  for (const storage::UnitEvidence& item : evidence) {
    const bool port = item.kind == "topology";
    const bool bridge = item.kind == "bridge_serial";
    const bool serial = item.kind == "vpd_serial" || item.kind == "mmc_serial";
    if (!port && !bridge && !serial) continue;
    const std::string before = last[item.kind];
    last[item.kind] = item.value;
    if (before == item.value || item.seen_us == first_us || (port && before.empty())) continue;
    HistoryItem seen;
    seen.at_us = item.seen_us;
    seen.job_id = item.job_id;
    seen.kind = port ? "port" : bridge ? "bridge" : "serial";
    if (serial) {
      seen.text = before.empty()
                      ? "shows a serial number now: " + item.value
                      : fmt::format("another serial number: {}, before {}", item.value, before);
    } else if (before.empty()) {
      seen.text = "behind a bridge now: " + item.value;
    } else {
      seen.text =
          fmt::format("{}: {}, before {}", port ? "on another port" : "behind another bridge",
                      item.value, before);
    }
    items_.push_back(std::move(seen));
  }
  return Ok();
}

}  // namespace

Result<std::vector<HistoryItem>> UnitHistory(storage::Ledger& ledger, const std::string& unit_id) {
  return Collector(ledger, unit_id).Collect();
}

}  // namespace firmbench::inventory
