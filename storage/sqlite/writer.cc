// SPDX-License-Identifier: Apache-2.0
#include "storage/sqlite/writer.h"

#include <algorithm>
#include <utility>

namespace firmbench::storage::sqlite {
namespace {

// Grows with every transaction that changes something: whoever reads it knows whether one happened.
constexpr const char* kCount =
    "UPDATE bench SET value = CAST(CAST(value AS INTEGER) + 1 AS TEXT) WHERE key = 'commits'";
constexpr const char* kReadCount = "SELECT CAST(value AS INTEGER) FROM bench WHERE key = 'commits'";

void RollBack(Database& database) {
  if (!database.autocommit()) {
    database.Exec("ROLLBACK").IgnoreError("the error that led here is the one to report");
  }
}

}  // namespace

Writer::Writer(std::unique_ptr<Database> database, Database::Options reread, CommitFunction commit,
               const Clock& clock)
    : database_(std::move(database)),
      reread_(std::move(reread)),
      commit_(std::move(commit)),
      health_(clock),
      thread_([this] { Loop(); }) {}

Writer::~Writer() {
  {
    MutexLock lock(mutex_);
    stopping_ = true;
  }
  submitted_.NotifyAll();
  thread_.join();
}

Status Writer::Submit(const Change& change) {
  if (std::this_thread::get_id() == thread_.get_id()) {
    return Internal("LEDGER_REENTRANT", "a change may not commit another change");
  }
  Request request{.change = &change, .result = Ok(), .done = false};
  MutexLock lock(mutex_);
  queue_.push_back(&request);
  submitted_.NotifyOne();
  while (!request.done) finished_.Wait(mutex_);
  return request.result;
}

void Writer::Probe(Nanos wait) {
  static const Change kTouch = [](Database& database) -> Status {
    return database.Exec("UPDATE bench SET value = value WHERE key = 'commits'");
  };
  const auto until = std::chrono::steady_clock::now() + wait;
  MutexLock lock(mutex_);
  if (probe_.done) {
    probe_ = {.change = &kTouch, .result = Ok(), .done = false};
    queue_.push_back(&probe_);
    submitted_.NotifyOne();
  }
  while (!probe_.done) {
    const Nanos left = until - std::chrono::steady_clock::now();
    if (left <= Nanos::zero()) return;
    finished_.WaitFor(mutex_, left);
  }
}

void Writer::Loop() {
  while (true) {
    std::deque<Request*> batch = Take();
    if (batch.empty()) return;
    RunBatch(std::move(batch));
  }
}

std::deque<Writer::Request*> Writer::Take() {
  MutexLock lock(mutex_);
  while (queue_.empty() && !stopping_) submitted_.Wait(mutex_);
  return std::exchange(queue_, {});
}

// A change can end the whole transaction (SQLite does that when the disk is full); those behind it
// then get a transaction of their own.
void Writer::RunBatch(std::deque<Request*> batch) {
  while (!batch.empty()) {
    const size_t answered = RunChanges(batch);
    for (size_t i = 0; i < answered; ++i) {
      if (!batch[i]->result) health_.Failed(batch[i]->result.error());
    }
    MutexLock lock(mutex_);
    for (size_t i = 0; i < answered; ++i) batch[i]->done = true;
    batch.erase(batch.begin(), batch.begin() + static_cast<std::ptrdiff_t>(answered));
    finished_.NotifyAll();
  }
}

// Runs changes in one transaction and ends it; returns how many of the first ones have their
// result.
size_t Writer::RunChanges(const std::deque<Request*>& batch) {
  const int64_t before = database_->total_changes();
  if (Status begun = database_->Exec("BEGIN IMMEDIATE"); !begun) {
    for (Request* request : batch) request->result = begun;
    return batch.size();
  }
  size_t ran = 0;
  Status whole = Ok();
  while (ran < batch.size() && whole) {
    Request& request = *batch[ran++];
    request.result = RunOne(*request.change);
    if (database_->autocommit()) {
      whole = request.result ? Status(Internal("LEDGER_INTERNAL", "a change ended its transaction"))
                             : request.result;
    }
  }
  const bool any = std::any_of(batch.begin(), batch.begin() + static_cast<std::ptrdiff_t>(ran),
                               [](const Request* request) { return request->result.has_value(); });
  if (whole && any && database_->total_changes() != before) {
    whole = End();
    if (whole) health_.Succeeded();
  } else {
    RollBack(*database_);
  }
  if (!whole) {
    // What a change said about itself stays true: it was undone either way.
    for (size_t i = 0; i < ran; ++i) {
      if (batch[i]->result) batch[i]->result = whole;
    }
  }
  return ran;
}

Status Writer::RunOne(const Change& change) {
  RETURN_IF_ERROR(database_->Exec("SAVEPOINT change"));
  Status result = change(*database_);
  if (database_->autocommit()) return result;
  if (!result) {
    if (!database_->Exec("ROLLBACK TO change")) RollBack(*database_);
  }
  if (!database_->autocommit()) {
    const Status released = database_->Exec("RELEASE change");
    if (!released && result) result = released;
    if (!released) RollBack(*database_);
  }
  return result;
}

Status Writer::End() {
  Status counted = database_->Exec(kCount);
  Result<int64_t> expected = counted ? database_->QueryInt(kReadCount) : counted.error();
  if (!expected) {
    RollBack(*database_);
    return std::move(expected).error();
  }
  Status committed = commit_(*database_);
  if (committed) return Ok();
  RollBack(*database_);
  return Fate(std::move(committed).error(), *expected);
}

// The commit failed: is the change there all the same? Asked on a connection that has no part in
// it.
Status Writer::Fate(Error failure, int64_t expected) {
  Result<int64_t> count = Internal("LEDGER_IO", "not read");
  if (auto database = Database::Open(reread_)) {
    count = (*database)->QueryInt(kReadCount);
  }
  if (count && *count >= expected) return Ok();
  // Frames that reached the disk although their sync failed would come back to life after a power
  // cut. A further transaction takes their place.
  const bool fence = failure.reason() == "LEDGER_IO";
  const bool gone = count.has_value() && (!fence || Fence().has_value());
  return std::move(failure).With("fate", gone ? "not committed" : "unknown");
}

Status Writer::Fence() {
  RETURN_IF_ERROR(database_->Exec("BEGIN IMMEDIATE"));
  Status done = database_->Exec(kCount);
  if (done) done = database_->Exec("COMMIT");
  if (!done) RollBack(*database_);
  return done;
}

}  // namespace firmbench::storage::sqlite
