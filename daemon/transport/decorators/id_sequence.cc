// SPDX-License-Identifier: Apache-2.0
#include "daemon/transport/decorators/id_sequence.h"

#include <array>

namespace firmbench::transport {
namespace {

struct UnlockPair {
  uint32_t first;
  uint32_t second;
};
// drive-protocols 4.2 [C]: full decoding, eleven bits, byte mode of 16-bit parts.
constexpr std::array<UnlockPair, 3> kPairs{{{0x5555, 0x2aaa}, {0x555, 0x2aa}, {0xaaa, 0x555}}};

constexpr uint8_t kUnlock1 = 0xaa;
constexpr uint8_t kUnlock2 = 0x55;
constexpr uint8_t kEnterId = 0x90;
constexpr uint8_t kReset = 0xf0;

}  // namespace

bool IdSequence::Accept(uint32_t address, uint8_t data) {
  switch (step_) {
    case Step::kStart:
      // Outside id mode a lone F0 would be data for a page-write part without data protection.
      if (lone_reset_allowed_ && data == kReset) {
        lone_reset_allowed_ = false;
        return true;
      }
      if (data != kUnlock1) return false;
      for (uint8_t i = 0; i < kPairs.size(); ++i) {
        if (address == kPairs[i].first) {
          pair_ = i;
          step_ = Step::kFirst;
          return true;
        }
      }
      return false;
    case Step::kFirst:
      if (data != kUnlock2 || address != kPairs[pair_].second) return false;
      step_ = Step::kSecond;
      return true;
    case Step::kSecond:
      if (address != kPairs[pair_].first || (data != kEnterId && data != kReset)) return false;
      if (data == kEnterId) lone_reset_allowed_ = true;
      step_ = Step::kStart;
      return true;
  }
  return false;
}

}  // namespace firmbench::transport
