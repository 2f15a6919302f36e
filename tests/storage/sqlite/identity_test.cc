// SPDX-License-Identifier: Apache-2.0
// What people decide about units, dumps and images, and how lists follow it.

#include <chrono>

#include "tests/storage/test_ledger.h"

namespace firmbench::storage {
namespace {

std::vector<std::string> IdsOf(const auto& rows) {
  std::vector<std::string> ids;
  for (const auto& row : rows) ids.push_back(row.id);
  return ids;
}
using Ids = std::vector<std::string>;

class Identity : public LedgerTest {
 protected:
  Status Do(const std::function<Status(Transaction&)>& change) { return ledger().Commit(change); }
  Unit AddUnit(const std::string& label = "") {
    Unit unit;
    EXPECT_OK(Do([&](Transaction& tx) -> Status {
      unit = SampleUnit(tx);
      unit.label = label;
      ASSIGN_OR_RETURN(unit.number, tx.InsertUnit(unit));
      return Ok();
    }));
    return unit;
  }
  Status Merge(Unit from, const std::string& into) {
    from.merged_into = into;
    return Do([&](Transaction& tx) { return tx.UpdateUnit(from); });
  }
  UnitEvidence AddEvidence(const std::string& unit_id, const std::string& value) {
    UnitEvidence evidence;
    EXPECT_OK(Do([&](Transaction& tx) {
      evidence = {.id = tx.NewId(),
                  .unit_id = unit_id,
                  .kind = "vpd_serial",
                  .value = value,
                  .seen_us = tx.now_us()};
      return tx.InsertEvidence(evidence);
    }));
    return evidence;
  }
  Status Move(const std::string& evidence_id, const std::string& unit_id) {
    return Do([&](Transaction& tx) {
      return tx.InsertEvidenceMove({.id = tx.NewId(),
                                    .evidence_id = evidence_id,
                                    .unit_id = unit_id,
                                    .principal = "user/anna",
                                    .reason = "the label was wrong",
                                    .created_us = tx.now_us()});
    });
  }
  Status Attribute(const std::string& dump_id, const std::string& unit_id) {
    return Do([&](Transaction& tx) {
      return tx.InsertAttribution({.id = tx.NewId(),
                                   .dump_id = dump_id,
                                   .kind = "unit",
                                   .unit_id = unit_id,
                                   .principal = "user/anna",
                                   .reason = "read from it",
                                   .created_us = tx.now_us()});
    });
  }
  Dump AddDump(const std::string& unit_id, const std::string& memory = "firmware") {
    Dump dump;
    EXPECT_OK(Do([&](Transaction& tx) -> Status {
      const Bytes content = Noise(300, ++seed_);
      ASSIGN_OR_RETURN(const std::string sha256, tx.PutBlob(content));
      dump = SampleDump(tx, sha256, content.size());
      dump.memory = memory;
      return tx.InsertDump(dump);
    }));
    if (!unit_id.empty()) EXPECT_OK(Attribute(dump.id, unit_id));
    return dump;
  }
  Status Archive(const std::string& kind, const std::string& id, bool archived) {
    return Do([&](Transaction& tx) {
      return tx.InsertArchiving({.id = tx.NewId(),
                                 .subject_kind = kind,
                                 .subject_id = id,
                                 .archived = archived,
                                 .principal = "user/anna",
                                 .reason = "old",
                                 .created_us = tx.now_us()});
    });
  }
  Status Mark(const std::string& image_id, const std::string& kind, const std::string& text) {
    return Do([&](Transaction& tx) {
      return tx.InsertImageMark({.id = tx.NewId(),
                                 .image_id = image_id,
                                 .kind = kind,
                                 .text = text,
                                 .principal = "user/anna",
                                 .created_us = tx.now_us()});
    });
  }
  Ids DumpsOf(const std::string& unit_id) {
    return IdsOf(ledger().ListDumps({.unit_id = unit_id}, {.size = 100})->rows);
  }

  uint32_t seed_ = 0;
};

TEST_F(Identity, AMergedUnitIsTheOneItTurnedOutToBe) {
  const Unit a = AddUnit();
  const Unit b = AddUnit();
  const Unit c = AddUnit();
  const Dump of_a = AddDump(a.id);
  const Dump of_c = AddDump(c.id);
  const UnitEvidence serial = AddEvidence(c.id, "C-1");
  ASSERT_OK(Merge(b, a.id));
  ASSERT_OK(Merge(c, b.id));
  EXPECT_EQ(ledger().ResolveUnit(c.id)->id, a.id);
  EXPECT_EQ(ledger().ResolveUnit(a.id)->id, a.id);
  EXPECT_EQ(ReasonOf(ledger().ResolveUnit("nobody")), "UNIT_NOT_FOUND");
  EXPECT_EQ(DumpsOf(a.id), (Ids{of_c.id, of_a.id}));
  EXPECT_EQ(ledger().GetDump(of_c.id)->unit_id, a.id);
  EXPECT_EQ((*ledger().NewestDump(a.id, "firmware"))->id, of_c.id);
  EXPECT_EQ(IdsOf(*ledger().ListEvidence(a.id)), Ids{serial.id});
  EXPECT_EQ(ledger().FindEvidence("vpd_serial", "C-1")->at(0).unit_id, a.id);
  EXPECT_EQ(IdsOf(ledger().ListUnits({}, {})->rows), Ids{a.id});
  EXPECT_EQ(ledger().ListUnits({.archived_too = true}, {})->rows.size(), 3u);
  RawDatabase raw(path());
  EXPECT_EQ(raw.Query("SELECT unit, serial, dump_id FROM unit_dumps"),
            (Ids{"U-0001|C-1|" + of_a.id, "U-0001|C-1|" + of_c.id}));
  // And back again, with everything.
  ASSERT_OK(Merge(b, ""));
  EXPECT_EQ(DumpsOf(a.id), Ids{of_a.id});
  EXPECT_EQ(DumpsOf(b.id), Ids{of_c.id});
  EXPECT_EQ(ledger().Verify()->problems, Ids{});
}

TEST_F(Identity, NoMergeEndsAtTheUnitItself) {
  const Unit a = AddUnit();
  Unit b = AddUnit();
  EXPECT_EQ(ReasonOf(Merge(a, a.id)), "LEDGER_CONSTRAINT");
  ASSERT_OK(Merge(b, a.id));
  EXPECT_EQ(ReasonOf(Merge(a, b.id)), "LEDGER_CONSTRAINT");
  EXPECT_EQ(ReasonOf(Merge(a, "nobody")), "UNIT_NOT_FOUND");
  // Somebody else's program may do it all the same: an answer comes nevertheless.
  RawDatabase(path()).Exec("UPDATE units SET merged_into = '" + b.id + "' WHERE number = 1");
  EXPECT_EQ(ReasonOf(ledger().ResolveUnit(a.id)), "LEDGER_CORRUPT");
  EXPECT_OK(ledger().ListEvidence(a.id));
}

TEST_F(Identity, EvidenceBelongsWhereItsNewestMoveSays) {
  const Unit a = AddUnit();
  const Unit b = AddUnit();
  const UnitEvidence first = AddEvidence(a.id, "S-1");
  const UnitEvidence second = AddEvidence(a.id, "S-2");
  EXPECT_EQ(IdsOf(*ledger().ListEvidence(a.id)), (Ids{second.id, first.id}));
  EXPECT_EQ(ledger().ListEvidence(a.id)->at(0).sequence, 2);
  ASSERT_OK(Move(first.id, b.id));
  EXPECT_EQ(IdsOf(*ledger().ListEvidence(a.id)), Ids{second.id});
  EXPECT_EQ(IdsOf(*ledger().ListEvidence(b.id)), Ids{first.id});
  EXPECT_EQ(ledger().ListEvidence(b.id)->at(0).unit_id, b.id);
  EXPECT_EQ(ledger().FindEvidence("vpd_serial", "S-1")->at(0).unit_id, b.id);
  EXPECT_EQ(ledger().Search("S-1", 10)->at(0).subject_id, b.id);
  ASSERT_OK(Move(first.id, a.id));
  EXPECT_EQ(IdsOf(*ledger().ListEvidence(a.id)), (Ids{second.id, first.id}));
  EXPECT_TRUE(ledger().ListEvidence(b.id)->empty());
  EXPECT_EQ(ReasonOf(Move("nothing", a.id)), "NOT_FOUND");
  EXPECT_EQ(ledger().Verify()->problems, Ids{});
}

TEST_F(Identity, EventsAndCustomersOfAUnitIncludeThoseOfUnitsMergedIntoIt) {
  const Unit a = AddUnit();
  const Unit b = AddUnit();
  for (const std::string& unit : {b.id, a.id}) {
    ASSERT_OK(Do([&](Transaction& tx) -> Status {
      RETURN_IF_ERROR(tx.InsertUnitEvent({.id = tx.NewId(),
                                          .unit_id = unit,
                                          .kind = "outside",
                                          .tool = "MTKFLASH 1.83",
                                          .text = "by the customer",
                                          .principal = "user/anna",
                                          .created_us = tx.now_us()}));
      return tx.InsertCustomer({.id = tx.NewId(),
                                .unit_id = unit,
                                .customer = "customer of " + unit,
                                .ticket = "T-1",
                                .principal = "user/anna",
                                .created_us = tx.now_us()});
    }));
  }
  ASSERT_OK(Merge(b, a.id));
  const auto events = ledger().ListUnitEvents(a.id);
  ASSERT_EQ(events->size(), 2u);
  EXPECT_EQ(events->at(0).unit_id, b.id);
  EXPECT_EQ(events->at(0).sequence, 1);
  EXPECT_EQ(events->at(1).tool, "MTKFLASH 1.83");
  const auto customers = ledger().ListCustomers(a.id);
  ASSERT_EQ(customers->size(), 2u);
  EXPECT_EQ(customers->at(0).customer, "customer of " + a.id);
  EXPECT_EQ(ReasonOf(Do([&](Transaction& tx) {
              return tx.InsertUnitEvent({.id = tx.NewId(), .unit_id = a.id, .kind = "gossip"});
            })),
            "LEDGER_CONSTRAINT");
}

TEST_F(Identity, AnArchivedDumpIsKeptButNotListedUnlessAskedFor) {
  const Unit unit = AddUnit();
  const Dump dump = AddDump(unit.id);
  ASSERT_OK(Archive("dump", dump.id, true));
  EXPECT_TRUE(DumpsOf(unit.id).empty());
  const auto all = ledger().ListDumps({.unit_id = unit.id, .archived_too = true}, {});
  ASSERT_EQ(all->rows.size(), 1u);
  EXPECT_TRUE(all->rows[0].archived);
  EXPECT_TRUE(ledger().GetDump(dump.id)->archived);
  EXPECT_EQ(RawDatabase(path()).Query("SELECT archived FROM unit_dumps"), Ids{"1"});
  ASSERT_OK(Archive("dump", dump.id, false));
  EXPECT_EQ(DumpsOf(unit.id), Ids{dump.id});
  EXPECT_EQ(ReasonOf(Archive("dump", "nothing", true)), "DUMP_NOT_FOUND");
  EXPECT_EQ(ReasonOf(Archive("image", dump.id, true)), "IMAGE_NOT_FOUND");
  EXPECT_EQ(ReasonOf(Archive("unit", unit.id, true)), "LEDGER_CONSTRAINT");
}

TEST_F(Identity, DumpsKnowTheirFilesAndWhatSpeaksForThem) {
  const Dump dump = AddDump("", "eeprom");
  EXPECT_EQ(ledger().GetDump(dump.id)->file_name, "");
  for (const char* const name : {"old.bin", "older.bin"}) {
    ASSERT_OK(Do([&](Transaction& tx) -> Status {
      RETURN_IF_ERROR(tx.InsertDumpProof({.id = tx.NewId(),
                                          .dump_id = dump.id,
                                          .kind = "recognised",
                                          .detail = name,
                                          .created_us = tx.now_us()}));
      return tx.InsertDumpFile({.id = tx.NewId(),
                                .dump_id = dump.id,
                                .file_name = name,
                                .modified_us = 5,
                                .principal = "user/anna",
                                .created_us = tx.now_us()});
    }));
  }
  const auto listed = ledger().ListDumps({.memory = "eeprom", .purpose = "backup"}, {});
  ASSERT_EQ(listed->rows.size(), 1u);
  EXPECT_EQ(listed->rows[0].file_name, "older.bin");
  EXPECT_EQ(listed->rows[0].file_modified_us, 5);
  EXPECT_EQ(listed->rows[0].sequence, 1);
  EXPECT_EQ(ledger().ListDumps({.after_sequence = 1}, {})->rows.size(), 0u);
  EXPECT_EQ(ledger().ListDumps({.purpose = "readback"}, {})->rows.size(), 0u);
  EXPECT_EQ(ledger().ListDumpFiles(dump.id)->size(), 2u);
  ASSERT_EQ(ledger().ListDumpProofs(dump.id)->size(), 2u);
  EXPECT_EQ(ledger().ListDumpProofs(dump.id)->at(0).detail, "older.bin");
}

TEST_F(Identity, TheNewestMarkOfAnImageCounts) {
  const Dump donor = AddDump("");
  Image image;
  ASSERT_OK(Do([&](Transaction& tx) {
    image = SampleImage(tx, donor.sha256, 300);
    image.dump_id = donor.id;
    image.container = "xflash";
    return tx.InsertImage(image);
  }));
  Image read = *ledger().GetImage(image.id);
  EXPECT_EQ(read.dump_id + read.container, donor.id + "xflash");
  EXPECT_FALSE(read.approved || read.known_bad || read.archived);
  ASSERT_OK(Mark(image.id, "approved", "tried on three drives"));
  ASSERT_OK(Mark(image.id, "known_bad", "eats discs"));
  ASSERT_OK(Mark(image.id, "note", "first"));
  ASSERT_OK(Mark(image.id, "note", "second"));
  read = *ledger().GetImage(image.id);
  EXPECT_TRUE(read.approved && read.known_bad);
  EXPECT_EQ(read.bad_reason + read.note, "eats discssecond");
  ASSERT_OK(Mark(image.id, "not_approved", ""));
  ASSERT_OK(Mark(image.id, "not_known_bad", "it was the disc"));
  read = **ledger().FindImageBySha256(donor.sha256);
  EXPECT_FALSE(read.approved || read.known_bad);
  EXPECT_EQ(read.bad_reason, "");
  EXPECT_EQ(ledger().ListImageMarks(image.id)->size(), 6u);
  ASSERT_OK(Archive("image", image.id, true));
  EXPECT_TRUE(ledger().ListImages({}, {})->rows.empty());
  EXPECT_TRUE(ledger().ListImages({.archived_too = true}, {})->rows.at(0).archived);
}

TEST_F(Identity, TheMarkForCachesChangesWithWhatMatchingLooksAt) {
  std::vector<std::string> marks{*ledger().IdentityMark()};
  const auto changed = [&] {
    marks.push_back(*ledger().IdentityMark());
    return marks.back() != marks[marks.size() - 2];
  };
  Unit unit = AddUnit();
  EXPECT_TRUE(changed());
  const UnitEvidence evidence = AddEvidence(unit.id, "S-1");
  EXPECT_TRUE(changed());
  ASSERT_OK(Move(evidence.id, unit.id));
  EXPECT_TRUE(changed());
  const Dump eeprom = AddDump("", "eeprom");
  EXPECT_TRUE(changed());
  ASSERT_OK(Attribute(eeprom.id, unit.id));
  EXPECT_TRUE(changed());
  unit.archived = true;
  ASSERT_OK(Do([&](Transaction& tx) { return tx.UpdateUnit(unit); }));
  EXPECT_TRUE(changed());
  AddDump("", "firmware");
  EXPECT_FALSE(changed());
  ASSERT_OK(Do([&](Transaction& tx) -> Status {
    RETURN_IF_ERROR(tx.AppendAudit(SampleFact()));
    return Ok();
  }));
  EXPECT_FALSE(changed());
}

TEST_F(Identity, BlobsThatAreNotYetCopiedAreListedOnceOldestFirst) {
  const Dump first = AddDump("");
  const Dump second = AddDump("");
  ASSERT_OK(Do([&](Transaction& tx) {  // the same bytes again
    return tx.InsertDump(SampleDump(tx, first.sha256, 300));
  }));
  EXPECT_EQ(*ledger().ListUncopied("nas", 10), (Ids{first.sha256, second.sha256}));
  EXPECT_EQ(*ledger().ListUncopied("nas", 1), Ids{first.sha256});
  ASSERT_OK(Do([&](Transaction& tx) {
    return tx.InsertCopy({.id = tx.NewId(), .sha256 = first.sha256, .place = "nas"});
  }));
  EXPECT_EQ(*ledger().ListUncopied("nas", 10), Ids{second.sha256});
  EXPECT_EQ(ledger().ListUncopied("another", 10)->size(), 2u);
}

TEST_F(Identity, AuditEntriesAreFilteredByTime) {
  const int64_t start = clock_.WallMicros();
  for (int i = 0; i < 3; ++i) {
    clock_.Set(start + i * 1000);
    ASSERT_OK(Do([&](Transaction& tx) -> Status {
      RETURN_IF_ERROR(tx.AppendAudit(SampleFact()));
      return Ok();
    }));
  }
  const auto between = ledger().ListAudit({.from_us = start + 1000, .until_us = start + 2000}, {});
  ASSERT_EQ(between->rows.size(), 1u);
  EXPECT_EQ(between->rows[0].sequence, 1);
}

// The slowest case, its figure printed with the result: the wanted ones buried under others.
TEST_F(Identity, TheNewestOfTenThousandDumpsIsFound) {
  const Unit unit = AddUnit();
  const Unit other = AddUnit();
  Dump wanted;
  ASSERT_OK(Do([&](Transaction& tx) -> Status {
    ASSIGN_OR_RETURN(const std::string sha256, tx.PutBlob(Noise(10)));
    for (int i = 0; i < 10'000; ++i) {
      Dump dump = SampleDump(tx, sha256, 10);
      RETURN_IF_ERROR(tx.InsertDump(dump));
      const std::string& owner = i < 100 ? unit.id : other.id;
      if (i == 99) wanted = dump;
      RETURN_IF_ERROR(tx.InsertAttribution({.id = tx.NewId(),
                                            .dump_id = dump.id,
                                            .kind = "unit",
                                            .unit_id = owner,
                                            .principal = "user/anna",
                                            .reason = "read from it",
                                            .created_us = tx.now_us()}));
    }
    return Ok();
  }));
  const auto start = std::chrono::steady_clock::now();
  for (int i = 0; i < 10; ++i) {
    EXPECT_EQ((*ledger().NewestDump(unit.id, "firmware"))->id, wanted.id);
    EXPECT_EQ((*ledger().NewestDump(other.id, "firmware"))->sequence, 10'000);
  }
  const auto each = (std::chrono::steady_clock::now() - start) / 20;
  RecordProperty(
      "microseconds_each",
      static_cast<int>(std::chrono::duration_cast<std::chrono::microseconds>(each).count()));
}

}  // namespace
}  // namespace firmbench::storage
