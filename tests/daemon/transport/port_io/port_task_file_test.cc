// SPDX-License-Identifier: Apache-2.0
#include "daemon/transport/port_io/port_task_file.h"

#include <gtest/gtest.h>

#include "tests/daemon/simulator/sim_test_util.h"
#include "tests/daemon/transport/port_io/sim_ports.h"

namespace firmbench::transport {
namespace {

using ata::Access;
using ata::Register;
using simulator::Must;
using simulator::OneDrive;

constexpr ChannelPorts kChannel{SimPorts::kCommand, SimPorts::kControl};

class PortTaskFileTest : public testing::Test {
 protected:
  explicit PortTaskFileTest()
      : bench_(OneDrive("LTR-48246S")),
        drive_(*bench_->Find("bay 1")),
        ports_(std::make_shared<SimPorts>(Must(drive_.OpenTaskFile()))),
        task_file_(ports_, kChannel, drive_.clock()) {}

  std::unique_ptr<simulator::Bench> bench_;
  simulator::Drive& drive_;
  std::shared_ptr<SimPorts> ports_;
  PortTaskFile task_file_;
};

TEST_F(PortTaskFileTest, KeepsInterruptsOff) {
  EXPECT_EQ(ports_->written.at(SimPorts::kControl) & 0x02, 0x02);
  Access script[] = {Access::Write(Register::kControl, 0x04)};
  Must(task_file_.Run(script, {}));
  EXPECT_EQ(ports_->written.at(SimPorts::kControl) & 0x06, 0x06) << "SRST with nIEN";
}

TEST_F(PortTaskFileTest, SpeaksVendorMode) {
  Access intro[] = {Access::Write(Register::kDevice, 0xa0), Access::Write(Register::kLbaLow, 0x2a),
                    Access::Write(Register::kCommand, 0x80),
                    Access::WaitEqual(Register::kStatus, 0x70)};
  Must(task_file_.Run(intro, {}));
  Access read[] = {
      Access::Write(Register::kLbaMid, 0),    Access::Write(Register::kLbaHigh, 0),
      Access::Write(Register::kDevice, 0xa0), Access::Write(Register::kCommand, 0),
      Access::Write(Register::kDevice, 0xa0), Access::WaitEqual(Register::kStatus, 0x70),
      Access::Read(Register::kLbaLow)};
  Must(task_file_.Run(read, {}));
  EXPECT_EQ(read[6].value16, 0x02) << "firmware begins with LJMP";
}

TEST_F(PortTaskFileTest, MovesDataByWords) {
  Access identify[] = {Access::Write(Register::kDevice, 0xa0),
                       Access::Write(Register::kCommand, 0xa1),
                       Access::WaitClear(Register::kStatus, 0x80), Access::ReadData16()};
  Must(task_file_.Run(identify, {}));
  EXPECT_EQ(identify[3].value16, 0x85c0);
}

TEST_F(PortTaskFileTest, GivesUpByTheClock) {
  Access wait[] = {Access::Read(Register::kStatus), Access::WaitEqual(Register::kStatus, 0x70)};
  const Nanos begun = drive_.clock().Monotonic();
  const Status status =
      task_file_.Run(wait, {.max_polls = 0xffffffff, .max_time = std::chrono::milliseconds(50)});
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().reason(), "TASKFILE_WAIT_TIMEOUT");
  EXPECT_EQ(status.error().metadata()[0], std::make_pair(std::string("index"), std::string("1")));
  EXPECT_EQ(status.error().metadata()[1], std::make_pair(std::string("last"), std::string("00")));
  EXPECT_LT(drive_.clock().Monotonic() - begun, std::chrono::milliseconds(60));
}

TEST_F(PortTaskFileTest, GivesUpByTheCount) {
  Access wait[] = {Access::WaitEqual(Register::kStatus, 0x70)};
  EXPECT_FALSE(task_file_.Run(wait, {.max_polls = 10, .max_time = std::chrono::hours(1)}));
}

TEST(PortTaskFileOnAnEmptyChannel, SeesTheBusFloat) {
  const auto bench = OneDrive("LTR-48246S");
  PortTaskFile empty(std::make_shared<SimPorts>(nullptr), kChannel, bench->Find("bay 1")->clock());
  Access wait[] = {Access::WaitClear(Register::kStatus, 0x80)};
  const Status status =
      empty.Run(wait, {.max_polls = 100, .max_time = std::chrono::milliseconds(1)});
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().metadata()[1].second, "ff");
}

}  // namespace
}  // namespace firmbench::transport
