// SPDX-License-Identifier: Apache-2.0
// The second copy over a real ledger and a real folder, with a disk that fails when it is told to.

#include "daemon/second_copy.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "daemon/base/hash.h"
#include "storage/audit/canonical_json.h"
#include "tests/support/bench_fixture.h"

namespace firmbench {
namespace {

using test::Must;
using test::ReasonOf;

// Stands still until it is told.
class HandClock final : public Clock {
 public:
  Nanos Monotonic() const override { return now_; }
  int64_t WallMicros() const override { return 1'700'000'000'000'000; }
  void SleepFor(Nanos duration) override { now_ += duration; }

 private:
  Nanos now_{std::chrono::seconds(1)};
};

// The folder on a disk that has its troubles.
class TroubledPlace final : public CopyPlace {
 public:
  explicit TroubledPlace(std::unique_ptr<CopyPlace> real) : real_(std::move(real)) {}
  Result<std::string> Open() override { return real_->Open(); }
  Status Put(const std::string& sha256, ByteView bytes) override {
    if (full) return ResourceExhausted("COPY_FOLDER_FULL", "no room");
    ++puts;
    return real_->Put(sha256, bytes);
  }
  Result<Bytes> ReadBack(const std::string& sha256) override {
    ASSIGN_OR_RETURN(Bytes bytes, real_->ReadBack(sha256));
    if (flips && !bytes.empty()) bytes[bytes.size() / 2] ^= 1;
    return bytes;
  }
  void Discard(const std::string& sha256) override { real_->Discard(sha256); }
  Result<std::string> LastLine() override { return real_->LastLine(); }
  Status Append(const std::string& lines) override { return real_->Append(lines); }
  Status PutCheckpoint(const std::string& text) override { return real_->PutCheckpoint(text); }

  bool full = false;
  bool flips = false;
  int puts = 0;

 private:
  std::unique_ptr<CopyPlace> real_;
};

class SecondCopy : public testing::Test {
 protected:
  SecondCopy() {
    ::mkdir(state().c_str(), 0700);
    ::mkdir(copy().c_str(), 0700);
    ledger_ = Must(storage::OpenLedger({.path = state() + "/ledger.db"}));
    Make();
  }

  std::string state() const { return folder_.Path("state"); }
  std::string copy() const { return folder_.Path("copy"); }
  std::string File(const std::string& sha256) const { return copy() + "/files/" + sha256 + ".bin"; }

  std::unique_ptr<CopyPlace> Folder(bool allow = true) {
    return MakeCopyFolder({copy(), state(), ledger_->bench_id(), allow});
  }

  void Make(bool required = false) {
    auto place = std::make_unique<TroubledPlace>(Folder());
    place_ = place.get();
    keeper_ = std::make_unique<SecondCopyKeeper>(
        SecondCopyOptions{.ledger = *ledger_,
                          .place = std::move(place),
                          .clock = clock_,
                          .required = required,
                          .checkpoint = [this] { return checkpoint_; }});
  }

  // Commits a dump of these bytes and returns their hash.
  std::string Dump(const std::string& text) {
    std::string sha256;
    Must(ledger_->Commit([&](storage::Transaction& tx) -> Status {
      storage::Dump dump;
      dump.id = tx.NewId();
      dump.memory = "eeprom";
      dump.purpose = "backup";
      dump.model = "LTR-48246S";
      dump.size_bytes = static_cast<int64_t>(text.size());
      ASSIGN_OR_RETURN(sha256, tx.PutBlob(AsBytes(text)));
      dump.sha256 = sha256;
      dump.agreeing_reads = 3;
      dump.evidence = "documented";
      dump.created_us = tx.now_us();
      RETURN_IF_ERROR(tx.InsertDump(dump));
      return tx.InsertAttribution({.id = tx.NewId(),
                                   .dump_id = dump.id,
                                   .kind = "unidentified",
                                   .unit_id = "",
                                   .principal = "test",
                                   .reason = "test",
                                   .created_us = tx.now_us()});
    }));
    return sha256;
  }

  static std::string Read(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  }

  std::vector<std::string> Manifest() const {
    std::vector<std::string> lines;
    std::ifstream in(copy() + "/manifest.jsonl");
    for (std::string line; std::getline(in, line);) lines.push_back(line);
    return lines;
  }

  // Lets so much time pass and looks once.
  void After(Nanos time) {
    clock_.SleepFor(time);
    keeper_->Tick();
  }

  std::string Failing() {
    const auto state = keeper_->State();
    return state.failing ? state.failing->reason : "";
  }

  test::TempFolder folder_;
  HandClock clock_;
  std::string checkpoint_;
  std::unique_ptr<storage::Ledger> ledger_;
  TroubledPlace* place_ = nullptr;
  std::unique_ptr<SecondCopyKeeper> keeper_;
};

TEST_F(SecondCopy, HasEveryDumpWithALineThatSaysWhatItIs) {
  const std::string a = Dump("one");
  const std::string b = Dump("two");
  Dump("one");  // the same bytes again: one file, but a dump of its own
  EXPECT_EQ(keeper_->State().pending, (std::set<std::string>{a, b}));
  keeper_->Tick();
  EXPECT_TRUE(keeper_->State().pending.empty());
  EXPECT_EQ(Read(File(a)), "one");
  EXPECT_EQ(Read(File(b)), "two");
  const auto lines = Manifest();
  ASSERT_EQ(lines.size(), 3U);
  const auto line = Must(storage::audit::Json::Parse(lines[0]));
  EXPECT_EQ(line["sha256"].AsString(""), a);
  EXPECT_EQ(line["model"].AsString(""), "LTR-48246S");
  EXPECT_EQ(line["file"].AsString(""), "files/" + a + ".bin");
}

TEST_F(SecondCopy, GoesOnWhereAnEarlierProcessStopped) {
  Dump("one");
  keeper_->Tick();
  Make();
  const std::string b = Dump("two");
  keeper_->Tick();
  EXPECT_EQ(place_->puts, 1);
  ASSERT_EQ(Manifest().size(), 2U);
  EXPECT_EQ(Read(File(b)), "two");
}

TEST_F(SecondCopy, BeginsALineAfterOneThatWasTorn) {
  Dump("one");
  keeper_->Tick();
  std::ofstream(copy() + "/manifest.jsonl", std::ios::app) << "{\"dump\":\"to";
  Dump("two");
  After(SecondCopyKeeper::kPollEvery);
  const auto lines = Manifest();
  ASSERT_EQ(lines.size(), 3U);
  EXPECT_TRUE(storage::audit::Json::Parse(lines[2]));
}

TEST_F(SecondCopy, TriesAFullDiskAgainLessAndLessOften) {
  const std::string a = Dump("one");
  place_->full = true;
  keeper_->Tick();
  EXPECT_EQ(Failing(), "COPY_FOLDER_FULL");
  EXPECT_EQ(keeper_->State().pending, std::set<std::string>{a});
  Nanos wait = keeper_->Tick();
  for (int i = 0; i < 20; ++i) {
    After(wait);
    const Nanos next = keeper_->Tick();
    EXPECT_GE(next, wait);
    wait = next;
  }
  EXPECT_EQ(wait, SecondCopyKeeper::kLongestWait);
  // To be woken helps nothing while it waits.
  keeper_->Wake();
  EXPECT_GT(keeper_->Tick(), Nanos(0));
  place_->full = false;
  After(wait);
  EXPECT_EQ(Failing(), "");
  EXPECT_TRUE(keeper_->State().pending.empty());
  EXPECT_EQ(Read(File(a)), "one");
}

TEST_F(SecondCopy, SeesAFolderVanishAndReturn) {
  Dump("one");
  keeper_->Tick();
  std::filesystem::rename(copy(), copy() + ".away");
  const std::string b = Dump("two");
  After(SecondCopyKeeper::kPollEvery);
  EXPECT_EQ(Failing(), "COPY_FOLDER_MISSING");
  // An empty folder in its place is where its disk was mounted.
  ::mkdir(copy().c_str(), 0700);
  After(SecondCopyKeeper::kLongestWait);
  EXPECT_EQ(Failing(), "COPY_FOLDER_MISSING");
  EXPECT_EQ(keeper_->State().pending, std::set<std::string>{b});
  EXPECT_TRUE(std::filesystem::is_empty(copy()));
  ::rmdir(copy().c_str());
  std::filesystem::rename(copy() + ".away", copy());
  After(SecondCopyKeeper::kLongestWait);
  EXPECT_EQ(Failing(), "");
  EXPECT_TRUE(keeper_->State().pending.empty());
  EXPECT_EQ(Manifest().size(), 2U);
}

TEST_F(SecondCopy, BelievesOnlyWhatIsReadBack) {
  const std::string a = Dump("one");
  place_->flips = true;
  keeper_->Tick();
  EXPECT_EQ(Failing(), "COPY_DIFFERS");
  EXPECT_EQ(keeper_->State().pending, std::set<std::string>{a});
  // Nothing wrong is left under a name that says it is right.
  EXPECT_FALSE(std::filesystem::exists(File(a)));
  EXPECT_TRUE(Manifest().empty());
  place_->flips = false;
  After(SecondCopyKeeper::kLongestWait);
  EXPECT_EQ(Read(File(a)), "one");
}

TEST_F(SecondCopy, ReplacesAFileThatSomebodyChanged) {
  keeper_->Tick();
  const std::string a = Dump("one");
  std::ofstream(File(a)) << "uno";
  After(SecondCopyKeeper::kPollEvery);
  EXPECT_EQ(Failing(), "COPY_DIFFERS");
  After(SecondCopyKeeper::kLongestWait);
  EXPECT_EQ(Read(File(a)), "one");
}

TEST_F(SecondCopy, FollowsNoLinkOutOfItsFolder) {
  keeper_->Tick();
  const std::string a = Dump("one");
  ASSERT_EQ(::symlink("/etc/hostname", File(a).c_str()), 0);
  After(SecondCopyKeeper::kPollEvery);
  EXPECT_EQ(Failing(), "COPY_FAILED");
}

TEST_F(SecondCopy, CopiesAtOnceForAJobThatMayNotWriteWithoutIt) {
  Make(true);
  const std::string a = Dump("one");
  EXPECT_TRUE(keeper_->CopyNow({a}));
  EXPECT_EQ(Read(File(a)), "one");
  EXPECT_TRUE(keeper_->State().pending.empty());
  const std::string b = Dump("two");
  place_->full = true;
  const Status refused = keeper_->CopyNow({b});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().reason(), "COPY_MISSING");
  EXPECT_EQ(keeper_->State().pending, std::set<std::string>{b});
}

TEST_F(SecondCopy, IsNotBesideTheLedgerUnlessThatIsSaid) {
  auto place = Folder(false);
  EXPECT_EQ(ReasonOf(place->Open()), "COPY_SAME_FILESYSTEM");
  EXPECT_TRUE(std::filesystem::is_empty(copy()));
  SecondCopyKeeper keeper({.ledger = *ledger_, .place = Folder(false), .clock = clock_});
  EXPECT_FALSE(keeper.Check());
}

TEST_F(SecondCopy, LeavesTheFolderOfAnotherBenchAlone) {
  keeper_->Tick();
  auto other = MakeCopyFolder({copy(), state(), "01jd9rd3q5e8n2x4z7w0k6m1hb", true});
  EXPECT_EQ(ReasonOf(other->Open()), "COPY_OTHER_BENCH");
}

TEST_F(SecondCopy, StartsWithoutAFolderThatIsNotThere) {
  std::filesystem::remove_all(copy());
  EXPECT_TRUE(keeper_->Check());
  EXPECT_EQ(Failing(), "COPY_FOLDER_MISSING");
}

TEST_F(SecondCopy, CarriesTheNewestCheckpoint) {
  checkpoint_ = "bench\n7\nroot\n";
  keeper_->Tick();
  EXPECT_EQ(Read(copy() + "/checkpoint.txt"), checkpoint_);
  checkpoint_ = "bench\n9\nother\n";
  After(SecondCopyKeeper::kPollEvery);
  EXPECT_EQ(Read(copy() + "/checkpoint.txt"), checkpoint_);
}

TEST_F(SecondCopy, WorksOnAThreadOfItsOwn) {
  const std::string a = Dump("one");
  auto keeper = std::make_unique<SecondCopyKeeper>(
      SecondCopyOptions{.ledger = *ledger_, .place = Folder(), .clock = RealClock()});
  keeper->Start();
  // What was begun is carried through when it ends, or was never begun.
  keeper.reset();
  EXPECT_TRUE(Read(File(a)).empty() || Read(File(a)) == "one");
}

TEST(CopyProblems, AreNoneWhenAllIsCopied) {
  EXPECT_TRUE(jobs::CopyProblems({}).empty());
  const auto problems =
      jobs::CopyProblems({{"aa", "bb"}, inventory::Problem{"COPY_FOLDER_MISSING", "gone", ""}});
  ASSERT_EQ(problems.size(), 2U);
  EXPECT_EQ(problems[0].reason, "COPY_PENDING");
  EXPECT_EQ(problems[0].text, "the second copy lacks the bytes of 2 dumps");
  EXPECT_EQ(problems[1].reason, "COPY_FOLDER_MISSING");
}

}  // namespace
}  // namespace firmbench
