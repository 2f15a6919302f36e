// SPDX-License-Identifier: Apache-2.0
#pragma once

// What the ledger's tests share: a folder of their own, a clock that they turn, rows with sensible
// values, and a second connection that may do what the ledger refuses. One thread at a time, but
// for the clock.

#include <gtest/gtest.h>
#include <sqlite3.h>

#include <atomic>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "daemon/base/clock.h"
#include "daemon/base/ids.h"
#include "storage/checkpoint_signer.h"
#include "storage/storage.h"

namespace firmbench::storage {

// Fails the test with the error's own words.
#define ASSERT_OK(expr)                                                 \
  do {                                                                  \
    const auto& fb_result = (expr);                                     \
    ASSERT_TRUE(fb_result.has_value()) << fb_result.error().ToString(); \
  } while (false)
#define EXPECT_OK(expr)                                                 \
  do {                                                                  \
    const auto& fb_result = (expr);                                     \
    EXPECT_TRUE(fb_result.has_value()) << fb_result.error().ToString(); \
  } while (false)

// "OK" or the error's reason.
template <typename T>
std::string ReasonOf(const Result<T>& result) {
  return result.has_value() ? "OK" : result.error().reason();
}

class TestClock final : public Clock {
 public:
  Nanos Monotonic() const override { return std::chrono::microseconds(micros_.load()); }
  int64_t WallMicros() const override { return micros_.load(); }
  void SleepFor(Nanos duration) override {
    micros_ += std::chrono::duration_cast<std::chrono::microseconds>(duration).count();
  }
  void Set(int64_t micros) { micros_ = micros; }

 private:
  std::atomic<int64_t> micros_{1'800'000'000'000'000};  // 2027-01-15T08:00:00Z
};

// A folder that goes away with the object.
class TempFolder {
 public:
  TempFolder();
  ~TempFolder();
  std::string Path(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

// A connection as any program could open one: without foreign keys or checks, and without the
// triggers that protect the rows when `drop_triggers` says so.
class RawDatabase {
 public:
  explicit RawDatabase(const std::string& path, bool drop_triggers = false);
  ~RawDatabase() { sqlite3_close(handle_); }
  RawDatabase(const RawDatabase&) = delete;
  RawDatabase& operator=(const RawDatabase&) = delete;
  // "" or what SQLite says.
  std::string Exec(const std::string& sql);
  // All rows, columns joined by '|', NULL as "NULL".
  std::vector<std::string> Query(const std::string& sql);

 private:
  sqlite3* handle_ = nullptr;
};

// Rows that the ledger accepts; every test changes what it is about.
Unit SampleUnit(Transaction& tx);
Job SampleJob(Transaction& tx);
Dump SampleDump(Transaction& tx, const std::string& sha256, size_t size);
Image SampleImage(Transaction& tx, const std::string& sha256, size_t size);
Credential SampleCredential(Transaction& tx);  // good for an hour
Claim SampleClaim(Transaction& tx);            // in force for an hour
AuditFact SampleFact(const std::string& resource = "jobs/1");

// `size` bytes that do not compress, the same for the same seed.
Bytes Noise(size_t size, uint32_t seed = 1);

// Names the key in the log and stores a checkpoint of the tree with that entry.
void SignTree(Ledger& ledger, const audit::SigningKey& key);

// Commits at least one row to every table, some audit entries and a blob of two chunks.
void FillEveryTable(Ledger& ledger);

// A ledger in a folder of its own.
class LedgerTest : public testing::Test {
 protected:
  void SetUp() override { Open(); }
  void Open();
  void Close() { ledger_.reset(); }
  std::string path() const { return folder_.Path("ledger.db"); }
  Ledger& ledger() { return *ledger_; }

  TempFolder folder_;
  TestClock clock_;
  bool synchronised_ = true;
  std::unique_ptr<Ledger> ledger_;
};

}  // namespace firmbench::storage
