// SPDX-License-Identifier: Apache-2.0
#include "daemon/simulator/scenario_faults.h"

#include <fmt/format.h>

#include <limits>

namespace firmbench::simulator {
namespace {

constexpr int64_t kMaxMillis = 24 * 3600 * 1000;
constexpr int64_t kMaxCount = std::numeric_limits<uint32_t>::max();
constexpr int64_t kMaxFlashBytes = 8 * 1024 * 1024;

Nanos Millis(int64_t count) { return std::chrono::milliseconds(count); }

Status ReadTrigger(const TableReader& fault, FaultTrigger& at) {
  ASSIGN_OR_RETURN(const std::optional<TableReader> table, fault.Table("at"));
  if (!table) return Ok();
  RETURN_IF_ERROR(table->OnlyKeys({"command", "write", "cycle", "opcode", "state"}));
  RETURN_IF_ERROR(table->Number("command", 1, kMaxCount, at.command));
  RETURN_IF_ERROR(table->Number("write", 1, kMaxCount, at.write));
  RETURN_IF_ERROR(table->Number("cycle", 1, kMaxCount, at.cycle));
  RETURN_IF_ERROR(table->Number("opcode", 0, 0xff, at.opcode));
  std::string state;
  RETURN_IF_ERROR(table->Text("state", 16, state));
  if (state.empty()) return Ok();
  at.state = ParseRunState(state);
  if (!at.state) {
    return table->Wrong("state", fmt::format("'{}' is no state: boot, run, vendor, dead", state));
  }
  return Ok();
}

Status ReadSense(const TableReader& fault, SenseInfo& sense) {
  const toml::node* node = fault.table().get("sense");
  if (node == nullptr) return Ok();
  const toml::array* array = node->as_array();
  uint8_t bytes[3] = {};
  bool right = array != nullptr && array->size() == 3;
  for (size_t i = 0; right && i < 3; ++i) {
    const toml::value<int64_t>* number = array->get(i)->as_integer();
    const int64_t most = i == 0 ? 0x0f : 0xff;
    right = number != nullptr && number->get() >= 0 && number->get() <= most;
    if (right) bytes[i] = static_cast<uint8_t>(number->get());
  }
  if (!right) return fault.Wrong("sense", "'sense' must be [key, asc, ascq]");
  sense = {bytes[0], bytes[1], bytes[2], false};
  return Ok();
}

Status ReadIdentity(const TableReader& fault, DriveIdentity& identity) {
  ASSIGN_OR_RETURN(const std::optional<TableReader> table, fault.Table("identity"));
  if (!table) return fault.Wrong("identity", "'back_as' needs an 'identity'");
  RETURN_IF_ERROR(table->OnlyKeys({"vendor", "product", "revision", "vendor_specific", "serial"}));
  RETURN_IF_ERROR(table->Text("vendor", 8, identity.vendor));
  RETURN_IF_ERROR(table->Text("product", 16, identity.product));
  RETURN_IF_ERROR(table->Text("revision", 4, identity.revision));
  RETURN_IF_ERROR(table->Text("vendor_specific", 20, identity.vendor_specific));
  RETURN_IF_ERROR(table->Text("serial", 20, identity.serial));
  return Ok();
}

// "stuck_bit" and "weak_erase" are how the chip is, not what happens once.
Result<bool> ReadDefect(const TableReader& table, std::string_view kind, ChipDefects& defects) {
  if (kind == "stuck_bit") {
    RETURN_IF_ERROR(table.OnlyKeys({"kind", "offset", "bit", "value"}));
    ChipDefects::StuckBit stuck;
    RETURN_IF_ERROR(table.Number("offset", 0, kMaxFlashBytes - 1, stuck.offset));
    RETURN_IF_ERROR(table.Number("bit", 0, 7, stuck.bit));
    int value = 0;
    RETURN_IF_ERROR(table.Number("value", 0, 1, value));
    stuck.value = value == 1;
    defects.stuck_bits.push_back(stuck);
    return true;
  }
  if (kind != "weak_erase") return false;
  RETURN_IF_ERROR(table.OnlyKeys({"kind", "offset"}));
  uint32_t offset = 0;
  RETURN_IF_ERROR(table.Number("offset", 0, kMaxFlashBytes - 1, offset));
  defects.weak_units.push_back(offset);
  return true;
}

Status ReadParameters(const TableReader& table, FaultSpec& fault) {
  RETURN_IF_ERROR(table.OnlyKeys({"kind", "at", "times", "sense", "one_in", "window_bytes",
                                  "status", "percent", "back_after_ms", "identity"}));
  RETURN_IF_ERROR(ReadTrigger(table, fault.at));
  RETURN_IF_ERROR(table.Number("times", 0, kMaxCount, fault.times));
  RETURN_IF_ERROR(ReadSense(table, fault.sense));
  RETURN_IF_ERROR(table.Number("one_in", 1, kMaxCount, fault.one_in));
  RETURN_IF_ERROR(table.Number("window_bytes", 1, kMaxFlashBytes, fault.window_bytes));
  if ((fault.window_bytes & (fault.window_bytes - 1)) != 0) {
    return table.Wrong("window_bytes", "'window_bytes' must be a power of two");
  }
  RETURN_IF_ERROR(table.Number("status", 0, 0xff, fault.status));
  RETURN_IF_ERROR(table.Number("percent", 0, 99, fault.percent));
  std::optional<int64_t> back_after_ms;
  RETURN_IF_ERROR(table.Number("back_after_ms", 0, kMaxMillis, back_after_ms));
  if (back_after_ms) fault.back_after = Millis(*back_after_ms);
  if (fault.kind == FaultKind::kBackAs) return ReadIdentity(table, fault.identity);
  return Ok();
}

}  // namespace

Status ReadFault(const TableReader& table, DriveSpec& spec) {
  std::string kind;
  RETURN_IF_ERROR(table.Text("kind", 32, kind));
  ASSIGN_OR_RETURN(const bool defect, ReadDefect(table, kind, spec.defects));
  if (defect) return Ok();
  const std::optional<FaultKind> known = ParseFaultKind(kind);
  if (!known) return table.Wrong("kind", fmt::format("'{}' is no kind of fault", kind));
  FaultSpec fault;
  fault.kind = *known;
  RETURN_IF_ERROR(ReadParameters(table, fault));
  spec.faults.push_back(fault);
  return Ok();
}

Status ReadOperatorRule(const TableReader& table, DriveSpec& spec) {
  RETURN_IF_ERROR(table.OnlyKeys({"on_prompt", "after_ms", "do", "answer", "times"}));
  OperatorRule rule;
  RETURN_IF_ERROR(table.Text("on_prompt", 64, rule.on_prompt));
  if (rule.on_prompt.empty()) return table.Wrong("on_prompt", "'on_prompt' is missing");
  int64_t after_ms = 0;
  RETURN_IF_ERROR(table.Number("after_ms", 0, kMaxMillis, after_ms));
  rule.after = Millis(after_ms);
  ASSIGN_OR_RETURN(const std::vector<TableReader::Word> words, table.Words("do"));
  for (const TableReader::Word& word : words) {
    const std::optional<Hand> hand = ParseHand(word.text);
    if (!hand) {
      return ScenarioInvalid(table.file(), word.at,
                             fmt::format("'{}' is nothing that hands can do", word.text));
    }
    rule.hands.push_back(*hand);
  }
  RETURN_IF_ERROR(table.Text("answer", 64, rule.answer));
  RETURN_IF_ERROR(table.Number("times", 0, kMaxCount, rule.times));
  spec.operator_rules.push_back(std::move(rule));
  return Ok();
}

}  // namespace firmbench::simulator
