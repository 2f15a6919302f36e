// SPDX-License-Identifier: Apache-2.0
#include "daemon/jobs/library.h"

#include "daemon/base/hash.h"
#include "tests/support/bench_fixture.h"
#include "tests/support/image_builder.h"

namespace firmbench::jobs {
namespace {

using test::Must;
using test::ReasonOf;

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
  EXPECT_EQ(Must(ledger_.ListImages({.size = 10})).rows.size(), 1u);
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

}  // namespace
}  // namespace firmbench::jobs
