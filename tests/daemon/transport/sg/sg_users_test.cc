// SPDX-License-Identifier: Apache-2.0
#include "daemon/transport/sg/sg_users.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/daemon/transport/sg/sys_tree.h"

namespace firmbench::transport {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr int kSelf = 77;

class SgUsersTest : public testing::Test {
 protected:
  SgUsersTest() { scsi_ = tree_.AddUsb({}, 6, 3); }

  // Who has it, or "" for nobody.
  std::string Holder() {
    const auto devices = FindSgDevices(tree_.roots());
    EXPECT_EQ(devices.size(), 1u);
    const Status status = CheckUnused(tree_.roots(), devices.at(0), kSelf);
    if (status) return "";
    EXPECT_EQ(status.error().reason(), "DRIVE_BUSY");
    EXPECT_THAT(status.error().message(), HasSubstr(status.error().metadata().at(0).second));
    remedy_ = status.error().remedy();
    return status.error().metadata().at(0).second;
  }

  SysTree tree_;
  std::string scsi_;
  std::string remedy_;
};

TEST_F(SgUsersTest, NobodyHasIt) {
  tree_.AddProcess(100, "bash", tree_.Path("dev/tty"));
  tree_.AddProcess(101, "other", tree_.Path("dev/sg33"));
  EXPECT_EQ(Holder(), "");
}

TEST_F(SgUsersTest, NamesAMount) {
  tree_.Write("proc/self/mountinfo",
              "22 1 254:1 / / rw - ext4 /dev/vda1 rw\n"
              "broken line\n"
              "90 22 11:3 / /media/my\\040disc ro,nosuid shared:5 - iso9660 /dev/sr3 ro\n");
  EXPECT_EQ(Holder(), "its disc is mounted at /media/my disc");
  EXPECT_THAT(remedy_, HasSubstr("umount"));
  EXPECT_THAT(MountedDrives(tree_.roots()), ElementsAre("sr3"));
}

TEST_F(SgUsersTest, AMountOfAnotherDriveIsNoMatter) {
  tree_.Write("proc/self/mountinfo", "90 22 11:1 / /media ro - iso9660 /dev/sr1 ro\n");
  EXPECT_EQ(Holder(), "");
  EXPECT_THAT(MountedDrives(tree_.roots()), IsEmpty());
}

TEST_F(SgUsersTest, NamesABlockDeviceOnTopOfIt) {
  tree_.Write(scsi_ + "/block/sr3/holders/dm-0", "");
  EXPECT_THAT(Holder(), HasSubstr("dm-0"));
}

TEST_F(SgUsersTest, NamesAProgram) {
  tree_.AddProcess(4711, "brasero", tree_.Path("dev/sr3"));
  EXPECT_EQ(Holder(), "brasero, process 4711, has sr3 open");
}

TEST_F(SgUsersTest, NamesAProgramWithTheSgNode) {
  tree_.AddProcess(4711, "sg_raw", tree_.Path("dev/sg3"));
  EXPECT_EQ(Holder(), "sg_raw, process 4711, has sg3 open");
}

TEST_F(SgUsersTest, WeDoNotCount) {
  tree_.AddProcess(kSelf, "firmbenchd", tree_.Path("dev/sg3"));
  EXPECT_EQ(Holder(), "");
}

TEST_F(SgUsersTest, AHostileNameOfAProgramIsCleaned) {
  tree_.AddProcess(5, "\x1b[2J\xff", tree_.Path("dev/sr3"));
  EXPECT_EQ(Holder(), "?[2J?, process 5, has sr3 open");
}

}  // namespace
}  // namespace firmbench::transport
