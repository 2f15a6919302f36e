// SPDX-License-Identifier: Apache-2.0
#include "daemon/web/bridge.h"

namespace firmbench::web {

bool Failures::TooMany(const std::string& peer) {
  Begin();
  const auto found = counts_.find(peer);
  return found != counts_.end() && found->second >= kMost;
}

void Failures::Count(const std::string& peer) {
  Begin();
  if (counts_.size() < kMostAddresses || counts_.contains(peer)) ++counts_[peer];
}

void Failures::Begin() {
  const Nanos now = clock_.Monotonic();
  if (now - since_ < kWindow) return;
  since_ = now;
  counts_.clear();
}

}  // namespace firmbench::web
