// SPDX-License-Identifier: Apache-2.0
#include "daemon/inventory/unit_desk.h"

#include <gmock/gmock.h>

#include <set>

#include "daemon/inventory/unit_history.h"
#include "tests/support/bench_fixture.h"

namespace firmbench::inventory {
namespace {

using test::Must;
using test::ReasonOf;
using testing::Contains;
using testing::ElementsAre;

// Two drives that were backed up: two units.
class Desk : public testing::Test {
 protected:
  Desk() {
    bench_.Backup("bay 1");
    bench_.Backup("bay 2");
    a_ = bench_.snapshot("bay 1")->unit.unit_id;
    b_ = bench_.snapshot("bay 2")->unit.unit_id;
  }
  storage::Unit Get(const std::string& id) { return Must(bench_.ledger().GetUnit(id)); }
  std::set<std::string> DumpsOf(const std::string& unit) {
    storage::DumpFilter filter;
    filter.unit_id = unit;
    filter.archived_too = true;
    std::set<std::string> ids;
    for (const auto& dump : Must(bench_.ledger().ListDumps(filter, {.size = 1000})).rows) {
      ids.insert(dump.id);
    }
    return ids;
  }
  std::set<std::string> EvidenceOf(const std::string& unit) {
    std::set<std::string> ids;
    for (const auto& item : Must(bench_.ledger().ListEvidence(unit))) ids.insert(item.id);
    return ids;
  }
  std::vector<std::string> Kinds(const std::string& unit) {
    std::vector<std::string> kinds;
    for (const auto& item : Must(UnitHistory(bench_.ledger(), unit))) {
      if (item.kind != "dump") kinds.push_back(item.kind);
    }
    return kinds;
  }
  storage::AuditEntry LastAudit() {
    return Must(bench_.ledger().ListAudit({}, {.size = 1})).rows.front();
  }

  test::BenchFixture bench_{
      test::Drives{{.model = "LTR-48246S", .bay = "bay 1", .keys = "eeprom_seed = 1"},
                   {.model = "LTR-48246S", .bay = "bay 2", .keys = "eeprom_seed = 2"}}};
  UnitDesk desk_{bench_.ledger(), bench_.inventory()};
  std::string a_, b_;
};

TEST_F(Desk, LabelsOnceAndAuditsWithoutTheLabel) {
  ASSERT_NE(a_, b_);
  Must(desk_.Label(a_, "FB-00017", "ann"));
  EXPECT_EQ(Get(a_).label, "FB-00017");
  EXPECT_EQ(LastAudit().action, "unit.label");
  EXPECT_EQ(LastAudit().json.find("FB-00017"), std::string::npos);
  EXPECT_EQ(ReasonOf(desk_.Label(b_, "FB-00017", "ann")), "LABEL_IN_USE");
  Must(desk_.Label(a_, "", "ann"));
  Must(desk_.Label(b_, "FB-00017", "ann"));
  EXPECT_EQ(ReasonOf(desk_.Label(a_, std::string(65, 'x'), "ann")), "FIELD_TOO_LONG");
  EXPECT_EQ(ReasonOf(desk_.Label(a_, "a\x1b[31m", "ann")), "FIELD_INVALID");
  EXPECT_EQ(ReasonOf(desk_.Label("nobody", "x", "ann")), "UNIT_NOT_FOUND");
}

TEST_F(Desk, NotesStayInTheHistoryUntilTheyAreErased) {
  Must(desk_.Note(a_, "tray belt replaced", "ann"));
  Must(desk_.NoteOutside(a_, "MTKFLASH 1.83", "SS0D under DOS", "ann"));
  Must(desk_.SetCustomer(a_, "Video Lab", "4711", "ann"));
  EXPECT_EQ(Get(a_).note, "tray belt replaced");
  EXPECT_EQ(ReasonOf(desk_.Note(a_, " \n", "ann")), "FIELD_REQUIRED");
  EXPECT_THAT(Kinds(a_), ElementsAre("backup", "note", "outside"));
  EXPECT_EQ(LastAudit().json.find("Video"), std::string::npos);

  Must(desk_.EraseCustomerData(a_, "asked for it", "ann"));
  EXPECT_EQ(Get(a_).note, "");
  EXPECT_EQ(Must(bench_.ledger().ListCustomers(a_)).front().customer, "");
  EXPECT_THAT(Kinds(a_), ElementsAre("backup", "note", "outside", "erase"));
  for (const auto& item : Must(UnitHistory(bench_.ledger(), a_))) {
    EXPECT_EQ(item.text.find("belt"), std::string::npos);
    EXPECT_EQ(item.text.find("DOS"), std::string::npos);
  }
  EXPECT_TRUE(Must(bench_.ledger().Verify()).problems.empty());
}

TEST_F(Desk, MergeAndSplitLoseNothing) {
  const auto dumps_a = DumpsOf(a_), dumps_b = DumpsOf(b_);
  const auto evidence_a = EvidenceOf(a_), evidence_b = EvidenceOf(b_);
  ASSERT_EQ(dumps_a.size(), 2u);
  ASSERT_FALSE(evidence_a.empty());

  EXPECT_EQ(ReasonOf(desk_.Merge(a_, a_, "why", "ann")), "UNITS_ARE_ONE");
  EXPECT_EQ(ReasonOf(desk_.Merge(a_, b_, "", "ann")), "FIELD_REQUIRED");
  EXPECT_EQ(Must(desk_.Merge(b_, a_, "same board", "ann")).id, a_);
  EXPECT_EQ(Get(b_).merged_into, a_);
  for (const auto& id : dumps_b) EXPECT_THAT(DumpsOf(a_), Contains(id));
  for (const auto& id : dumps_a) EXPECT_THAT(DumpsOf(a_), Contains(id));
  for (const auto& id : evidence_b) EXPECT_THAT(EvidenceOf(a_), Contains(id));
  EXPECT_EQ(Must(bench_.ledger().ListUnits({}, {})).rows.size(), 1u);
  // Any later word about the merged one is about the one that counts.
  Must(desk_.Note(b_, "noted", "ann"));
  EXPECT_EQ(Get(a_).note, "noted");

  // It was wrong: the dumps and what was seen with them go to a unit of their own.
  const std::vector<std::string> going(dumps_b.begin(), dumps_b.end());
  const storage::Unit made = Must(desk_.Split(a_, going, "two boards after all", "ann"));
  EXPECT_EQ(DumpsOf(made.id), dumps_b);
  EXPECT_EQ(DumpsOf(a_), dumps_a);
  EXPECT_EQ(EvidenceOf(made.id), evidence_b);
  EXPECT_EQ(EvidenceOf(a_), evidence_a);
  // And the drives are told apart again.
  EXPECT_EQ(bench_.snapshot("bay 1")->unit.unit_id, a_);
  EXPECT_EQ(bench_.snapshot("bay 2")->unit.unit_id, made.id);
  EXPECT_TRUE(Must(bench_.ledger().Verify()).problems.empty());

  EXPECT_EQ(ReasonOf(desk_.Split(a_, going, "why", "ann")), "DUMP_NOT_OF_UNIT");
  EXPECT_EQ(ReasonOf(desk_.Split(a_, {}, "why", "ann")), "DUMPS_REQUIRED");
  EXPECT_EQ(ReasonOf(desk_.Split(a_, {dumps_a.begin(), dumps_a.end()}, "why", "ann")),
            "SPLIT_LEAVES_NOTHING");
}

TEST_F(Desk, AQuarantineGoesWhereTheUnitGoes) {
  Must(bench_.ledger().Commit([&](storage::Transaction& tx) {
    return tx.InsertQuarantine({.id = tx.NewId(),
                                .subject_kind = "unit",
                                .subject_id = b_,
                                .reason = "EEPROM_CHANGED",
                                .job_id = "",
                                .since_us = tx.now_us()});
  }));
  Must(desk_.Merge(b_, a_, "same board", "ann"));
  std::vector<std::string> units;
  for (const auto& row : Must(bench_.ledger().ListQuarantines(true))) {
    units.push_back(row.subject_id);
  }
  EXPECT_THAT(units, Contains(a_));
}

TEST_F(Desk, AttributesADumpToUnitsChipsAndNobody) {
  const std::string dump = *DumpsOf(b_).begin();
  EXPECT_EQ(ReasonOf(desk_.Attribute(dump, "toaster", "", "why", "ann")), "ATTRIBUTION_INVALID");
  EXPECT_EQ(ReasonOf(desk_.Attribute(dump, "chip", a_, "why", "ann")), "ATTRIBUTION_INVALID");
  EXPECT_EQ(Must(desk_.Attribute(dump, "chip", "", "read in a socket", "ann")).id, "");
  EXPECT_EQ(Must(bench_.ledger().GetDump(dump)).attribution, "chip");
  EXPECT_EQ(Must(desk_.Attribute(dump, "unit", a_, "its label", "ann")).id, a_);
  EXPECT_THAT(DumpsOf(a_), Contains(dump));
  const storage::Unit made = Must(desk_.Attribute(dump, "unit", "", "a third one", "ann"));
  EXPECT_EQ(DumpsOf(made.id), std::set<std::string>{dump});
  // Every attribution is still there.
  EXPECT_EQ(Must(bench_.ledger().ListAttributions(dump)).size(), 4u);
}

TEST_F(Desk, ArchivedUnitsAreHiddenAndStillRecognised) {
  Must(desk_.Archive(a_, true, "sold", "ann"));
  EXPECT_EQ(Must(bench_.ledger().ListUnits({}, {})).rows.size(), 1u);
  bench_.LookAgain();
  EXPECT_EQ(bench_.snapshot("bay 1")->unit.unit_id, a_);
  Must(desk_.Archive(a_, false, "", "ann"));
  EXPECT_EQ(Must(bench_.ledger().ListUnits({}, {})).rows.size(), 2u);
  EXPECT_THAT(Kinds(a_), ElementsAre("backup", "archive", "unarchive"));
}

TEST(EepromRestoreRule, WantsTheLabelAndASecondPersonWhereTheContentIsGone) {
  storage::Unit own;
  own.id = "u1";
  own.label = "FB-1";
  DriveSnapshot drive;
  drive.unit.verdict = UnitVerdict::kKnown;
  drive.unit.unit_id = "u1";
  EXPECT_TRUE(JudgeEepromRestore(drive, &own, "").allowed);
  EXPECT_FALSE(JudgeEepromRestore(drive, &own, "").needs_approval);
  EXPECT_EQ(JudgeEepromRestore(drive, nullptr, "").problem.reason, "DUMP_OF_ANOTHER_UNIT");
  drive.unit.unit_id = "u2";
  EXPECT_EQ(JudgeEepromRestore(drive, &own, "FB-1").problem.reason, "DUMP_OF_ANOTHER_UNIT");
  for (const UnitVerdict verdict :
       {UnitVerdict::kNew, UnitVerdict::kUnknown, UnitVerdict::kAmbiguous}) {
    drive.unit = {};
    drive.unit.verdict = verdict;
    EXPECT_EQ(JudgeEepromRestore(drive, &own, "").problem.reason, "UNIT_LABEL_REQUIRED");
    EXPECT_EQ(JudgeEepromRestore(drive, &own, "FB-2").problem.reason, "LABEL_OF_ANOTHER_UNIT");
    const EepromRestoreRule rule = JudgeEepromRestore(drive, &own, "FB-1");
    EXPECT_TRUE(rule.allowed);
    EXPECT_TRUE(rule.needs_approval);
    storage::Unit unlabelled = own;
    unlabelled.label.clear();
    EXPECT_EQ(JudgeEepromRestore(drive, &unlabelled, "").problem.reason, "UNIT_LABEL_REQUIRED");
  }
}

}  // namespace
}  // namespace firmbench::inventory
