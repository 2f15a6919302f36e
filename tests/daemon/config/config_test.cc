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
  EXPECT_TRUE(config->keep_awake);
  EXPECT_EQ(config->finish, Finish::kAsk);
  EXPECT_EQ(config->spill_folder, "");
  EXPECT_EQ(config->claim, std::chrono::minutes(30));
  EXPECT_EQ(config->copy_folder, "");
  EXPECT_FALSE(config->require_copy);
  EXPECT_FALSE(config->copy_same_filesystem);
  EXPECT_FALSE(config->port_io);
}

TEST(Config, ReadsEveryKey) {
  const auto config = ParseConfig(
      "state_dir = '/srv/bench'\nlisten = 'unix:/srv/sock'\nsimulate = 'b.toml'\n"
      "log_level = 'debug'\n[power]\nkeep_awake = false\n[recovery]\nfinish = 'new'\n"
      "[jobs]\nspill_folder = '/srv/spill'\nclaim_minutes = 1440\n"
      "[copy]\nfolder = '/mnt/copy'\nrequire_copy = true\nallow_same_filesystem = true\n"
      "[port_io]\nenabled = true\n",
      "bench.toml");
  ASSERT_TRUE(config);
  EXPECT_EQ(config->state_dir, "/srv/bench");
  EXPECT_EQ(config->listen, "unix:/srv/sock");
  EXPECT_EQ(config->simulate, "b.toml");
  EXPECT_EQ(config->log_level, log::Level::kDebug);
  EXPECT_FALSE(config->keep_awake);
  EXPECT_EQ(config->finish, Finish::kNew);
  EXPECT_EQ(config->spill_folder, "/srv/spill");
  EXPECT_EQ(config->claim, std::chrono::minutes(1440));
  EXPECT_EQ(config->copy_folder, "/mnt/copy");
  EXPECT_TRUE(config->require_copy);
  EXPECT_TRUE(config->copy_same_filesystem);
  EXPECT_TRUE(config->port_io);
}

TEST(Config, IsShippedAsAnExampleThatSaysTheDefaults) {
  const auto config = LoadConfig(FIRMBENCH_SOURCE_DIR "/deploy/examples/firmbenchd.toml");
  ASSERT_TRUE(config) << config.error().ToString();
  const Config defaults;
  EXPECT_EQ(config->state_dir, defaults.state_dir);
  EXPECT_EQ(config->listen, defaults.listen);
  EXPECT_EQ(config->simulate, defaults.simulate);
  EXPECT_EQ(config->log_level, defaults.log_level);
  EXPECT_EQ(config->keep_awake, defaults.keep_awake);
  EXPECT_EQ(config->finish, defaults.finish);
  EXPECT_EQ(config->spill_folder, defaults.spill_folder);
  EXPECT_EQ(config->claim, defaults.claim);
  EXPECT_EQ(config->copy_folder, defaults.copy_folder);
  EXPECT_EQ(config->require_copy, defaults.require_copy);
  EXPECT_EQ(config->port_io, defaults.port_io);
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
                      Mistake{"[section]\nx = 'y'\n", "bench.toml:1:", "section"},
                      Mistake{"keep_awake = true\n", "bench.toml:1:1", "unknown key keep_awake"},
                      Mistake{"power = true\n", "bench.toml:1:9", "power is a table"},
                      Mistake{"[power]\nfinish = 'old'\n", "bench.toml:2:1", "unknown key finish"},
                      Mistake{"[power]\nkeep_awake = 'no'\n", "bench.toml:2:14", "true or false"},
                      Mistake{"[recovery]\nfinish = 'both'\n", "bench.toml:2:10", "ask, old, new"},
                      Mistake{"[jobs]\nclaim_minutes = 0\n", "bench.toml:2:17", "1 to 1440"},
                      Mistake{"[jobs]\nclaim_minutes = 1441\n", "bench.toml:2:17", "1 to 1440"},
                      Mistake{"[jobs]\nclaim_minutes = 1.5\n", "bench.toml:2:17", "whole number"},
                      Mistake{"[copy]\nfolder = 'mnt'\n", "bench.toml:2:10", "absolute path"},
                      Mistake{"[copy]\nrequire_copy = true\n", "bench.toml:1:", "needs a folder"},
                      Mistake{"[[jobs]]\n", "bench.toml:1:", "jobs is a table"}));

TEST(Config, NamesAFileThatIsNotThere) {
  const auto config = LoadConfig("/nonexistent/bench.toml");
  ASSERT_FALSE(config);
  EXPECT_EQ(config.error().reason(), "CONFIG_UNREADABLE");
}

}  // namespace
}  // namespace firmbench::config
