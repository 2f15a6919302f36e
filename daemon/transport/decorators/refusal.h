// SPDX-License-Identifier: Apache-2.0
#pragma once

// What the gate's two decorators have in common: how they say no. Private to this folder; pure.

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "daemon/base/error.h"

namespace firmbench::transport {

// Why something was refused; ToString gives the metadata value `why`.
enum class Why : uint8_t {
  kUnknownCommand,
  kGateClosed,
  kHypothetical,
  kMalformed,
  kSequence,
  kRegisters,
};

constexpr std::string_view ToString(Why why) {
  switch (why) {
    case Why::kUnknownCommand:
      return "unknown_command";
    case Why::kGateClosed:
      return "gate_closed";
    case Why::kHypothetical:
      return "hypothetical";
    case Why::kMalformed:
      return "malformed";
    case Why::kSequence:
      return "sequence";
    case Why::kRegisters:
      return "registers";
  }
  return "unknown_command";
}

constexpr std::string_view RemedyFor(Why why) {
  switch (why) {
    case Why::kUnknownCommand:
      return "send only commands that the family's rules name";
    case Why::kGateClosed:
      return "back the drive up first: a job opens the gate once what undoes it is safe";
    case Why::kHypothetical:
      return "try the command in the simulator; on a drive it needs evidence first";
    case Why::kMalformed:
      return "mend the command: its length, its direction or a value that has no meaning";
    case Why::kSequence:
      return "send a whole unlock sequence in one script";
    case Why::kRegisters:
      return "write the registers that the command uses right before it";
  }
  return "";
}

inline Error Refuse(Why why, uint8_t opcode, std::string message) {
  return FailedPrecondition("COMMAND_NOT_ALLOWED", std::move(message))
      .WithOpcode(opcode)
      .WithRemedy(std::string(RemedyFor(why)))
      .With("why", std::string(ToString(why)));
}

}  // namespace firmbench::transport
