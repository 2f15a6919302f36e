// SPDX-License-Identifier: Apache-2.0
#include "daemon/jobs/cut_job.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "daemon/base/bytes.h"

namespace firmbench::jobs {
namespace {

constexpr uint32_t kUnit = 4096;
constexpr uint32_t kFirstPage = 256;
constexpr uint32_t kUnits = 16;

// Bytes that look like code: no two firmwares agree by chance in a whole unit, none is blank.
Bytes Firmware(uint32_t seed) {
  Bytes bytes(kUnits * kUnit);
  for (uint8_t& byte : bytes) {
    seed = seed * 1664525 + 1013904223;
    byte = static_cast<uint8_t>(seed >> 24);
  }
  return bytes;
}

class CutState16 : public ::testing::Test {
 protected:
  CutState16() {
    for (uint32_t i = 0; i < kUnits; ++i) units_.push_back({i * kUnit, kUnit});
  }
  void Copy(const Bytes& from, uint32_t unit) {
    std::copy_n(from.begin() + unit * kUnit, kUnit, now_.begin() + unit * kUnit);
  }
  void Fill(uint32_t unit, uint32_t length, uint8_t byte) {
    std::fill_n(now_.begin() + unit * kUnit, length, byte);
  }
  CutState State() const { return Classify(now_, before_, target_, units_); }

  const Bytes before_ = Firmware(1), target_ = Firmware(2);
  Bytes now_ = before_;
  std::vector<families::ByteRange> units_;
};

TEST_F(CutState16, IsOldOrNewAsAWhole) {
  EXPECT_TRUE(State().all_old);
  now_ = target_;
  EXPECT_TRUE(State().all_new);
  EXPECT_TRUE(State().plausible());
}

TEST_F(CutState16, IsPlausibleWhenTheFirstPagesAreStillBlank) {
  for (uint32_t unit = 0; unit < 10; ++unit) {
    Copy(target_, unit);
    Fill(unit, kFirstPage, 0xFF);
  }
  Fill(10, kUnit, 0xFF);  // erased, and that was the end
  const CutState state = State();
  EXPECT_EQ(state.hold_new, 0u);
  EXPECT_EQ(state.hold_old, 5u);
  EXPECT_EQ(state.torn, 11u);
  EXPECT_EQ(state.foreign, 0u);
  EXPECT_TRUE(state.plausible());
}

// The way back was cut as well: both kinds of first pages are missing, and one unit is mixed.
TEST_F(CutState16, IsPlausibleAfterARecoveryThatWasCut) {
  for (uint32_t unit = 0; unit < 10; ++unit) {
    Copy(unit < 4 ? before_ : target_, unit);
    Fill(unit, kFirstPage, 0xFF);
  }
  Copy(before_, 4);
  Fill(4, kUnit / 2, 0xFF);
  EXPECT_TRUE(State().plausible());
}

TEST_F(CutState16, IsNotPlausibleForTheFirmwareOfAnother) {
  const Bytes other = Firmware(3);
  for (uint32_t unit = 0; unit < 5; ++unit) Copy(other, unit);
  EXPECT_EQ(State().foreign, 5u);
  EXPECT_FALSE(State().plausible());
}

// What a cut in the middle of a byte's programming or of an erase leaves.
TEST_F(CutState16, IsPlausibleWithBitsOnTheirWay) {
  for (uint32_t unit = 0; unit < 5; ++unit) {
    const auto byte = now_.begin() + unit * kUnit;
    *byte = static_cast<uint8_t>(target_[unit * kUnit] | 0x5A);
  }
  EXPECT_EQ(State().foreign, 0u);
  EXPECT_TRUE(State().plausible());
}

TEST_F(CutState16, IsNotPlausibleWhenNothingButZerosIsRead) {
  std::fill(now_.begin(), now_.end(), 0x00);
  EXPECT_FALSE(State().plausible());
}

TEST_F(CutState16, IsNotPlausibleWhenMuchElseChanged) {
  units_.resize(8);
  Copy(target_, 3);
  EXPECT_TRUE(State().plausible());
  Copy(target_, 12);
  EXPECT_EQ(State().elsewhere, kUnit / 256);
  EXPECT_FALSE(State().plausible());
  now_.resize(kUnit);
  EXPECT_FALSE(State().plausible());
}

}  // namespace
}  // namespace firmbench::jobs
