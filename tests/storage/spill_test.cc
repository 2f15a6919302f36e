// SPDX-License-Identifier: Apache-2.0
// The spill file: what the ledger cannot take is kept and comes into it once, whole and in order.

#include "storage/spill.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include <csignal>
#include <fstream>
#include <iterator>

#include "storage/spill_format.h"
#include "storage/spill_recorder.h"
#include "tests/storage/fault_vfs.h"
#include "tests/storage/test_ledger.h"

namespace firmbench::storage {
namespace {

constexpr int64_t kBytes = 256 * 1024;

class SpillTest : public LedgerTest {
 protected:
  void SetUp() override {
    LedgerTest::SetUp();
    std::filesystem::create_directory(spills());
    ASSERT_OK(ledger().Commit([&](Transaction& tx) {
      job_ = SampleJob(tx);
      return tx.InsertJob(job_);
    }));
  }
  // The ledger's files must be closed before the disk goes away.
  void TearDown() override { Close(); }

  std::string spills() const { return folder_.Path("spills"); }
  std::string file() const { return spills() + "/" + job_.id + ".spill"; }
  std::unique_ptr<Spill> Allocate(int64_t bytes = kBytes) {
    auto spill = Spill::Allocate(spills(), job_.id, bytes, ledger(), clock_);
    EXPECT_OK(spill);
    return spill ? std::move(*spill) : nullptr;
  }
  void LedgerIsFull(bool full) { disk_.write_code = full ? SQLITE_FULL : SQLITE_OK; }

  // A change of a job: an audit entry and an event that both carry `number`.
  Status Note(Spill& spill, int number) {
    return spill.Commit([&](Transaction& tx) -> Status {
      RETURN_IF_ERROR(tx.AppendEvent({.job_id = job_.id,
                                      .type = "message",
                                      .state = "WRITING",
                                      .detail_json = std::to_string(number),
                                      .time_us = tx.now_us()}));
      RETURN_IF_ERROR(tx.AppendAudit(SampleFact("notes/" + std::to_string(number))));
      return Ok();
    });
  }
  // The numbers, as the events and as the audit log have them; they must not differ.
  std::vector<int> Notes() {
    std::vector<int> notes;
    const auto events = ledger().ListEvents(job_.id, 0, 1000);
    EXPECT_OK(events);
    for (const auto& event : *events) notes.push_back(std::stoi(event.detail_json));
    std::vector<int> audited;
    const auto entries = ledger().ListAudit({}, {.size = 1000});
    EXPECT_OK(entries);
    for (auto entry = entries->rows.rbegin(); entry != entries->rows.rend(); ++entry) {
      if (entry->resource.starts_with("notes/")) {
        audited.push_back(std::stoi(entry->resource.substr(6)));
      }
    }
    EXPECT_EQ(notes, audited);
    return notes;
  }
  std::vector<std::string> Problems() { return ledger().Verify()->problems; }
  // What a restart of the daemon does.
  std::string Restart() {
    Close();
    Open();
    const auto taken = TakeInSpills(ledger(), spills());
    return taken ? std::to_string(*taken) : taken.error().reason();
  }
  std::vector<std::string> Files() const {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(spills())) {
      names.push_back(entry.path().filename().string());
    }
    return names;
  }
  Bytes Content() const {
    std::ifstream in(file(), std::ios::binary);
    return Bytes(std::istreambuf_iterator<char>(in), {});
  }
  void WriteContent(ByteView bytes) const {
    std::ofstream out(file(), std::ios::binary | std::ios::trunc);
    out << AsText(bytes);
  }

  FaultVfs disk_;
  Job job_;
};

using Numbers = std::vector<int>;

TEST_F(SpillTest, IsAllocatedBeforeItIsNeededAndGoneAfterwards) {
  auto spill = Allocate();
  EXPECT_EQ(std::filesystem::file_size(file()), static_cast<uintmax_t>(kBytes));
  struct stat info {};
  ASSERT_EQ(::stat(file().c_str(), &info), 0);
  EXPECT_GE(info.st_blocks * 512, kBytes);
  EXPECT_EQ(info.st_mode & 0777, 0600u);
  ASSERT_OK(Note(*spill, 1));
  EXPECT_FALSE(spill->spilled());
  ASSERT_OK(spill->Close());
  EXPECT_TRUE(Files().empty());
  EXPECT_EQ(Notes(), Numbers{1});
  EXPECT_TRUE(Problems().empty());
}

TEST_F(SpillTest, KeepsWhatTheLedgerCannotTakeAndTakesItInAtTheNextStart) {
  auto spill = Allocate();
  ASSERT_OK(Note(*spill, 1));
  LedgerIsFull(true);
  ASSERT_OK(Note(*spill, 2));
  clock_.Set(clock_.WallMicros() + 1'000'000);
  ASSERT_OK(Note(*spill, 3));
  EXPECT_TRUE(spill->spilled());
  EXPECT_EQ(Notes(), Numbers{1});
  ASSERT_OK(spill->Close());
  spill.reset();
  clock_.Set(clock_.WallMicros() + 60'000'000);
  LedgerIsFull(false);
  EXPECT_EQ(Restart(), "2");
  EXPECT_EQ(Notes(), (Numbers{1, 2, 3}));
  EXPECT_TRUE(Files().empty());
  EXPECT_EQ(Problems(), std::vector<std::string>{});
  EXPECT_EQ(Restart(), "0");
  // When it happened is in the entry, beside the time of taking in.
  const AuditEntry last = ledger().ListAudit({}, {.size = 1})->rows.at(0);
  EXPECT_NE(last.json.find("\"spilled\":\"2027-01-15T08:00:01.000000Z\""), std::string::npos)
      << last.json;
}

// Rows of the tables beside units, dumps and images.
Status SayAllOf(Transaction& tx, const Unit& unit, const Dump& dump, const Image& image) {
  const UnitEvidence evidence{
      .id = tx.NewId(), .unit_id = unit.id, .kind = "vpd_serial", .value = "S-1"};
  RETURN_IF_ERROR(tx.InsertEvidence(evidence));
  RETURN_IF_ERROR(tx.InsertEvidenceMove(
      {.id = tx.NewId(), .evidence_id = evidence.id, .unit_id = unit.id, .reason = "its own"}));
  RETURN_IF_ERROR(tx.InsertUnitEvent(
      {.id = tx.NewId(), .unit_id = unit.id, .kind = "note", .text = "seen in a spill"}));
  RETURN_IF_ERROR(
      tx.InsertDumpFile({.id = tx.NewId(), .dump_id = dump.id, .file_name = "old.bin"}));
  RETURN_IF_ERROR(tx.InsertDumpProof(
      {.id = tx.NewId(), .dump_id = dump.id, .kind = "written_back", .job_id = dump.job_id}));
  RETURN_IF_ERROR(tx.InsertImageMark(
      {.id = tx.NewId(), .image_id = image.id, .kind = "known_bad", .text = "eats discs"}));
  RETURN_IF_ERROR(tx.InsertArchiving(
      {.id = tx.NewId(), .subject_kind = "image", .subject_id = image.id, .archived = true}));
  return tx.InsertCopy({.id = tx.NewId(), .sha256 = dump.sha256, .place = "second"});
}

TEST_F(SpillTest, EveryKindOfRowAndBlobComesIntoTheLedger) {
  auto spill = Allocate();
  const Bytes readback = Noise(100'000, 7);
  Job job = job_;
  std::string dump_id;
  Quarantine lifted;
  Unit unit;
  ASSERT_OK(ledger().Commit([&](Transaction& tx) -> Status {
    lifted = {.id = tx.NewId(), .subject_kind = "drive", .subject_id = "drive1", .reason = "OLD"};
    unit = SampleUnit(tx);
    RETURN_IF_ERROR(tx.InsertUnit(unit));
    return tx.InsertQuarantine(lifted);
  }));
  LedgerIsFull(true);
  ASSERT_OK(spill->Commit([&](Transaction& tx) -> Status {
    ASSIGN_OR_RETURN(const std::string sha256, tx.PutBlob(readback));
    EXPECT_EQ(sha256, Sha256Hex(readback));
    Dump dump = SampleDump(tx, sha256, readback.size());
    dump_id = dump.id;
    dump.job_id = job.id;
    dump.purpose = "readback";
    dump.revision = std::string("odd \0 \xFF bytes", 13);
    RETURN_IF_ERROR(tx.InsertDump(dump));
    RETURN_IF_ERROR(tx.InsertAttribution({.id = tx.NewId(),
                                          .dump_id = dump.id,
                                          .kind = "unidentified",
                                          .principal = "user/anna",
                                          .created_us = tx.now_us()}));
    const Image image = SampleImage(tx, sha256, readback.size());
    RETURN_IF_ERROR(tx.InsertImage(image));
    RETURN_IF_ERROR(SayAllOf(tx, unit, dump, image));
    RETURN_IF_ERROR(tx.PutStep({.job_id = job.id, .name = "write", .outcome = "UNKNOWN"}));
    RETURN_IF_ERROR(tx.PutStep({.job_id = job.id, .name = "write", .outcome = "UNCHANGED"}));
    RETURN_IF_ERROR(tx.LiftQuarantine(lifted.id, "user/bert", "looked at it"));
    Job recovery = SampleJob(tx);
    recovery.recovers = job.id;
    RETURN_IF_ERROR(tx.InsertJob(recovery));
    Claim claim = SampleClaim(tx);
    RETURN_IF_ERROR(tx.InsertClaim(claim));
    claim.released_us = tx.now_us();
    RETURN_IF_ERROR(tx.UpdateClaim(claim));
    RETURN_IF_ERROR(tx.InsertQuarantine({.id = tx.NewId(),
                                         .subject_kind = "bridge",
                                         .subject_id = "b",
                                         .reason = "READS_DISAGREE",
                                         .job_id = job.id}));
    job.state = "CLOSED";
    job.result = "FAILED";
    job.ended_us = tx.now_us();
    return tx.UpdateJob(job);
  }));
  spill.reset();
  LedgerIsFull(false);
  EXPECT_EQ(Restart(), "1");
  EXPECT_EQ(Problems(), std::vector<std::string>{});
  const auto dump = ledger().GetDump(dump_id);
  ASSERT_OK(dump);
  EXPECT_EQ(dump->revision, std::string("odd \0 \xFF bytes", 13));
  EXPECT_TRUE(dump->simulated);
  EXPECT_EQ(dump->attribution, "unidentified");
  EXPECT_EQ(*ledger().ReadBlob(dump->sha256), readback);
  EXPECT_EQ(ledger().ListSteps(job.id)->at(0).outcome, "UNCHANGED");
  EXPECT_EQ(ledger().GetJob(job.id)->result, "FAILED");
  EXPECT_EQ(ledger().ListJobs({.recovers = job.id}, {})->rows.size(), 1u);
  const auto images = ledger().ListImages({.archived_too = true}, {});
  ASSERT_EQ(images->rows.size(), 1u);
  EXPECT_TRUE(images->rows[0].known_bad && images->rows[0].archived);
  EXPECT_EQ(ledger().ListUnitEvents(unit.id)->at(0).text, "seen in a spill");
  EXPECT_EQ(dump->file_name, "old.bin");
  EXPECT_EQ(ledger().ListDumpProofs(dump_id)->at(0).kind, "written_back");
  EXPECT_EQ(ledger().ListEvidence(unit.id)->size(), 1u);
  EXPECT_TRUE(ledger().ListUncopied("second", 10)->empty());
  EXPECT_TRUE(ledger().ListClaims("", true)->empty());
  EXPECT_EQ(ledger().ListClaims("", false)->size(), 1u);
  ASSERT_EQ(ledger().ListQuarantines(true)->size(), 1u);
  EXPECT_EQ(ledger().ListQuarantines(true)->at(0).subject_kind, "bridge");
}

// A spill file lies about until somebody looks at it.
TEST_F(SpillTest, NamesOfPeopleAreNotWrittenIntoIt) {
  ChangeRecorder recorder(clock_, NewId(clock_));
  const Bytes before = recorder.payload();
  EXPECT_EQ(ReasonOf(recorder.InsertCustomer({.id = recorder.NewId(), .customer = "Mrs Miller"})),
            "SPILL_REFUSED");
  EXPECT_EQ(ReasonOf(recorder.EraseCustomerData("somebody")), "SPILL_REFUSED");
  EXPECT_EQ(ReasonOf(recorder.InsertCheckpoint({.tree_size = 1})), "SPILL_REFUSED");
  EXPECT_EQ(recorder.payload(), before);
}

TEST_F(SpillTest, ALedgerThatWorksAgainGetsEverythingInOrder) {
  auto spill = Allocate();
  LedgerIsFull(true);
  ASSERT_OK(Note(*spill, 1));
  ASSERT_OK(Note(*spill, 2));
  LedgerIsFull(false);
  ASSERT_OK(Note(*spill, 3));
  EXPECT_FALSE(spill->spilled());
  EXPECT_EQ(Notes(), (Numbers{1, 2, 3}));
  LedgerIsFull(true);
  ASSERT_OK(Note(*spill, 4));
  LedgerIsFull(false);
  // A process that dies here finds all four in the file or the ledger, each once.
  spill.reset();
  EXPECT_EQ(Restart(), "1");
  EXPECT_EQ(Notes(), (Numbers{1, 2, 3, 4}));
  EXPECT_TRUE(Files().empty());
  EXPECT_EQ(Problems(), std::vector<std::string>{});
}

TEST_F(SpillTest, CloseTakesInWhatWaits) {
  auto spill = Allocate();
  LedgerIsFull(true);
  ASSERT_OK(Note(*spill, 1));
  ASSERT_OK(spill->Close());
  EXPECT_TRUE(spill->spilled());
  EXPECT_EQ(Files().size(), 1u);
  LedgerIsFull(false);
  ASSERT_OK(spill->Close());
  EXPECT_FALSE(spill->spilled());
  EXPECT_TRUE(Files().empty());
  EXPECT_EQ(Notes(), Numbers{1});
}

TEST_F(SpillTest, ACrashBetweenTakingInAndRemovingTakesNothingTwice) {
  auto spill = Allocate();
  LedgerIsFull(true);
  for (int i = 1; i <= 3; ++i) ASSERT_OK(Note(*spill, i));
  spill.reset();
  LedgerIsFull(false);
  const Bytes content = Content();
  EXPECT_EQ(Restart(), "3");
  WriteContent(content);
  EXPECT_EQ(Restart(), "0");
  EXPECT_EQ(Notes(), (Numbers{1, 2, 3}));
  EXPECT_TRUE(Files().empty());
}

// The sync of the commit fails and cannot be settled, the change is spilled, and after the restart
// the commit turns out to have reached the disk.
TEST_F(SpillTest, ACommitThatHappenedAfterAllIsNotTakenInAgain) {
  auto spill = Allocate();
  disk_.sync_code = SQLITE_IOERR_FSYNC;
  disk_.syncs_to_fail = -1;
  disk_.dies_with_sync = true;
  ASSERT_OK(Note(*spill, 1));
  EXPECT_TRUE(spill->spilled());
  // The files as they are on the disk now: the failed transaction is in the log.
  const std::string copy = folder_.Path("copy.db");
  for (const char* const suffix : {"", "-wal"}) {
    std::filesystem::copy_file(path() + suffix, copy + suffix);
  }
  disk_.syncs_to_fail = 0;
  disk_.write_code = SQLITE_OK;
  spill.reset();
  Close();
  for (const char* const suffix : {"", "-wal"}) {
    std::filesystem::copy_file(copy + suffix, path() + suffix,
                               std::filesystem::copy_options::overwrite_existing);
  }
  EXPECT_EQ(Restart(), "0");
  EXPECT_EQ(Notes(), Numbers{1});
  EXPECT_TRUE(Files().empty());
}

TEST_F(SpillTest, WhatAChangeSaysOfItselfIsItsAnswer) {
  auto spill = Allocate();
  const auto refuse = [](Transaction&) -> Status { return Cancelled("NO", "no"); };
  EXPECT_EQ(ReasonOf(spill->Commit(refuse)), "NO");
  const auto constraint = [&](Transaction& tx) -> Status {
    Job job = SampleJob(tx);
    job.state = "THINKING";
    return tx.InsertJob(job);
  };
  EXPECT_EQ(ReasonOf(spill->Commit(constraint)), "LEDGER_CONSTRAINT");
  LedgerIsFull(true);
  EXPECT_EQ(ReasonOf(spill->Commit(refuse)), "NO");
  const auto unit = [](Transaction& tx) -> Status {
    RETURN_IF_ERROR(tx.InsertUnit(SampleUnit(tx)));
    return Ok();
  };
  EXPECT_EQ(ReasonOf(spill->Commit(unit)), "SPILL_REFUSED");
  EXPECT_FALSE(spill->spilled());
}

TEST_F(SpillTest, IsBounded) {
  auto spill = Allocate(1);
  EXPECT_EQ(std::filesystem::file_size(file()), static_cast<uintmax_t>(Spill::kMinBytes));
  LedgerIsFull(true);
  int noted = 0;
  Status status = Ok();
  while ((status = Note(*spill, noted + 1))) ++noted;
  EXPECT_EQ(ReasonOf(status), "SPILL_FULL");
  EXPECT_EQ(status.error().metadata().back(),
            std::pair(std::string("ledger"), std::string("LEDGER_FULL")));
  EXPECT_GT(noted, 50);
  EXPECT_EQ(std::filesystem::file_size(file()), static_cast<uintmax_t>(Spill::kMinBytes));
  const Bytes blob = Noise(Spill::kMinBytes);
  EXPECT_EQ(ReasonOf(spill->Commit([&](Transaction& tx) -> Status {
              RETURN_IF_ERROR(tx.PutBlob(blob));
              return Ok();
            })),
            "SPILL_FULL");
  spill.reset();
  LedgerIsFull(false);
  EXPECT_EQ(Restart(), std::to_string(noted));
  EXPECT_EQ(Problems(), std::vector<std::string>{});
}

TEST_F(SpillTest, SaysWhyItCannotBeMade) {
  const auto reason = [&](const std::string& folder, const std::string& job, int64_t bytes) {
    return ReasonOf(Spill::Allocate(folder, job, bytes, ledger(), clock_));
  };
  EXPECT_EQ(reason(folder_.Path("nowhere"), job_.id, kBytes), "SPILL_FAILED");
  EXPECT_EQ(reason(spills(), "../" + job_.id, kBytes), "SPILL_FAILED");
  EXPECT_EQ(reason(spills(), job_.id, Spill::kMaxBytes + 1), "SPILL_FAILED");
  const auto first = Allocate();
  EXPECT_EQ(reason(spills(), job_.id, kBytes), "SPILL_FAILED");
}

// A limit on the size of files stands for a disk without space; in a process of its own, as it
// cannot be taken back.
TEST_F(SpillTest, NoSpaceIsSaidBeforeTheFirstWriteAndLeavesNoFile) {
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    std::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{.rlim_cur = 100'000, .rlim_max = 100'000};
    if (::setrlimit(RLIMIT_FSIZE, &limit) != 0) ::_exit(2);
    const auto spill = Spill::Allocate(spills(), job_.id, kBytes, ledger(), clock_);
    ::_exit(ReasonOf(spill) == "SPILL_NO_SPACE" ? 0 : 1);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << status;
  EXPECT_TRUE(Files().empty());
}

// Every length that the file can have after a power cut. A record is there or not; what was synced
// before is never lost.
TEST_F(SpillTest, CutOffAtEveryByteItKeepsEveryWholeRecord) {
  auto spill = Allocate();
  LedgerIsFull(true);
  for (int i = 1; i <= 3; ++i) ASSERT_OK(Note(*spill, i));
  spill.reset();
  LedgerIsFull(false);
  Bytes content = Content();
  // Header, records and where each ends; behind the last one are zeros.
  std::vector<size_t> ends;
  size_t at = 512;
  for (int i = 0; i < 3; ++i) {
    const size_t length = LoadBe32(content.data() + at + 8);
    ends.push_back(at + 44 + length);
    at += (44 + length + 511) / 512 * 512;
  }
  ASSERT_TRUE(AllBytesAre(ByteView(content).subspan(at), 0));
  for (size_t cut = 0; cut <= at + 512; ++cut) {
    const auto parsed = ParseSpill(ByteView(content).first(cut));
    ASSERT_TRUE(parsed.has_value()) << cut;
    size_t whole = 0;
    while (whole < ends.size() && ends[whole] <= cut) ++whole;
    ASSERT_EQ(parsed->payloads.size(), whole) << cut;
    ASSERT_FALSE(parsed->damaged) << cut;
    // The allocated size stays, the rest reads as zeros.
    Bytes zeroed(content.size());
    std::copy_n(content.begin(), cut, zeroed.begin());
    const auto torn = ParseSpill(zeroed);
    ASSERT_TRUE(torn.has_value()) << cut;
    ASSERT_GE(torn->payloads.size(), whole) << cut;
    ASSERT_FALSE(torn->damaged) << cut;
  }
  for (const size_t cut : {size_t{0}, size_t{3}, ends[0] - 1, ends[0], ends[2]}) {
    WriteContent(ByteView(content).first(cut));
    EXPECT_NE(Restart(), "SPILL_FAILED") << cut;
    EXPECT_TRUE(Files().empty()) << cut;
  }
  EXPECT_EQ(Notes(), (Numbers{1, 2, 3}));
  EXPECT_EQ(Problems(), std::vector<std::string>{});
}

TEST_F(SpillTest, DamageInTheMiddleIsSaidAndTheFileKept) {
  auto spill = Allocate();
  LedgerIsFull(true);
  for (int i = 1; i <= 3; ++i) ASSERT_OK(Note(*spill, i));
  spill.reset();
  LedgerIsFull(false);
  Bytes content = Content();
  const size_t second = 512 + (44 + LoadBe32(content.data() + 512 + 8) + 511) / 512 * 512;
  content[second + 100] ^= 0x40;
  WriteContent(content);
  EXPECT_EQ(Restart(), "1");
  EXPECT_EQ(Notes(), Numbers{1});
  ASSERT_EQ(Files().size(), 1u);
  EXPECT_NE(Files()[0].find(".spill.set_aside."), std::string::npos);
  const auto entry = ledger().ListAudit({.action = "spill.set_aside"}, {});
  ASSERT_EQ(entry->rows.size(), 1u);
  EXPECT_EQ(entry->rows[0].outcome, "SPILL_DAMAGED");
  EXPECT_EQ(entry->rows[0].resource, "jobs/" + job_.id);
  EXPECT_EQ(Restart(), "0");
  EXPECT_EQ(Files().size(), 1u);
}

TEST_F(SpillTest, WhatIsNoSpillOfThisLedgerIsSetAside) {
  const auto outcome = [&] {
    EXPECT_EQ(Restart(), "0");
    return ledger().ListAudit({.action = "spill.set_aside"}, {})->rows.at(0).outcome;
  };
  WriteContent(AsBytes("a letter to the landlord"));
  EXPECT_EQ(outcome(), "SPILL_DAMAGED");
  WriteContent(PackHeader("another bench", job_.id));
  EXPECT_EQ(outcome(), "SPILL_FOREIGN");
  std::filesystem::create_symlink("/dev/zero", file());
  EXPECT_EQ(outcome(), "SPILL_DAMAGED");
  std::filesystem::create_directory(file());
  EXPECT_EQ(outcome(), "SPILL_DAMAGED");
  WriteContent({});
  std::filesystem::resize_file(file(), Spill::kMaxBytes + 1);
  EXPECT_EQ(outcome(), "SPILL_DAMAGED");
  EXPECT_EQ(Files().size(), 5u);
  EXPECT_EQ(ReasonOf(TakeInSpills(ledger(), folder_.Path("nowhere"))), "OK");
  EXPECT_EQ(ReasonOf(TakeInSpills(ledger(), path())), "SPILL_FAILED");
}

TEST_F(SpillTest, ARecordThatTheLedgerRefusesDoesNotHoldUpTheOthers) {
  auto spill = Allocate();
  LedgerIsFull(true);
  ASSERT_OK(Note(*spill, 1));
  ASSERT_OK(spill->Commit([&](Transaction& tx) -> Status {
    Job job = SampleJob(tx);
    job.state = "THINKING";
    return tx.InsertJob(job);
  }));
  ASSERT_OK(Note(*spill, 2));
  LedgerIsFull(false);
  ASSERT_OK(spill->Close());
  EXPECT_FALSE(spill->spilled());
  EXPECT_EQ(Notes(), (Numbers{1, 2}));
  ASSERT_EQ(Files().size(), 1u);
  spill.reset();
  EXPECT_EQ(Restart(), "0");
  EXPECT_NE(Files().at(0).find(".set_aside."), std::string::npos);
  EXPECT_EQ(ledger().ListAudit({.action = "spill.set_aside"}, {})->rows.at(0).outcome,
            "LEDGER_CONSTRAINT");
}

TEST_F(SpillTest, ALedgerThatStillFailsLeavesTheFileForAnotherTry) {
  auto spill = Allocate();
  LedgerIsFull(true);
  ASSERT_OK(Note(*spill, 1));
  spill.reset();
  EXPECT_EQ(ReasonOf(TakeInSpills(ledger(), spills())), "LEDGER_FULL");
  EXPECT_EQ(Files().size(), 1u);
  LedgerIsFull(false);
  EXPECT_EQ(ReasonOf(TakeInSpills(ledger(), spills())), "OK");
  EXPECT_EQ(Notes(), Numbers{1});
}

// A payload from a disk: every change of one byte and every length is refused or harmless.
TEST_F(SpillTest, APayloadThatWasTamperedWithIsRefusedInWords) {
  ChangeRecorder recorder(clock_, NewId(clock_));
  ASSERT_OK(recorder.PutStep({.job_id = job_.id, .name = "write", .outcome = "UNKNOWN"}));
  ASSERT_OK(recorder.AppendAudit(SampleFact()));
  const Bytes payload = recorder.payload();
  ChangeRecorder again(clock_, NewId(clock_));
  bool taken = false;
  for (size_t length = 0; length < payload.size(); ++length) {
    const Status status = ledger().Commit([&](Transaction& tx) -> Status {
      RETURN_IF_ERROR(ReplayChange(ByteView(payload).first(length), job_.id, tx, taken));
      return Cancelled("UNDONE", "only tried");
    });
    EXPECT_TRUE(ReasonOf(status) == "SPILL_DAMAGED" || ReasonOf(status) == "UNDONE") << length;
  }
  for (size_t at = 0; at < payload.size(); ++at) {
    Bytes changed = payload;
    changed[at] ^= 0x81;
    const Status status = ledger().Commit([&](Transaction& tx) -> Status {
      RETURN_IF_ERROR(ReplayChange(changed, job_.id, tx, taken));
      return Cancelled("UNDONE", "only tried");
    });
    EXPECT_FALSE(status.has_value()) << at;
  }
  EXPECT_TRUE(Problems().empty());
}

}  // namespace
}  // namespace firmbench::storage
