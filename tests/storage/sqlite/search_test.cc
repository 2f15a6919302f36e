// SPDX-License-Identifier: Apache-2.0
// Finding by any part of a text, and erasing what must not be found any more.

#include "storage/sqlite/search.h"

#include <fstream>
#include <iterator>

#include "tests/storage/test_ledger.h"

namespace firmbench::storage {
namespace {

class Searching : public LedgerTest {
 protected:
  void SetUp() override {
    LedgerTest::SetUp();
    FillEveryTable(ledger());
    unit_ = ledger().ListUnits({}, {})->rows.at(0);
  }
  // "field: text" of what is found.
  std::vector<std::string> Find(const std::string& text, int limit = 100) {
    std::vector<std::string> found;
    const auto hits = ledger().Search(text, limit);
    EXPECT_OK(hits);
    if (!hits) return found;
    for (const SearchHit& hit : *hits)
      found.push_back(hit.kind + " " + hit.field + ": " + hit.text);
    return found;
  }
  Status AddCustomer(const std::string& unit_id, const std::string& name, const std::string& note) {
    return ledger().Commit([&](Transaction& tx) -> Status {
      RETURN_IF_ERROR(tx.InsertUnitEvent({.id = tx.NewId(),
                                          .unit_id = unit_id,
                                          .kind = "note",
                                          .text = note,
                                          .principal = "user/anna",
                                          .created_us = tx.now_us()}));
      return tx.InsertCustomer({.id = tx.NewId(),
                                .unit_id = unit_id,
                                .customer = name,
                                .ticket = name + "-ticket",
                                .principal = "user/anna",
                                .created_us = tx.now_us()});
    });
  }
  Status Erase(const std::string& unit_id) {
    return ledger().Commit([&](Transaction& tx) { return tx.EraseCustomerData(unit_id); });
  }
  bool InTheFiles(const std::string& text) {
    for (const char* const suffix : {"", "-wal"}) {
      std::ifstream file(path() + suffix, std::ios::binary);
      const std::string content{std::istreambuf_iterator<char>(file), {}};
      if (content.find(text) != std::string::npos) return true;
    }
    return false;
  }

  Unit unit_;
};

using Texts = std::vector<std::string>;

TEST_F(Searching, FindsPartsOfTextsWhateverTheirCase) {
  EXPECT_EQ(Find("SHELF"), Texts{"unit label: shelf 3"});
  EXPECT_EQ(Find("ent tra"), Texts{"unit note: came with a bent tray"});
  EXPECT_EQ(Find("u-0001"), Texts{"unit number: U-0001"});
  EXPECT_EQ(Find("miller"), Texts{"unit customer: Mrs Miller"});
  EXPECT_EQ(Find("t-77"), Texts{"unit ticket: T-77"});
  EXPECT_EQ(Find("mtkflash"), Texts{"unit tool: MTKFLASH 1.83"});
  EXPECT_EQ(Find("wrote"), Texts{"unit note: wrote MS0P"});
  EXPECT_EQ(Find("backup old"), Texts{"dump file name: backup old.bin"});
  EXPECT_EQ(Find("vendor's"), Texts{"image note: from the vendor's site"});
  EXPECT_EQ(Find("aaaaaaaaaaaaaaaa"), Texts{"job plan: " + std::string(64, 'a')});
  const std::string sha256 = ledger().ListDumps({}, {})->rows.at(0).sha256;
  EXPECT_EQ(Find(sha256.substr(10, 20)),
            (Texts{"dump sha256: " + sha256, "image sha256: " + sha256}));
  EXPECT_TRUE(Find("nothing like it").empty());
}

TEST_F(Searching, WholeTextsComeFirstAndRepeatedOnesOnce) {
  for (const char* const serial : {"MS0R-1234", "MS0R-1234", "MS0R"}) {
    ASSERT_OK(ledger().Commit([&](Transaction& tx) {
      return tx.InsertEvidence({.id = tx.NewId(),
                                .unit_id = unit_.id,
                                .kind = "ata_serial",
                                .value = serial,
                                .seen_us = tx.now_us()});
    }));
  }
  const Texts found = Find("ms0r");
  ASSERT_EQ(found.size(), 5u) << testing::PrintToString(found);
  EXPECT_EQ(found[0], "unit serial: MS0R");
  EXPECT_EQ(found[3], "image file name: MS0R.bin");
  EXPECT_EQ(found[4], "unit serial: MS0R-1234");
  EXPECT_EQ(Find("ms0r", 2).size(), 2u);
}

TEST_F(Searching, TakesAnyTextAsTextAndRefusesTheRest) {
  for (const char* const text : {"\"\"\"", "a\"b OR c*", "NEAR(a b)", "text:abc", "-- ;", "'''"}) {
    EXPECT_EQ(ReasonOf(ledger().Search(text, 10)), "OK") << text;
  }
  for (const std::string& text :
       {std::string(), std::string("ab"), std::string("äö"), std::string(201, 'x'),
        std::string("ab\ncd"), std::string("abc\xFF"), std::string("ab\0cd", 5)}) {
    EXPECT_EQ(ReasonOf(ledger().Search(text, 10)), "SEARCH_TEXT_INVALID") << text;
  }
}

TEST_F(Searching, ALongTextIsShownWhereItMatches) {
  std::string note;
  for (int i = 0; i < 100; ++i) note += "füllwort ";
  note += "Needle";
  for (int i = 0; i < 100; ++i) note += " füllwort";
  ASSERT_OK(AddCustomer(unit_.id, "Someone", note));
  const auto hits = ledger().Search("needle", 10);
  ASSERT_EQ(hits->size(), 1u);
  EXPECT_LE(hits->at(0).text.size(), 200u);
  EXPECT_GE(hits->at(0).text.size(), 190u);
  EXPECT_NE(hits->at(0).text.find("Needle"), std::string::npos);
  EXPECT_NE(hits->at(0).text.front() & 0xC0, 0x80);  // whole characters
}

TEST_F(Searching, AChangedLabelIsFoundByItsNewTextOnly) {
  unit_.label = "drawer 9";
  ASSERT_OK(ledger().Commit([&](Transaction& tx) { return tx.UpdateUnit(unit_); }));
  EXPECT_EQ(Find("drawer"), Texts{"unit label: drawer 9"});
  EXPECT_TRUE(Find("shelf").empty());
  EXPECT_EQ(Find("bent tray").size(), 1u);
  // A change that says nothing new, one that is undone, and one after it.
  ASSERT_OK(ledger().Commit([&](Transaction& tx) { return tx.UpdateUnit(unit_); }));
  Unit other = unit_;
  other.label = "cellar";
  EXPECT_FALSE(ledger().Commit([&](Transaction& tx) -> Status {
    RETURN_IF_ERROR(tx.UpdateUnit(other));
    return Internal("NO", "no");
  }));
  EXPECT_TRUE(Find("cellar").empty());
  EXPECT_EQ(Find("drawer").size(), 1u);
  EXPECT_EQ(ledger().Verify()->problems, Texts{});
}

TEST_F(Searching, AUnitThatWasMergedIsFoundAsTheOneItTurnedOutToBe) {
  Unit second;
  ASSERT_OK(ledger().Commit([&](Transaction& tx) -> Status {
    second = SampleUnit(tx);
    second.label = "box 5";
    RETURN_IF_ERROR(tx.InsertUnit(second));
    second.merged_into = unit_.id;
    return tx.UpdateUnit(second);
  }));
  EXPECT_EQ(ledger().Search("box 5", 10)->at(0).subject_id, unit_.id);
}

TEST_F(Searching, WhatWasErasedIsInNoFileAnyMore) {
  // Among enough others that the index has segments and the tables have pages of their own.
  for (int i = 0; i < 200; ++i) {
    const std::string number = std::to_string(i);
    ASSERT_OK(AddCustomer(unit_.id, "Zaphod Ωmega Beeblebrox " + number,
                          "collects two-headed drives " + number));
  }
  unit_.note = "belongs to Zaphod";
  ASSERT_OK(ledger().Commit([&](Transaction& tx) { return tx.UpdateUnit(unit_); }));
  Unit neighbour;
  ASSERT_OK(ledger().Commit([&](Transaction& tx) -> Status {
    neighbour = SampleUnit(tx);
    RETURN_IF_ERROR(tx.InsertUnit(neighbour));
    return Ok();
  }));
  ASSERT_OK(AddCustomer(neighbour.id, "Arthur Dent", "keeps a towel in it"));
  ASSERT_TRUE(InTheFiles("Zaphod"));
  ASSERT_TRUE(InTheFiles("ωme"));
  ASSERT_EQ(Find("zaphod").size(), 100u);

  clock_.SleepFor(std::chrono::seconds(1));
  ASSERT_OK(Erase(unit_.id));
  for (const char* const text : {"Zaphod", "Beeblebrox", "headed drives", "Mrs Miller", "T-77",
                                 "wrote MS0P", "zaphod", "belongs to"}) {
    EXPECT_FALSE(InTheFiles(text)) << text;
  }
  EXPECT_TRUE(InTheFiles("Arthur Dent"));
  EXPECT_TRUE(Find("zaphod").empty());
  EXPECT_TRUE(Find("headed").empty());
  EXPECT_EQ(Find("arthur dent").size(), 2u);
  EXPECT_FALSE(InTheFiles("ωme"));         // the index is of parts in small letters
  EXPECT_EQ(Find("mtkflash").size(), 1u);  // which tool was used says nothing about people
  const auto customers = ledger().ListCustomers(unit_.id);
  ASSERT_EQ(customers->size(), 201u);
  for (const Customer& customer : *customers) {
    EXPECT_EQ(customer.customer + customer.ticket, "");
    EXPECT_EQ(customer.erased_us, clock_.WallMicros());
  }
  EXPECT_EQ(ledger().ListUnitEvents(unit_.id)->at(0).erased_us, clock_.WallMicros());
  EXPECT_EQ(ledger().GetUnit(unit_.id)->note, "");
  EXPECT_EQ(ledger().Verify()->problems, Texts{});

  // Again, with one more: what is erased stays as it is.
  ASSERT_OK(AddCustomer(unit_.id, "Trillian", ""));
  ASSERT_OK(Erase(unit_.id));
  EXPECT_FALSE(InTheFiles("Trillian"));
  EXPECT_EQ(ledger().Verify()->problems, Texts{});
  EXPECT_EQ(ReasonOf(Erase("nobody")), "UNIT_NOT_FOUND");
}

TEST_F(Searching, AReadOfBeforeDelaysTheWipingOfTheLogOnly) {
  Close();
  auto opened = OpenLedger({.path = path(), .clock = &clock_, .busy_wait = Nanos::zero()});
  ASSERT_OK(opened);
  ledger_ = std::move(*opened);
  ASSERT_OK(AddCustomer(unit_.id, "Slartibartfast", "builds fjords"));
  RawDatabase reader(path());
  reader.Exec("BEGIN");
  reader.Query("SELECT count(*) FROM customers");
  ASSERT_OK(Erase(unit_.id));
  EXPECT_TRUE(Find("slarti").empty());
  EXPECT_TRUE(InTheFiles("Slartibartfast"));
  reader.Exec("COMMIT");
  ASSERT_OK(AddCustomer(unit_.id, "Ford", "from Betelgeuse"));  // any other change
  EXPECT_FALSE(InTheFiles("Slartibartfast"));
  EXPECT_FALSE(InTheFiles("fjords"));
}

TEST_F(Searching, ErasingAUnitErasesThoseMergedIntoIt) {
  Unit second;
  ASSERT_OK(ledger().Commit([&](Transaction& tx) -> Status {
    second = SampleUnit(tx);
    second.note = "from Marvin";
    RETURN_IF_ERROR(tx.InsertUnit(second));
    second.merged_into = unit_.id;
    return tx.UpdateUnit(second);
  }));
  ASSERT_OK(AddCustomer(second.id, "Marvin", "is depressed"));
  ASSERT_OK(Erase(unit_.id));
  EXPECT_FALSE(InTheFiles("Marvin"));
  EXPECT_FALSE(InTheFiles("depressed"));
}

}  // namespace
}  // namespace firmbench::storage
