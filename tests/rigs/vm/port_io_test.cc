// SPDX-License-Identifier: Apache-2.0
// IDE ports of machines that are not ours: QEMU's controllers with QEMU's ATAPI drives and a disk,
// under Debian's kernel. Runs inside the virtual machines of port_io, group by group.
// In the first a PIIX3 with a lone drive as master of the first channel: Owned while the kernel has
// the controller, Free when it has left it, TakenBack, which gives it back in between.
// In the second two channels on ISA, with two drives on the first and a disk as master of the
// second: OwnedIsa while the kernel has them, Shared when it has left them.
// Denied runs on any of them without the right to ports.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <string>
#include <vector>

#include "daemon/families/mediatek_liteon/vendor_mode.h"
#include "daemon/port_drives.h"
#include "daemon/scsi/commands.h"
#include "daemon/transport/port_io/packet_transport.h"
#include "daemon/transport/port_io/port_task_file.h"

namespace firmbench {
namespace {

using ata::Access;
using ata::Register;
using families::mediatek_liteon::VendorMode;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using transport::IdeChannel;

constexpr uint8_t kMaster = 0xa0, kSlave = 0xb0;
constexpr uint8_t kDeviceReset = 0x08, kIdentifyPacketDevice = 0xa1;
constexpr uint8_t kBusy = 0x80, kDataRequest = 0x08;

constexpr char kFirst[] = "ide-1f0";
constexpr char kSecond[] = "ide-170";

std::vector<std::string> Topologies(PortDrives& drives) {
  std::vector<std::string> topologies;
  for (const auto& attachment : drives.List()) topologies.push_back(attachment.topology);
  return topologies;
}

// Names of the channels with who drives them.
std::vector<std::string> Channels() {
  std::vector<std::string> lines;
  for (const IdeChannel& channel : transport::FindIdeChannels({})) {
    lines.push_back(channel.name + " " + channel.pci_address + " " + channel.kernel_driver);
  }
  return lines;
}

// One device of a channel, by ports alone.
struct Device {
  explicit Device(const std::string& channel_name, uint8_t device_register = kMaster)
      : select(device_register) {
    for (const IdeChannel& found : transport::FindIdeChannels({})) {
      if (found.name == channel_name) channel = {found.command_base, found.control};
    }
    const transport::PortRange ranges[] = {{channel.command_base, 8}, {channel.control, 1}};
    auto opened = transport::OpenMachinePorts(ranges);
    EXPECT_TRUE(opened);
    if (opened) ports = std::move(*opened);
  }

  std::unique_ptr<ata::TaskFile> TaskFile() const {
    return std::make_unique<transport::PortTaskFile>(ports, channel, RealClock());
  }
  transport::PacketTransport Scsi() const { return {TaskFile(), select == kSlave, RealClock()}; }

  transport::ChannelPorts channel;
  uint8_t select;
  std::shared_ptr<transport::Ports> ports;
};

// Status, then count, low, mid and high, as they are after a reset by command.
std::vector<int> SignatureAfterReset(ata::TaskFile& task_file, uint8_t device) {
  Access script[] = {
      Access::Write(Register::kDevice, device), Access::Write(Register::kCommand, kDeviceReset),
      Access::Read(Register::kControl),         Access::WaitClear(Register::kStatus, kBusy),
      Access::Read(Register::kSectorCount),     Access::Read(Register::kLbaLow),
      Access::Read(Register::kLbaMid),          Access::Read(Register::kLbaHigh)};
  EXPECT_TRUE(task_file.Run(script));
  return {script[4].value16, script[5].value16, script[6].value16, script[7].value16};
}

std::vector<uint16_t> IdentifyPacketDevice(ata::TaskFile& task_file, uint8_t device) {
  Access ask[] = {Access::Write(Register::kDevice, device),
                  Access::Write(Register::kCommand, kIdentifyPacketDevice),
                  Access::Read(Register::kControl), Access::WaitClear(Register::kStatus, kBusy)};
  EXPECT_TRUE(task_file.Run(ask));
  EXPECT_NE(ask[3].value16 & kDataRequest, 0);
  std::vector<Access> data(256, Access::ReadData16());
  EXPECT_TRUE(task_file.Run(data));
  std::vector<uint16_t> words;
  for (const Access& access : data) words.push_back(access.value16);
  return words;
}

// ATA/ATAPI-5 8.13: two letters a word, the first in the high byte.
std::string Letters(const std::vector<uint16_t>& words, size_t first, size_t count) {
  std::string text;
  for (size_t i = first; i < first + count; ++i) {
    text += {static_cast<char>(words[i] >> 8), static_cast<char>(words[i] & 0xff)};
  }
  return text.substr(0, text.find_last_not_of(' ') + 1);
}

// Why vendor mode is refused before its intro; "" when it is not.
std::string AloneReason(ata::TaskFile& task_file, bool second_device) {
  const Status alone = VendorMode(task_file, RealClock(), second_device).CheckAlone();
  return alone ? "" : alone.error().reason();
}

TEST(Owned, TheKernelsDriverIsNamed) {
  EXPECT_THAT(Channels(),
              ElementsAre("ide-1f0 0000:00:01.1 ata_piix", "ide-170 0000:00:01.1 ata_piix"));
  EXPECT_EQ(transport::HowToUnbind(transport::FindIdeChannels({}).front()),
            "echo 0000:00:01.1 | sudo tee /sys/bus/pci/drivers/ata_piix/unbind");
}

TEST(Owned, ItsDrivesAreLeftAlone) {
  EXPECT_THAT(Topologies(*PortDrives::OfThisMachine()), IsEmpty());
}

TEST(OwnedIsa, TheKernelsDriverIsNamed) {
  EXPECT_THAT(Channels(), ElementsAre("ide-1f0  pata_legacy", "ide-170  pata_legacy"));
  EXPECT_EQ(transport::HowToUnbind(transport::FindIdeChannels({}).front()),
            "sudo rmmod pata_legacy");
  EXPECT_THAT(Topologies(*PortDrives::OfThisMachine()), IsEmpty());
}

TEST(Denied, PortsAreRefusedInWords) {
  const transport::PortRange range{0x1f0, 8};
  const auto ports = transport::OpenMachinePorts({&range, 1});
  ASSERT_FALSE(ports);
  EXPECT_EQ(ports.error().reason(), "PORTS_DENIED");
  EXPECT_THAT(ports.error().remedy(), HasSubstr("port-io.conf"));
  EXPECT_THAT(Topologies(*PortDrives::OfThisMachine()), IsEmpty());
}

TEST(TakenBack, TheDriveIsNotOpenedAnyMore) {
  const auto drives = PortDrives::OfThisMachine();
  const auto attachments = drives->List();
  ASSERT_EQ(attachments.size(), 1u);
  EXPECT_TRUE(attachments[0].open({}));
  std::ofstream("/sys/bus/pci/drivers/ata_piix/bind") << "0000:00:01.1" << std::flush;
  const auto opened = attachments[0].open({});
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().reason(), "CHANNEL_OWNED_BY_KERNEL");
  EXPECT_THAT(opened.error().remedy(), HasSubstr("/sys/bus/pci/drivers/ata_piix/unbind"));
  EXPECT_THAT(Topologies(*drives), IsEmpty());
}

TEST(Free, NobodyOwnsTheChannels) {
  EXPECT_THAT(Channels(), ElementsAre("ide-1f0 0000:00:01.1 ", "ide-170 0000:00:01.1 "));
}

TEST(Free, TheLoneDriveIsListedAndNothingElse) {
  const auto drives = PortDrives::OfThisMachine();
  EXPECT_THAT(Topologies(*drives), ElementsAre("ide-1f0/0"));
  EXPECT_THAT(Topologies(*drives), ElementsAre("ide-1f0/0")) << "at a second look";
}

TEST(Free, DeviceResetShowsTheSignature) {
  const Device drive(kFirst);
  EXPECT_THAT(SignatureAfterReset(*drive.TaskFile(), kMaster), ElementsAre(0x01, 0x01, 0x14, 0xeb));
}

TEST(Free, IdentifyPacketDeviceNamesTheDrive) {
  const Device drive(kFirst);
  const auto words = IdentifyPacketDevice(*drive.TaskFile(), kMaster);
  EXPECT_EQ(words[0] >> 14, 2) << "a packet device";
  EXPECT_EQ(words[0] >> 8 & 0x1f, 5) << "CD-ROM";
  EXPECT_EQ(words[0] & 3, 0) << "packets of 12 bytes";
  EXPECT_EQ(Letters(words, 27, 20), "QEMU DVD-ROM");
  EXPECT_EQ(Letters(words, 10, 10), "QM-ALONE");
}

TEST(Free, InquiryThroughPacketNamesTheDrive) {
  auto scsi = Device(kFirst).Scsi();
  const auto inquiry = scsi::ParseInquiry(*scsi::ReadInquiry(scsi));
  ASSERT_TRUE(inquiry);
  EXPECT_EQ(inquiry->device_type, scsi::kCdDvdDevice);
  EXPECT_EQ(inquiry->vendor, "QEMU");
  EXPECT_EQ(inquiry->product, "QEMU DVD-ROM");
  EXPECT_EQ(inquiry->revision, "ONE");
}

TEST(Free, DataInManyPiecesIsWhole) {
  constexpr size_t kSectorBytes = 2048, kSectors = 64;
  auto scsi = Device(kFirst).Scsi();
  auto ready = scsi::TestUnitReady(scsi);
  for (int i = 0; i < 3 && ready && *ready != scsi::Readiness::kReady; ++i) {
    ready = scsi::TestUnitReady(scsi);
  }
  ASSERT_TRUE(ready);
  ASSERT_EQ(*ready, scsi::Readiness::kReady);
  Bytes data(kSectors * kSectorBytes);
  scsi::Command read;
  read.cdb.bytes = {0x28, 0, 0, 0, 0, 2, 0, 0, kSectors, 0};  // READ(10) from sector 2
  read.cdb.length = 10;
  read.direction = scsi::Direction::kIn;
  read.data_in = data;
  const auto completion = scsi.Execute(read);
  ASSERT_TRUE(completion);
  EXPECT_TRUE(completion->good());
  EXPECT_EQ(completion->residual, 0u);
  for (size_t i = 0; i < kSectors; ++i) {
    const auto sector = ByteView(data).subspan(i * kSectorBytes, kSectorBytes);
    const auto number = static_cast<uint8_t>(i + 2);
    ASSERT_TRUE(std::all_of(sector.begin(), sector.end(), [=](uint8_t b) { return b == number; }))
        << "sector " << i + 2;
  }
}

TEST(Free, AShortAnswerIsShort) {
  auto scsi = Device(kFirst).Scsi();
  Bytes data(512, 0xaa);
  scsi::Command configuration;
  configuration.cdb.bytes = {scsi::op::kGetConfiguration, 0, 0, 0, 0, 0, 0, 512 >> 8, 0, 0};
  configuration.cdb.length = 10;
  configuration.direction = scsi::Direction::kIn;
  configuration.data_in = data;
  const auto completion = scsi.Execute(configuration);
  ASSERT_TRUE(completion);
  ASSERT_TRUE(completion->good());
  EXPECT_EQ(completion->transferred, data[3] + 4u) << "as its own length field says";
  EXPECT_EQ(completion->residual, 512 - completion->transferred);
}

TEST(Free, ARefusedCommandComesWithItsSense) {
  auto scsi = Device(kFirst).Scsi();
  Bytes data(16, 0xaa);
  scsi::Command read_buffer;
  read_buffer.cdb.bytes = {scsi::op::kReadBuffer, 2, 0, 0, 0, 0, 0, 0, 16, 0};
  read_buffer.cdb.length = 10;
  read_buffer.direction = scsi::Direction::kIn;
  read_buffer.data_in = data;
  const auto completion = scsi.Execute(read_buffer);
  ASSERT_TRUE(completion);
  EXPECT_EQ(completion->status, scsi::ScsiStatus::kCheckCondition);
  ASSERT_TRUE(completion->sense.has_value());
  EXPECT_EQ(completion->sense->key, 5);
  EXPECT_EQ(completion->sense->asc, 0x20);
  EXPECT_EQ(data, Bytes(16, 0)) << "nothing stale";
}

TEST(Free, AnAbsentSlaveIsNotThere) {
  auto scsi = Device(kFirst, kSlave).Scsi();
  const auto inquiry = scsi::ReadInquiry(scsi);
  ASSERT_FALSE(inquiry);
  EXPECT_EQ(inquiry.error().reason(), "DRIVE_GONE");
}

TEST(Free, ADriveThatDoesNotKnowItHasNotEnteredVendorMode) {
  const Device drive(kFirst);
  const auto task_file = drive.TaskFile();
  VendorMode vendor_mode(*task_file, RealClock(), /*second_device=*/false);
  ASSERT_TRUE(vendor_mode.CheckAlone());
  const Status entered = vendor_mode.Enter({.max_intros = 2, .max_time = std::chrono::seconds(5)},
                                           [] { return false; });
  ASSERT_FALSE(entered);
  EXPECT_EQ(entered.error().reason(), "VENDOR_MODE_NOT_ENTERED");
  EXPECT_EQ(
      entered.error().message(),
      "status = 41 should be 70: the drive answers as a normal drive and did not enter vendor "
      "mode");
  // What it does after every failed entry; the drive is as it was.
  EXPECT_TRUE(vendor_mode.Leave(std::chrono::seconds(5)));
  auto scsi = drive.Scsi();
  EXPECT_EQ(scsi::ParseInquiry(*scsi::ReadInquiry(scsi))->product, "QEMU DVD-ROM");
}

TEST(Shared, BothDrivesAreListedAndTheDiskIsNot) {
  EXPECT_THAT(Channels(), ElementsAre("ide-1f0  ", "ide-170  "));
  EXPECT_THAT(Topologies(*PortDrives::OfThisMachine()), ElementsAre("ide-1f0/0", "ide-1f0/1"));
}

TEST(Shared, MasterAndSlaveAnswerForThemselves) {
  auto master = Device(kFirst).Scsi();
  auto slave = Device(kFirst, kSlave).Scsi();
  for (int turn = 0; turn < 2; ++turn) {
    EXPECT_EQ(scsi::ParseInquiry(*scsi::ReadInquiry(master))->revision, "ONE");
    EXPECT_EQ(scsi::ParseInquiry(*scsi::ReadInquiry(slave))->revision, "TWO");
  }
}

// port_io sees in QEMU's trace that no intro reached either.
TEST(Shared, VendorModeIsRefusedWithTwoDrives) {
  for (const uint8_t device : {kMaster, kSlave}) {
    const Device drive(kFirst, device);
    const auto task_file = drive.TaskFile();
    // A packet device's status is zero then, like that of none.
    EXPECT_THAT(SignatureAfterReset(*task_file, kMaster), ElementsAre(0x01, 0x01, 0x14, 0xeb));
    EXPECT_THAT(SignatureAfterReset(*task_file, kSlave), ElementsAre(0x01, 0x01, 0x14, 0xeb));
    EXPECT_EQ(AloneReason(*task_file, device == kSlave), "SECOND_DRIVE_ON_CHANNEL");
  }
}

TEST(Shared, VendorModeIsRefusedBesideADisk) {
  const Device absent(kSecond, kSlave);
  EXPECT_EQ(AloneReason(*absent.TaskFile(), /*second_device=*/true), "SECOND_DRIVE_ON_CHANNEL");
}

}  // namespace
}  // namespace firmbench
