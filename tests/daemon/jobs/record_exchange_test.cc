// SPDX-License-Identifier: Apache-2.0
#include "daemon/jobs/record_exchange.h"

#include <algorithm>

#include "daemon/base/hash.h"
#include "storage/audit/canonical_json.h"
#include "tests/support/bench_fixture.h"
#include "tests/support/image_builder.h"

namespace firmbench::jobs {
namespace {

using test::Must;
using test::ReasonOf;

constexpr char kHostileText[] = "=cmd|' /C calc'!A0 \"quoted\" \xd0\x96\n";

class RecordExchange : public testing::Test {
 protected:
  RecordExchange()
      : from_(Must(storage::OpenLedger({.path = folder_.Path("from.db")}))),
        to_(Must(storage::OpenLedger({.path = folder_.Path("to.db")}))) {
    Must(from_->Commit([this](storage::Transaction& tx) -> Status {
      unit_ = tx.NewId();
      other_ = tx.NewId();
      dump_ = tx.NewId();
      for (const std::string& id : {unit_, other_}) {
        storage::Unit unit;
        unit.id = id;
        unit.label = "label " + id.substr(20);
        unit.model = "LTR-48246S";
        unit.note = kHostileText;
        unit.created_us = tx.now_us();
        RETURN_IF_ERROR(tx.InsertUnit(unit));
      }
      RETURN_IF_ERROR(tx.InsertUnitEvent({.id = tx.NewId(),
                                          .unit_id = unit_,
                                          .kind = "split",
                                          .other_unit_id = other_,
                                          .text = kHostileText,
                                          .principal = "user/anna",
                                          .created_us = tx.now_us()}));
      RETURN_IF_ERROR(tx.InsertCustomer({.id = tx.NewId(),
                                         .unit_id = unit_,
                                         .customer = "Ms Example",
                                         .ticket = "T-1",
                                         .principal = "user/anna",
                                         .created_us = tx.now_us()}));
      RETURN_IF_ERROR(tx.InsertEvidence({.id = tx.NewId(),
                                         .unit_id = unit_,
                                         .kind = "vpd_serial",
                                         .value = "SIM000123",
                                         .seen_us = tx.now_us()}));
      storage::Dump dump;
      dump.id = dump_;
      dump.memory = "eeprom";
      dump.purpose = "backup";
      dump.model = "LTR-48246S";
      dump.size_bytes = static_cast<int64_t>(bytes_.size());
      ASSIGN_OR_RETURN(dump.sha256, tx.PutBlob(bytes_));
      dump.evidence = "second hand";
      dump.created_us = tx.now_us();
      RETURN_IF_ERROR(tx.InsertDump(dump));
      RETURN_IF_ERROR(Attribute(tx, ""));
      RETURN_IF_ERROR(Attribute(tx, unit_));
      return tx.InsertDumpFile({.id = tx.NewId(),
                                .dump_id = dump_,
                                .file_name = "old.bin",
                                .modified_us = 5,
                                .principal = "user/anna",
                                .created_us = tx.now_us()});
    }));
  }

  Status Attribute(storage::Transaction& tx, const std::string& unit) {
    return tx.InsertAttribution({.id = tx.NewId(),
                                 .dump_id = dump_,
                                 .kind = unit.empty() ? "unidentified" : "unit",
                                 .unit_id = unit,
                                 .principal = "user/anna",
                                 .reason = "said so",
                                 .created_us = tx.now_us()});
  }

  Result<PutReport> Put(const RecordSet& set, bool with_bytes = true) {
    PutOptions options;
    if (set.dump && with_bytes) options.bytes = bytes_;
    options.principal = "user/bert";
    return PutRecordSet(*to_, set, options);
  }
  void PutAll() {
    for (const std::string& id : {other_, unit_}) Must(Put(Must(UnitRecords(*from_, id))));
    Must(Put(Must(DumpRecords(*from_, dump_))));
  }

  // All rows as text, without what belongs to one bench.
  static std::string TextOf(const RecordSet& set) {
    std::string text;
    for (RecordRow& row : ToRows(set)) {
      auto json = Must(storage::audit::Json::Parse(row.json));
      if (row.table == "unit") json.Set("number", 0);
      text += row.table + json.Dump() + "\n";
    }
    return text;
  }

  test::TempFolder folder_;
  std::unique_ptr<storage::Ledger> from_;
  std::unique_ptr<storage::Ledger> to_;
  const Bytes bytes_ = test::BuildEeprom("LTR-48246S", 7);
  std::string unit_, other_, dump_;
};

TEST_F(RecordExchange, GivesTheSameRowsInAnotherLedger) {
  PutAll();
  for (const std::string& id : {unit_, other_}) {
    EXPECT_EQ(TextOf(Must(UnitRecords(*to_, id))), TextOf(Must(UnitRecords(*from_, id))));
  }
  EXPECT_EQ(TextOf(Must(DumpRecords(*to_, dump_))), TextOf(Must(DumpRecords(*from_, dump_))));
  EXPECT_EQ(Must(to_->ReadBlob(Sha256Hex(bytes_))), bytes_);
  EXPECT_EQ(Must(to_->GetDump(dump_)).unit_id, unit_);
}

TEST_F(RecordExchange, AddsNothingTheSecondTime) {
  PutAll();
  const auto entries = Must(to_->ListAudit({}, {.size = 100})).rows.size();
  const PutReport unit = Must(Put(Must(UnitRecords(*from_, unit_))));
  EXPECT_EQ(unit.added, 0);
  EXPECT_EQ(unit.present, 4);
  // The bytes need not come again.
  EXPECT_EQ(Must(Put(Must(DumpRecords(*from_, dump_)), false)).added, 0);
  EXPECT_EQ(Must(to_->ListAudit({}, {.size = 100})).rows.size(), entries);
}

TEST_F(RecordExchange, RowsSurviveTheirText) {
  const RecordSet set = Must(UnitRecords(*from_, unit_));
  const RecordSet read = Must(FromRows(ToRows(set)));
  EXPECT_EQ(TextOf(read), TextOf(set));
  EXPECT_EQ(read.events[0].text, kHostileText);
}

TEST_F(RecordExchange, RefusesRowsThatWereChanged) {
  std::vector<RecordRow> rows = ToRows(Must(UnitRecords(*from_, unit_)));
  const auto changed = [&](size_t row, std::string_view from, std::string_view to) {
    std::vector<RecordRow> copy = rows;
    const size_t at = copy[row].json.find(from);
    if (at == std::string::npos) return std::string("nothing to change");
    copy[row].json.replace(at, from.size(), to);
    return ReasonOf(FromRows(copy));
  };
  EXPECT_EQ(ReasonOf(FromRows(rows)), "OK");
  EXPECT_EQ(changed(0, "\"id\"", "\"ID\""), "RECORD_INVALID");
  EXPECT_EQ(changed(0, "{", "{ "), "RECORD_INVALID");
  EXPECT_EQ(changed(0, "false", "\"no\""), "RECORD_INVALID");
  EXPECT_EQ(changed(0, "\"created_us\":", "\"created_us\":-"), "RECORD_INVALID");
  EXPECT_EQ(changed(1, unit_, other_), "RECORD_INVALID");
  std::swap(rows[0], rows[1]);
  EXPECT_EQ(ReasonOf(FromRows(rows)), "RECORD_INVALID");
  EXPECT_EQ(ReasonOf(FromRows({})), "RECORD_INVALID");
  EXPECT_EQ(ReasonOf(FromRows({{"job", "{}"}})), "RECORD_INVALID");
}

TEST_F(RecordExchange, RefusesAUnitThatIsMergedIntoItself) {
  RecordSet set = Must(UnitRecords(*from_, unit_));
  set.unit->merged_into = unit_;
  EXPECT_EQ(ReasonOf(FromRows(ToRows(set))), "RECORD_INVALID");
}

TEST_F(RecordExchange, RefusesOtherContentUnderAKnownId) {
  PutAll();
  RecordSet unit = Must(UnitRecords(*from_, unit_));
  unit.unit->model = "LTR-52327S";
  EXPECT_EQ(ReasonOf(Put(unit)), "RECORD_CONFLICT");
  RecordSet evidence = Must(UnitRecords(*from_, unit_));
  evidence.evidence[0].value = "SIM999";
  EXPECT_EQ(ReasonOf(Put(evidence)), "RECORD_CONFLICT");
  RecordSet dump = Must(DumpRecords(*from_, dump_));
  dump.dump->revision = "SS0E";
  EXPECT_EQ(ReasonOf(Put(dump)), "RECORD_CONFLICT");
}

TEST_F(RecordExchange, TakesADumpOnlyWithItsBytes) {
  Must(Put(Must(UnitRecords(*from_, other_))));
  Must(Put(Must(UnitRecords(*from_, unit_))));
  RecordSet dump = Must(DumpRecords(*from_, dump_));
  EXPECT_EQ(ReasonOf(Put(dump, false)), "RECORD_BYTES_MISSING");
  dump.dump->sha256 = Sha256Hex({});
  EXPECT_EQ(ReasonOf(Put(dump)), "SHA256_MISMATCH");
  EXPECT_TRUE(Must(to_->ListDumps({}, {.size = 10})).rows.empty());
}

TEST_F(RecordExchange, KeepsWhatWasDecidedHere) {
  PutAll();
  Must(to_->Commit([this](storage::Transaction& tx) { return Attribute(tx, other_); }));
  Must(from_->Commit([this](storage::Transaction& tx) { return Attribute(tx, ""); }));
  const PutReport report = Must(Put(Must(DumpRecords(*from_, dump_))));
  EXPECT_EQ(report.skipped, 1);
  EXPECT_EQ(Must(to_->GetDump(dump_)).unit_id, other_);
}

TEST_F(RecordExchange, AddsWhatWasDecidedThereSince) {
  PutAll();
  Must(from_->Commit([this](storage::Transaction& tx) { return Attribute(tx, other_); }));
  EXPECT_EQ(Must(Put(Must(DumpRecords(*from_, dump_)))).added, 1);
  EXPECT_EQ(Must(to_->GetDump(dump_)).unit_id, other_);
}

TEST_F(RecordExchange, BringsNoErasedNameBack) {
  PutAll();
  const RecordSet before = Must(UnitRecords(*from_, unit_));
  Must(to_->Commit([this](storage::Transaction& tx) { return tx.EraseCustomerData(unit_); }));
  EXPECT_EQ(Must(Put(before)).added, 0);
  EXPECT_EQ(Must(to_->ListCustomers(unit_))[0].customer, "");
}

}  // namespace
}  // namespace firmbench::jobs
