// SPDX-License-Identifier: Apache-2.0
// The tables of drives that people read are those of the rows.
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "daemon/families/mediatek_liteon/family.h"
#include "daemon/families/mediatek_liteon/models.h"

namespace firmbench::families::mediatek_liteon {
namespace {

std::vector<std::string> TableLines(const std::string& path) {
  std::vector<std::string> lines;
  std::ifstream file(std::string(FIRMBENCH_SOURCE_DIR) + "/" + path);
  EXPECT_TRUE(file) << path;
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("| ")) lines.push_back(line);
  }
  return lines;
}

bool Has(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

TEST(LiteonReadme, ItsTableIsThatOfTheRows) {
  const auto lines = TableLines("daemon/families/mediatek_liteon/README.md");
  for (const ModelInfo& model : Models()) {
    const Row& row = *RowOf(model);
    std::string found;
    for (const std::string& line : lines) {
      if (found.empty() && line.starts_with("| " + std::string(model.model) + " |")) found = line;
    }
    ASSERT_FALSE(found.empty()) << model.model;
    EXPECT_TRUE(Has(found, model.chip_part)) << found;
    EXPECT_EQ(Has(found, "*assumed*"), model.chip_assumed) << found;
    EXPECT_TRUE(Has(found, model.firmware_bytes == 1024 * 1024 ? "1 MB" : "512 KB")) << found;
    EXPECT_EQ(Has(found, "256 KB in"), row.image_bytes != 0) << found;
    EXPECT_EQ(Has(found, "512 KB, assumed"), row.size_assumed) << found;
    EXPECT_EQ(Has(found, "`DF 83`"), row.firmware_read == FirmwareRead::kReadMemoryDf) << found;
    EXPECT_EQ(Has(found, "| always |"), row.gate == EntryGate::kAlways) << found;
    EXPECT_TRUE(Has(found, "| " + std::string(model.kind.substr(0, model.kind.find(' '))) + " |"))
        << found;
  }
}

TEST(LiteonReadme, TheProjectsTableNamesEveryRow) {
  const auto lines = TableLines("README.md");
  for (const ModelInfo& model : Models()) {
    size_t named = 0;
    for (const std::string& line : lines) {
      const std::string first = line.substr(2, line.find(" |") - 2);
      if (!Has(first + ",", std::string(model.model) + ",")) continue;
      ++named;
      // None of them is flashed outside of the simulator yet.
      EXPECT_TRUE(Has(line, "**simulator only**")) << line;
      const Connection ide{.scsi = true, .task_file = true};
      for (const MemoryAbilities& memory : GetFamily().Abilities(model, ide)) {
        EXPECT_FALSE(memory.flash.possible || memory.restore.possible) << model.model;
      }
    }
    EXPECT_EQ(named, 1u) << model.model;
  }
}

}  // namespace
}  // namespace firmbench::families::mediatek_liteon
