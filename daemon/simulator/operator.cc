// SPDX-License-Identifier: Apache-2.0
#include "daemon/simulator/operator.h"

#include <array>
#include <utility>

namespace firmbench::simulator {
namespace {

constexpr std::array<std::pair<Hand, std::string_view>, 10> kHands = {{
    {Hand::kHoldEject, "hold_eject"},
    {Hand::kReleaseEject, "release_eject"},
    {Hand::kPowerCycle, "power_cycle"},
    {Hand::kPowerOff, "power_off"},
    {Hand::kPowerOn, "power_on"},
    {Hand::kUnplug, "unplug"},
    {Hand::kPlug, "plug"},
    {Hand::kInsertDisc, "insert_disc"},
    {Hand::kRemoveDisc, "remove_disc"},
    {Hand::kBurnDisc, "burn_disc"},
}};

}  // namespace

std::string_view ToString(Hand hand) {
  for (const auto& [value, name] : kHands) {
    if (value == hand) return name;
  }
  return "unknown";
}

std::optional<Hand> ParseHand(std::string_view text) {
  for (const auto& [value, name] : kHands) {
    if (name == text) return value;
  }
  return std::nullopt;
}

Operator::Operator(std::vector<OperatorRule> rules) {
  entries_.reserve(rules.size());
  for (OperatorRule& rule : rules) entries_.push_back({std::move(rule), 0});
}

std::optional<OperatorAction> Operator::OnPrompt(std::string_view kind) {
  const MutexLock lock(mutex_);
  for (Entry& entry : entries_) {
    if (entry.rule.on_prompt != kind) continue;
    if (entry.rule.times != 0 && entry.used >= entry.rule.times) continue;
    ++entry.used;
    return OperatorAction{entry.rule.after, entry.rule.hands, entry.rule.answer};
  }
  return std::nullopt;
}

}  // namespace firmbench::simulator
