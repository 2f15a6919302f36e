// SPDX-License-Identifier: Apache-2.0
#include "storage/sqlite/health.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace firmbench::storage::sqlite {
namespace {

constexpr std::string_view kCorrupt = "LEDGER_CORRUPT";
constexpr std::array<std::string_view, 5> kReasons = {"LEDGER_FULL", "LEDGER_READ_ONLY",
                                                      "LEDGER_IO", kCorrupt, "LEDGER_BUSY"};

}  // namespace

void HealthRecord::Succeeded() {
  MutexLock lock(mutex_);
  if (health_.reason != kCorrupt) health_ = LedgerHealth();
}

void HealthRecord::Failed(const Error& error) {
  if (std::find(kReasons.begin(), kReasons.end(), error.reason()) == kReasons.end()) return;
  MutexLock lock(mutex_);
  if (health_.reason == kCorrupt) return;
  tried_ = clock_.Monotonic();
  health_ = {.writable = false,
             .reason = error.reason(),
             .text = error.message(),
             .remedy = error.remedy()};
}

void HealthRecord::ReadFailed(const Error& error) {
  if (error.reason() == kCorrupt) Failed(error);
}

LedgerHealth HealthRecord::Now() const {
  MutexLock lock(mutex_);
  return health_;
}

bool HealthRecord::ProbeDue() {
  const Nanos now = clock_.Monotonic();
  MutexLock lock(mutex_);
  if (health_.writable || health_.reason == kCorrupt) return false;
  if (now - tried_ < Ledger::kProbeEvery) return false;
  tried_ = now;
  return true;
}

}  // namespace firmbench::storage::sqlite
