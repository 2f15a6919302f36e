// SPDX-License-Identifier: Apache-2.0
#pragma once

// Lets through the flash bus writes that ask a chip for its name and nothing else. Private to this
// folder; a value, for one thread at a time.

#include <cstdint>

namespace firmbench::transport {

// Follows the cycles of JEDEC identification (drive-protocols 4.2 [C]).
class IdSequence {
 public:
  // One write cycle at a 20-bit address; false when it is not the next one of a sequence.
  bool Accept(uint32_t address, uint8_t data);

  // False inside an unlock sequence: nothing may come between its cycles.
  bool complete() const { return step_ == Step::kStart; }
  // One lone F0 passes for each time that id mode was entered. The long form does not use it up:
  // a part that knows the short form alone is still in id mode after it.
  bool lone_reset_allowed() const { return lone_reset_allowed_; }

  // For when it is not known which cycles reached the chip.
  void Forget(bool allow_lone_reset) {
    step_ = Step::kStart;
    lone_reset_allowed_ = allow_lone_reset;
  }

 private:
  enum class Step : uint8_t { kStart, kFirst, kSecond };

  Step step_ = Step::kStart;
  uint8_t pair_ = 0;  // which unlock addresses began the sequence
  bool lone_reset_allowed_ = false;
};

}  // namespace firmbench::transport
