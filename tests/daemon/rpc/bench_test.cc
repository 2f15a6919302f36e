// SPDX-License-Identifier: Apache-2.0
// What a bench says is wrong with it, the most urgent first, and what is asked of requests.

#include <gtest/gtest.h>

#include <limits>

#include "daemon/rpc/bench_service.h"
#include "daemon/rpc/drive_service.h"

namespace firmbench::rpc {
namespace {

inventory::Snapshot Drive(const std::string& bay, std::vector<inventory::Problem> problems,
                          inventory::DriveCondition condition = inventory::DriveCondition::kReady) {
  auto drive = std::make_shared<inventory::DriveSnapshot>();
  drive->bay = bay;
  drive->condition = condition;
  drive->problems = std::move(problems);
  return drive;
}

std::vector<std::string> Reasons(const std::vector<inventory::Problem>& problems) {
  std::vector<std::string> reasons;
  for (const auto& problem : problems) reasons.push_back(problem.reason);
  return reasons;
}

TEST(BenchProblems, BeginWithTheDrivesThatWereCut) {
  const storage::LedgerHealth full{false, "LEDGER_FULL", "the disk is full", "make room"};
  const auto problems =
      BenchProblems({Drive("bay 1", {{"TRANSPORT_TIMEOUT", "no answer", "check the cable"}}),
                     Drive("bay 2", {{"RECOVERY_NEEDED", "cut", "firmbench job recover jobs/X"},
                                     {"UNIT_AMBIGUOUS", "two fit", ""}})},
                    full);
  EXPECT_EQ(Reasons(problems), (std::vector<std::string>{"RECOVERY_NEEDED", "LEDGER_FULL",
                                                         "TRANSPORT_TIMEOUT", "UNIT_AMBIGUOUS"}));
  EXPECT_EQ(problems[0].text, "cut");
  EXPECT_EQ(problems[0].remedy, "firmbench job recover jobs/X");
  EXPECT_EQ(problems[1].remedy, "make room");
  // Of the others it has to be said which drive they are about.
  EXPECT_EQ(problems[2].text, "bay 1: no answer");
}

TEST(BenchProblems, AreNoneOfAGoodBench) {
  EXPECT_TRUE(BenchProblems({Drive("bay 1", {})}, {}).empty());
  EXPECT_EQ(Reasons(BenchProblems({}, {})), std::vector<std::string>{"NO_DRIVES"});
  EXPECT_EQ(Reasons(BenchProblems({Drive("bay 1", {}, inventory::DriveCondition::kGone)}, {})),
            std::vector<std::string>{"NO_DRIVES"});
}

TEST(ClaimLength, IsTheUsualOneUnlessItIsSaid) {
  constexpr Nanos kUsual = std::chrono::minutes(30);
  v1::ClaimDriveRequest request;
  EXPECT_EQ(*ClaimLength(request, kUsual), std::chrono::minutes(30));
  request.mutable_duration()->set_seconds(24 * 3600);
  EXPECT_EQ(*ClaimLength(request, kUsual), std::chrono::hours(24));
  for (const int64_t seconds :
       {int64_t{0}, int64_t{-1}, int64_t{24 * 3600 + 1}, std::numeric_limits<int64_t>::max()}) {
    request.mutable_duration()->set_seconds(seconds);
    ASSERT_FALSE(ClaimLength(request, kUsual)) << seconds;
    EXPECT_EQ(ClaimLength(request, kUsual).error().reason(), "DURATION_INVALID");
  }
  request.mutable_duration()->set_seconds(1);
  request.mutable_duration()->set_nanos(5);
  EXPECT_FALSE(ClaimLength(request, kUsual));
}

TEST(Reasons, AreThereAndBounded) {
  EXPECT_TRUE(CheckReason("new cable"));
  for (const std::string& empty : {std::string(), std::string(" \t\n")}) {
    EXPECT_EQ(CheckReason(empty).error().reason(), "REASON_REQUIRED");
  }
  EXPECT_TRUE(CheckReason(std::string(1000, 'x')));
  EXPECT_EQ(CheckReason(std::string(1001, 'x')).error().reason(), "FIELD_TOO_LONG");
}

}  // namespace
}  // namespace firmbench::rpc
