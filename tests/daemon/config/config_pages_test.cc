// SPDX-License-Identifier: Apache-2.0
// The example file and the manual page say every key that there is, and with its default. Both are
// read here as people read them; the table of keys in the code is what they are held against.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "daemon/config/config.h"

namespace firmbench::config {
namespace {

// "table.name = value", or "name = value" for those in no table.
using Lines = std::vector<std::string>;

std::string TextOf(const std::string& path) {
  std::ifstream file(FIRMBENCH_SOURCE_DIR "/" + path);
  EXPECT_TRUE(file) << path;
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

std::string LineOf(const std::string& table, const std::string& name, const std::string& value) {
  return (table.empty() ? "" : table + ".") + name + " = " + value;
}

Lines DefaultsInTheCode() {
  Lines lines;
  for (const KeyInfo& key : Keys(Config())) {
    lines.push_back(LineOf(key.table, key.name, key.value));
  }
  return lines;
}

// The file's own lines, not what they mean: a value that another default would equal counts, too.
Lines ExampleLines() {
  std::istringstream text(TextOf("deploy/examples/firmbenchd.toml"));
  Lines lines;
  for (std::string line, table; std::getline(text, line);) {
    if (line.starts_with('[')) {
      table = line.substr(1, line.find(']') - 1);
    } else if (const size_t equals = line.find(" = ");
               equals != std::string::npos && !line.starts_with('#')) {
      lines.push_back(LineOf(table, line.substr(0, equals), line.substr(equals + 3)));
    }
  }
  return lines;
}

// Of the page: ".Sh KEYS OUTSIDE OF TABLES" and ".Ss [table]" say the table, ".It Ic name = value"
// the key. mdoc(7) needs \e for a backslash and \&. before a point at a line's beginning; neither
// occurs in a default.
Lines PageLines() {
  constexpr std::string_view kTable = ".Ss [", kKey = ".It Ic ";
  std::istringstream text(TextOf("deploy/man/firmbenchd.toml.5"));
  Lines lines;
  for (std::string line, table; std::getline(text, line);) {
    if (line.starts_with(kTable))
      table = line.substr(kTable.size(), line.find(']') - kTable.size());
    if (!line.starts_with(kKey)) continue;
    const std::string item = line.substr(kKey.size());
    const size_t equals = item.find(" = ");
    if (equals == std::string::npos) continue;
    std::string value = item.substr(equals + 3);
    for (size_t at; (at = value.find("\\(dq")) != std::string::npos;) value.replace(at, 4, "\"");
    lines.push_back(LineOf(table, item.substr(0, equals), value));
  }
  return lines;
}

// Whether the page says of a key that a running daemon takes it.
Lines ReloadedByThePage() {
  std::istringstream text(TextOf("deploy/man/firmbenchd.toml.5"));
  Lines names;
  std::string key;
  for (std::string line; std::getline(text, line);) {
    if (line.starts_with(".It Ic ")) key = line.substr(7, line.find(" = ") - 7);
    if (line.find("Taken at once by a reload.") != std::string::npos) names.push_back(key);
  }
  return names;
}

TEST(ConfigPages, TheExampleSaysEveryKeyWithItsDefaultInOrder) {
  EXPECT_THAT(ExampleLines(), ::testing::ElementsAreArray(DefaultsInTheCode()));
}

TEST(ConfigPages, TheExampleIsAConfigurationThatChangesNothing) {
  const auto config = LoadConfig(FIRMBENCH_SOURCE_DIR "/deploy/examples/firmbenchd.toml");
  ASSERT_TRUE(config) << config.error().ToString();
  EXPECT_THAT(Differences(Config(), *config), ::testing::IsEmpty());
}

TEST(ConfigPages, TheManualPageSaysEveryKeyWithItsDefault) {
  EXPECT_THAT(PageLines(), ::testing::UnorderedElementsAreArray(DefaultsInTheCode()));
}

TEST(ConfigPages, TheManualPageSaysWhichKeysAReloadTakes) {
  Lines reloaded;
  for (const KeyInfo& key : Keys(Config())) {
    if (key.reload == Reload::kNow) reloaded.push_back(key.name);
  }
  EXPECT_THAT(ReloadedByThePage(), ::testing::UnorderedElementsAreArray(reloaded));
}

}  // namespace
}  // namespace firmbench::config
