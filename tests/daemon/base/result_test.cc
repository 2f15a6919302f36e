// SPDX-License-Identifier: Apache-2.0
#include "daemon/base/result.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>

namespace firmbench {
namespace {

Error Broken() { return NotFound("NO_SUCH_THING", "no such thing"); }

Result<int> Half(int n) {
  if (n % 2 != 0) return InvalidArgument("ODD", "odd number");
  return n / 2;
}

Result<int> Quarter(int n) {
  ASSIGN_OR_RETURN(const int half, Half(n));
  ASSIGN_OR_RETURN(int quarter, Half(half));
  return quarter;
}

Status CheckEven(int n, int& steps) {
  RETURN_IF_ERROR(Half(n));
  ++steps;
  return Ok();
}

TEST(Result, HoldsAValueOrAnError) {
  const Result<int> value = 5;
  EXPECT_TRUE(value);
  EXPECT_EQ(*value, 5);
  const Result<int> error = Broken();
  EXPECT_FALSE(error);
  EXPECT_EQ(error.error().reason(), "NO_SUCH_THING");
  EXPECT_EQ(Result<int>(Broken()).value_or(9), 9);
}

TEST(Result, MovesWhatCannotBeCopied) {
  Result<std::unique_ptr<int>> made = std::make_unique<int>(7);
  const std::unique_ptr<int> taken = std::move(made).value();
  EXPECT_EQ(*taken, 7);
}

TEST(Result, MacrosReturnTheFirstError) {
  EXPECT_EQ(Quarter(12).value(), 3);
  EXPECT_EQ(Quarter(6).error().reason(), "ODD");
  EXPECT_EQ(Quarter(5).error().reason(), "ODD");
  int steps = 0;
  EXPECT_TRUE(CheckEven(2, steps));
  EXPECT_FALSE(CheckEven(3, steps));
  EXPECT_EQ(steps, 1);
}

TEST(Result, AssignOrReturnAssignsWhatExists) {
  const auto sum = []() -> Result<int> {
    int n = 0;
    ASSIGN_OR_RETURN(n, Half(8));
    return n + 1;
  };
  EXPECT_EQ(sum().value(), 5);
}

TEST(ResultDeathTest, ValueOfAnErrorEndsTheProcess) {
  Result<int> error = Broken();
  EXPECT_DEATH((void)error.value(), "invariant broken");
  Result<int> value = 1;
  EXPECT_DEATH((void)value.error(), "invariant broken");
}

TEST(Error, AnswersItsFourQuestions) {
  const Error error = Unavailable("DRIVE_GONE", "no answer")
                          .WithDriveState(DriveState::kPartlyWritten)
                          .WithOpcode(0x3b)
                          .WithSense({5, 0x24, 1, false})
                          .WithTransport({19, 2, 3, 8})
                          .WithRemedy("plug it in")
                          .With("bay", "3")
                          .Context("page 7");
  EXPECT_EQ(error.code(), Code::kUnavailable);
  EXPECT_EQ(error.message(), "page 7: no answer");
  EXPECT_EQ(error.remedy(), "plug it in");
  EXPECT_THAT(error.metadata(), testing::ElementsAre(testing::Pair("bay", "3")));
  EXPECT_EQ(error.ToString(),
            "DRIVE_GONE: page 7: no answer [opcode 3b] [sense 05/24/01] "
            "[status 02 host 03 driver 08 errno 19] [drive partly_written]");
}

TEST(Error, LeavesTheDriveUntouchedUnlessSaid) {
  EXPECT_EQ(Broken().drive_state(), DriveState::kUntouched);
  EXPECT_EQ(Broken().ToString(), "NO_SUCH_THING: no such thing [drive untouched]");
}

TEST(Error, ShortFormsHaveGrpcsNumbers) {
  EXPECT_EQ(static_cast<int>(Cancelled("R", "m").code()), 1);
  EXPECT_EQ(static_cast<int>(InvalidArgument("R", "m").code()), 3);
  EXPECT_EQ(static_cast<int>(DeadlineExceeded("R", "m").code()), 4);
  EXPECT_EQ(static_cast<int>(NotFound("R", "m").code()), 5);
  EXPECT_EQ(static_cast<int>(ResourceExhausted("R", "m").code()), 8);
  EXPECT_EQ(static_cast<int>(FailedPrecondition("R", "m").code()), 9);
  EXPECT_EQ(static_cast<int>(Aborted("R", "m").code()), 10);
  EXPECT_EQ(static_cast<int>(Unimplemented("R", "m").code()), 12);
  EXPECT_EQ(static_cast<int>(Internal("R", "m").code()), 13);
  EXPECT_EQ(static_cast<int>(Unavailable("R", "m").code()), 14);
  EXPECT_EQ(static_cast<int>(DataLoss("R", "m").code()), 15);
}

}  // namespace
}  // namespace firmbench
