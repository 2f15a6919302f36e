// SPDX-License-Identifier: Apache-2.0
#include "storage/sqlite/writer.h"

#include <atomic>
#include <thread>

#include "tests/storage/test_ledger.h"

namespace firmbench::storage {
namespace {

class GroupCommit : public LedgerTest {
 protected:
  int64_t Transactions() {
    RawDatabase raw(path());
    return std::stol(raw.Query("SELECT value FROM bench WHERE key = 'commits'").at(0));
  }
  Status Add(const std::string& resource) {
    return ledger().Commit([&](Transaction& tx) -> Status {
      RETURN_IF_ERROR(tx.AppendAudit(SampleFact(resource)));
      return Ok();
    });
  }
};

TEST_F(GroupCommit, GathersWhatSeveralThreadsCommitAtTheSameTime) {
  constexpr int kThreads = 8;
  constexpr int kEach = 25;
  const int64_t before = Transactions();
  std::vector<std::thread> threads;
  std::atomic<int> failures{0};
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < kEach; ++i) {
        if (!Add("jobs/" + std::to_string(t) + "-" + std::to_string(i))) ++failures;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(failures, 0);
  EXPECT_LT(Transactions() - before, kThreads * kEach);
  Close();
  Open();
  const auto report = ledger().Verify();
  ASSERT_OK(report);
  EXPECT_EQ(report->entries, kThreads * kEach);
  EXPECT_TRUE(report->problems.empty());
}

TEST_F(GroupCommit, OneErrorUndoesOnlyItsOwnChange) {
  // The first change holds the writer until the others are waiting behind it.
  std::atomic<int> waiting{0};
  constexpr int kThreads = 8;
  std::vector<std::string> reasons(kThreads);
  std::vector<std::thread> threads;
  const Status first = ledger().Commit([&](Transaction&) -> Status {
    for (int t = 0; t < kThreads; ++t) {
      threads.emplace_back([&, t] {
        ++waiting;
        reasons[static_cast<size_t>(t)] =
            ReasonOf(ledger().Commit([&, t](Transaction& tx) -> Status {
              ASSIGN_OR_RETURN(const int64_t at,
                               tx.AppendAudit(SampleFact("jobs/" + std::to_string(t))));
              if (t % 2 == 1) return Cancelled("NO", "entry " + std::to_string(at));
              return Ok();
            }));
      });
    }
    while (waiting < kThreads) std::this_thread::yield();
    return Ok();
  });
  ASSERT_OK(first);
  for (auto& thread : threads) thread.join();
  for (int t = 0; t < kThreads; ++t) {
    EXPECT_EQ(reasons[static_cast<size_t>(t)], t % 2 == 1 ? "NO" : "OK");
    EXPECT_EQ(ledger().ListAudit({.resource = "jobs/" + std::to_string(t)}, {})->rows.size(),
              t % 2 == 1 ? 0u : 1u);
  }
  EXPECT_TRUE(ledger().Verify()->problems.empty());
}

TEST_F(GroupCommit, AChangeThatChangesNothingMakesNoTransaction) {
  const int64_t before = Transactions();
  EXPECT_OK(ledger().Commit([](Transaction&) { return Ok(); }));
  EXPECT_FALSE(ledger().Commit([](Transaction& tx) -> Status {
    RETURN_IF_ERROR(tx.InsertJob(SampleJob(tx)));
    return Cancelled("NO", "no");
  }));
  EXPECT_EQ(Transactions(), before);
}

TEST_F(GroupCommit, AChangeMayNotCommitAnother) {
  const Status status = ledger().Commit([&](Transaction&) { return Add("jobs/1"); });
  EXPECT_EQ(ReasonOf(status), "LEDGER_REENTRANT");
}

TEST_F(GroupCommit, ReadsGoOnWhileAChangeIsBeingMade) {
  ASSERT_OK(Add("jobs/0"));
  ASSERT_OK(ledger().Commit([&](Transaction& tx) -> Status {
    RETURN_IF_ERROR(tx.InsertJob(SampleJob(tx)));
    EXPECT_EQ(ledger().ListAudit({}, {})->rows.size(), 1u);
    EXPECT_EQ(ledger().ListJobs({}, {})->rows.size(), 0u);
    return Ok();
  }));
  EXPECT_EQ(ledger().ListJobs({}, {})->rows.size(), 1u);
}

TEST_F(GroupCommit, ReadersAndWritersDoNotDisturbEachOther) {
  std::atomic<bool> stop{false};
  std::vector<std::thread> readers;
  std::atomic<int> torn{0};
  for (int t = 0; t < 6; ++t) {
    readers.emplace_back([&] {
      while (!stop) {
        // Each change appends two entries; no reader may see one without the other.
        const auto entries = ledger().ListAudit({}, {.size = 1});
        if (!entries || (!entries->rows.empty() && entries->rows[0].sequence % 2 == 0)) ++torn;
      }
    });
  }
  for (int i = 0; i < 30; ++i) {
    ASSERT_OK(ledger().Commit([](Transaction& tx) -> Status {
      RETURN_IF_ERROR(tx.AppendAudit(SampleFact()));
      RETURN_IF_ERROR(tx.AppendAudit(SampleFact()));
      return Ok();
    }));
  }
  stop = true;
  for (auto& reader : readers) reader.join();
  EXPECT_EQ(torn, 0);
}

// A writer whose COMMIT can lose its answer.
class CommitFate : public LedgerTest {
 protected:
  void SetUp() override {
    LedgerTest::SetUp();
    Close();
  }
  Status Insert(sqlite::Writer::CommitFunction commit) {
    auto database = sqlite::Database::Open({.path = path()});
    EXPECT_OK(database);
    sqlite::Writer writer(std::move(*database),
                          {.path = path(), .mode = sqlite::Database::Mode::kReadOnly},
                          std::move(commit));
    return writer.Submit([](sqlite::Database& db) {
      return db.Exec("INSERT INTO bench (key, value) VALUES ('test', 'x')");
    });
  }
  std::string Stored() {
    return RawDatabase(path()).Query("SELECT count(*) FROM bench WHERE key = 'test'").at(0);
  }
  static Status LostAnswer() { return Unavailable("LEDGER_IO", "the answer was lost"); }
};

TEST_F(CommitFate, ACommitThatHappenedIsReportedAsDone) {
  EXPECT_OK(Insert([](sqlite::Database& db) -> Status {
    RETURN_IF_ERROR(db.Exec("COMMIT"));
    return LostAnswer();
  }));
  EXPECT_EQ(Stored(), "1");
}

TEST_F(CommitFate, ACommitThatDidNotHappenIsReportedAsFailed) {
  const Status status = Insert([](sqlite::Database&) { return LostAnswer(); });
  EXPECT_EQ(ReasonOf(status), "LEDGER_IO");
  EXPECT_EQ(status.error().metadata().back().second, "not committed");
  EXPECT_EQ(Stored(), "0");
}

TEST_F(CommitFate, ALockHeldByAnotherProgramIsSaid) {
  RawDatabase other(path());
  ASSERT_EQ(other.Exec("BEGIN IMMEDIATE"), "");
  auto database = sqlite::Database::Open({.path = path(), .busy_ms = 0});
  ASSERT_OK(database);
  sqlite::Writer writer(std::move(*database), {.path = path()});
  const auto write = [&] {
    return writer.Submit([](sqlite::Database& db) {
      return db.Exec("INSERT INTO bench (key, value) VALUES ('test', 'x')");
    });
  };
  EXPECT_EQ(ReasonOf(write()), "LEDGER_BUSY");
  ASSERT_EQ(other.Exec("ROLLBACK"), "");
  EXPECT_OK(write());
}

}  // namespace
}  // namespace firmbench::storage
