// SPDX-License-Identifier: Apache-2.0
#include "storage/checkpoint_signer.h"

#include "storage/audit/canonical_json.h"
#include "storage/audit/key_file.h"
#include "tests/storage/test_ledger.h"

namespace firmbench::storage {
namespace {

class Signer : public LedgerTest {
 protected:
  void SetUp() override {
    LedgerTest::SetUp();
    std::filesystem::create_directory(state());
    Add();
  }
  std::string state() const { return folder_.Path("state"); }
  CheckpointSigner New() { return {ledger(), state(), clock_}; }
  void Add() {
    ASSERT_OK(ledger().Commit([](Transaction& tx) -> Status {
      RETURN_IF_ERROR(tx.AppendAudit(SampleFact()));
      return Ok();
    }));
  }
  std::vector<std::string> Problems() { return ledger().Verify().value().problems; }
  // What the newest entry of the action says.
  std::string Detail(const char* action, const char* name) {
    const auto entries = ledger().ListAudit({.action = action}, {}).value().rows;
    if (entries.empty()) return "no entry";
    return audit::Json::Parse(entries[0].json).value()["details"][name].AsString("no detail");
  }
  size_t Count(const char* action) {
    return ledger().ListAudit({.action = action}, {}).value().rows.size();
  }
};

TEST_F(Signer, NamesItsKeyInTheLogAndStoresWhatItSigns) {
  CheckpointSigner signer = New();
  const auto checkpoint = signer.Sign();
  ASSERT_OK(checkpoint);
  EXPECT_EQ(checkpoint->tree_size, 2);
  const audit::PublicKey key = signer.Key().value();
  const auto head = audit::OpenCheckpoint(checkpoint->text, key);
  ASSERT_OK(head);
  EXPECT_EQ(head->origin, "firmbench/" + ledger().bench_id());
  EXPECT_EQ(ToHex(head->root), ledger().AuditRoot(2).value());
  EXPECT_EQ(ledger().FindCheckpoint(2).value()->text, checkpoint->text);
  EXPECT_EQ(Detail(kAuditKeyAction, kPublicKeyDetail), ToHex(key));
  EXPECT_EQ(*audit::ReadOwnFile(state() + "/audit.checkpoint", false).value(), checkpoint->text);
  EXPECT_EQ(Problems(), std::vector<std::string>{});
}

TEST_F(Signer, SignsASizeOnce) {
  CheckpointSigner signer = New();
  const std::string text = signer.Sign().value().text;
  clock_.SleepFor(std::chrono::hours(1));
  EXPECT_EQ(signer.Sign().value().text, text);
  EXPECT_EQ(RawDatabase(path()).Query("SELECT count(*) FROM checkpoints").at(0), "1");
  Add();
  EXPECT_EQ(signer.Sign().value().tree_size, 3);
  EXPECT_EQ(ledger().Verify().value().checkpoints, 2);
}

TEST_F(Signer, KeepsItsKeyOverARestart) {
  const audit::PublicKey key = New().Key().value();
  ASSERT_OK(New().Sign());
  EXPECT_EQ(New().Key().value(), key);
  EXPECT_EQ(Count(kAuditKeyAction), 1u);
}

TEST_F(Signer, SaysThatALostKeyWasReplaced) {
  const audit::PublicKey first = New().Key().value();
  ASSERT_OK(New().Sign());
  std::filesystem::remove(state() + "/audit.key");
  CheckpointSigner second = New();
  ASSERT_OK(second.Sign());
  EXPECT_NE(second.Key().value(), first);
  EXPECT_EQ(Count(kAuditKeyAction), 2u);
  EXPECT_EQ(Detail(kAuditKeyAction, "replaces"), ToHex(first));
  EXPECT_EQ(Count(kAuditRollbackAction), 0u);
  const auto report = ledger().Verify().value();
  EXPECT_EQ(report.problems, std::vector<std::string>{});
  EXPECT_EQ(report.notes.size(), 1u);
}

TEST_F(Signer, ThatCannotUseItsKeySignsNothing) {
  ASSERT_OK(audit::WriteOwnFile(state() + "/audit.key", "not a key\n"));
  EXPECT_EQ(ReasonOf(New().Sign()), "AUDIT_KEY_INVALID");
  EXPECT_EQ(Count(kAuditKeyAction), 0u);
}

TEST_F(Signer, NoticesALedgerThatWasPutBack) {
  ASSERT_OK(New().Sign());
  Close();
  std::filesystem::copy_file(path(), folder_.Path("old.db"));
  Open();
  Add();
  Add();
  const auto newest = New().Sign();
  ASSERT_OK(newest);
  Close();
  for (const char* const suffix : {"-wal", "-shm"}) std::filesystem::remove(path() + suffix);
  std::filesystem::rename(folder_.Path("old.db"), path());
  Open();

  ASSERT_OK(New().Sign());
  EXPECT_EQ(Count(kAuditRollbackAction), 1u);
  EXPECT_EQ(Detail(kAuditRollbackAction, kSignedSizeDetail), "4");
  EXPECT_EQ(Detail(kAuditRollbackAction, "entries"), "2");
  EXPECT_EQ(*audit::ReadOwnFile(state() + "/audit.checkpoint.lost", false).value(), newest->text);
  // Said once, and nothing is wrong with the ledger itself.
  ASSERT_OK(New().Sign());
  EXPECT_EQ(Count(kAuditRollbackAction), 1u);
  const auto report = ledger().Verify().value();
  EXPECT_EQ(report.problems, std::vector<std::string>{});
  EXPECT_EQ(report.notes,
            std::vector<std::string>{"entry 2: the ledger was put back: 4 entries had "
                                     "been signed, 2 were there"});
}

TEST_F(Signer, NoticesALedgerThatWentOnFromAnOlderCopy) {
  ASSERT_OK(New().Sign());
  Close();
  std::filesystem::copy_file(path(), folder_.Path("old.db"));
  Open();
  Add();
  ASSERT_OK(New().Sign());
  Close();
  for (const char* const suffix : {"-wal", "-shm"}) std::filesystem::remove(path() + suffix);
  std::filesystem::rename(folder_.Path("old.db"), path());
  Open();
  clock_.SleepFor(std::chrono::hours(1));
  for (int i = 0; i < 5; ++i) Add();
  ASSERT_OK(New().Sign());
  EXPECT_EQ(Count(kAuditRollbackAction), 1u);
}

class Proofs : public Signer {};

TEST_F(Proofs, OfTheStoredTreeHold) {
  for (int i = 0; i < 20; ++i) Add();
  const auto hashes = [](const std::vector<std::string>& texts) {
    std::vector<audit::Hash> all;
    for (const std::string& text : texts) {
      const Bytes bytes = FromHex(text).value();
      std::copy(bytes.begin(), bytes.end(), all.emplace_back().begin());
    }
    return all;
  };
  const int64_t size = ledger().AuditSize().value();
  ASSERT_EQ(size, 21);
  const audit::Hash root = hashes({ledger().AuditRoot(size).value()})[0];
  for (int64_t i = 0; i < size; ++i) {
    const AuditEntry entry = ledger().GetAuditEntry(i).value();
    EXPECT_TRUE(audit::VerifyInclusion(audit::LeafHash(AsBytes(entry.json)), i, size,
                                       hashes(ledger().ProveInclusion(i, size).value()), root));
    EXPECT_TRUE(audit::VerifyConsistency(i, hashes({ledger().AuditRoot(i).value()})[0], size, root,
                                         hashes(ledger().ProveConsistency(i, size).value())));
  }
  EXPECT_EQ(ReasonOf(ledger().AuditRoot(22)), "TREE_RANGE");
  EXPECT_EQ(ReasonOf(ledger().AuditRoot(-1)), "TREE_RANGE");
  EXPECT_EQ(ReasonOf(ledger().ProveInclusion(21, 21)), "TREE_RANGE");
  EXPECT_EQ(ReasonOf(ledger().ProveInclusion(0, 22)), "TREE_RANGE");
  EXPECT_EQ(ReasonOf(ledger().ProveConsistency(5, 22)), "TREE_RANGE");
  EXPECT_EQ(ReasonOf(ledger().ProveConsistency(5, 4)), "TREE_RANGE");
  EXPECT_EQ(ReasonOf(ledger().GetAuditEntry(21)), "AUDIT_ENTRY_NOT_FOUND");
}

TEST_F(Proofs, EntriesAreExportedOldestFirstAndByUnitAndTime) {
  std::string unit_id;
  std::string job_id;
  ASSERT_OK(ledger().Commit([&](Transaction& tx) -> Status {
    Unit unit = SampleUnit(tx);
    Unit merged = SampleUnit(tx);
    ASSIGN_OR_RETURN(merged.number, tx.InsertUnit(merged));
    ASSIGN_OR_RETURN(unit.number, tx.InsertUnit(unit));
    unit_id = unit.id;
    Job job = SampleJob(tx);
    job.unit_id = merged.id;
    job_id = job.id;
    RETURN_IF_ERROR(tx.InsertJob(job));
    merged.merged_into = unit.id;
    RETURN_IF_ERROR(tx.UpdateUnit(merged));
    RETURN_IF_ERROR(tx.AppendAudit(SampleFact("units/" + unit.id)));
    RETURN_IF_ERROR(tx.AppendAudit(SampleFact("jobs/" + job.id)));
    RETURN_IF_ERROR(tx.AppendAudit(SampleFact("units/" + merged.id)));
    return Ok();
  }));
  const int64_t then = clock_.WallMicros();
  clock_.SleepFor(std::chrono::hours(1));
  Add();
  const auto sequences = [&](const AuditFilter& filter, int64_t first, int limit) {
    std::vector<int64_t> all;
    const auto entries = ledger().ExportAudit(filter, first, limit).value();
    for (const auto& entry : entries) all.push_back(entry.sequence);
    return all;
  };
  using Numbers = std::vector<int64_t>;
  EXPECT_EQ(sequences({}, 0, 100), (Numbers{0, 1, 2, 3, 4}));
  EXPECT_EQ(sequences({}, 2, 2), (Numbers{2, 3}));
  EXPECT_EQ(sequences({.unit_id = unit_id}, 0, 100), (Numbers{1, 2, 3}));
  EXPECT_EQ(sequences({.resource = "jobs/" + job_id, .unit_id = unit_id}, 0, 100), (Numbers{2}));
  EXPECT_EQ(sequences({.from_us = then + 1}, 0, 100), (Numbers{4}));
  EXPECT_EQ(sequences({.until_us = then + 1}, 0, 100), (Numbers{0, 1, 2, 3}));
  EXPECT_EQ(sequences({.unit_id = "nobody' OR 1=1 --"}, 0, 100), Numbers{});
  EXPECT_EQ(ledger().ListAudit({.unit_id = unit_id}, {}).value().rows.size(), 3u);
}

}  // namespace
}  // namespace firmbench::storage
