// SPDX-License-Identifier: Apache-2.0
#include "client/cli/doctor.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>

#include "client/cli/render/doctor.h"
#include "daemon/base/unique_fd.h"

namespace firmbench::cli {
namespace {

using ::testing::HasSubstr;

constexpr unsigned kNobody = 65534;

// A socket in a folder of its own.
class SocketCheck : public ::testing::Test {
 protected:
  SocketCheck() {
    std::string folder = "/tmp/fb-socket.XXXXXX";
    folder_ = ::mkdtemp(folder.data());
    path_ = folder_ + "/s";
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, path_.c_str(), path_.size() + 1);
    EXPECT_EQ(::bind(socket_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)),
              0);
    ::chmod(path_.c_str(), 0660);
    struct stat info {};
    ::stat(path_.c_str(), &info);
    group_ = info.st_gid;
  }
  ~SocketCheck() override {
    ::unlink(path_.c_str());
    ::rmdir(folder_.c_str());
  }

  std::string folder_, path_;
  UniqueFd socket_{::socket(AF_UNIX, SOCK_STREAM, 0)};
  unsigned group_ = 0;
};

TEST_F(SocketCheck, LetsInItsOwnerAndItsGroup) {
  EXPECT_EQ(CheckSocket(path_, ThisProcess()).verdict(), v1::Check::VERDICT_GOOD);
  EXPECT_EQ(CheckSocket(path_, {.uid = kNobody, .groups = {7, group_}}).verdict(),
            v1::Check::VERDICT_GOOD);
}

TEST_F(SocketCheck, TellsAStrangerWhichGroupAndWhichCommand) {
  const v1::Check check = CheckSocket(path_, {.uid = kNobody, .groups = {kNobody}});
  EXPECT_EQ(check.verdict(), v1::Check::VERDICT_BAD);
  EXPECT_EQ(check.reason(), "NOT_IN_GROUP");
  EXPECT_THAT(check.remedy(), HasSubstr("usermod -aG "));
}

TEST_F(SocketCheck, GoesByTheClassThatTheKernelTakes) {
  ::chmod(path_.c_str(), 0606);  // everybody but the group
  EXPECT_EQ(CheckSocket(path_, {.uid = kNobody, .groups = {group_}}).verdict(),
            v1::Check::VERDICT_BAD);
  EXPECT_EQ(CheckSocket(path_, {.uid = kNobody, .groups = {kNobody}}).verdict(),
            v1::Check::VERDICT_GOOD);
}

TEST_F(SocketCheck, SaysThatThereIsNone) {
  EXPECT_EQ(CheckSocket(folder_ + "/other", ThisProcess()).reason(), "NO_SOCKET");
  EXPECT_EQ(CheckSocket(folder_, ThisProcess()).reason(), "NO_SOCKET");
}

TEST(DoctorText, IsAlignedAndWrapsWhatToDoUnderItself) {
  v1::CheckBenchResponse found;
  v1::Check* row = found.add_checks();
  row->set_subject("disk");
  row->set_verdict(v1::Check::VERDICT_GOOD);
  row->set_text("2.5 GB are free");
  row = found.add_checks();
  row->set_subject("permissions");
  row->set_verdict(v1::Check::VERDICT_BAD);
  row->set_reason("DRIVES_NOT_ALLOWED");
  row->set_text("firmbenchd may not open /dev/sg1\x1b[2J");
  row->set_remedy("install the rules, and then look again whether it went away, at the PC itself");
  EXPECT_EQ(render::Checks(found, {}),
            "good     disk         2.5 GB are free\n"
            "BAD      permissions  firmbenchd may not open /dev/sg1?[2J [DRIVES_NOT_ALLOWED]\n"
            "                      what to do: install the rules, and then look again whether it "
            "went away,\n"
            "                                  at the PC itself\n"
            "\n"
            "1 good, 0 warnings, 1 bad, 0 not checked\n");
}

}  // namespace
}  // namespace firmbench::cli
