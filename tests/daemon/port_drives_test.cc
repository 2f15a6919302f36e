// SPDX-License-Identifier: Apache-2.0
// The drives of an IDE port, with simulated drives behind the ports: discovery, ownership of the
// channel, and reading a drive through ports alone.
#include "daemon/port_drives.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "daemon/families/personalities.h"
#include "daemon/scsi/answers.h"
#include "daemon/scsi/commands.h"
#include "tests/daemon/simulator/sim_test_util.h"
#include "tests/daemon/transport/port_io/sim_ports.h"

namespace firmbench {
namespace {

namespace fs = std::filesystem;
using simulator::Must;
using transport::SimPorts;

// One free legacy channel with simulated drives on it; the other channel is the kernel's.
class PortDrivesTest : public testing::Test {
 protected:
  PortDrivesTest() {
    std::string name = testing::TempDir() + "port_drives_XXXXXX";
    root_ = ::mkdtemp(name.data());
    fs::create_directories(root_ / "proc");
    Ioports("  0170-0177 : pata_legacy\n");
  }
  ~PortDrivesTest() override { fs::remove_all(root_); }

  void Ioports(const std::string& lines) const { std::ofstream(root_ / "proc/ioports") << lines; }

  std::unique_ptr<PortDrives> OnTheChannel(simulator::Drive* drive, Clock& clock) const {
    return std::make_unique<PortDrives>(
        transport::KernelFiles{(root_ / "sys").string(), (root_ / "proc").string()},
        [drive](const transport::IdeChannel&) -> Result<std::unique_ptr<transport::Ports>> {
          return std::unique_ptr<transport::Ports>(
              std::make_unique<SimPorts>(drive != nullptr ? Must(drive->OpenTaskFile()) : nullptr));
        },
        clock);
  }

  fs::path root_;
};

TEST_F(PortDrivesTest, FindsTheDriveAndReadsItThroughPorts) {
  const auto bench = simulator::OneDrive("LTR-48246S");
  simulator::Drive& drive = *bench->Find("bay 1");
  const auto source = OnTheChannel(&drive, drive.clock());
  const auto attachments = source->List();
  ASSERT_EQ(attachments.size(), 1u);
  EXPECT_EQ(attachments[0].topology, "ide-1f0/0");
  EXPECT_EQ(attachments[0].bay, "ide-1f0 master");
  EXPECT_FALSE(attachments[0].connection.simulated);
  EXPECT_TRUE(attachments[0].connection.cable);
  const auto handles = Must(attachments[0].open({}));
  const auto identity = Must(scsi::ReadIdentity(*handles.scsi));
  EXPECT_EQ(identity.product, "LTR-48246S");
  // The gate is in front of it: nothing passes that no rule names.
  ata::Access intro[] = {ata::Access::Write(ata::Register::kDevice, 0xa0),
                         ata::Access::Write(ata::Register::kLbaLow, 0x2a),
                         ata::Access::Write(ata::Register::kCommand, 0x80)};
  const Status refused = handles.task_file->Run(intro);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().reason(), "COMMAND_NOT_ALLOWED");
}

TEST_F(PortDrivesTest, ListsADriveThatIsDead) {
  const auto erased = [](const simulator::DriveSpec&, const simulator::Profile& profile) {
    return Result<Bytes>(Bytes(profile.firmware_bytes, 0xff));
  };
  const auto bench = Must(simulator::Bench::Create(
      Must(simulator::Parse("[[drives]]\nbay = \"bay 1\"\nmodel = \"LTR-48246S\"\n")),
      families::AllPersonalities(), erased, simulator::TestEeprom));
  simulator::Drive& drive = *bench->Find("bay 1");
  drive.clock().SleepFor(std::chrono::seconds(30));
  EXPECT_EQ(OnTheChannel(&drive, drive.clock())->List().size(), 1u);
}

TEST_F(PortDrivesTest, AnEmptyChannelHasNone) {
  const auto bench = simulator::OneDrive("LTR-48246S");
  EXPECT_TRUE(OnTheChannel(nullptr, bench->Find("bay 1")->clock())->List().empty());
}

TEST_F(PortDrivesTest, LeavesTheKernelsChannelAlone) {
  Ioports("  0170-0177 : pata_legacy\n  01f0-01f7 : pata_legacy\n");
  const auto bench = simulator::OneDrive("LTR-48246S");
  simulator::Drive& drive = *bench->Find("bay 1");
  EXPECT_TRUE(OnTheChannel(&drive, drive.clock())->List().empty());
}

TEST_F(PortDrivesTest, RefusesAChannelThatTheKernelTookBack) {
  const auto bench = simulator::OneDrive("LTR-48246S");
  simulator::Drive& drive = *bench->Find("bay 1");
  const auto source = OnTheChannel(&drive, drive.clock());
  const auto attachments = source->List();
  ASSERT_EQ(attachments.size(), 1u);
  Ioports("  01f0-01f7 : pata_legacy\n");
  const auto handles = attachments[0].open({});
  ASSERT_FALSE(handles);
  EXPECT_EQ(handles.error().reason(), "CHANNEL_OWNED_BY_KERNEL");
  EXPECT_NE(handles.error().remedy().find("rmmod pata_legacy"), std::string::npos);
  EXPECT_TRUE(source->List().empty());
}

}  // namespace
}  // namespace firmbench
