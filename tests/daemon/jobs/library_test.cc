// SPDX-License-Identifier: Apache-2.0
#include "daemon/jobs/library.h"

#include <gmock/gmock.h>

#include "daemon/base/hash.h"
#include "daemon/images/recognise.h"
#include "daemon/jobs/image_marks.h"
#include "tests/support/bench_fixture.h"
#include "tests/support/image_builder.h"
#include "tests/support/updater_builder.h"

namespace firmbench::jobs {
namespace {

using test::Must;
using test::ReasonOf;
using ::testing::HasSubstr;

class Library : public testing::Test {
 protected:
  Library()
      : real_(Must(storage::OpenLedger({.path = folder_.Path("ledger.db")}))), ledger_(*real_) {}

  test::TempFolder folder_;
  std::unique_ptr<storage::Ledger> real_;
  test::LedgerSpy ledger_;
};

TEST_F(Library, KeepsAnImageWithWhatItSaysOfItself) {
  const Bytes bytes = test::BuildImage("LDW-451S", "GSB6");
  const AddedImage added = Must(AddImage(ledger_, "GSB6.bin", bytes, "user/anna"));
  const storage::Image image = Must(ledger_.GetImage(added.image.id));
  EXPECT_EQ(image.model, "LDW-451S");
  EXPECT_EQ(image.revision, "GSB6");
  EXPECT_EQ(image.file_name, "GSB6.bin");
  EXPECT_EQ(image.sha256, Sha256Hex(bytes));
  EXPECT_EQ(Must(ledger_.ReadBlob(image.sha256)), bytes);
  EXPECT_EQ(ledger_.committed().front(), "audit image.add");
}

TEST_F(Library, KeepsTheSameBytesOnce) {
  const Bytes bytes = test::BuildImage("LTR-48246S");
  const std::string first = Must(AddImage(ledger_, "a.bin", bytes, "user/anna")).image.id;
  EXPECT_EQ(Must(AddImage(ledger_, "b.bin", bytes, "user/bert")).image.id, first);
  EXPECT_EQ(Must(ledger_.ListImages({}, {.size = 10})).rows.size(), 1u);
}

TEST_F(Library, KeepsNothingThatIsNoImage) {
  const Bytes good = test::BuildImage("LTR-48246S");
  EXPECT_EQ(ReasonOf(AddImage(ledger_, "x", {}, "user/anna")), "IMAGE_TRUNCATED");
  EXPECT_EQ(ReasonOf(AddImage(ledger_, "x", Bytes(good.size(), 0xff), "user/anna")), "IMAGE_BLANK");
  EXPECT_EQ(ReasonOf(AddImage(ledger_, "x", Slice(good, 0, good.size() - 512), "user/anna")),
            "IMAGE_TRUNCATED");
  EXPECT_EQ(ReasonOf(AddImage(ledger_, "x", test::BuildEeprom("LTR-48246S"), "user/anna")),
            "IMAGE_IS_EEPROM");
  EXPECT_TRUE(ledger_.committed().empty());
}

TEST_F(Library, RecognisesBlobsAndComparesThem) {
  const Bytes bytes = test::BuildImage("LTR-48246S");
  Bytes other = bytes;
  other[0x23456] ^= 1;
  const Blob a = RecogniseBlob(bytes);
  EXPECT_EQ(a.model, "LTR-48246S");
  EXPECT_FALSE(a.eeprom);
  const Blob eeprom = RecogniseBlob(test::BuildEeprom("LTR-48246S"));
  EXPECT_TRUE(eeprom.eeprom);
  EXPECT_TRUE(CompareBlobs(a, RecogniseBlob(bytes)).identical);
  const auto differing = CompareBlobs(a, RecogniseBlob(other));
  EXPECT_FALSE(differing.identical);
  ASSERT_EQ(differing.ranges.size(), 1u);
  EXPECT_EQ(differing.ranges[0].offset, 0x23456u);
  EXPECT_EQ(differing.ranges[0].length, 1u);
}

TEST_F(Library, TellsWhatASingleDriveOwnsAndWhatIsErased) {
  const Bytes bytes = test::BuildImage("LDW-451S");
  Bytes other = bytes;
  std::fill_n(other.begin() + 0x24000, 64, uint8_t{0xff});
  const auto c = CompareBlobs(RecogniseBlob(bytes), RecogniseBlob(other));
  ASSERT_EQ(c.ranges.size(), 1u);
  EXPECT_EQ(c.ranges[0].part, images::Part::kCode);
  EXPECT_EQ(c.ranges[0].blank, images::BlankIn::kSecond);
}

TEST_F(Library, ComparesTheFirmwareInsideOfAnUpdaterAndOtherProgramsAsTheyAre) {
  const Bytes firmware = test::BuildImage("LDW-451S", "GSB7");
  const Blob inside = RecogniseBlob(test::BuildUpdater("GSB7", firmware));
  EXPECT_TRUE(inside.unpacked);
  EXPECT_TRUE(CompareBlobs(inside, RecogniseBlob(firmware)).identical);
  const Bytes program = {'M', 'Z', 0x90};
  EXPECT_EQ(RecogniseBlob(program).bytes, program);
}

TEST_F(Library, KeepsTheFirmwareOfAnUpdater) {
  const Bytes firmware = test::BuildImage("LDW-451S", "GSB7");
  const Bytes updater = test::BuildUpdater("GSB7", firmware);
  const AddedImage added = Must(AddImage(ledger_, "GSB7.exe", updater, "user/anna"));
  const storage::Image image = Must(ledger_.GetImage(added.image.id));
  EXPECT_EQ(image.container, "xflash");
  EXPECT_EQ(image.file_name, "GSB7.exe");
  EXPECT_EQ(image.sha256, Sha256Hex(firmware));
  ASSERT_FALSE(added.warnings.empty());
  EXPECT_THAT(added.warnings[0], HasSubstr("unpacked from an XFlash updater"));
  // The audit entry names the file that was brought.
  const auto audit = Must(ledger_.ListAudit({}, {.size = 1})).rows;
  EXPECT_THAT(audit[0].json, HasSubstr(Sha256Hex(updater)));
  // The same bytes as a plain file are the same image.
  EXPECT_EQ(Must(AddImage(ledger_, "b.bin", firmware, "user/anna")).image.id, image.id);
}

TEST_F(Library, AsksWhichFirmwareOfAnUpdater) {
  test::UpdaterSpec spec;
  spec.members = {{"GSB6", test::BuildImage("LDW-451S", "GSB6")},
                  {"GSB7", test::BuildImage("LDW-451S", "GSB7")}};
  const Bytes updater = test::BuildUpdater(spec);
  EXPECT_EQ(ReasonOf(AddImage(ledger_, "x.exe", updater, "user/anna")), "CONTAINER_HOLDS_SEVERAL");
  EXPECT_TRUE(ledger_.committed().empty());
  EXPECT_EQ(Must(AddImage(ledger_, "x.exe", updater, "user/anna", "GSB7")).image.revision, "GSB7");
}

class Donor : public Library {
 protected:
  storage::Dump Dump(const Bytes& bytes) {
    storage::Dump dump;
    dump.memory = "firmware";
    dump.purpose = "backup";
    dump.family = "test";
    dump.model = "LTR-48246S";
    dump.revision = "SS0B";
    dump.agreeing_reads = 2;
    dump.evidence = "observed";
    dump.md5 = std::string(32, '0');
    dump.crc32 = std::string(8, '0');
    dump.size_bytes = static_cast<int64_t>(bytes.size());
    Must(ledger_.Commit([&](storage::Transaction& tx) -> Status {
      dump.id = tx.NewId();
      dump.created_us = tx.now_us();
      ASSIGN_OR_RETURN(dump.sha256, tx.PutBlob(bytes));
      return tx.InsertDump(dump);
    }));
    return dump;
  }

  // A row that knows what belongs to the single drive. No real one does yet.
  static constexpr families::ByteRange kOwn[] = {{0x23000, 0x40}, {0x7f000, 0x10}};
  static families::ModelInfo Row() {
    families::ModelInfo row;
    row.model = "LTR-48246S";
    row.unit_ranges = kOwn;
    return row;
  }
};

TEST_F(Donor, IsRefusedWhereNobodyKnowsWhatBelongsToIt) {
  const storage::Dump dump = Dump(test::BuildImage("LTR-48246S"));
  // Every row that knows no such range, and none at all.
  for (const families::Family* family : families::AllFamilies()) {
    for (const families::ModelInfo& row : family->models()) {
      if (!row.unit_ranges.empty()) continue;
      EXPECT_EQ(ReasonOf(AddDonorImage(ledger_, dump, &row, "user/anna")), "DONOR_RANGES_UNKNOWN");
    }
  }
  const auto refused = AddDonorImage(ledger_, dump, nullptr, "user/anna");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().reason(), "DONOR_RANGES_UNKNOWN");
  EXPECT_THAT(refused.error().remedy(), HasSubstr("What would help: dumps of several drives"));
  EXPECT_TRUE(Must(ledger_.ListImages({}, {.size = 10})).rows.empty());
}

TEST_F(Donor, GivesAnImageWithoutWhatBelongsToIt) {
  const Bytes bytes = test::BuildImage("LTR-48246S");
  const storage::Dump dump = Dump(bytes);
  const families::ModelInfo row = Row();
  const AddedImage added = Must(AddDonorImage(ledger_, dump, &row, "user/anna"));
  const storage::Image image = Must(ledger_.GetImage(added.image.id));
  EXPECT_EQ(image.dump_id, dump.id);
  EXPECT_EQ(image.model, "LTR-48246S");
  Bytes expected = bytes;
  for (const families::ByteRange& own : kOwn) {
    std::fill_n(expected.begin() + own.offset, own.length, uint8_t{0xff});
  }
  EXPECT_NE(expected, bytes);
  EXPECT_EQ(Must(ledger_.ReadBlob(image.sha256)), expected);
}

TEST_F(Donor, MustBeAReliableDumpOfFirmware) {
  const families::ModelInfo row = Row();
  storage::Dump dump = Dump(test::BuildImage("LTR-48246S"));
  dump.purpose = "disagreeing";
  EXPECT_EQ(ReasonOf(AddDonorImage(ledger_, dump, &row, "user/anna")), "DUMP_UNRELIABLE");
  dump.purpose = "backup";
  dump.memory = "eeprom";
  EXPECT_EQ(ReasonOf(AddDonorImage(ledger_, dump, &row, "user/anna")), "DUMP_MEMORY_WRONG");
  storage::Dump shorter = Dump(test::BuildImage({.model = "LTR-48246S", .size_bytes = 0x40000}));
  EXPECT_EQ(ReasonOf(AddDonorImage(ledger_, shorter, &row, "user/anna")), "IMAGE_SIZE_WRONG");
  storage::Dump blank = Dump(Bytes(0x80000, 0xff));
  EXPECT_EQ(ReasonOf(AddDonorImage(ledger_, blank, &row, "user/anna")), "IMAGE_BLANK");
}

TEST_F(Library, MarksAreKeptAndTheNewestCounts) {
  const std::string id =
      Must(AddImage(ledger_, "a.bin", test::BuildImage("LTR-48246S"), "user/anna")).image.id;
  const auto mark = [&](const char* kind, const char* text) {
    return Must(MarkImage(ledger_, id, kind, text, "user/bert"));
  };
  EXPECT_TRUE(mark("approved", "").approved);
  EXPECT_FALSE(mark("not_approved", "").approved);
  const storage::Image bad = mark("known_bad", "kills the laser");
  EXPECT_TRUE(bad.known_bad);
  EXPECT_EQ(bad.bad_reason, "kills the laser");
  EXPECT_FALSE(mark("not_known_bad", "was the cable").known_bad);
  EXPECT_EQ(mark("note", "secret customer words").note, "secret customer words");
  EXPECT_TRUE(mark("archived", "").archived);
  EXPECT_TRUE(Must(ledger_.ListImages({}, {.size = 10})).rows.empty());
  EXPECT_EQ(Must(ledger_.ListImages({.archived_too = true}, {.size = 10})).rows.size(), 1u);
  EXPECT_FALSE(mark("not_archived", "").archived);
  EXPECT_EQ(Must(ledger_.ListImageMarks(id)).size(), 5u);
  // What was said is not in the audit log, that something was is.
  const auto audit = Must(ledger_.ListAudit({.action = "image.mark"}, {.size = 20})).rows;
  EXPECT_EQ(audit.size(), 7u);
  for (const auto& entry : audit) EXPECT_THAT(entry.json, testing::Not(HasSubstr("customer")));
  EXPECT_THAT(audit.back().json, HasSubstr("approved"));
}

TEST_F(Library, MarksNeedAnImageAKindAndAReason) {
  const std::string id =
      Must(AddImage(ledger_, "a.bin", test::BuildImage("LTR-48246S"), "user/anna")).image.id;
  const auto reason = [&](const std::string& image, const char* kind, const char* text) {
    return ReasonOf(MarkImage(ledger_, image, kind, text, "user/bert"));
  };
  EXPECT_EQ(reason("00000000000000000000000000", "approved", ""), "IMAGE_NOT_FOUND");
  EXPECT_EQ(reason(id, "great", ""), "MARK_UNKNOWN");
  EXPECT_EQ(reason(id, "known_bad", ""), "REASON_REQUIRED");
  EXPECT_EQ(reason(id, "not_known_bad", ""), "REASON_REQUIRED");
  EXPECT_TRUE(Must(ledger_.ListImageMarks(id)).empty());
}

class Marked : public testing::Test {
 protected:
  std::vector<std::string> Reasons(const std::vector<inventory::Problem>& problems) {
    std::vector<std::string> reasons;
    for (const auto& problem : problems) reasons.push_back(problem.reason);
    return reasons;
  }
  Plan PlanNow() { return Must(bench_.engine().MakePlanFor(bench_.FlashOf("bay 1", image_))); }
  void Mark(const char* kind) {
    Must(MarkImage(bench_.ledger(), image_, kind, "because", "user/bert"));
  }

  test::BenchFixture bench_{"LTR-48246S"};
  std::string image_ = bench_.AddImage(bench_.NewFirmware());
};

TEST_F(Marked, AnImageThatNobodyApprovedIsOnlyWarnedOf) {
  EXPECT_THAT(Reasons(PlanNow().warnings), testing::Contains("IMAGE_NOT_APPROVED"));
  EXPECT_TRUE(PlanNow().problems.empty());
  Mark("approved");
  EXPECT_THAT(Reasons(PlanNow().warnings), testing::Not(testing::Contains("IMAGE_NOT_APPROVED")));
}

TEST_F(Marked, AKnownBadImageIsNotWritten) {
  Mark("known_bad");
  EXPECT_THAT(Reasons(PlanNow().problems), testing::ElementsAre("IMAGE_KNOWN_BAD"));
  EXPECT_EQ(ReasonOf(bench_.Submit(bench_.FlashOf("bay 1", image_))), "IMAGE_KNOWN_BAD");
  Mark("not_known_bad");
  EXPECT_EQ(bench_.Run(bench_.FlashOf("bay 1", image_)).row.result, "SUCCEEDED");
}

TEST_F(Marked, AnImageCalledBadAfterTheJobWasMadeIsNotWrittenEither) {
  bench_.When(State::kPreflight, [this](const std::string&) { Mark("known_bad"); });
  const JobView closed = bench_.Run(bench_.FlashOf("bay 1", image_));
  EXPECT_EQ(closed.row.error_reason, "IMAGE_KNOWN_BAD");
  EXPECT_EQ(closed.row.write_started_us, 0);
}

}  // namespace
}  // namespace firmbench::jobs
