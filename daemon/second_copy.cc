// SPDX-License-Identifier: Apache-2.0
#include "daemon/second_copy.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <set>

#include "daemon/base/hash.h"
#include "daemon/base/log.h"
#include "storage/audit/canonical_json.h"

namespace firmbench {
namespace {

using storage::audit::Json;

constexpr int kBlobsAtOnce = 100;
constexpr int kAll = 1'000'000;

}  // namespace

std::string ManifestLine(const storage::Dump& dump, int64_t unit_number) {
  Json line = Json::Object()
                  .Set("sequence", dump.sequence)
                  .Set("dump", dump.id)
                  .Set("file", "files/" + dump.sha256 + ".bin")
                  .Set("sha256", dump.sha256)
                  .Set("md5", dump.md5)
                  .Set("crc32", dump.crc32)
                  .Set("size_bytes", dump.size_bytes)
                  .Set("memory", dump.memory)
                  .Set("purpose", dump.purpose)
                  .Set("family", dump.family)
                  .Set("model", dump.model)
                  .Set("revision", dump.revision)
                  .Set("agreeing_reads", dump.agreeing_reads)
                  .Set("simulated", dump.simulated)
                  .Set("job", dump.job_id)
                  .Set("time", FormatRfc3339(dump.created_us))
                  .Set("attribution", dump.attribution);
  if (unit_number > 0) {
    line.Set("unit", fmt::format("U-{:04}", unit_number)).Set("unit_id", dump.unit_id);
  }
  return line.Dump() + "\n";
}

SecondCopyKeeper::~SecondCopyKeeper() {
  MutexLock lock(mutex_);
  stopping_ = true;
  wake_.NotifyAll();
}

Status SecondCopyKeeper::Check() {
  MutexLock lock(place_mutex_);
  const Status opened = Open();
  if (opened) return Ok();
  const std::string& reason = opened.error().reason();
  if (reason == "COPY_SAME_FILESYSTEM" || reason == "COPY_OTHER_BENCH") return opened;
  Note(opened);
  return Ok();
}

void SecondCopyKeeper::Start() {
  thread_ = std::jthread([this] { Loop(); });
}

void SecondCopyKeeper::Loop() {
  for (;;) {
    const Nanos wait = Tick();
    MutexLock lock(mutex_);
    if (!stopping_ && !woken_) wake_.WaitFor(mutex_, wait);
    if (stopping_) return;
  }
}

Nanos SecondCopyKeeper::Tick() {
  {
    MutexLock lock(mutex_);
    const Nanos now = options_.clock.Monotonic();
    // Who wakes it while it waits after a failure does not make the place any better.
    const bool due = now >= next_ || (woken_ && wait_ == Nanos(0));
    woken_ = false;
    if (!due) return next_ - now;
  }
  Note(Pass());
  MutexLock lock(mutex_);
  return std::max(Nanos(0), next_ - options_.clock.Monotonic());
}

void SecondCopyKeeper::Note(const Status& status) {
  MutexLock lock(mutex_);
  const Nanos now = options_.clock.Monotonic();
  if (status) {
    if (failing_) log::Info("the second copy is kept again");
    failing_.reset();
    wait_ = Nanos(0);
    next_ = now + kPollEvery;
    return;
  }
  const Error& error = status.error();
  if (!failing_ || failing_->reason != error.reason()) {
    log::ErrorLine("the second copy cannot be kept", "reason", error.reason(), "text",
                   error.message());
  }
  failing_ = {error.reason(), error.message(), error.remedy()};
  wait_ = wait_ == Nanos(0) ? kFirstWait : std::min<Nanos>(wait_ * 2, kLongestWait);
  next_ = now + wait_;
}

Status SecondCopyKeeper::Open() {
  ASSIGN_OR_RETURN(const std::string id, options_.place->Open());
  MutexLock lock(mutex_);
  place_id_ = id;
  return Ok();
}

// Gives the place free between the blobs: a job may wait for its own.
Status SecondCopyKeeper::Pass() {
  std::vector<storage::Dump> dumps;
  std::string place_id;
  {
    MutexLock lock(place_mutex_);
    RETURN_IF_ERROR(Open());
    // Asked first: what is committed meanwhile is of the next pass.
    ASSIGN_OR_RETURN(dumps, NotInManifest());
    MutexLock state(mutex_);
    place_id = place_id_;
  }
  // A blob that the ledger itself has lost keeps none of the others from being copied.
  std::set<std::string> lost;
  Status worst;
  for (bool more = true; more;) {
    ASSIGN_OR_RETURN(
        const auto missing,
        options_.ledger.ListUncopied(place_id, kBlobsAtOnce + static_cast<int>(lost.size())));
    more = false;
    for (const std::string& sha256 : missing) {
      if (lost.count(sha256) != 0) continue;
      more = true;
      MutexLock lock(place_mutex_);
      const Status copied = CopyBlob(sha256, true);
      if (!copied && copied.error().reason() != "BLOB_CORRUPT") return copied;
      if (!copied) {
        lost.insert(sha256);
        worst = copied;
      }
      MutexLock state(mutex_);
      if (stopping_) return Ok();
    }
  }
  RETURN_IF_ERROR(worst);
  MutexLock lock(place_mutex_);
  RETURN_IF_ERROR(AppendManifest(dumps));
  const std::string checkpoint = options_.checkpoint ? options_.checkpoint() : std::string();
  if (checkpoint.empty() || checkpoint == checkpoint_) return Ok();
  RETURN_IF_ERROR(options_.place->PutCheckpoint(checkpoint));
  checkpoint_ = checkpoint;
  return Ok();
}

Status SecondCopyKeeper::CopyBlob(const std::string& sha256, bool note) {
  ASSIGN_OR_RETURN(const Bytes bytes, options_.ledger.ReadBlob(sha256));
  RETURN_IF_ERROR(options_.place->Put(sha256, bytes));
  ASSIGN_OR_RETURN(const Bytes back, options_.place->ReadBack(sha256));
  if (back != bytes) {
    // Not under this name: it would be taken for what it is not.
    options_.place->Discard(sha256);
    return DataLoss(
               "COPY_DIFFERS",
               fmt::format("the second copy gives other bytes back than were written: {}", sha256))
        .WithRemedy("do not trust the disk that holds it; the copying is tried again");
  }
  if (!note) return Ok();
  std::string place_id;
  {
    MutexLock lock(mutex_);
    place_id = place_id_;
  }
  const Status noted = options_.ledger.Commit([&](storage::Transaction& tx) {
    return tx.InsertCopy({tx.NewId(), sha256, place_id, tx.now_us()});
  });
  // A job that waited for it may have noted it first.
  return !noted && noted.error().reason() == "ALREADY_EXISTS" ? Ok() : noted;
}

// Oldest first. All of them when the manifest's last line is not of this ledger: a line too many
// is better than one too few.
Result<std::vector<storage::Dump>> SecondCopyKeeper::NotInManifest() {
  ASSIGN_OR_RETURN(const std::string line, options_.place->LastLine());
  int64_t after = 0;
  if (const auto last = Json::Parse(line); last && last->is_object()) {
    const auto dump = options_.ledger.GetDump((*last)["dump"].AsString(""));
    if (dump && dump->sequence == (*last)["sequence"].AsInteger(0)) after = dump->sequence;
  }
  storage::DumpFilter filter;
  filter.archived_too = true;
  filter.after_sequence = after;
  std::vector<storage::Dump> dumps;
  storage::Page page{.size = 1000, .after = ""};
  do {
    ASSIGN_OR_RETURN(auto listed, options_.ledger.ListDumps(filter, page));
    std::move(listed.rows.begin(), listed.rows.end(), std::back_inserter(dumps));
    page.after = listed.next;
  } while (!page.after.empty());
  std::reverse(dumps.begin(), dumps.end());
  return dumps;
}

Status SecondCopyKeeper::AppendManifest(const std::vector<storage::Dump>& dumps) {
  if (dumps.empty()) return Ok();
  std::string lines;
  for (const storage::Dump& dump : dumps) {
    const auto unit = options_.ledger.GetUnit(dump.unit_id);
    lines += ManifestLine(dump, unit ? unit->number : 0);
  }
  return options_.place->Append(lines);
}

void SecondCopyKeeper::Wake() {
  MutexLock lock(mutex_);
  woken_ = true;
  wake_.NotifyAll();
}

jobs::CopyState SecondCopyKeeper::State() {
  jobs::CopyState state;
  std::string place_id;
  {
    MutexLock lock(mutex_);
    state.failing = failing_;
    place_id = place_id_;
  }
  // A ledger that cannot be read says so itself.
  if (const auto missing = options_.ledger.ListUncopied(place_id, kAll)) {
    state.pending = {missing->begin(), missing->end()};
  }
  return state;
}

Status SecondCopyKeeper::CopyNow(const std::vector<std::string>& sha256s) {
  const Status copied = [&]() -> Status {
    MutexLock lock(place_mutex_);
    RETURN_IF_ERROR(Open());
    const jobs::CopyState state = State();
    for (const std::string& sha256 : sha256s) {
      RETURN_IF_ERROR(CopyBlob(sha256, state.pending.count(sha256) != 0));
    }
    return Ok();
  }();
  Wake();
  if (copied) return Ok();
  const Error& why = copied.error();
  return FailedPrecondition("COPY_MISSING",
                            fmt::format("the dumps are not in the second copy: {}", why.message()))
      .With("cause", why.reason())
      .WithRemedy(why.remedy());
}

}  // namespace firmbench
