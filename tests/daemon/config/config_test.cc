// SPDX-License-Identifier: Apache-2.0
#include "daemon/config/config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace firmbench::config {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST(Config, HasDefaultsWhenTheFileIsEmpty) {
  const auto config = ParseConfig("", "bench.toml");
  ASSERT_TRUE(config);
  EXPECT_EQ(config->state_dir, "/var/lib/firmbench");
  EXPECT_EQ(config->listen, "unix:/run/firmbench/firmbench.sock");
  EXPECT_EQ(config->simulate, "");
  EXPECT_EQ(config->log_level, log::Level::kInfo);
  EXPECT_EQ(config->log_format, LogFormat::kAuto);
  EXPECT_TRUE(config->keep_awake);
  EXPECT_EQ(config->finish, Finish::kAsk);
  EXPECT_EQ(config->spill_folder, "");
  EXPECT_EQ(config->claim, std::chrono::minutes(30));
  EXPECT_EQ(config->copy_folder, "");
  EXPECT_FALSE(config->require_copy);
  EXPECT_FALSE(config->copy_same_filesystem);
  EXPECT_TRUE(config->sg);
  EXPECT_THAT(config->vendor_bridges, IsEmpty());
  EXPECT_THAT(config->simulated_bridges, IsEmpty());
  EXPECT_FALSE(config->port_io);
}

TEST(Config, ReadsEveryKey) {
  const auto config = ParseConfig(
      "state_dir = '/srv/bench'\nlisten = 'unix:/srv/sock'\nsimulate = 'b.toml'\n"
      "log_level = 'debug'\nlog_format = 'json'\n[power]\nkeep_awake = false\n[recovery]\nfinish = "
      "'new'\n"
      "[jobs]\nspill_folder = '/srv/spill'\nclaim_minutes = 1440\n"
      "[copy]\nfolder = '/mnt/copy'\nrequire_copy = true\nallow_same_filesystem = true\n"
      "[sg]\nenabled = false\nvendor_bridges = ['152d:2338', '1234:abcd']\n"
      "simulated_bridges = ['1209:0001', '1209:0010']\n"
      "[port_io]\nenabled = true\n",
      "bench.toml");
  ASSERT_TRUE(config);
  EXPECT_EQ(config->state_dir, "/srv/bench");
  EXPECT_EQ(config->listen, "unix:/srv/sock");
  EXPECT_EQ(config->simulate, "b.toml");
  EXPECT_EQ(config->log_level, log::Level::kDebug);
  EXPECT_EQ(config->log_format, LogFormat::kJson);
  EXPECT_FALSE(config->keep_awake);
  EXPECT_EQ(config->finish, Finish::kNew);
  EXPECT_EQ(config->spill_folder, "/srv/spill");
  EXPECT_EQ(config->claim, std::chrono::minutes(1440));
  EXPECT_EQ(config->copy_folder, "/mnt/copy");
  EXPECT_TRUE(config->require_copy);
  EXPECT_TRUE(config->copy_same_filesystem);
  EXPECT_FALSE(config->sg);
  EXPECT_THAT(config->vendor_bridges, ElementsAre("152d:2338", "1234:abcd"));
  EXPECT_THAT(config->simulated_bridges, ElementsAre("1209:0001", "1209:0010"));
  EXPECT_TRUE(config->port_io);
}

std::vector<std::string> Names(const std::vector<KeyInfo>& keys) {
  std::vector<std::string> names;
  for (const KeyInfo& key : keys) names.push_back(key.table + "." + key.name);
  return names;
}

TEST(Config, ShowsEveryValueAsAFileWouldSayIt) {
  const std::string text =
      "state_dir = 'it\\'\nlog_level = 'warn'\n[recovery]\nfinish = 'old'\n"
      "[jobs]\nclaim_minutes = 7\n[copy]\nfolder = '/mnt/copy'\nrequire_copy = true\n"
      "[sg]\nvendor_bridges = ['152d:2338', '1234:abcd']\n";
  const auto config = ParseConfig(text, "bench.toml");
  ASSERT_TRUE(config);
  std::string again, table;
  for (const KeyInfo& key : Keys(*config)) {
    if (key.table != table) again += "[" + key.table + "]\n";
    table = key.table;
    again += key.name + " = " + key.value + "\n";
  }
  const auto same = ParseConfig(again, "again.toml");
  ASSERT_TRUE(same) << same.error().ToString() << "\n" << again;
  EXPECT_THAT(Differences(*config, *same), IsEmpty());
  EXPECT_EQ(same->state_dir, "it\\");
}

TEST(Config, TellsWhatChangedAndWhatTakesEffectAtOnce) {
  const Config before;
  Config after = before;
  EXPECT_THAT(Differences(before, after), IsEmpty());
  after.log_level = log::Level::kDebug;
  after.copy_folder = "/mnt/copy";
  const auto changed = Differences(before, after);
  ASSERT_THAT(Names(changed), ElementsAre(".log_level", "copy.folder"));
  EXPECT_EQ(changed[0].value, "\"debug\"");
  EXPECT_EQ(changed[0].reload, Reload::kNow);
  EXPECT_EQ(changed[1].reload, Reload::kAtStart);
}

TEST(Config, TakesInAReloadTheKeysThatAreSaidToBeTakenAndNoOther) {
  const Config before;
  // Every key another than by default.
  const auto fresh = ParseConfig(
      "state_dir = 'a'\nlisten = 'unix:b'\nsimulate = 'c'\nlog_level = 'debug'\n"
      "log_format = 'json'\n[power]\nkeep_awake = false\n[recovery]\nfinish = 'old'\n"
      "[jobs]\nspill_folder = '/d'\nclaim_minutes = 7\n"
      "[copy]\nfolder = '/e'\nrequire_copy = true\nallow_same_filesystem = true\n"
      "[access]\ngroup = 'f'\nadmin_group = 'g'\nsecond_person = 'solo'\n"
      "solo_wait_minutes = 1\n[remote]\nlisten = ':1'\ntls = '1.2'\nauthority_folder = '/h'\n"
      "[web]\nlisten = ':2'\npage = '/i'\nmetrics = true\n"
      "[sg]\nenabled = false\nvendor_bridges = ['152d:2338']\n"
      "simulated_bridges = ['1209:0001']\n[port_io]\nenabled = true\n",
      "bench.toml");
  ASSERT_TRUE(fresh) << fresh.error().ToString();
  ASSERT_EQ(Differences(before, *fresh).size(), Keys(before).size()) << "a key has its default";
  const Config after = Reloaded(before, *fresh);
  for (const KeyInfo& key : Differences(before, after)) {
    EXPECT_EQ(key.reload, Reload::kNow) << key.name;
  }
  for (const KeyInfo& key : Differences(after, *fresh)) {
    EXPECT_EQ(key.reload, Reload::kAtStart) << key.name;
  }
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
                      Mistake{"log_format = 'xml'\n", "bench.toml:1:14", "auto, text, json"},
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
                      Mistake{"[sg]\nvendor_bridges = '152d:2338'\n", "bench.toml:2:18", "a list"},
                      Mistake{"[sg]\nvendor_bridges = [3]\n", "bench.toml:2:18", "USB ids"},
                      Mistake{"[sg]\nvendor_bridges = ['152D:2338']\n", "2:18", "USB ids"},
                      Mistake{"[sg]\nvendor_bridges = ['152d2338:']\n", "2:18", "USB ids"},
                      Mistake{"[sg]\nsimulated_bridges = [3]\n", "2:21", "USB ids"},
                      Mistake{"[sg]\nsimulated_bridges = ['1209:0011']\n", "2:21", "for tests"},
                      Mistake{"[sg]\nsimulated_bridges = ['152d:2338']\n", "2:21", "for tests"},
                      Mistake{"[[jobs]]\n", "bench.toml:1:", "jobs is a table"}));

TEST(Config, NamesAFileThatIsNotThere) {
  const auto config = LoadConfig("/nonexistent/bench.toml");
  ASSERT_FALSE(config);
  EXPECT_EQ(config.error().reason(), "CONFIG_UNREADABLE");
}

}  // namespace
}  // namespace firmbench::config
