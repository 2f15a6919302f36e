// SPDX-License-Identifier: Apache-2.0
#pragma once

// Who tried a secret in vain too often lately, by where they come from. What is guarded by it has
// random bits enough; this keeps guessing slow, logs quiet, and one guesser from being in the way
// of others. Not thread-safe.

#include <map>
#include <string>
#include <string_view>

#include "daemon/base/clock.h"

namespace firmbench {

// Those whom one person can be: an IPv4 address, or the 64 bits that a network gets in IPv6
// (RFC 4291, 2.5.4), where a computer takes the rest as it likes. `address` in numbers, as
// getnameinfo writes it; what is none stands for itself.
std::string NeighbourhoodOf(std::string_view address);

class Failures {
 public:
  static constexpr int kMost = 20;  // of one neighbourhood, in one kWindow
  static constexpr Nanos kWindow = std::chrono::minutes(1);
  // Above it all others are one.
  static constexpr size_t kMostNeighbourhoods = 1000;

  explicit Failures(const Clock& clock) : clock_(clock) {}

  bool TooMany(std::string_view address);
  // True for the one that is the last to be let through.
  bool Count(std::string_view address);

 private:
  // Its counter; at the end of a window all begin anew.
  int& Of(std::string_view address);

  const Clock& clock_;
  Nanos since_{0};
  std::map<std::string, int> counts_;
};

}  // namespace firmbench
