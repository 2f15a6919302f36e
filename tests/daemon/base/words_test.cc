// SPDX-License-Identifier: Apache-2.0
#include "daemon/base/words.h"

#include <gtest/gtest.h>

namespace firmbench {
namespace {

TEST(Memory, WordsGoBothWays) {
  for (const Memory memory : {Memory::kFirmware, Memory::kBoot, Memory::kEeprom}) {
    EXPECT_EQ(ParseMemory(ToString(memory)), memory);
  }
  EXPECT_FALSE(ParseMemory("flash"));
  EXPECT_FALSE(ParseMemory("Firmware"));
  EXPECT_FALSE(ParseMemory(""));
}

TEST(Evidence, WeakestPartGradesASequence) {
  EXPECT_EQ(Weakest(Evidence::kObserved, Evidence::kSecondHand), Evidence::kSecondHand);
  EXPECT_EQ(Weakest(Evidence::kHypothetical, Evidence::kDocumented), Evidence::kHypothetical);
  EXPECT_EQ(ToString(Evidence::kReadInCode), "read in code");
}

}  // namespace
}  // namespace firmbench
