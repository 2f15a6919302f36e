// SPDX-License-Identifier: Apache-2.0
// A ledger on a disk that fails, with the real thing where that can be had: what a commit says is
// true, health says why and how to mend it, reads go on, and it ends by itself.

#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <thread>

#include "storage/sqlite/errors.h"
#include "tests/storage/test_ledger.h"
#include "tests/support/crash_vfs.h"

namespace firmbench::storage {
namespace {

using test::CrashDisk;

Status Add(Ledger& ledger, size_t blob_bytes = 0) {
  return ledger.Commit([&](Transaction& tx) -> Status {
    RETURN_IF_ERROR(tx.AppendAudit(SampleFact()));
    if (blob_bytes == 0) return Ok();
    static uint32_t seed = 0;
    RETURN_IF_ERROR(tx.PutBlob(Noise(blob_bytes, ++seed)));
    return Ok();
  });
}
int64_t EntriesOf(Ledger& ledger) {
  const auto entries = ledger.ListAudit({}, {.size = 1000});
  return entries ? std::ssize(entries->rows) : -1;
}

// For what a process cannot take back. Returns "" or the first thing that was wrong.
std::string InAChild(const std::function<std::string()>& body) {
  int ends[2];
  if (::pipe(ends) != 0) return "no pipe";
  const pid_t child = ::fork();
  if (child == 0) {
    const std::string said = body();
    const ssize_t written = ::write(ends[1], said.data(), said.size());
    ::_exit(written == static_cast<ssize_t>(said.size()) ? 0 : 1);
  }
  ::close(ends[1]);
  std::string said;
  char buffer[512];
  for (ssize_t n = 0; (n = ::read(ends[0], buffer, sizeof(buffer))) > 0;) {
    said.append(buffer, static_cast<size_t>(n));
  }
  ::close(ends[0]);
  int status = -1;
  ::waitpid(child, &status, 0);
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) said += " (the child died)";
  return said;
}

class Health : public LedgerTest {
 protected:
  void SetUp() override {}
  void Pass(Nanos time) { clock_.SleepFor(time); }

  // Commits until the disk is full; then everything that must hold, and again once `free` has made
  // room.
  std::string FillUp(const std::string& where, const std::function<void()>& fill,
                     const std::function<void()>& free) {
    auto opened = OpenLedger({.path = where, .clock = &clock_});
    if (!opened) return "does not open: " + opened.error().ToString();
    Ledger& ledger = **opened;
    int64_t done = 0;
    for (; done < 3; ++done) {
      if (const Status status = Add(ledger); !status) return status.error().ToString();
    }
    fill();
    Status status = Ok();
    while (done < 500 && (status = Add(ledger, 20'000))) ++done;
    if (ReasonOf(status) != "LEDGER_FULL") return "says " + ReasonOf(status);
    const LedgerHealth ill = ledger.Health();
    if (ill.writable || ill.reason != "LEDGER_FULL") return "health says " + ill.reason;
    if (ill.remedy.find("Free space") == std::string::npos) return "remedy " + ill.remedy;
    if (EntriesOf(ledger) != done) return "reads do not go on";
    const auto report = ledger.Verify();
    if (!report || !report->problems.empty()) return "does not verify while full";
    free();
    Pass(Ledger::kProbeEvery);
    if (!ledger.Health().writable) return "does not notice that there is room again";
    if (!Add(ledger, 20'000)) return "takes nothing afterwards";
    opened->reset();
    opened = OpenLedger({.path = where, .clock = &clock_});
    if (!opened) return "does not open again: " + opened.error().ToString();
    if (EntriesOf(**opened) != done + 1) return "has lost something";
    return (*opened)->Verify()->problems.empty() ? "" : "does not verify afterwards";
  }

  // The largest size of a file stands for a disk without room.
  std::string FillUpToALimit() {
    std::signal(SIGXFSZ, SIG_IGN);
    const auto limit = [](rlim_t bytes) {
      rlimit limits{};
      ::getrlimit(RLIMIT_FSIZE, &limits);
      limits.rlim_cur = std::min(bytes, limits.rlim_max);
      ::setrlimit(RLIMIT_FSIZE, &limits);
    };
    return FillUp(
        path(), [&] { limit(600'000); }, [&] { limit(RLIM_INFINITY); });
  }
};

TEST_F(Health, IsGoodUntilSomethingFails) {
  Open();
  const LedgerHealth health = ledger().Health();
  EXPECT_TRUE(health.writable);
  EXPECT_EQ(health.reason + health.text + health.remedy, "");
  // What a change says of itself is no trouble of the disk.
  EXPECT_FALSE(ledger().Commit([](Transaction&) -> Status { return Cancelled("NO", "no"); }));
  EXPECT_TRUE(ledger().Health().writable);
}

TEST_F(Health, OfAFileThatMayNotGrow) {
  EXPECT_EQ(InAChild([&] { return FillUpToALimit(); }), "");
}

// A small file system of its own where the kernel lets a test mount one.
TEST_F(Health, OfAFullFileSystem) {
  EXPECT_EQ(InAChild([&]() -> std::string {
              const std::string disk = folder_.Path("disk");
              std::filesystem::create_directory(disk);
              const bool mounted =
                  (::unshare(CLONE_NEWNS) == 0 || ::unshare(CLONE_NEWUSER | CLONE_NEWNS) == 0) &&
                  ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 &&
                  ::mount("tmpfs", disk.c_str(), "tmpfs", 0, "size=2m") == 0;
              if (!mounted) return FillUpToALimit();
              const std::string ballast = disk + "/ballast";
              return FillUp(
                  disk + "/ledger.db", [&] { std::ofstream(ballast) << std::string(800'000, 'x'); },
                  [&] { std::filesystem::remove(ballast); });
            }),
            "");
}

TEST_F(Health, ALedgerThatMayOnlyBeReadIsRefusedWhenItIsOpened) {
  Open();
  ASSERT_OK(Add(ledger()));
  Close();
  const std::string folder = folder_.Path("");
  EXPECT_EQ(InAChild([&]() -> std::string {
              // Root may write everywhere.
              constexpr uid_t kNobody = 65534;
              for (const auto& name : {folder, path()}) {
                if (::geteuid() == 0 && ::chown(name.c_str(), kNobody, kNobody) != 0)
                  return "chown";
              }
              if (::geteuid() == 0 && (::setgid(kNobody) != 0 || ::setuid(kNobody) != 0)) {
                return "setuid";
              }
              const auto reason = [&](mode_t file, mode_t parent) {
                ::chmod(path().c_str(), file);
                ::chmod(folder.c_str(), parent);
                const auto opened = OpenLedger({.path = path(), .clock = &clock_});
                ::chmod(folder.c_str(), 0700);
                if (!opened && opened.error().remedy().empty()) return std::string("no remedy");
                return ReasonOf(opened);
              };
              return reason(0400, 0700) + " " + reason(0600, 0500) + " " + reason(0600, 0700);
            }),
            "LEDGER_READ_ONLY LEDGER_READ_ONLY OK");
}

TEST_F(Health, OfALedgerThatAnotherProgramKeepsLocked) {
  auto opened =
      OpenLedger({.path = path(), .clock = &clock_, .busy_wait = std::chrono::milliseconds(20)});
  ASSERT_OK(opened);
  Ledger& ledger = **opened;
  ASSERT_OK(Add(ledger));
  RawDatabase other(path());
  ASSERT_EQ(other.Exec("BEGIN EXCLUSIVE"), "");
  EXPECT_EQ(ReasonOf(Add(ledger)), "LEDGER_BUSY");
  const LedgerHealth ill = ledger.Health();
  EXPECT_FALSE(ill.writable);
  EXPECT_EQ(ill.reason, "LEDGER_BUSY");
  EXPECT_NE(ill.remedy.find("sqlite3"), std::string::npos);
  EXPECT_EQ(EntriesOf(ledger), 1);
  ASSERT_EQ(other.Exec("ROLLBACK"), "");
  Pass(Ledger::kProbeEvery);
  EXPECT_TRUE(ledger.Health().writable);
  ASSERT_OK(Add(ledger));
  EXPECT_EQ(EntriesOf(ledger), 2);
}

TEST_F(Health, OfADamagedPageStaysBadUntilTheLedgerIsOpenedAnew) {
  Open();
  ASSERT_OK(Add(ledger()));
  ASSERT_OK(ledger().Commit([](Transaction& tx) -> Status {
    RETURN_IF_ERROR(tx.InsertUnit(SampleUnit(tx)));
    return Ok();
  }));
  Close();
  const long page = std::stol(
      RawDatabase(path()).Query("SELECT rootpage FROM sqlite_schema WHERE name = 'units'").at(0));
  {
    std::fstream file(path(), std::ios::binary | std::ios::in | std::ios::out);
    file.seekp((page - 1) * 4096);
    file << std::string(4096, 'x');
  }
  const auto add_unit = [&] {
    return ledger().Commit([](Transaction& tx) -> Status {
      RETURN_IF_ERROR(tx.InsertUnit(SampleUnit(tx)));
      return Ok();
    });
  };
  const auto expect_ill = [&] {
    const LedgerHealth ill = ledger().Health();
    EXPECT_FALSE(ill.writable);
    EXPECT_EQ(ill.reason, "LEDGER_CORRUPT");
    EXPECT_NE(ill.remedy, "");
  };
  Open();
  EXPECT_EQ(ReasonOf(add_unit()), "LEDGER_CORRUPT");
  expect_ill();
  // What lies on other pages is read and written as before, but that heals nothing.
  EXPECT_EQ(EntriesOf(ledger()), 1);
  ASSERT_OK(Add(ledger()));
  Pass(10 * Ledger::kProbeEvery);
  expect_ill();
  Close();
  Open();
  EXPECT_TRUE(ledger().Health().writable);
  EXPECT_EQ(ReasonOf(ledger().ListUnits({}, {})), "LEDGER_CORRUPT");  // a read shows it as well
  expect_ill();
}

class HealthOnABadDisk : public testing::Test {
 protected:
  void SetUp() override {
    auto opened = OpenLedger({.path = disk_.path(), .clock = &clock_});
    ASSERT_OK(opened);
    ledger_ = std::move(*opened);
    ASSERT_OK(Add(*ledger_));
  }
  CrashDisk disk_;
  TestClock clock_;
  std::unique_ptr<Ledger> ledger_;
};

TEST_F(HealthOnABadDisk, NamesTheKindOfTrouble) {
  const std::pair<int, std::string> kinds[] = {{SQLITE_IOERR_WRITE, "LEDGER_IO"},
                                               {SQLITE_IOERR_FSYNC, "LEDGER_IO"},
                                               {SQLITE_FULL, "LEDGER_FULL"},
                                               {SQLITE_READONLY, "LEDGER_READ_ONLY"}};
  for (const auto& [code, reason] : kinds) {
    disk_.FailFrom(0, code);
    EXPECT_EQ(ReasonOf(Add(*ledger_)), reason);
    const LedgerHealth ill = ledger_->Health();
    EXPECT_FALSE(ill.writable) << reason;
    EXPECT_EQ(ill.reason, reason);
    EXPECT_NE(ill.text, "");
    EXPECT_NE(ill.remedy, "");
    EXPECT_EQ(EntriesOf(*ledger_), 1);
    EXPECT_TRUE(ledger_->Verify()->problems.empty());
    disk_.Heal();
    clock_.SleepFor(Ledger::kProbeEvery);
    EXPECT_TRUE(ledger_->Health().writable) << reason;
  }
}

TEST_F(HealthOnABadDisk, IsProbedOnceInAWhile) {
  disk_.FailFrom(0, SQLITE_FULL);
  EXPECT_FALSE(Add(*ledger_));
  EXPECT_FALSE(ledger_->Health().writable);
  const int64_t after_first = disk_.operations();
  for (int i = 0; i < 100; ++i) EXPECT_FALSE(ledger_->Health().writable);
  EXPECT_EQ(disk_.operations(), after_first);
  clock_.SleepFor(Ledger::kProbeEvery);
  EXPECT_FALSE(ledger_->Health().writable);
  const int64_t after_second = disk_.operations();
  EXPECT_GT(after_second, after_first);
  for (int i = 0; i < 100; ++i) EXPECT_FALSE(ledger_->Health().writable);
  EXPECT_EQ(disk_.operations(), after_second);
  disk_.Heal();
  clock_.SleepFor(Ledger::kProbeEvery);
  EXPECT_TRUE(ledger_->Health().writable);
  EXPECT_TRUE(ledger_->Verify()->problems.empty());
}

TEST_F(HealthOnABadDisk, ACommitThatSucceedsIsProofEnough) {
  disk_.FailFrom(0, SQLITE_FULL);
  EXPECT_FALSE(Add(*ledger_));
  EXPECT_FALSE(ledger_->Health().writable);
  disk_.Heal();
  ASSERT_OK(Add(*ledger_));
  EXPECT_TRUE(ledger_->Health().writable);
}

// The writer is at work on something long: health does not wait for it.
TEST_F(HealthOnABadDisk, IsAnsweredWhileTheWriterIsBusy) {
  disk_.FailFrom(0, SQLITE_FULL);
  EXPECT_FALSE(Add(*ledger_));
  disk_.Heal();
  std::atomic<bool> entered{false};
  std::atomic<bool> leave{false};
  std::thread other([&] {
    EXPECT_OK(ledger_->Commit([&](Transaction& tx) -> Status {
      entered = true;
      while (!leave) std::this_thread::yield();
      RETURN_IF_ERROR(tx.AppendAudit(SampleFact()));
      return Ok();
    }));
  });
  while (!entered) std::this_thread::yield();
  clock_.SleepFor(Ledger::kProbeEvery);
  EXPECT_FALSE(ledger_->Health().writable);
  leave = true;
  other.join();
  EXPECT_TRUE(ledger_->Health().writable);
}

TEST(SqliteErrors, TakeTheKernelsWordForRoomAndReadOnly) {
  const auto reason = [](int code, int system_errno) {
    return sqlite::SqliteError(code, "disk I/O error", system_errno).reason();
  };
  EXPECT_EQ(reason(SQLITE_IOERR_WRITE, EFBIG), "LEDGER_FULL");
  EXPECT_EQ(reason(SQLITE_IOERR_WRITE, EDQUOT), "LEDGER_FULL");
  EXPECT_EQ(reason(SQLITE_IOERR_SHMSIZE, ENOSPC), "LEDGER_FULL");
  EXPECT_EQ(reason(SQLITE_CANTOPEN, EROFS), "LEDGER_READ_ONLY");
  EXPECT_EQ(reason(SQLITE_IOERR_WRITE, EROFS), "LEDGER_READ_ONLY");
  EXPECT_EQ(reason(SQLITE_IOERR_WRITE, EIO), "LEDGER_IO");
  // What is on the disk after a failed sync nobody knows, whatever it failed for.
  EXPECT_EQ(reason(SQLITE_IOERR_FSYNC, ENOSPC), "LEDGER_IO");
  EXPECT_EQ(reason(SQLITE_CORRUPT, ENOSPC), "LEDGER_CORRUPT");
}

}  // namespace
}  // namespace firmbench::storage
