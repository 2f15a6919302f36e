// SPDX-License-Identifier: Apache-2.0
#pragma once

// One thing that `firmbench bench doctor` looks at, as the daemon found it. A plain value: what the
// composition root says of the PC and what the services say of the ledger have the same form.

#include <cstdint>
#include <string>

namespace firmbench::rpc {

enum class Verdict : uint8_t {
  kGood,
  kWarning,     // works, but something is missing that a bench should have
  kBad,         // something does not work
  kNotChecked,  // does not apply here, or cannot be seen
};

struct Check {
  std::string subject;  // a stable word: "udev"
  Verdict verdict = Verdict::kGood;
  std::string reason;  // stable UPPER_SNAKE word; "" when good
  std::string text;    // what was found
  std::string remedy;  // how to mend it; "" when nothing is to be mended
};

}  // namespace firmbench::rpc
