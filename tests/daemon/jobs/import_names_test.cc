// SPDX-License-Identifier: Apache-2.0
#include "daemon/jobs/import_names.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace firmbench::jobs {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const std::vector<NamedUnit>& Units() {
  static const std::vector<NamedUnit> units = {
      {"one", 1, "shelf-7", {"SIM000123"}}, {"two", 12, "", {"ab"}}, {"three", 120, "x", {}}};
  return units;
}

std::vector<std::string> Proposed(std::string_view name) {
  std::vector<std::string> ids;
  for (const UnitProposal& proposal : ProposeByName(name, Units())) ids.push_back(proposal.unit_id);
  return ids;
}

TEST(ImportNames, ProposesByNumberSerialAndLabel) {
  EXPECT_THAT(Proposed("U-0001 before.bin"), ElementsAre("one"));
  EXPECT_THAT(Proposed("backup_u0012.bin"), ElementsAre("two"));
  EXPECT_THAT(Proposed("backup-u0012.bin"), ElementsAre("two"));
  EXPECT_THAT(Proposed("sim000123_eeprom.bin"), ElementsAre("one"));
  EXPECT_THAT(Proposed("sim000123-eeprom.bin"), ElementsAre("one"));
  EXPECT_THAT(Proposed("Shelf-7/eeprom.bin"), ElementsAre("one"));
  EXPECT_THAT(Proposed("U-0012 and U-0001.bin"), ElementsAre("one", "two"));
}

TEST(ImportNames, ProposesNothingByChance) {
  EXPECT_THAT(Proposed("SIM0001234.bin"), IsEmpty());
  EXPECT_THAT(Proposed("ab x.bin"), IsEmpty());  // too short to tell
  EXPECT_THAT(Proposed("U-00012.bin"), IsEmpty());
  EXPECT_THAT(Proposed(""), IsEmpty());
}

TEST(ImportNames, SaysWhereNameAndBytesDiffer) {
  EXPECT_THAT(NameNotes("LTR-48246S SS0E.bin", "LTR-48246S", "SS0E"), IsEmpty());
  EXPECT_THAT(NameNotes("ss0d.bin", "LTR-48246S", "SS0E"),
              ElementsAre(HasSubstr("its name says firmware SS0D, its bytes SS0E")));
  EXPECT_THAT(NameNotes("ldw-451s.bin", "LDW-851S", "GS0N"),
              ElementsAre(HasSubstr("its name says LDW-451S, its bytes LDW-851S")));
  EXPECT_THAT(NameNotes("eeprom QS0C.bin", "LTR-52327S", ""),
              ElementsAre(HasSubstr("an EEPROM does not say it")));
  EXPECT_THAT(NameNotes("ASUS B500 JPEG.bin", "LTR-48246S", "SS0E"), IsEmpty());
}

}  // namespace
}  // namespace firmbench::jobs
