// SPDX-License-Identifier: Apache-2.0
#include "client/cli/folder_walk.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace firmbench::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class FolderWalk : public testing::Test {
 protected:
  FolderWalk() {
    char path[] = "/tmp/fb-walk-XXXXXX";
    folder_ = mkdtemp(path);
  }
  ~FolderWalk() override { std::filesystem::remove_all(folder_); }

  std::string Path(const std::string& name) const { return folder_ + "/" + name; }
  void Write(const std::string& name, const std::string& text) {
    std::ofstream(Path(name), std::ios::binary) << text;
  }
  Walk Found(const WalkLimits& limits = {}) {
    auto walk = WalkFolders({folder_}, limits);
    EXPECT_TRUE(walk.has_value());
    return std::move(*walk);
  }

  std::string folder_;
};

std::vector<std::string> Names(const Walk& walk) {
  std::vector<std::string> names;
  for (const FoundFile& file : walk.files) {
    names.push_back(file.folder.empty() ? file.name : file.folder + "/" + file.name);
  }
  return names;
}

TEST_F(FolderWalk, ListsFilesInOrderAndReadsThem) {
  mkdir(Path("b").c_str(), 0700);
  Write("z.bin", "zz");
  Write("-rf", "dash");
  Write("b/a.bin", "a");
  const Walk walk = Found();
  EXPECT_THAT(Names(walk), ElementsAre("-rf", "z.bin", "b/a.bin"));
  EXPECT_THAT(walk.warnings, IsEmpty());
  EXPECT_EQ(*ReadFound(walk.files[1]), (Bytes{'z', 'z'}));
  EXPECT_GT(walk.files[0].modified_us, 0);
}

TEST_F(FolderWalk, FollowsNoLinkAndOpensNothingSpecial) {
  mkdir(Path("loop").c_str(), 0700);
  ASSERT_EQ(symlink("..", Path("loop/up").c_str()), 0);
  ASSERT_EQ(symlink("/etc/passwd", Path("secret").c_str()), 0);
  ASSERT_EQ(mkfifo(Path("pipe").c_str(), 0600), 0);
  Write("empty", "");
  const Walk walk = Found();
  ASSERT_THAT(Names(walk), ElementsAre("empty", "pipe", "secret", "loop/up"));
  EXPECT_EQ(walk.files[0].kind, FoundKind::kEmpty);
  EXPECT_EQ(walk.files[1].kind, FoundKind::kSpecial);
  EXPECT_EQ(walk.files[2].kind, FoundKind::kLink);
  EXPECT_EQ(walk.files[3].kind, FoundKind::kLink);
}

TEST_F(FolderWalk, ReadsNoOtherFileInItsPlace) {
  Write("a.bin", "aa");
  Write("b.bin", "bb");
  const Walk walk = Found();
  std::filesystem::rename(Path("b.bin"), Path("a.bin"));
  EXPECT_EQ(ReadFound(walk.files[0]).error().reason(), "FILE_CHANGED");
  std::filesystem::remove(Path("a.bin"));
  EXPECT_EQ(ReadFound(walk.files[0]).error().reason(), "FILE_NOT_READABLE");
}

TEST_F(FolderWalk, NoticesAFileThatGrows) {
  Write("a.bin", "aa");
  const Walk walk = Found();
  std::ofstream(Path("a.bin"), std::ios::app) << "more";
  EXPECT_EQ(ReadFound(walk.files[0]).error().reason(), "FILE_CHANGED");
}

TEST_F(FolderWalk, IsBounded) {
  std::string deep = folder_;
  for (int i = 0; i < 5; ++i) {
    deep += "/d";
    mkdir(deep.c_str(), 0700);
  }
  std::ofstream(deep + "/far.bin") << "x";
  for (int i = 0; i < 5; ++i) Write("f" + std::to_string(i), "x");
  Write("large", std::string(100, 'x'));
  WalkLimits limits;
  limits.files = 4;
  limits.depth = 3;
  limits.file_bytes = 50;
  Walk walk = Found(limits);
  EXPECT_EQ(walk.files.size(), 4u);
  EXPECT_THAT(walk.warnings, ElementsAre(HasSubstr("deeper than 3"), HasSubstr("more than 4")));
  limits.files = 100;
  walk = Found(limits);
  EXPECT_EQ(walk.files.back().kind, FoundKind::kTooLarge);
}

TEST_F(FolderWalk, NeedsThePathThatWasTyped) {
  EXPECT_EQ(WalkFolders({Path("nonesuch")}).error().reason(), "FILE_NOT_READABLE");
  Write("one.bin", "x");
  // A link that somebody typed is what they mean.
  ASSERT_EQ(symlink("one.bin", Path("typed").c_str()), 0);
  const auto walk = WalkFolders({Path("typed")});
  ASSERT_TRUE(walk.has_value());
  ASSERT_EQ(walk->files.size(), 1u);
  EXPECT_EQ(*ReadFound(walk->files[0]), Bytes{'x'});
}

TEST(PrintableName, KeepsWhatCanBeShownAndEscapesTheRest) {
  EXPECT_EQ(PrintableName("Ж backup (1).bin"), "Ж backup (1).bin");
  EXPECT_EQ(PrintableName("a\nb\x1b[2J"), "a\\x0ab\\x1b[2J");
  EXPECT_EQ(PrintableName("x\xff\xc3"), "x\\xff\\xc3");
  EXPECT_EQ(PrintableName("\xe2\x80\xae"
                          "gnp.bin"),
            "\\xe2\\x80\\xaegnp.bin");                          // U+202E
  EXPECT_EQ(PrintableName("\xc2\x9b"), "\\xc2\\x9b");           // U+009B
  EXPECT_EQ(PrintableName("\xed\xa0\x80"), "\\xed\\xa0\\x80");  // a surrogate
  EXPECT_EQ(PrintableName("\xc0\xaf"), "\\xc0\\xaf");           // overlong
  EXPECT_EQ(PrintableName("a\\x0a"), "a\\x5cx0a");
  EXPECT_EQ(PrintableName(std::string(255, '\n')).size(), 4u * 255u);
}

}  // namespace
}  // namespace firmbench::cli
