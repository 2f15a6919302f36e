// SPDX-License-Identifier: Apache-2.0
#include "storage/audit/key_file.h"

#include <sys/stat.h>

#include <fstream>

#include "tests/storage/test_ledger.h"

namespace firmbench::storage::audit {
namespace {

class KeyFile : public testing::Test {
 protected:
  std::string path() const { return folder_.Path("audit.key"); }
  mode_t Mode() const {
    struct stat info {};
    EXPECT_EQ(::stat(path().c_str(), &info), 0);
    return info.st_mode & 0777;
  }
  TempFolder folder_;
};

TEST_F(KeyFile, IsMadeOnceForItsOwnerAlone) {
  const auto first = LoadOrMakeKey(path());
  ASSERT_OK(first);
  EXPECT_EQ(Mode(), 0600u);
  const auto again = LoadOrMakeKey(path());
  ASSERT_OK(again);
  EXPECT_EQ(first->public_key(), again->public_key());
  EXPECT_FALSE(std::filesystem::exists(path() + ".new"));
}

TEST_F(KeyFile, ThatIsLostGivesAnotherKey) {
  const auto first = LoadOrMakeKey(path());
  ASSERT_OK(first);
  std::filesystem::remove(path());
  const auto second = LoadOrMakeKey(path());
  ASSERT_OK(second);
  EXPECT_NE(first->public_key(), second->public_key());
}

TEST_F(KeyFile, ThatHoldsSomethingElseIsLeftAlone) {
  ASSERT_OK(WriteOwnFile(path(), "a shopping list\n"));
  EXPECT_EQ(ReasonOf(LoadOrMakeKey(path())), "AUDIT_KEY_INVALID");
  EXPECT_EQ(*ReadOwnFile(path(), true).value(), "a shopping list\n");
}

TEST_F(KeyFile, ThatOthersMayReadIsNotUsed) {
  ASSERT_OK(LoadOrMakeKey(path()));
  ::chmod(path().c_str(), 0640);
  EXPECT_EQ(ReasonOf(LoadOrMakeKey(path())), "AUDIT_FILE_EXPOSED");
  ::chmod(path().c_str(), 0600);
  EXPECT_OK(LoadOrMakeKey(path()));
}

TEST_F(KeyFile, IsNeitherALinkNorAFolderNorHuge) {
  std::filesystem::create_symlink("/etc/passwd", path());
  EXPECT_EQ(ReasonOf(LoadOrMakeKey(path())), "AUDIT_FILE_FAILED");
  std::filesystem::remove(path());
  std::filesystem::create_directory(path());
  EXPECT_EQ(ReasonOf(LoadOrMakeKey(path())), "AUDIT_FILE_FAILED");
  std::filesystem::remove(path());
  std::ofstream(path()) << std::string(70'000, 'x');
  ::chmod(path().c_str(), 0600);
  EXPECT_EQ(ReasonOf(LoadOrMakeKey(path())), "AUDIT_FILE_FAILED");
}

TEST_F(KeyFile, InAFolderThatIsNotThereIsAnError) {
  EXPECT_EQ(ReasonOf(LoadOrMakeKey(folder_.Path("nonesuch/audit.key"))), "AUDIT_FILE_FAILED");
}

TEST_F(KeyFile, AHalfWrittenOneOfAKilledProcessIsNotInTheWay) {
  std::ofstream(path() + ".new") << "-----BEGIN";
  ASSERT_OK(LoadOrMakeKey(path()));
  EXPECT_FALSE(std::filesystem::exists(path() + ".new"));
}

}  // namespace
}  // namespace firmbench::storage::audit
