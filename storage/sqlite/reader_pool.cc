// SPDX-License-Identifier: Apache-2.0
#include "storage/sqlite/reader_pool.h"

#include <utility>

namespace firmbench::storage::sqlite {
namespace {

constexpr size_t kKeptIdle = 2;

}  // namespace

ReaderPool::Lease::~Lease() {
  if (database_ != nullptr) pool_->GiveBack(std::move(database_));
}

Result<ReaderPool::Lease> ReaderPool::Take() {
  {
    MutexLock lock(mutex_);
    while (free_ == 0) given_back_.Wait(mutex_);
    --free_;
    if (!idle_.empty()) {
      std::unique_ptr<Database> database = std::move(idle_.back());
      idle_.pop_back();
      return Lease(this, std::move(database));
    }
  }
  auto opened = Database::Open(options_);
  if (opened) return Lease(this, std::move(*opened));
  MutexLock lock(mutex_);
  ++free_;
  given_back_.NotifyOne();
  return std::move(opened).error();
}

void ReaderPool::GiveBack(std::unique_ptr<Database> database) {
  MutexLock lock(mutex_);
  ++free_;
  if (idle_.size() < kKeptIdle) idle_.push_back(std::move(database));
  given_back_.NotifyOne();
}

}  // namespace firmbench::storage::sqlite
