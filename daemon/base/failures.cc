// SPDX-License-Identifier: Apache-2.0
#include "daemon/base/failures.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <array>

namespace firmbench {

std::string NeighbourhoodOf(std::string_view address) {
  std::string text(address);
  in6_addr whole{};
  // With a scope, "fe80::1%eth0", it is of this very cable, where 64 bits say nothing.
  if (::inet_pton(AF_INET6, text.c_str(), &whole) != 1) return text;
  std::array<char, INET6_ADDRSTRLEN> shown{};
  if (IN6_IS_ADDR_V4MAPPED(&whole)) {
    ::inet_ntop(AF_INET, &whole.s6_addr[12], shown.data(), shown.size());
    return shown.data();
  }
  std::fill(std::begin(whole.s6_addr) + 8, std::end(whole.s6_addr), uint8_t{0});
  ::inet_ntop(AF_INET6, &whole, shown.data(), shown.size());
  return std::string(shown.data()) + "/64";
}

bool Failures::TooMany(std::string_view address) { return Of(address) >= kMost; }

bool Failures::Count(std::string_view address) { return ++Of(address) == kMost; }

int& Failures::Of(std::string_view address) {
  const Nanos now = clock_.Monotonic();
  if (now - since_ >= kWindow) {
    since_ = now;
    counts_.clear();
  }
  const std::string neighbourhood = NeighbourhoodOf(address);
  const bool known = counts_.contains(neighbourhood) || counts_.size() < kMostNeighbourhoods;
  return counts_[known ? neighbourhood : std::string()];
}

}  // namespace firmbench
