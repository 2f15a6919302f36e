// SPDX-License-Identifier: Apache-2.0
#include "client/cli/render/drive.h"

#include <fmt/format.h>

#include "client/cli/render/problem.h"

namespace firmbench::cli::render {
namespace {

constexpr size_t kKeyColumns = 11;

std::string StateWord(v1::Drive::State state) {
  const std::string& name = v1::Drive::State_Name(state);
  constexpr std::string_view kPrefix = "STATE_";
  return name.empty() ? "UNRECOGNISED" : name.substr(kPrefix.size());
}

std::string ChipCell(const v1::FlashChip& chip) {
  return chip.assumed() && !chip.part().empty() ? chip.part() + "(assumed)" : chip.part();
}

const v1::MemoryAbilities* Find(const v1::Drive& drive, v1::Memory memory) {
  for (const auto& row : drive.memories()) {
    if (row.memory() == memory) return &row;
  }
  return nullptr;
}

std::string SizeCell(const v1::Drive& drive, v1::Memory memory) {
  const v1::MemoryAbilities* found = Find(drive, memory);
  return found == nullptr ? "" : BytesCell(found->size_bytes());
}

std::string MemoryTitle(const v1::MemoryAbilities& memory) {
  const std::string size = memory.size_bytes() > 0 ? Bytes(memory.size_bytes()) : "size not known";
  switch (memory.memory()) {
    case v1::MEMORY_FIRMWARE:
      return fmt::format(
          "firmware ({}, in the flash chip): the program of the model. It is the maker's, and a "
          "firmware file or a backup can replace it.",
          size);
    case v1::MEMORY_BOOT:
      return fmt::format(
          "boot ({}, in the flash chip): the part of the flash that starts the drive. It is never "
          "erased unless a plan names it.",
          size);
    case v1::MEMORY_EEPROM:
      return fmt::format(
          "eeprom ({}, apart from the flash): settings, counters and learnt calibration of this "
          "one "
          "drive. No file can replace it; only its own backup can come back. A firmware job never "
          "writes it.",
          size);
    default:
      return fmt::format("a memory ({}) that this version of firmbench does not know.", size);
  }
}

void AddAbility(std::string& text, std::string_view verb, const v1::Ability& ability, Style style) {
  constexpr size_t kIndent = 15;
  const std::string answer = Paint(style, ability.possible() ? Color::kGreen : Color::kYellow,
                                   ability.possible() ? "yes" : "no");
  text += fmt::format("  {:<8} {}{}", verb, answer, ability.possible() ? " " : "  ");
  text += " " + Wrap(ability.why().empty() ? "-" : Clean(ability.why()), kIndent, kIndent) + "\n";
  const auto more = [&](std::string_view label, std::string_view value) {
    if (value.empty()) return;
    const std::string line = fmt::format("{}: {}", label, Clean(value));
    text.append(kIndent, ' ');
    text += Wrap(line, kIndent, kIndent) + "\n";
  };
  more("evidence", ability.evidence());
  more("would help", ability.would_help());
}

std::string MemoryBlock(const v1::MemoryAbilities& memory, Style style) {
  std::string text = "\n" + Wrap(MemoryTitle(memory), 0, 0) + "\n";
  AddAbility(text, "read", memory.read(), style);
  AddAbility(text, "flash", memory.flash(), style);
  AddAbility(text, "restore", memory.restore(), style);
  return text;
}

std::string ChipText(const v1::FlashChip& chip) {
  if (chip.part().empty()) return "not known";
  std::string text = chip.part();
  if (chip.size_bytes() > 0) text += ", " + Bytes(chip.size_bytes());
  if (chip.assumed()) text += ", assumed: nobody has published or read the part of this model";
  if (!chip.evidence().empty()) text += " (" + chip.evidence() + ")";
  return text;
}

std::string ConnectionText(const v1::Connection& connection) {
  return fmt::format("{}; SCSI commands: {}, ATA registers: {}",
                     connection.text().empty() ? "not known" : connection.text(),
                     connection.scsi() ? "yes" : "no", connection.task_file() ? "yes" : "no");
}

std::string RegionText(const v1::RegionState& region) {
  return fmt::format("{}{}, changes left: {} by the user, {} by the vendor", region.type(),
                     region.regions().empty() ? "" : " to " + region.regions(),
                     region.user_changes_left(), region.vendor_resets_left());
}

void AddLikeness(const v1::Drive& drive, Fields& fields) {
  if (!drive.nearest_model().empty()) {
    fields.Add("nearest model", drive.nearest_model() + ": " + drive.nearest_why());
  }
  for (const std::string& maker : drive.possible_makers()) fields.Add("possible maker", maker);
}

std::string StatementLines(const v1::Drive& drive) {
  if (drive.statements().empty()) return "";
  size_t columns = 0;
  for (const auto& said : drive.statements()) {
    columns = std::max(columns, Columns(Clean(said.source())));
  }
  Fields fields(columns);
  for (const auto& said : drive.statements()) fields.Add(Clean(said.source()), said.text());
  return "\nWhat it says of itself:\n" + fields.text();
}

}  // namespace

std::string_view StateInWords(v1::Drive::State state) {
  switch (state) {
    case v1::Drive::STATE_IDENTIFYING:
      return "being identified";
    case v1::Drive::STATE_READY:
      return "ready";
    case v1::Drive::STATE_BUSY:
      return "busy with a job";
    case v1::Drive::STATE_NOT_ANSWERING:
      return "does not answer";
    case v1::Drive::STATE_GONE:
      return "gone: unplugged or without power";
    case v1::Drive::STATE_QUARANTINED:
      return "in quarantine: nothing is written to it for now";
    default:
      return "not known to this version of firmbench";
  }
}

std::string ClaimText(const v1::Drive& drive) {
  if (!drive.has_claim()) return "";
  const v1::Claim& claim = drive.claim();
  const std::string note = claim.note().empty() ? "" : ": " + claim.note();
  return fmt::format("in use by {} until {}{}", claim.principal(), Time(claim.expire_time()), note);
}

Table DriveTable(const v1::ListDrivesResponse& drives, bool wide) {
  std::vector<std::string> headers = {"NAME",     "UNIT",   "BAY",  "STATE", "MODEL",
                                      "FIRMWARE", "SERIAL", "CHIP", "CLAIM"};
  if (wide) {
    for (const char* header : {"VENDOR", "PRODUCT", "FAMILY", "FIRMWARE_SIZE", "EEPROM_SIZE",
                               "SIMULATED", "JOB", "CONNECTION"}) {
      headers.emplace_back(header);
    }
  }
  Table table(headers);
  for (const v1::Drive& drive : drives.drives()) {
    std::vector<std::string> cells = {drive.name(),
                                      drive.unit_number(),
                                      drive.bay(),
                                      StateWord(drive.state()),
                                      drive.model(),
                                      drive.firmware_revision(),
                                      drive.serial(),
                                      ChipCell(drive.flash_chip()),
                                      drive.claim().principal()};
    if (wide) {
      for (const std::string& cell :
           {drive.vendor(), drive.product(), drive.family(), SizeCell(drive, v1::MEMORY_FIRMWARE),
            SizeCell(drive, v1::MEMORY_EEPROM), std::string(drive.simulated() ? "yes" : "no"),
            drive.current_job(), drive.connection().text()}) {
        cells.push_back(cell);
      }
    }
    table.Add(std::move(cells));
  }
  return table;
}

std::string DriveDetails(const v1::Drive& drive, Style style) {
  Fields fields(kKeyColumns);
  fields.Add("place", drive.bay());
  fields.Add("connection", ConnectionText(drive.connection()));
  fields.Add("state", StateInWords(drive.state()));
  fields.AddIfSet("quarantine", drive.quarantine_reason());
  fields.AddIfSet("claim", ClaimText(drive));
  fields.AddIfSet("job", drive.current_job());
  fields.Add("unit", drive.unit_number().empty() ? "not known yet, or more than one unit fits"
                                                 : drive.unit_number() + " (" + drive.unit() + ")");
  fields.Add("vendor", drive.vendor());
  fields.Add("product", drive.product());
  fields.Add("firmware", drive.firmware_revision());
  fields.Add("serial", drive.has_serial() ? drive.serial() : "the drive reports none");
  fields.Add("model", drive.model().empty()
                          ? "none that firmbench knows: it can be listed, but not flashed"
                          : fmt::format("{}, {} (family {})", drive.model(), drive.model_kind(),
                                        drive.family()));
  fields.AddIfSet("known from", drive.provenance());
  fields.Add("flash chip", ChipText(drive.flash_chip()));
  if (drive.has_region_state()) fields.Add("DVD region", RegionText(drive.region_state()));
  AddLikeness(drive, fields);
  if (drive.simulated()) fields.Add("simulated", "yes: no hardware is behind it");

  std::string text = Paint(style, Color::kBold, Clean(drive.name())) + "\n" + fields.text();
  for (const auto& memory : drive.memories()) text += MemoryBlock(memory, style);
  if (!drive.eeprom_volatile_text().empty()) {
    text +=
        "\n" +
        Wrap("EEPROM bytes that change with use: " + Clean(drive.eeprom_volatile_text()), 2, 0) +
        "\n";
  }
  if (!drive.recoverability().grade().empty()) {
    text += "\n" +
            Wrap(fmt::format("If a write is cut, can the drive be written again? {}: {}",
                             Clean(drive.recoverability().grade()),
                             Clean(drive.recoverability().why())),
                 2, 0) +
            "\n";
  }
  text += StatementLines(drive);
  if (!drive.problems().empty()) text += "\n" + ProblemLines("problem", drive.problems(), style);
  return text;
}

std::string DriveTitle(const v1::Drive& drive) {
  const std::string who = drive.unit_number().empty() ? drive.name() : drive.unit_number();
  const std::string model = drive.model().empty() ? drive.product() : drive.model();
  return Clean(fmt::format("drive {} ({}, {})", who, model, drive.bay()));
}

}  // namespace firmbench::cli::render
