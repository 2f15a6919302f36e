// SPDX-License-Identifier: Apache-2.0
#include "client/cli/render/unit.h"

#include <fmt/format.h>

#include "client/cli/render/records.h"

namespace firmbench::cli::render {
namespace {

constexpr size_t kKeyColumns = 12;

std::string Evidence(const v1::Unit& unit) {
  if (unit.evidence().empty()) return {};
  Table table({"EVIDENCE", "WEIGHT", "SEEN", "VALUE", "WHY"}, LastColumn::kText);
  for (const auto& row : unit.evidence()) {
    table.Add({row.kind(), row.weight(), Time(row.seen_time()), row.value(), row.text()});
  }
  return "\n" + table.Render();
}

std::string History(const v1::ListUnitEventsResponse& events) {
  Table table({"TIME", "EVENT", "BY", "WHAT"}, LastColumn::kText);
  bool any = false;
  for (const v1::UnitEvent& event : events.unit_events()) {
    if (event.kind() == "dump") continue;
    any = true;
    std::string text = event.text();
    if (!event.job().empty()) text += "; " + event.job();
    if (!event.other_unit().empty()) text += "; " + event.other_unit();
    table.Add({Time(event.event_time()), event.kind(), event.principal(), text});
  }
  return any ? "\n" + table.Render() : std::string();
}

}  // namespace

Table UnitTable(const v1::ListUnitsResponse& units, bool wide) {
  std::vector<std::string> headers = {"NAME",     "NUMBER", "LABEL", "MODEL",
                                      "FIRMWARE", "SERIAL", "DUMPS", "DRIVE"};
  if (wide) {
    headers.insert(headers.end(), {"FAMILY", "CREATED", "FIRMWARE_DUMP", "EEPROM_DUMP", "STATE"});
  }
  Table table(headers);
  for (const v1::Unit& unit : units.units()) {
    std::vector<std::string> cells = {unit.name(),
                                      unit.number(),
                                      unit.label(),
                                      unit.model(),
                                      unit.firmware_revision(),
                                      unit.serial(),
                                      fmt::format("{}", unit.dump_count()),
                                      unit.drive()};
    if (wide) {
      const char* state = !unit.merged_into().empty() ? "merged"
                          : unit.archived()           ? "archived"
                                                      : "";
      cells.insert(cells.end(), {unit.family(), Time(unit.create_time()),
                                 unit.newest_firmware_dump(), unit.newest_eeprom_dump(), state});
    }
    table.Add(std::move(cells));
  }
  return table;
}

std::string UnitDetails(const v1::Unit& unit, const v1::ListUnitEventsResponse& events,
                        const v1::ListDumpsResponse& dumps) {
  Fields fields(kKeyColumns);
  fields.Add("number", unit.number());
  fields.AddIfSet("label", unit.label());
  fields.Add("model", fmt::format("{} (family {})", unit.model(), unit.family()));
  fields.Add("firmware", unit.firmware_revision());
  fields.Add("serial", unit.has_serial() ? unit.serial() : "the drive reports none");
  fields.Add("attached", unit.drive().empty() ? "not now" : unit.drive());
  fields.Add("first seen", Time(unit.create_time()));
  fields.AddIfSet("customer", unit.customer());
  fields.AddIfSet("ticket", unit.ticket());
  fields.AddIfSet("note", unit.note());
  fields.AddIfSet("EEPROM", unit.eeprom().text());
  fields.AddIfSet("last change", unit.eeprom().since_last_text());
  if (unit.archived()) fields.Add("archived", "yes");
  fields.AddIfSet("merged into", unit.merged_into());
  if (unit.ambiguous()) {
    fields.Add("ambiguous", "a person has to decide which unit this is; nothing is written to it");
  }
  std::string text = Clean(unit.name()) + "\n" + fields.text() + Evidence(unit) + History(events);
  if (!dumps.dumps().empty()) text += "\n" + DumpTable(dumps, false).Render();
  return text;
}

}  // namespace firmbench::cli::render
