// SPDX-License-Identifier: Apache-2.0
#include "daemon/config/config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace firmbench::config {
namespace {

using ::testing::HasSubstr;

TEST(Config, HasDefaultsWhenTheFileIsEmpty) {
  const auto config = ParseConfig("", "bench.toml");
  ASSERT_TRUE(config);
  EXPECT_EQ(config->state_dir, "/var/lib/firmbench");
  EXPECT_EQ(config->listen, "unix:/run/firmbench/firmbench.sock");
  EXPECT_EQ(config->simulate, "");
  EXPECT_EQ(config->log_level, log::Level::kInfo);
}

TEST(Config, ReadsEveryKey) {
  const auto config = ParseConfig(
      "state_dir = '/srv/bench'\nlisten = 'unix:/srv/sock'\nsimulate = 'b.toml'\n"
      "log_level = 'debug'\n",
      "bench.toml");
  ASSERT_TRUE(config);
  EXPECT_EQ(config->state_dir, "/srv/bench");
  EXPECT_EQ(config->listen, "unix:/srv/sock");
  EXPECT_EQ(config->simulate, "b.toml");
  EXPECT_EQ(config->log_level, log::Level::kDebug);
}

struct Mistake {
  const char* text;
  const char* where;
  const char* what;
};

class ConfigMistakes : public ::testing::TestWithParam<Mistake> {};

TEST_P(ConfigMistakes, IsNamedWithFileLineAndColumn) {
  const auto config = ParseConfig(GetParam().text, "bench.toml");
  ASSERT_FALSE(config);
  EXPECT_EQ(config.error().reason(), "CONFIG_INVALID");
  EXPECT_THAT(config.error().message(), HasSubstr(GetParam().where));
  EXPECT_THAT(config.error().message(), HasSubstr(GetParam().what));
}

INSTANTIATE_TEST_SUITE_P(
    All, ConfigMistakes,
    ::testing::Values(Mistake{"state_dirr = 'x'\n", "bench.toml:1:1", "unknown key state_dirr"},
                      Mistake{"\n  listen = 3\n", "bench.toml:2:12", "listen takes a text"},
                      Mistake{"log_level = 'loud'\n", "bench.toml:1:13", "debug, info"},
                      Mistake{"state_dir = 'a'\nstate_dir = 'b'\n", "bench.toml:2:", "state_dir"},
                      Mistake{"state_dir = [\n", "bench.toml:", ""},
                      Mistake{"[section]\nx = 'y'\n", "bench.toml:1:", "section"}));

TEST(Config, NamesAFileThatIsNotThere) {
  const auto config = LoadConfig("/nonexistent/bench.toml");
  ASSERT_FALSE(config);
  EXPECT_EQ(config.error().reason(), "CONFIG_UNREADABLE");
}

}  // namespace
}  // namespace firmbench::config
