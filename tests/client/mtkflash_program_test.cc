// SPDX-License-Identifier: Apache-2.0
// `firmbench mtkflash` as a program: what it asks of the bench, and what it says on the way.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "tests/client/fake_bench.h"
#include "tests/client/program.h"
#include "tests/client/samples.h"

namespace firmbench::cli {
namespace {

using ::testing::HasSubstr;

constexpr char kHexText[] = ":01000200AA53\r\n:00000001FF\r\n";

// The sample bench has a simulated drive and a real one that is on no IDE port: no position there
// is a drive. The positions themselves are tried without a program, and on a whole simulated bench.
class MtkflashProgramTest : public ::testing::Test {
 protected:
  Finished Run(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), {"--bench", bench_.address(), "mtkflash"});
    return Program(bench_.folder(), arguments).Wait();
  }
  std::string File(const std::string& name, const std::string& bytes) const {
    const std::string path = bench_.folder() + "/" + name;
    std::ofstream(path, std::ios::binary) << bytes;
    return path;
  }

  FakeBench bench_;
};

TEST_F(MtkflashProgramTest, NamesTheDrivesWhenThePositionIsEmpty) {
  const Finished done = Run({"3", "W", File("a.hex", kHexText)});
  EXPECT_EQ(done.status, 1);
  EXPECT_THAT(done.err, HasSubstr("MTKFLASH_POSITION_EMPTY"));
  EXPECT_THAT(done.err, HasSubstr("secondary master"));
  EXPECT_THAT(done.err, HasSubstr("bay 1"));
  EXPECT_TRUE(bench_.creates().empty());
  EXPECT_TRUE(bench_.uploads().empty());
}

TEST_F(MtkflashProgramTest, EndsWith2ForAWrongCommandLine) {
  for (const std::vector<std::string>& words : {std::vector<std::string>{},
                                                {"R", "/B", "x.bin"},
                                                {"9", "R", "x.bin"},
                                                {"1", "R", "/Z", "x.bin"}}) {
    const Finished done = Run(words);
    EXPECT_EQ(done.status, 2) << done.err;
    EXPECT_THAT(done.err, HasSubstr("firmbench mtkflash --help"));
  }
}

TEST_F(MtkflashProgramTest, HelpsWithExamples) {
  const Finished done = Run({"--help"});
  EXPECT_EQ(done.status, 0);
  EXPECT_THAT(done.out, HasSubstr("firmbench mtkflash 3 R /B /M file.bin"));
}

}  // namespace
}  // namespace firmbench::cli
