// SPDX-License-Identifier: Apache-2.0
// Several benches at once: which are meant, what is shown of their answers, and how it ends.

#include "client/cli/fan_out.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "client/cli/render/drive.h"
#include "tests/client/golden.h"
#include "tests/client/samples.h"

namespace firmbench::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

Error Unreachable() {
  return Unavailable(kReasonUnreachable, "the bench does not answer").WithRemedy("plug it in");
}
Error NotThere() { return NotFound("UNIT_NOT_FOUND", "there is no unit U-0007"); }

Asked Said(const std::string& bench, Ending ending, const std::string& text = {}) {
  Asked asked{.bench = bench, .answer = {}, .ending = std::move(ending)};
  asked.answer.text = text;
  if (!text.empty()) asked.answer.json = "{\n \"principal\": \"ann\"\n}\n";
  return asked;
}

Asked Listed(const std::string& bench, const v1::Drive& drive) {
  Asked asked{.bench = bench, .answer = {}};
  v1::ListDrivesResponse drives;
  *drives.add_drives() = drive;
  asked.answer.table = render::DriveTable(drives, false);
  return asked;
}

std::string Shown(const std::vector<Asked>& all, OutputFormat output = OutputFormat::kTable) {
  std::string kept;
  Console console(Console(), kept);
  PrintTogether(console, {.bench = "all", .output = output}, all);
  return kept;
}

TEST(FanOut, MakesOneTableThatNamesTheBench) {
  Asked urgent = Listed("back", SampleDriveAlien());
  urgent.answer.urgent = "a drive was cut\n  do this\n";
  urgent.answer.said = "there is more\n";
  ExpectGolden("several_benches.txt",
               Shown({Listed("front", SampleDrive()), urgent, Said("attic", Unreachable())}));
}

TEST(FanOut, NamesTheBenchOfEveryText) {
  EXPECT_EQ(Shown({Said("front", ExitCode::kOk, "ann, viewer\n"),
                   Said("back", ExitCode::kOk, "two\n\nlines\n")}),
            "front: ann, viewer\nback:\n  two\n\n  lines\n");
}

TEST(FanOut, SaysOfAThingThatOneHasOnlyThatTheOthersHaveItNot) {
  const std::string shown =
      Shown({Said("front", ExitCode::kOk, "U-0007\n"), Said("back", NotThere())});
  EXPECT_EQ(shown, "back: there is no unit U-0007\nfront: U-0007\n");
  EXPECT_THAT(Shown({Said("front", NotThere()), Said("back", NotThere())}),
              HasSubstr("back: error: there is no unit"));
}

TEST(FanOut, MakesOneJsonObject) {
  ExpectGolden("several_benches.json",
               Shown({Said("front", ExitCode::kOk, "ann\n"), Said("back", ExitCode::kFailed),
                      Said("at\"tic", Unreachable())},
                     OutputFormat::kJson));
}

TEST(FanOut, EndsAsTheBenchesDid) {
  const Ending ok = ExitCode::kOk, bad = ExitCode::kFailed;
  const Error denied(Code::kPermissionDenied, "ROLE_REQUIRED", "no");
  const auto end = [](const std::vector<Ending>& endings, bool any = false) {
    std::vector<Asked> all;
    for (const Ending& ending : endings) all.push_back(Said("x", ending));
    return EndTogether(all, any);
  };
  EXPECT_EQ(end({ok, ok}), ExitCode::kOk);
  EXPECT_EQ(end({Unreachable(), Unreachable()}), ExitCode::kUnreachable);
  EXPECT_EQ(end({denied, denied}), ExitCode::kDenied);
  EXPECT_EQ(end({denied, Unreachable()}), ExitCode::kFailed);
  EXPECT_EQ(end({ok, Unreachable()}), ExitCode::kSomeFailed);
  EXPECT_EQ(end({bad, Unreachable()}), ExitCode::kSomeFailed);
  EXPECT_EQ(end({ok, bad}), ExitCode::kFailed);
  // A search that finds something, a name that one of them knows.
  EXPECT_EQ(end({ok, bad}, true), ExitCode::kOk);
  EXPECT_EQ(end({bad, bad}, true), ExitCode::kFailed);
  EXPECT_EQ(end({ok, NotThere()}, true), ExitCode::kOk);
  EXPECT_EQ(end({NotThere(), NotThere()}, true), ExitCode::kFailed);
  EXPECT_EQ(end({NotThere(), Unreachable()}, true), ExitCode::kSomeFailed);
}

TEST(FanOut, KnowsWhichBenchesAreMeant) {
  const BenchBook nothing("/nonexistent");
  EXPECT_EQ(*BenchNames("a,b", nothing), (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(*BenchNames("a,unix:/x,a", nothing), (std::vector<std::string>{"a", "unix:/x"}));
  EXPECT_EQ(BenchNames("all", nothing).error().reason(), kReasonUsage);
}

}  // namespace
}  // namespace firmbench::cli
