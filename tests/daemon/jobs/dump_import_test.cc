// SPDX-License-Identifier: Apache-2.0
#include "daemon/jobs/dump_import.h"

#include <algorithm>

#include "daemon/base/hash.h"
#include "tests/support/bench_fixture.h"
#include "tests/support/image_builder.h"

namespace firmbench::jobs {
namespace {

using test::Must;
using test::ReasonOf;

class DumpImport : public testing::Test {
 protected:
  DumpImport()
      : real_(Must(storage::OpenLedger({.path = folder_.Path("ledger.db")}))),
        ledger_(*real_),
        importer_(ledger_) {}

  // A unit that this bench has read the EEPROM of.
  std::string KnownUnit(const Bytes& eeprom, const std::string& label = "") {
    std::string id;
    Must(ledger_.Commit([&](storage::Transaction& tx) -> Status {
      storage::Unit unit;
      unit.id = id = tx.NewId();
      unit.label = label;
      unit.family = "mediatek_liteon";
      unit.model = "LTR-48246S";
      unit.created_us = tx.now_us();
      RETURN_IF_ERROR(tx.InsertUnit(unit));
      storage::Dump dump;
      dump.id = tx.NewId();
      dump.memory = "eeprom";
      dump.purpose = "backup";
      dump.family = unit.family;
      dump.model = unit.model;
      dump.size_bytes = static_cast<int64_t>(eeprom.size());
      ASSIGN_OR_RETURN(dump.sha256, tx.PutBlob(eeprom));
      dump.evidence = "read in code";
      dump.agreeing_reads = 3;
      dump.simulated = true;
      dump.created_us = tx.now_us();
      RETURN_IF_ERROR(tx.InsertDump(dump));
      return tx.InsertAttribution({.id = tx.NewId(),
                                   .dump_id = dump.id,
                                   .kind = "unit",
                                   .unit_id = id,
                                   .principal = "local",
                                   .reason = "read by a job",
                                   .created_us = tx.now_us()});
    }));
    return id;
  }

  static ImportFile File(const std::string& name, Bytes bytes) {
    ImportFile file;
    file.file_name = name;
    file.modified_us = 1'000'000;
    file.bytes = std::move(bytes);
    file.principal = "user/anna";
    return file;
  }
  ImportVerdict Import(const std::string& name, Bytes bytes) {
    return Must(importer_.Import(File(name, std::move(bytes))));
  }
  size_t DumpCount() { return Must(ledger_.ListDumps({}, {.size = 100})).rows.size(); }

  test::TempFolder folder_;
  std::unique_ptr<storage::Ledger> real_;
  test::LedgerSpy ledger_;
  DumpImporter importer_;
};

TEST_F(DumpImport, KeepsBytesNameAndTimeInOneTransaction) {
  const Bytes image = test::BuildImage("LTR-48246S", "SS0D");
  const ImportVerdict verdict = Import("old backup.bin", image);
  EXPECT_EQ(verdict.action, ImportAction::kStored);
  const storage::Dump dump = Must(ledger_.GetDump(verdict.dump_id));
  EXPECT_EQ(dump.memory, "firmware");
  EXPECT_EQ(dump.model, "LTR-48246S");
  EXPECT_EQ(dump.revision, "SS0D");
  EXPECT_EQ(dump.job_id, "");
  EXPECT_EQ(dump.agreeing_reads, 0);
  EXPECT_EQ(dump.attribution, "unidentified");
  EXPECT_EQ(dump.file_name, "old backup.bin");
  EXPECT_EQ(dump.file_modified_us, 1'000'000);
  EXPECT_EQ(Must(ledger_.ReadBlob(dump.sha256)), image);
  EXPECT_EQ(Must(ledger_.ListDumpProofs(dump.id)).size(), 1u);
  const auto committed = ledger_.committed();
  EXPECT_EQ(std::count(committed.begin(), committed.end(), "audit dump.import"), 1);
}

TEST_F(DumpImport, LeavesNothingBehindWhenTheAuditEntryFails) {
  ledger_.RefuseFrom("audit dump.import");
  const auto failed = importer_.Import(File("a.bin", test::BuildImage("LTR-48246S")));
  EXPECT_FALSE(failed.has_value());
  ledger_.AskBefore({});
  EXPECT_EQ(DumpCount(), 0u);
}

TEST_F(DumpImport, SaysWhoseAnEepromIsByEqualBytes) {
  const Bytes eeprom = test::BuildEeprom("LTR-48246S", 4);
  const std::string unit = KnownUnit(eeprom);
  const ImportVerdict verdict = Import("x.bin", eeprom);
  EXPECT_EQ(verdict.unit_id, unit);
  EXPECT_EQ(verdict.action, ImportAction::kNameAdded);
  EXPECT_EQ(DumpCount(), 1u);
  EXPECT_NE(verdict.cannot_write_back.find("dump export"), std::string::npos);
  EXPECT_EQ(Import("x.bin", eeprom).action, ImportAction::kKnown);
  EXPECT_EQ(Must(ledger_.ListDumpFiles(verdict.dump_id)).size(), 1u);
}

TEST_F(DumpImport, SaysWhoseAnEepromIsWhenOnlyItsBurnLogChanged) {
  const Bytes eeprom = test::BuildEeprom("LTR-48246S", 4);
  const std::string unit = KnownUnit(eeprom);
  KnownUnit(test::BuildEeprom("LTR-48246S", 5));
  Bytes later = eeprom;
  for (size_t at = 0x300; at < 0x308; ++at) later[at] = static_cast<uint8_t>(at);
  // With two units of the model nobody can say how alike two of them are: it is only proposed.
  ImportFile asked = File("later.bin", later);
  asked.validate_only = true;
  const ImportVerdict few = Must(importer_.Import(asked));
  EXPECT_EQ(few.unit_id, "");
  ASSERT_EQ(few.proposals.size(), 1u);
  EXPECT_EQ(few.proposals[0].unit_id, unit);
  KnownUnit(test::BuildEeprom("LTR-48246S", 6));
  const ImportVerdict verdict = Import("later.bin", later);
  EXPECT_EQ(verdict.unit_id, unit) << verdict.unit_why;
  EXPECT_EQ(verdict.action, ImportAction::kStored);
  EXPECT_EQ(Must(ledger_.GetDump(verdict.dump_id)).unit_id, unit);
  // An imported file does not take the place of what a job read: the next one is told as well.
  for (size_t at = 0x300; at < 0x308; ++at) later[at] = static_cast<uint8_t>(0x80 + at);
  EXPECT_EQ(Import("last.bin", later).unit_id, unit);
}

TEST_F(DumpImport, KnowsAnEepromThatNamesNoModelByTheLedger) {
  Bytes eeprom = test::BuildEeprom("LTR-48246S", 4);
  std::fill(eeprom.begin() + 0x10, eeprom.begin() + 0x20, uint8_t{0xa5});
  EXPECT_EQ(Import("x.bin", eeprom).kind, FileKind::kEepromSize);
  const std::string unit = KnownUnit(eeprom);
  KnownUnit(test::BuildEeprom("LTR-48246S", 5));
  KnownUnit(test::BuildEeprom("LTR-48246S", 6));
  const ImportVerdict same = Import("x.bin", eeprom);
  EXPECT_EQ(same.kind, FileKind::kEeprom);
  EXPECT_EQ(same.unit_id, unit);
  EXPECT_EQ(same.model, "LTR-48246S");
  eeprom[0x300] ^= 1;
  EXPECT_EQ(Import("y.bin", eeprom).unit_id, unit);
}

TEST_F(DumpImport, AttributesNothingByNameAlone) {
  const std::string unit = KnownUnit(test::BuildEeprom("LTR-48246S", 4), "shelf-7");
  const ImportVerdict verdict = Import("shelf-7.bin", test::BuildEeprom("LTR-48246S", 9));
  EXPECT_EQ(verdict.unit_id, "");
  ASSERT_EQ(verdict.proposals.size(), 1u);
  EXPECT_EQ(verdict.proposals[0].unit_id, unit);
  EXPECT_EQ(Must(ledger_.GetDump(verdict.dump_id)).attribution, "unidentified");
  // What is nobody's can undo nothing of the unit.
  const auto newest = Must(ledger_.NewestDump(unit, "eeprom"));
  ASSERT_TRUE(newest.has_value());
  EXPECT_NE(newest->id, verdict.dump_id);
}

TEST_F(DumpImport, TakesAPersonsWordUnlessTheBytesContradict) {
  const Bytes eeprom = test::BuildEeprom("LTR-48246S", 4);
  const std::string one = KnownUnit(eeprom);
  const std::string two = KnownUnit(test::BuildEeprom("LTR-48246S", 5));
  ImportFile file = File("fw.bin", test::BuildImage("LTR-48246S"));
  const std::string first = Must(importer_.Import(file)).dump_id;
  file.unit_id = two;
  const ImportVerdict said = Must(importer_.Import(file));
  EXPECT_EQ(said.unit_id, two);
  // What was nobody's is now the unit's, and is stored once.
  EXPECT_EQ(said.dump_id, first);
  EXPECT_EQ(Must(ledger_.GetDump(first)).unit_id, two);
  // The same firmware of another unit is a dump of its own.
  file.unit_id = one;
  const ImportVerdict other = Must(importer_.Import(file));
  EXPECT_EQ(other.action, ImportAction::kStored);
  EXPECT_NE(other.dump_id, first);
  ImportFile wrong = File("e.bin", eeprom);
  wrong.unit_id = two;
  EXPECT_EQ(ReasonOf(importer_.Import(wrong)), "IMPORT_UNIT_CONTRADICTED");
  wrong.unit_id = std::string(26, '0');
  EXPECT_EQ(ReasonOf(importer_.Import(wrong)), "UNIT_NOT_FOUND");
}

TEST_F(DumpImport, FirmwareOnlyProposesAUnit) {
  const std::string unit = KnownUnit(test::BuildEeprom("LTR-48246S", 4));
  ImportFile file = File("fw.bin", test::BuildImage("LTR-48246S"));
  file.unit_id = unit;
  Must(importer_.Import(file));
  const ImportVerdict again = Import("same.bin", file.bytes);
  EXPECT_EQ(again.unit_id, "");
  ASSERT_EQ(again.proposals.size(), 1u);
  EXPECT_EQ(again.proposals[0].unit_id, unit);
  EXPECT_EQ(again.action, ImportAction::kNameAdded);
}

TEST_F(DumpImport, ChangesNothingWhenOnlyAsked) {
  ImportFile file = File("a.bin", test::BuildImage("LTR-48246S"));
  file.validate_only = true;
  EXPECT_EQ(Must(importer_.Import(file)).action, ImportAction::kStored);
  EXPECT_TRUE(ledger_.committed().empty());
  EXPECT_EQ(Import("b.bin", Bytes(1000, 'x')).action, ImportAction::kNotImported);
  EXPECT_TRUE(ledger_.committed().empty());
}

TEST_F(DumpImport, AFileForABareChipIsOfNoUnit) {
  ImportFile file = File("bios.bin", Bytes(3000, 0x42));
  EXPECT_EQ(Must(importer_.Import(file)).action, ImportAction::kNotImported);
  file.said_chip = true;
  const ImportVerdict verdict = Must(importer_.Import(file));
  EXPECT_EQ(verdict.action, ImportAction::kStored);
  const storage::Dump dump = Must(ledger_.GetDump(verdict.dump_id));
  EXPECT_EQ(dump.attribution, "chip");
  EXPECT_EQ(dump.memory, "firmware");
  EXPECT_EQ(dump.unit_id, "");
  EXPECT_TRUE(Must(ledger_.ListDumpProofs(dump.id)).empty());
  // The same again is the same dump.
  EXPECT_EQ(Must(importer_.Import(file)).dump_id, dump.id);
  EXPECT_EQ(DumpCount(), 1u);
}

}  // namespace
}  // namespace firmbench::jobs
