// SPDX-License-Identifier: Apache-2.0
#include "daemon/simulator/scenario.h"

#include <fmt/format.h>
#include <toml++/toml.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <limits>
#include <memory>
#include <set>

#include "daemon/chips/rows/row.h"
#include "daemon/simulator/controller.h"
#include "daemon/simulator/flash_chip.h"
#include "daemon/simulator/personality.h"
#include "daemon/simulator/scenario_faults.h"
#include "daemon/simulator/toml_reader.h"

namespace firmbench::simulator {
namespace {

constexpr size_t kMaxFileBytes = 1024 * 1024;
constexpr size_t kMaxDrives = 64;
constexpr int64_t kMaxMillis = 600'000;
constexpr int64_t kMaxMicros = 1'000'000;
constexpr int64_t kMaxTransferKib = 1024;

constexpr std::array<std::pair<Gate, std::string_view>, 4> kGates = {{
    {Gate::kAlways, "always"},
    {Gate::kEjectHeld, "eject_held"},
    {Gate::kPowerWindow, "power_window"},
    {Gate::kNever, "never"},
}};

std::string Resolve(std::string_view file_name, const std::string& path) {
  if (path.empty() || path[0] == '/') return path;
  const size_t slash = file_name.rfind('/');
  if (slash == std::string_view::npos) return path;
  return std::string(file_name.substr(0, slash + 1)) + path;
}

bool IsBayName(std::string_view bay) {
  return !bay.empty() && std::all_of(bay.begin(), bay.end(), [](unsigned char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == ' ' ||
           c == '.' || c == '_' || c == '-';
  });
}

Status ReadTime(const TableReader& root, TimeOptions& time) {
  ASSIGN_OR_RETURN(const std::optional<TableReader> table, root.Table("time"));
  if (!table) return Ok();
  RETURN_IF_ERROR(table->OnlyKeys({"mode", "speed"}));
  std::string mode = "virtual";
  RETURN_IF_ERROR(table->Text("mode", 16, mode));
  if (mode != "virtual" && mode != "paced") {
    return table->Wrong("mode", "'mode' must be \"virtual\" or \"paced\"");
  }
  time.mode = mode == "paced" ? TimeMode::kPaced : TimeMode::kVirtual;
  RETURN_IF_ERROR(table->Real("speed", 0.0, 1e6, time.speed));
  return Ok();
}

Status ReadPlace(const TableReader& table, DriveSpec& spec) {
  RETURN_IF_ERROR(table.Text("bay", 32, spec.bay));
  if (!IsBayName(spec.bay)) {
    return table.Wrong("bay", "'bay' must be a name of letters, digits, blanks, '.', '_' and '-'");
  }
  RETURN_IF_ERROR(table.Text("channel", 64, spec.channel));
  if (spec.channel.empty()) spec.channel = "ide/" + spec.bay;
  int device = 0;
  RETURN_IF_ERROR(table.Number("device", 0, 1, device));
  spec.second_device = device == 1;
  std::string connection = "ide";
  RETURN_IF_ERROR(table.Text("connection", 16, connection));
  if (connection != "ide" && connection != "scsi" && connection != "task_file") {
    return table.Wrong("connection", "'connection' must be \"ide\", \"scsi\" or \"task_file\"");
  }
  spec.scsi = connection != "task_file";
  spec.task_file = connection != "scsi";
  RETURN_IF_ERROR(table.Flag("cable", spec.cable));
  return Ok();
}

Status ReadContents(const TableReader& table, std::string_view file_name, DriveSpec& spec) {
  constexpr int64_t kMaxSeed = std::numeric_limits<int64_t>::max();
  RETURN_IF_ERROR(table.Text("bridge", 32, spec.bridge));
  RETURN_IF_ERROR(table.Text("serial", 20, spec.serial));
  RETURN_IF_ERROR(table.Text("firmware_revision", 4, spec.firmware_revision));
  RETURN_IF_ERROR(table.Number("firmware_seed", 0, kMaxSeed, spec.firmware_seed));
  RETURN_IF_ERROR(table.Text("firmware_file", 4096, spec.firmware_file));
  spec.firmware_file = Resolve(file_name, spec.firmware_file);
  RETURN_IF_ERROR(table.Number("eeprom_seed", 0, kMaxSeed, spec.eeprom_seed));
  RETURN_IF_ERROR(table.Flag("disc", spec.disc));
  RETURN_IF_ERROR(table.Flag("eeprom_write", spec.eeprom_write));
  RETURN_IF_ERROR(table.Flag("eeprom_checksum", spec.eeprom_checksum));
  return Ok();
}

Status ReadChip(const TableReader& table, const Profile& profile, DriveSpec& spec) {
  RETURN_IF_ERROR(table.Text("chip", 32, spec.chip));
  const std::string part = spec.chip.empty() ? std::string(profile.chip_part) : spec.chip;
  const FlashRow row = FlashRowOf(profile, part);
  if (row.parallel == nullptr && row.serial == nullptr) {
    return table.Wrong("chip", fmt::format("there is no part '{}' in the table of chips", part));
  }
  if (row.parallel != nullptr && !FlashChip::Supports(*row.parallel)) {
    return table.Wrong("chip", fmt::format("part '{}' cannot be simulated", part));
  }
  RETURN_IF_ERROR(table.Flag("software_data_protection", spec.software_data_protection));
  RETURN_IF_ERROR(table.Flag("boot_block_locked", spec.boot_block_locked));
  RETURN_IF_ERROR(table.Number("chip_endurance", 0, std::numeric_limits<uint32_t>::max(),
                               spec.defects.endurance));
  return Ok();
}

Status ReadBehaviour(const TableReader& table, DriveSpec& spec) {
  std::string gate;
  RETURN_IF_ERROR(table.Text("gate", 16, gate));
  if (!gate.empty()) {
    spec.gate = ParseGate(gate);
    if (!spec.gate) {
      return table.Wrong(
          "gate", "'gate' must be \"always\", \"eject_held\", \"power_window\" or \"never\"");
    }
  }
  std::optional<int64_t> window_ms, boot_ms, op_us, transfer_kib;
  RETURN_IF_ERROR(table.Number("power_window_ms", 1, kMaxMillis, window_ms));
  RETURN_IF_ERROR(table.Number("boot_ms", 0, kMaxMillis, boot_ms));
  RETURN_IF_ERROR(table.Number("vendor_op_us", 0, kMaxMicros, op_us));
  RETURN_IF_ERROR(table.Number("max_transfer_kib", 1, kMaxTransferKib, transfer_kib));
  if (window_ms) spec.power_window = std::chrono::milliseconds(*window_ms);
  if (boot_ms) spec.boot_time = std::chrono::milliseconds(*boot_ms);
  if (op_us) spec.vendor_op_time = std::chrono::microseconds(*op_us);
  if (transfer_kib) spec.max_transfer_bytes = static_cast<uint32_t>(*transfer_kib) * 1024;
  RETURN_IF_ERROR(table.Flag("boot_lost", spec.boot_lost));
  RETURN_IF_ERROR(table.Flag("boot_answers", spec.boot_answers));
  RETURN_IF_ERROR(table.Flag("ignores_dev_select", spec.ignores_dev_select));
  return Ok();
}

Result<DriveSpec> ReadDrive(const TableReader& table, std::string_view file_name,
                            std::span<const Personality* const> personalities) {
  RETURN_IF_ERROR(table.OnlyKeys({"model",
                                  "bay",
                                  "channel",
                                  "device",
                                  "connection",
                                  "cable",
                                  "bridge",
                                  "serial",
                                  "firmware_revision",
                                  "firmware_seed",
                                  "firmware_file",
                                  "eeprom_seed",
                                  "disc",
                                  "eeprom_write",
                                  "eeprom_checksum",
                                  "chip",
                                  "software_data_protection",
                                  "boot_block_locked",
                                  "chip_endurance",
                                  "gate",
                                  "power_window_ms",
                                  "boot_ms",
                                  "vendor_op_us",
                                  "max_transfer_kib",
                                  "boot_lost",
                                  "boot_answers",
                                  "ignores_dev_select",
                                  "faults",
                                  "operator"}));
  DriveSpec spec;
  RETURN_IF_ERROR(table.Text("model", 32, spec.model));
  const Part part = FindProfile(personalities, spec.model);
  if (part.profile == nullptr) {
    return table.Wrong("model", fmt::format("there is no model '{}' to simulate", spec.model));
  }
  RETURN_IF_ERROR(ReadPlace(table, spec));
  RETURN_IF_ERROR(ReadContents(table, file_name, spec));
  RETURN_IF_ERROR(ReadChip(table, *part.profile, spec));
  RETURN_IF_ERROR(ReadBehaviour(table, spec));
  ASSIGN_OR_RETURN(const std::vector<TableReader> faults, table.Tables("faults"));
  for (const TableReader& fault : faults) RETURN_IF_ERROR(ReadFault(fault, spec));
  ASSIGN_OR_RETURN(const std::vector<TableReader> rules, table.Tables("operator"));
  for (const TableReader& rule : rules) RETURN_IF_ERROR(ReadOperatorRule(rule, spec));
  return spec;
}

Result<ReplaySpec> ReadReplay(const TableReader& table, std::string_view file_name) {
  RETURN_IF_ERROR(table.OnlyKeys({"bay", "replay", "replay_strict"}));
  ReplaySpec spec;
  RETURN_IF_ERROR(table.Text("bay", 32, spec.bay));
  if (!IsBayName(spec.bay)) {
    return table.Wrong("bay", "'bay' must be a name of letters, digits, blanks, '.', '_' and '-'");
  }
  RETURN_IF_ERROR(table.Text("replay", 4096, spec.file));
  if (spec.file.empty()) return table.Wrong("replay", "'replay' must name a trace");
  spec.file = Resolve(file_name, spec.file);
  RETURN_IF_ERROR(table.Flag("replay_strict", spec.strict));
  return spec;
}

// Bays are names of files too, where a blank becomes '_'.
std::string BayKey(std::string bay) {
  std::replace(bay.begin(), bay.end(), ' ', '_');
  return bay;
}

Result<Scenario> Read(const toml::table& root_table, std::string_view file_name,
                      std::span<const Personality* const> personalities) {
  const TableReader root(file_name, root_table);
  RETURN_IF_ERROR(root.OnlyKeys({"time", "persist", "drives"}));
  Scenario scenario;
  RETURN_IF_ERROR(ReadTime(root, scenario.time));
  ASSIGN_OR_RETURN(const std::optional<TableReader> persist, root.Table("persist"));
  if (persist) {
    RETURN_IF_ERROR(persist->OnlyKeys({"dir"}));
    RETURN_IF_ERROR(persist->Text("dir", 4096, scenario.persist_dir));
    if (scenario.persist_dir.empty()) return persist->Wrong("dir", "'dir' is missing");
    scenario.persist_dir = Resolve(file_name, scenario.persist_dir);
  }
  ASSIGN_OR_RETURN(const std::vector<TableReader> drives, root.Tables("drives"));
  if (drives.size() > kMaxDrives) {
    return root.Wrong("drives", fmt::format("a bench has at most {} drives", kMaxDrives));
  }
  std::set<std::string> bays;
  std::set<std::pair<std::string, bool>> places;
  for (const TableReader& table : drives) {
    if (table.table().contains("replay")) {
      ASSIGN_OR_RETURN(ReplaySpec replay, ReadReplay(table, file_name));
      if (!bays.insert(BayKey(replay.bay)).second) {
        return table.Wrong("bay", fmt::format("bay '{}' is taken", replay.bay));
      }
      scenario.replays.push_back(std::move(replay));
      continue;
    }
    ASSIGN_OR_RETURN(DriveSpec spec, ReadDrive(table, file_name, personalities));
    if (!bays.insert(BayKey(spec.bay)).second) {
      return table.Wrong("bay", fmt::format("bay '{}' is taken", spec.bay));
    }
    if (!places.insert({spec.channel, spec.second_device}).second) {
      return table.Wrong("channel", fmt::format("device {} of channel '{}' is taken",
                                                spec.second_device ? 1 : 0, spec.channel));
    }
    scenario.drives.push_back(std::move(spec));
  }
  return scenario;
}

}  // namespace

std::string_view ToString(Gate gate) {
  for (const auto& [value, name] : kGates) {
    if (value == gate) return name;
  }
  return "unknown";
}

std::optional<Gate> ParseGate(std::string_view text) {
  for (const auto& [value, name] : kGates) {
    if (name == text) return value;
  }
  return std::nullopt;
}

Result<Scenario> ParseScenario(std::string_view text, std::string_view file_name,
                               std::span<const Personality* const> personalities) {
  try {
    const toml::table root = toml::parse(text, file_name);
    return Read(root, file_name, personalities);
  } catch (const toml::parse_error& error) {
    return ScenarioInvalid(file_name, error.source().begin, std::string(error.description()));
  }
}

Result<Scenario> LoadScenario(const std::string& path,
                              std::span<const Personality* const> personalities) {
  const auto close = [](std::FILE* file) { std::fclose(file); };
  const std::unique_ptr<std::FILE, decltype(close)> file(std::fopen(path.c_str(), "re"), close);
  std::string text(kMaxFileBytes + 1, '\0');
  size_t length = 0;
  if (file != nullptr) length = std::fread(text.data(), 1, text.size(), file.get());
  if (file == nullptr || std::ferror(file.get()) != 0 || length > kMaxFileBytes) {
    const std::string why = length > kMaxFileBytes ? "it is too long" : std::strerror(errno);
    return NotFound("SCENARIO_UNREADABLE", fmt::format("cannot read {}: {}", path, why))
        .With("file", path);
  }
  text.resize(length);
  return ParseScenario(text, path, personalities);
}

}  // namespace firmbench::simulator
