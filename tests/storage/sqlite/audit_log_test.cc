// SPDX-License-Identifier: Apache-2.0
#include "storage/sqlite/audit_log.h"

#include "storage/audit/canonical_json.h"
#include "tests/storage/test_ledger.h"

namespace firmbench::storage {
namespace {

class AuditLog : public LedgerTest {
 protected:
  int64_t Append(const AuditFact& fact) {
    int64_t sequence = -1;
    EXPECT_OK(ledger().Commit([&](Transaction& tx) -> Status {
      ASSIGN_OR_RETURN(sequence, tx.AppendAudit(fact));
      return Ok();
    }));
    return sequence;
  }
  std::vector<AuditEntry> All() { return ledger().ListAudit({}, {.size = 1000})->rows; }
};

TEST_F(AuditLog, AnEntryIsCanonicalJsonAndSaysEverything) {
  EXPECT_EQ(Append(SampleFact("jobs/7")), 0);
  const AuditEntry entry = All().at(0);
  EXPECT_EQ(entry.json,
            "{\"action\":\"job.create\",\"bench\":\"" + ledger().bench_id() +
                "\",\"clock\":\"synchronised\",\"details\":{\"drive\":\"drives/1\",\"kind\":"
                "\"backup\"},\"outcome\":\"ok\",\"principal\":\"user/anna\",\"resource\":"
                "\"jobs/7\",\"sequence\":0,\"time\":\"2027-01-15T08:00:00.000000Z\"}");
  const Bytes leaf = [&] {
    Bytes bytes{0};
    bytes.insert(bytes.end(), entry.json.begin(), entry.json.end());
    return bytes;
  }();
  EXPECT_EQ(entry.leaf_hash, Sha256Hex(leaf));
  EXPECT_EQ(entry.principal, "user/anna");
  EXPECT_EQ(entry.action, "job.create");
  EXPECT_EQ(entry.resource, "jobs/7");
  EXPECT_EQ(entry.outcome, "ok");
  EXPECT_EQ(entry.time_us, clock_.WallMicros());
}

TEST_F(AuditLog, SaysWhenTheClockIsNotSynchronised) {
  synchronised_ = false;
  Append(SampleFact());
  const auto json = audit::Json::Parse(All().at(0).json);
  ASSERT_OK(json);
  EXPECT_EQ(json->GetString("clock").value(), "not synchronised");
}

TEST_F(AuditLog, AClockThatJumpsBackIsAnEntryOfItsOwn) {
  Append(SampleFact());
  clock_.Set(clock_.WallMicros() - 3'000'000);
  EXPECT_EQ(Append(SampleFact("jobs/2")), 2);
  EXPECT_EQ(Append(SampleFact("jobs/3")), 3);  // no further jump
  const auto jumps = ledger().ListAudit({.action = "clock.jump"}, {});
  ASSERT_OK(jumps);
  ASSERT_EQ(jumps->rows.size(), 1u);
  const auto json = audit::Json::Parse(jumps->rows[0].json);
  ASSERT_OK(json);
  EXPECT_EQ((*json)["details"].GetString("previous").value(), "2027-01-15T08:00:00.000000Z");
  EXPECT_EQ((*json)["details"].GetString("now").value(), "2027-01-15T07:59:57.000000Z");
  EXPECT_TRUE(ledger().Verify()->problems.empty());
}

TEST_F(AuditLog, IsFilteredAndPagedNewestFirst) {
  for (int i = 0; i < 5; ++i) Append(SampleFact("jobs/" + std::to_string(i % 2)));
  const auto page = ledger().ListAudit({.resource = "jobs/0"}, {.size = 2});
  ASSERT_OK(page);
  ASSERT_EQ(page->rows.size(), 2u);
  EXPECT_EQ(page->rows[0].sequence, 4);
  EXPECT_EQ(page->rows[1].sequence, 2);
  const auto rest = ledger().ListAudit({.resource = "jobs/0"}, {.size = 2, .after = page->next});
  ASSERT_OK(rest);
  ASSERT_EQ(rest->rows.size(), 1u);
  EXPECT_EQ(rest->rows[0].sequence, 0);
  EXPECT_EQ(rest->next, "");
  EXPECT_EQ(ledger().ListAudit({.principal = "user/bob"}, {})->rows.size(), 0u);
  for (const char* bad : {"x", "1x", "-1", " 1", "99999999999999999999"}) {
    EXPECT_EQ(ReasonOf(ledger().ListAudit({}, {.after = bad})), "PAGE_TOKEN_INVALID") << bad;
  }
}

TEST_F(AuditLog, StoredNodesGiveTheRootAndTheProofs) {
  for (int i = 0; i < 37; ++i) Append(SampleFact("jobs/" + std::to_string(i)));
  const auto report = ledger().Verify();
  ASSERT_OK(report);
  EXPECT_EQ(report->entries, 37);
  auto database = sqlite::Database::Open({.path = path()});
  ASSERT_OK(database);
  const audit::NodeReader nodes = sqlite::StoredNodes(**database);
  const auto root = audit::Root(37, nodes);
  ASSERT_OK(root);
  EXPECT_EQ(ToHex(*root), report->root_hash);
  const AuditEntry entry = ledger().ListAudit({.resource = "jobs/11"}, {})->rows.at(0);
  EXPECT_TRUE(audit::VerifyInclusion(audit::LeafHash(AsBytes(entry.json)), 11, 37,
                                     audit::InclusionProof(11, 37, nodes).value(), *root));
  EXPECT_TRUE(audit::VerifyConsistency(20, audit::Root(20, nodes).value(), 37, *root,
                                       audit::ConsistencyProof(20, 37, nodes).value()));
}

TEST_F(AuditLog, TextsThatAreNotUtf8AreTheSameInEntryAndColumns) {
  AuditFact fact = SampleFact("images/\xFF");
  fact.details.emplace_back("bad\xC0", "\xED\xA0\x80");
  Append(fact);
  EXPECT_EQ(All().at(0).resource, "images/\xEF\xBF\xBD");
  EXPECT_TRUE(ledger().Verify()->problems.empty());
}

TEST_F(AuditLog, AnEntryOfAChangeThatFailsIsNotThere) {
  Append(SampleFact("jobs/0"));
  EXPECT_FALSE(ledger().Commit([](Transaction& tx) -> Status {
    ASSIGN_OR_RETURN(const int64_t sequence, tx.AppendAudit(SampleFact("jobs/1")));
    EXPECT_EQ(sequence, 1);
    return Cancelled("NO", "changed its mind");
  }));
  EXPECT_EQ(Append(SampleFact("jobs/2")), 1);
  EXPECT_EQ(All().size(), 2u);
  EXPECT_TRUE(ledger().Verify()->problems.empty());
}

}  // namespace
}  // namespace firmbench::storage
