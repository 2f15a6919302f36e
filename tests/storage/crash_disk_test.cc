// SPDX-License-Identifier: Apache-2.0
// The disk that loses power: what it keeps, what it may lose, and that it behaves like a disk.

#include <set>
#include <thread>

#include "tests/storage/test_ledger.h"
#include "tests/support/crash_vfs.h"

namespace firmbench::storage {
namespace {

using test::CrashDisk;
using test::CrashFiles;
using test::FileSet;
using test::Loss;

std::string TextOf(const FileSet& files, const std::string& name) {
  const auto found = files->find(name);
  if (found == files->end()) return "(none)";
  std::string text(static_cast<size_t>(found->second.size()), '?');
  found->second.Read(0, reinterpret_cast<uint8_t*>(text.data()), text.size());
  return text;
}

TEST(CrashFiles, KeepWhatWasSyncedAndMayLoseTheRest) {
  CrashFiles files;
  const auto node = files.Create("a");
  files.Write(*node, 0, AsBytes("old"));
  EXPECT_EQ(TextOf(files.Cut(Loss::kUnsynced, 1), "a"), "(none)");
  files.Sync("a", node);
  files.Write(*node, 0, AsBytes("new"));
  EXPECT_EQ(TextOf(files.Cut(Loss::kUnsynced, 1), "a"), "old");
  EXPECT_EQ(TextOf(files.Cut(Loss::kProcessKilled, 1), "a"), "new");
  std::set<std::string> seen;
  for (uint64_t seed = 0; seed < 50; ++seed) {
    seen.insert(TextOf(files.Cut(Loss::kReordered, seed), "a"));
    EXPECT_EQ(TextOf(files.Cut(Loss::kReordered, seed), "a"),
              TextOf(files.Cut(Loss::kReordered, seed), "a"));
  }
  EXPECT_EQ(seen, (std::set<std::string>{"old", "new"}));
  files.Sync("a", node);
  EXPECT_EQ(TextOf(files.Cut(Loss::kUnsynced, 1), "a"), "new");
}

TEST(CrashFiles, TearAtSectorsAndReorderWrites) {
  CrashFiles files;
  const auto node = files.Create("a");
  files.Write(*node, 0, AsBytes(std::string(1024, '.')));
  files.Sync("a", node);
  files.Write(*node, 256, AsBytes(std::string(512, '1')));  // in two sectors
  files.Write(*node, 1023, AsBytes("2"));
  std::set<std::string> reordered;
  std::set<std::string> in_order;
  const auto shape = [](const std::string& text) {
    return std::string{text[256], text[511], text[512], text[767], text[1023]};
  };
  for (uint64_t seed = 0; seed < 200; ++seed) {
    reordered.insert(shape(TextOf(files.Cut(Loss::kReordered, seed), "a")));
    in_order.insert(shape(TextOf(files.Cut(Loss::kInOrder, seed), "a")));
  }
  EXPECT_EQ(reordered, (std::set<std::string>{".....", "....2", "..11.", "..112", "11...", "11..2",
                                              "1111.", "11112"}));
  // The second write is never there without the first.
  EXPECT_EQ(in_order, (std::set<std::string>{".....", "..11.", "11...", "1111.", "11112"}));
}

TEST(CrashFiles, ANameThatWasNotSyncedMayBeGoneOrBack) {
  CrashFiles files;
  auto node = files.Create("a");
  files.Write(*node, 0, AsBytes("first"));
  files.Sync("a", node);
  ASSERT_TRUE(files.Delete("a", false));
  EXPECT_FALSE(files.Delete("a", false));
  std::set<std::string> seen;
  for (uint64_t seed = 0; seed < 50; ++seed) {
    seen.insert(TextOf(files.Cut(Loss::kReordered, seed), "a"));
  }
  EXPECT_EQ(seen, (std::set<std::string>{"(none)", "first"}));
  EXPECT_EQ(TextOf(files.Cut(Loss::kUnsynced, 0), "a"), "first");
  EXPECT_EQ(TextOf(files.Cut(Loss::kProcessKilled, 0), "a"), "(none)");
  node = files.Create("a");
  files.Write(*node, 0, AsBytes("second"));
  files.Sync("a", node);
  EXPECT_EQ(TextOf(files.Cut(Loss::kUnsynced, 0), "a"), "second");
  ASSERT_TRUE(files.Delete("a", true));
  EXPECT_EQ(TextOf(files.Cut(Loss::kUnsynced, 0), "a"), "(none)");
}

TEST(CrashFiles, SnapshotsStayWhatTheyWere) {
  CrashFiles files;
  const auto node = files.Create("a");
  files.Write(*node, 0, AsBytes(std::string(9000, 'x')));
  files.Sync("a", node);
  const FileSet before = files.Cut(Loss::kUnsynced, 0);
  files.Write(*node, 5000, AsBytes("y"));
  files.Truncate(*node, 6000);
  EXPECT_EQ(TextOf(before, "a"), std::string(9000, 'x'));
  CrashFiles other;
  other.Load(before);
  const auto loaded = other.Find("a");
  other.Write(*loaded, 0, AsBytes("z"));
  other.Truncate(*loaded, 4097);
  other.Write(*loaded, 4100, AsBytes("z"));
  EXPECT_EQ(TextOf(other.Cut(Loss::kProcessKilled, 0), "a"),
            "z" + std::string(4096, 'x') + std::string(3, '\0') + "z");
  EXPECT_EQ(TextOf(other.Cut(Loss::kUnsynced, 0), "a"), std::string(9000, 'x'));
  EXPECT_EQ(TextOf(before, "a"), std::string(9000, 'x'));
}

class CrashDisks : public testing::Test {
 protected:
  Result<std::unique_ptr<Ledger>> OpenOn(CrashDisk& disk) {
    return OpenLedger(
        {.path = disk.path(), .clock = &clock_, .clock_synchronised = [] { return true; }});
  }
  static Status Add(Ledger& ledger) {
    return ledger.Commit([](Transaction& tx) -> Status {
      RETURN_IF_ERROR(tx.AppendAudit(SampleFact()));
      return Ok();
    });
  }
  static int64_t EntriesOf(Ledger& ledger) {
    const auto report = ledger.Verify();
    EXPECT_OK(report);
    EXPECT_EQ(report->problems, std::vector<std::string>{});
    return report->entries;
  }
  TestClock clock_;
};

TEST_F(CrashDisks, CarryALedgerFromSnapshotToSnapshot) {
  CrashDisk disk;
  auto ledger = OpenOn(disk);
  ASSERT_OK(ledger);
  FillEveryTable(**ledger);
  const auto filled = disk.Cut(Loss::kUnsynced);
  ASSERT_OK(Add(**ledger));
  EXPECT_EQ(EntriesOf(**ledger), 7);
  // Three forks of one moment, each with a life of its own.
  for (int i = 0; i < 3; ++i) {
    CrashDisk fork(filled);
    auto again = OpenOn(fork);
    ASSERT_OK(again);
    EXPECT_EQ(EntriesOf(**again), 6);
    for (int n = 0; n <= i; ++n) ASSERT_OK(Add(**again));
    EXPECT_EQ(EntriesOf(**again), 7 + i);
    EXPECT_EQ((*again)->bench_id(), (*ledger)->bench_id());
  }
  EXPECT_FALSE(std::filesystem::exists(disk.path()));
}

TEST_F(CrashDisks, AreClosedTidilyAndOpenedAgain) {
  CrashDisk disk;
  for (int i = 1; i <= 3; ++i) {
    auto ledger = OpenOn(disk);
    ASSERT_OK(ledger);
    ASSERT_OK(Add(**ledger));
    EXPECT_EQ(EntriesOf(**ledger), i);
  }
  const auto left = disk.Cut(Loss::kProcessKilled);
  EXPECT_EQ(left->size(), 1u);  // the log went with the last connection
  disk.Load(left);
  EXPECT_EQ(EntriesOf(**OpenOn(disk)), 3);
}

TEST_F(CrashDisks, LiveSideBySideInThreads) {
  std::vector<std::thread> threads;
  std::array<int64_t, 4> entries{};
  for (size_t t = 0; t < entries.size(); ++t) {
    threads.emplace_back([&, t] {
      CrashDisk disk;
      auto ledger = OpenOn(disk);
      for (size_t i = 0; ledger && i <= t; ++i) EXPECT_OK(Add(**ledger));
      entries[t] = EntriesOf(**ledger);
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(entries, (std::array<int64_t, 4>{1, 2, 3, 4}));
}

TEST_F(CrashDisks, LockLikeFiles) {
  CrashDisk disk;
  auto ledger = OpenOn(disk);
  ASSERT_OK(ledger);
  RawDatabase first(disk.path());
  RawDatabase second(disk.path());
  second.Exec("PRAGMA busy_timeout = 0");
  ASSERT_EQ(first.Exec("BEGIN IMMEDIATE"), "");
  EXPECT_EQ(second.Exec("BEGIN IMMEDIATE"), "database is locked");
  EXPECT_EQ(second.Query("SELECT count(*) FROM units").at(0), "0");
  ASSERT_EQ(first.Exec("ROLLBACK"), "");
  EXPECT_EQ(second.Exec("BEGIN IMMEDIATE; ROLLBACK"), "");
}

TEST_F(CrashDisks, AreAsLargeAsTold) {
  CrashDisk disk;
  auto ledger = OpenOn(disk);
  ASSERT_OK(ledger);
  disk.SetCapacity(0);
  EXPECT_EQ(ReasonOf(Add(**ledger)), "LEDGER_FULL");
  EXPECT_FALSE((*ledger)->Health().writable);
  EXPECT_EQ(EntriesOf(**ledger), 0);
  disk.Heal();
  ASSERT_OK(Add(**ledger));
  EXPECT_EQ(EntriesOf(**ledger), 1);
}

class FailingDisks : public CrashDisks, public testing::WithParamInterface<bool> {
 protected:
  // Fails from operation `at` of a commit on, or only that one, and checks what is said of it.
  // False when the commit has no such operation.
  bool TryAt(int64_t at, int code, int& refused) {
    const bool only_once = GetParam();
    CrashDisk disk;
    auto ledger = OpenOn(disk);
    EXPECT_OK(ledger);
    EXPECT_OK(Add(**ledger));
    const int64_t first = disk.operations() + at;
    disk.FailFrom(first, code);
    disk.BeforeOperation([&](int64_t operation) {
      if (only_once && operation > first) disk.Heal();
    });
    const Status status = Add(**ledger);
    disk.BeforeOperation({});
    const bool failed = disk.operations() > first;
    disk.Heal();
    const bool settled = status || status.error().metadata().back().second == "not committed";
    for (uint64_t seed = 0; settled && seed < 6; ++seed) {
      constexpr Loss kLosses[] = {Loss::kProcessKilled, Loss::kInOrder, Loss::kReordered};
      CrashDisk after(disk.Cut(kLosses[seed % 3], seed));
      auto again = OpenOn(after);
      EXPECT_OK(again);
      EXPECT_EQ(EntriesOf(**again), status ? 2 : 1) << seed;
    }
    EXPECT_EQ(EntriesOf(**ledger), status ? 2 : 1);
    EXPECT_TRUE(settled || !only_once || code != SQLITE_IOERR_FSYNC);
    if (!status) ++refused;
    return failed;
  }
};

// Whatever is answered must be true, now and after the power went away as well.
TEST_P(FailingDisks, AreAnsweredTruly) {
  int refused = 0;
  for (const int code : {SQLITE_IOERR_WRITE, SQLITE_IOERR_FSYNC, SQLITE_FULL}) {
    int64_t at = 0;
    do {
      SCOPED_TRACE(testing::Message() << "code " << code << " at operation " << at);
      if (!TryAt(at, code, refused)) break;
    } while (++at < 1000);
    EXPECT_GT(at, 10);
    EXPECT_LT(at, 1000);
  }
  EXPECT_GT(refused, 20);
}
INSTANTIATE_TEST_SUITE_P(FromThenOnOrOnce, FailingDisks, testing::Bool());

}  // namespace
}  // namespace firmbench::storage
