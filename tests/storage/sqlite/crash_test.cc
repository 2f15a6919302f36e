// SPDX-License-Identifier: Apache-2.0
// What a restart finds after the process or the PC died: copies of the files taken while the ledger
// was at work, and its write-ahead log cut off anywhere.

#include "tests/storage/test_ledger.h"

namespace firmbench::storage {
namespace {

class Crash : public LedgerTest {
 protected:
  // The database and the first `wal_bytes` of its log (-1: all of it), as a power cut leaves them.
  void CopyFiles(const std::string& to, int64_t wal_bytes = -1) {
    namespace fs = std::filesystem;
    fs::remove(to + "-shm");
    fs::copy_file(path(), to, fs::copy_options::overwrite_existing);
    fs::copy_file(path() + "-wal", to + "-wal", fs::copy_options::overwrite_existing);
    if (wal_bytes >= 0) fs::resize_file(to + "-wal", static_cast<uintmax_t>(wal_bytes));
  }
  Status Add() {
    return ledger().Commit([](Transaction& tx) -> Status {
      RETURN_IF_ERROR(tx.InsertUnit(SampleUnit(tx)));
      RETURN_IF_ERROR(tx.AppendAudit(SampleFact()));
      return Ok();
    });
  }
  // Opens the copy, expects it to be consistent, and returns its number of audit entries.
  static int64_t EntriesOf(const std::string& copy) {
    const auto opened = OpenLedger({.path = copy, .create = false});
    EXPECT_OK(opened);
    if (!opened) return -1;
    const auto report = (*opened)->Verify();
    EXPECT_OK(report);
    EXPECT_EQ(report->problems, std::vector<std::string>{});
    EXPECT_EQ((*opened)->ListUnits({}, {.size = 1000})->rows.size(),
              static_cast<size_t>(report->entries));
    return report->entries;
  }
};

TEST_F(Crash, WhatWasCommittedIsThereAndWhatWasNotIsGone) {
  for (int i = 0; i < 5; ++i) ASSERT_OK(Add());
  const std::string copy = folder_.Path("copy.db");
  ASSERT_OK(ledger().Commit([&](Transaction& tx) -> Status {
    RETURN_IF_ERROR(tx.InsertUnit(SampleUnit(tx)));
    RETURN_IF_ERROR(tx.AppendAudit(SampleFact()));
    // More than the page cache, so that a part is in the log already when the process dies.
    RETURN_IF_ERROR(tx.PutBlob(Noise(size_t{8} << 20)));
    CopyFiles(copy);
    return Ok();
  }));
  EXPECT_GT(std::filesystem::file_size(copy + "-wal"), uintmax_t{4} << 20);
  EXPECT_EQ(EntriesOf(copy), 5);
  CopyFiles(copy);
  EXPECT_EQ(EntriesOf(copy), 6);
}

TEST_F(Crash, ALogThatIsCutOffAnywhereGivesTheStateAfterSomeCommit) {
  constexpr int kCommits = 6;
  std::vector<int64_t> durable_at;  // the log's size when commit i had returned
  for (int i = 0; i < kCommits; ++i) {
    ASSERT_OK(Add());
    durable_at.push_back(static_cast<int64_t>(std::filesystem::file_size(path() + "-wal")));
  }
  const std::string copy = folder_.Path("copy.db");
  for (int64_t cut = durable_at.front(); cut <= durable_at.back(); cut += 2049) {
    CopyFiles(copy, cut);
    int64_t promised = 0;
    while (promised < kCommits && durable_at[static_cast<size_t>(promised)] <= cut) ++promised;
    EXPECT_EQ(EntriesOf(copy), promised) << cut;
  }
}

}  // namespace
}  // namespace firmbench::storage
