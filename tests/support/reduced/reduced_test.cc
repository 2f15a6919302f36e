// SPDX-License-Identifier: Apache-2.0
// Drives of reduced geometry are drives: the same jobs, and nothing of full size under them.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include "daemon/chips/rows/row.h"
#include "daemon/families/family.h"
#include "daemon/families/personalities.h"
#include "daemon/images/recognise.h"
#include "daemon/simulator/personality.h"
#include "tests/support/bench_fixture.h"
#include "tests/support/image_builder.h"

namespace firmbench {
namespace {

constexpr uint32_t kMostBytes = 4096;

std::string ContentsOf(const std::filesystem::path& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

std::vector<std::string> LinesOf(const std::filesystem::path& path) {
  std::vector<std::string> lines;
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) lines.push_back(line);
  return lines;
}

// The files that were built a second time, by their full path.
std::vector<std::filesystem::path> ReducedSources() {
  std::vector<std::filesystem::path> sources;
  for (const std::string& line : LinesOf(FIRMBENCH_REDUCED_FOLDER "/reduced_sources.txt")) {
    if (line.starts_with('/')) sources.emplace_back(line);
  }
  return sources;
}

TEST(Reduced, ModelsChipsAndImagesHaveAFewKilobytes) {
  std::set<std::string_view> with_parts;
  for (const families::Family* family : families::AllFamilies()) {
    for (const families::ModelInfo& model : family->models()) {
      if (model.chip_part.empty()) continue;  // a family without parts keeps its size
      with_parts.insert(model.model);
      EXPECT_LE(model.firmware_bytes, kMostBytes) << model.model;
      const chips::ChipRow* chip = chips::FindChip(model.chip_part);
      ASSERT_NE(chip, nullptr) << model.chip_part;
      EXPECT_EQ(chip->size_bytes, model.firmware_bytes);
      const Bytes image = test::BuildImage(model.model);
      EXPECT_TRUE(image.size() == model.firmware_bytes || image.size() * 2 == model.firmware_bytes);
      EXPECT_TRUE(family->CheckImage(model, image)) << model.model;
    }
  }
  EXPECT_GE(with_parts.size(), 4u);
  for (const chips::ChipRow& chip : chips::AllChips()) EXPECT_LE(chip.size_bytes, kMostBytes);
  for (const simulator::Personality* personality : families::AllPersonalities()) {
    for (const simulator::Profile& profile : personality->profiles()) {
      if (!with_parts.contains(profile.model)) continue;
      EXPECT_LE(profile.firmware_bytes, kMostBytes) << profile.model;
    }
  }
}

TEST(Reduced, ImagesKeepTheRulesOfBanks) {
  for (const std::string& model : test::ThreeModels()) {
    const Bytes image = test::BuildImage(model);
    const images::ImageReport report = images::Recognise(image);
    EXPECT_EQ(report.model, model);
    EXPECT_EQ(report.banks, model == "LDW-451S" ? 16u : 8u);
    EXPECT_TRUE(report.maker_mark);
    EXPECT_EQ(report.halves, images::Halves::kDistinct);
    EXPECT_TRUE(images::AliasedBanks(image).empty());
    for (uint32_t bank = 0; bank < report.banks; ++bank) {
      Bytes broken = image;
      broken[bank * image.size() / report.banks] = 0xff;
      EXPECT_FALSE(images::Recognise(broken).ok()) << bank;
    }
    EXPECT_NE(image, test::BuildImage(model, "", 2));
  }
  images::SyntheticImage packed{.model = "LDW-451S"};
  packed.packed = true;
  EXPECT_EQ(images::Recognise(test::BuildImage(packed)).layout, images::Layout::kPacked);
}

// Whether a member was taken out of an archive. Families call their files alike, and the map names
// no folder: in the archives of families the symbol that the member was taken for, one line below,
// tells whose it is.
bool IsTakenFor(const std::string& map, const std::string& member, const std::string& family) {
  const bool shared =
      member.starts_with("libfb_families.a") || member.starts_with("libfb_personalities.a");
  for (size_t at = map.find(member + "\n"); at != std::string::npos;
       at = map.find(member + "\n", at + 1)) {
    const size_t line = at + member.size() + 1;
    if (!shared ||
        map.substr(line, map.find('\n', line) - line).find(family) != std::string::npos) {
      return true;
    }
  }
  return false;
}

// The linker lists every member that it took out of an archive: none may be the full-size twin of
// a file that was built for reduced geometry.
TEST(Reduced, NoObjectOfFullSizeIsLinked) {
  const std::string map = ContentsOf(FIRMBENCH_REDUCED_FOLDER "/reduced_test.map");
  ASSERT_NE(map.find("libfb_families.a(families.cc.o)"), std::string::npos)
      << "members of archives are named otherwise";
  const std::map<std::string, std::string> archives = {
      {"images", "libfb_images.a"},     {"chips", "libfb_chips.a"},
      {"rows", "libfb_chips_rows.a"},   {"mediatek_liteon", "libfb_families.a"},
      {"sim", "libfb_personalities.a"}, {"families", "libfb_families.a"},
  };
  const auto sources = ReducedSources();
  ASSERT_GT(sources.size(), 15u);
  for (const auto& source : sources) {
    const std::string member =
        archives.at(source.parent_path().filename()) + "(" + source.filename().string() + ".o)";
    EXPECT_FALSE(IsTakenFor(map, member, "mediatek_liteon")) << member;
  }
  EXPECT_EQ(map.find("libfb_chips_rows.a(rows.cc.o)"), std::string::npos);
}

// Files that see the divisor by their includes, in the product.
std::set<std::string> FilesThatKnowSizes() {
  namespace fs = std::filesystem;
  const fs::path root = FIRMBENCH_SOURCE_DIR;
  std::map<std::string, std::set<std::string>> includes;
  for (const char* top : {"daemon", "storage", "client", "tests/support"}) {
    for (const auto& entry : fs::recursive_directory_iterator(root / top)) {
      const std::string extension = entry.path().extension();
      if (extension != ".h" && extension != ".cc") continue;
      auto& found = includes[fs::relative(entry.path(), root)];
      for (const std::string& line : LinesOf(entry.path())) {
        if (!line.starts_with("#include \"")) continue;
        found.insert(line.substr(10, line.find('"', 10) - 10));
      }
    }
  }
  std::set<std::string> knowing = {"daemon/base/geometry.h"};
  for (size_t before = 0; before != knowing.size();) {
    before = knowing.size();
    for (const auto& [file, included] : includes) {
      const bool knows = std::any_of(included.begin(), included.end(), [&](const auto& header) {
        return knowing.count(header) != 0;
      });
      if (knows) knowing.insert(file);
    }
  }
  return knowing;
}

TEST(Reduced, EveryFileThatKnowsSizesIsBuiltTwice) {
  std::set<std::string> twice = {"daemon/chips/rows/rows.cc", "tests/support/reduced/rows.cc"};
  for (const auto& source : ReducedSources()) {
    twice.insert(std::filesystem::relative(source, FIRMBENCH_SOURCE_DIR));
  }
  const std::set<std::string> knowing = FilesThatKnowSizes();
  EXPECT_GT(knowing.size(), 15u);
  for (const std::string& file : knowing) {
    EXPECT_TRUE(file.ends_with(".h") || twice.count(file) == 1) << file;
  }
}

class ReducedModels : public testing::TestWithParam<std::string> {};
INSTANTIATE_TEST_SUITE_P(All, ReducedModels, testing::ValuesIn(test::ThreeModels()),
                         test::TestName);

TEST_P(ReducedModels, BackupFlashAndRestore) {
  test::BenchFixture bench(GetParam());
  const Bytes old_bytes = bench.drive().FlashBytes();
  ASSERT_LE(old_bytes.size(), kMostBytes);
  const jobs::JobView backup = bench.Backup();
  EXPECT_EQ(backup.row.result, "SUCCEEDED") << backup.row.error_message;
  EXPECT_EQ(backup.dump_ids.size(), 2u);

  const Bytes new_bytes = bench.NewFirmware();
  ASSERT_NE(new_bytes, old_bytes);
  const jobs::JobView flashed = bench.Flash("bay 1", new_bytes);
  ASSERT_EQ(flashed.row.result, "SUCCEEDED") << flashed.row.error_message;
  EXPECT_EQ(flashed.row.outcome, "CHANGED_VERIFIED");
  EXPECT_EQ(bench.drive().FlashBytes(), new_bytes);
  EXPECT_EQ(flashed.row.eeprom_check, "EQUAL");

  const auto before = bench.DumpsOf(flashed, "firmware", "before_write");
  const jobs::JobView restored = bench.Run(bench.RestoreOf("bay 1", before.at(0).id));
  ASSERT_EQ(restored.row.result, "SUCCEEDED") << restored.row.error_message;
  EXPECT_EQ(bench.drive().FlashBytes(), old_bytes);
  EXPECT_EQ(bench.drive().counters().destructive_before_write_started, 0u);
}

// A whole new firmware: every page of every bank, and the boot part.
TEST_P(ReducedModels, FlashOfAnotherRevision) {
  test::BenchFixture bench(GetParam());
  const std::string revision = GetParam() == "LDW-451S"     ? "GSB6"
                               : GetParam() == "LTR-48246S" ? "SS0C"
                                                            : "QS0D";
  const Bytes image = test::BuildImage(GetParam(), revision);
  const jobs::JobView flashed = bench.Flash("bay 1", image);
  ASSERT_EQ(flashed.row.result, "SUCCEEDED") << flashed.row.error_message;
  EXPECT_EQ(bench.drive().FlashBytes(), image);
  EXPECT_EQ(bench.snapshot()->identity.revision, revision);
}

}  // namespace
}  // namespace firmbench
