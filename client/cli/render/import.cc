// SPDX-License-Identifier: Apache-2.0
#include "client/cli/render/import.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

#include "client/cli/render/text.h"

namespace firmbench::cli::render {
namespace {

// A unit that is only proposed has a question mark.
std::string UnitCell(const v1::ImportDumpResponse& file) {
  if (!file.unit_number().empty()) return file.unit_number();
  std::string proposed;
  for (const v1::UnitProposal& proposal : file.proposals()) {
    proposed += (proposed.empty() ? "" : ",") + proposal.unit_number() + "?";
  }
  return proposed;
}

std::string ActionCell(const v1::ImportDumpResponse& file) {
  const bool changes = file.action() == "stored" || file.action() == "name_added";
  return changes && file.validate_only() ? "would be " + file.action() : file.action();
}

// Sentences, each begun behind a semicolon.
std::string Words(const v1::ImportDumpResponse& file) {
  std::string words = file.text();
  const auto add = [&](const std::string& text) { words += (words.empty() ? "" : "; ") + text; };
  if (!file.unit_why().empty()) add(file.unit_number() + ": " + file.unit_why());
  for (const v1::UnitProposal& proposal : file.proposals()) {
    add("perhaps " + proposal.unit_number() + ": " + proposal.why());
  }
  for (const std::string& note : file.notes()) add(note);
  return words;
}

std::string PathOf(const v1::ImportDumpResponse& file) {
  return file.folder().empty() ? file.file_name() : file.folder() + "/" + file.file_name();
}

}  // namespace

std::string ImportReport(const v1::ImportDumpsReport& report, bool wide) {
  std::vector<std::string> headers = {"FILE", "KIND", "MODEL", "FIRMWARE",
                                      "SIZE", "UNIT", "ACTION"};
  if (wide) {
    headers.emplace_back("DUMP");
    headers.emplace_back("SHA256");
  }
  headers.emplace_back("WHAT");
  Table table(headers, LastColumn::kText);
  std::map<std::string, int> cannot_write_back;
  for (const v1::ImportDumpResponse& file : report.files()) {
    std::vector<std::string> cells = {PathOf(file),
                                      file.kind(),
                                      file.model(),
                                      file.firmware_revision(),
                                      BytesCell(file.size_bytes()),
                                      UnitCell(file),
                                      ActionCell(file)};
    if (wide) {
      cells.push_back(file.dump());
      cells.push_back(file.sha256());
    }
    cells.push_back(Words(file));
    table.Add(std::move(cells));
    if (!file.cannot_write_back().empty()) ++cannot_write_back[file.cannot_write_back()];
  }
  std::string text = report.files().empty() ? "there are no files\n" : table.Render();
  for (const auto& [why, count] : cannot_write_back) {
    text += Wrap(fmt::format("{} EEPROM {}: {}", count, count == 1 ? "dump" : "dumps", Clean(why)),
                 2, 0) +
            "\n";
  }
  for (const std::string& warning : report.warnings()) text += "warning: " + Clean(warning) + "\n";
  const bool dry = std::any_of(report.files().begin(), report.files().end(),
                               [](const auto& file) { return file.validate_only(); });
  text += fmt::format(
      "{}{} stored, {} with bytes that are there already, {} not imported{}\n",
      dry ? "nothing was changed; it would be: " : "", report.stored_count(),
      report.duplicate_count(), report.not_imported_count(),
      report.failed_count() == 0 ? "" : fmt::format(" ({} of them failed)", report.failed_count()));
  return text;
}

}  // namespace firmbench::cli::render
