// SPDX-License-Identifier: Apache-2.0
#pragma once

// Keeps the second copy: every committed dump's blob is written to a place on another file system,
// read back there and hashed, then noted in the ledger. Works on a thread of its own between Start
// and its destruction; what failed is tried again after a while, longer each time. Thread-safe.

#include <functional>
#include <memory>
#include <string>
#include <thread>

#include "daemon/base/clock.h"
#include "daemon/base/mutex.h"
#include "daemon/copy_place.h"
#include "daemon/jobs/second_copy.h"
#include "storage/storage.h"

namespace firmbench {

struct SecondCopyOptions {
  storage::Ledger& ledger;
  std::unique_ptr<CopyPlace> place;
  Clock& clock;
  bool required = false;
  // The newest signed checkpoint's text, "" when there is none; may be empty.
  std::function<std::string()> checkpoint = {};
};

class SecondCopyKeeper final : public jobs::SecondCopy {
 public:
  // How often the ledger is asked for new dumps, and how long after failures it waits.
  static constexpr Nanos kPollEvery = std::chrono::seconds(5);
  static constexpr Nanos kFirstWait = std::chrono::seconds(1);
  static constexpr Nanos kLongestWait = std::chrono::minutes(5);

  explicit SecondCopyKeeper(SecondCopyOptions options) : options_(std::move(options)) {}
  ~SecondCopyKeeper() override;

  // Looks at the place for the first time. COPY_SAME_FILESYSTEM and COPY_OTHER_BENCH: the
  // configuration is wrong. A folder that is not there is a problem, and no error.
  Status Check();
  // Begins to work on a thread of its own.
  void Start();

  // One look, as the thread does it: copies what is missing if it is time to. Returns how long
  // until the next one.
  Nanos Tick();

  bool required() const override { return options_.required; }
  void Wake() override;
  jobs::CopyState State() override;
  Status CopyNow(const std::vector<std::string>& sha256s) override;

 private:
  void Loop();
  Status Pass();
  Status Open() FB_REQUIRES(place_mutex_);
  Status CopyBlob(const std::string& sha256, bool note) FB_REQUIRES(place_mutex_);
  Result<std::vector<storage::Dump>> NotInManifest() FB_REQUIRES(place_mutex_);
  Status AppendManifest(const std::vector<storage::Dump>& dumps) FB_REQUIRES(place_mutex_);
  void Note(const Status& status);

  SecondCopyOptions options_;

  Mutex place_mutex_;  // who holds it may use the place; taken before mutex_
  std::string checkpoint_ FB_GUARDED_BY(place_mutex_);

  Mutex mutex_;
  CondVar wake_;
  bool stopping_ FB_GUARDED_BY(mutex_) = false;
  bool woken_ FB_GUARDED_BY(mutex_) = false;
  std::string place_id_ FB_GUARDED_BY(mutex_);  // "" until it was seen
  std::optional<inventory::Problem> failing_ FB_GUARDED_BY(mutex_);
  Nanos wait_ FB_GUARDED_BY(mutex_){0};  // 0: the last attempt was good
  Nanos next_ FB_GUARDED_BY(mutex_){0};  // on the clock

  std::jthread thread_;  // last: starts when everything above exists
};

// The line of the manifest for one dump, with its line feed: JSON, for people without firmbench.
std::string ManifestLine(const storage::Dump& dump, int64_t unit_number);

}  // namespace firmbench
