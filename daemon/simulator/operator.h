// SPDX-License-Identifier: Apache-2.0
#pragma once

// The hands of a scripted person at the bench: what they do when a job prompts. Values plus one
// small class; Operator is thread-safe. The hands move through bench.h's Drive::Perform; the
// answer to the prompt is given by whoever runs the jobs.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/base/clock.h"
#include "daemon/base/mutex.h"

namespace firmbench::simulator {

// One thing that hands can do to a drive.
enum class Hand : uint8_t {
  kHoldEject,
  kReleaseEject,
  kPowerCycle,
  kPowerOff,
  kPowerOn,
  kUnplug,
  kPlug,
  kInsertDisc,
  kRemoveDisc,
  kBurnDisc,  // use the drive: its burn log changes
};
std::string_view ToString(Hand hand);  // "hold_eject", "power_cycle", ...
std::optional<Hand> ParseHand(std::string_view text);

struct OperatorRule {
  std::string on_prompt;    // PromptRequest::kind: "hold_eject"
  Nanos after{0};           // how long the person takes, on the drive's clock
  std::vector<Hand> hands;  // in this order; may be empty
  std::string answer = "done";
  uint32_t times = 0;  // obeyed so often, then the next rule for this prompt; 0: always
};

struct OperatorAction {
  Nanos after{0};
  std::vector<Hand> hands;
  std::string answer;
};

class Operator {
 public:
  explicit Operator(std::vector<OperatorRule> rules);

  // What the person does about a prompt of this kind, or nullopt when they do not react at all.
  // Each call counts as one prompt.
  std::optional<OperatorAction> OnPrompt(std::string_view kind);

 private:
  struct Entry {
    OperatorRule rule;
    uint32_t used = 0;
  };
  Mutex mutex_;
  std::vector<Entry> entries_ FB_GUARDED_BY(mutex_);
};

}  // namespace firmbench::simulator
