// SPDX-License-Identifier: Apache-2.0
#include "daemon/transport/port_io/ide_channel.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace firmbench::transport {
namespace {

namespace fs = std::filesystem;

// A kernel's files, as ata_piix and a native-mode controller leave them.
class IdeChannelTest : public testing::Test {
 protected:
  IdeChannelTest() {
    std::string name = testing::TempDir() + "ide_channel_XXXXXX";
    root_ = ::mkdtemp(name.data());
    fs::create_directories(root_ / "sys/bus/pci/devices");
    fs::create_directories(root_ / "sys/bus/pci/drivers/ata_piix");
    fs::create_directories(root_ / "proc");
  }
  ~IdeChannelTest() override { fs::remove_all(root_); }

  void Write(const std::string& path, const std::string& text) const {
    fs::create_directories((root_ / path).parent_path());
    std::ofstream(root_ / path) << text;
  }
  void AddDevice(const std::string& address, const std::string& code, const std::string& resource,
                 const std::string& driver) const {
    const std::string folder = "sys/bus/pci/devices/" + address;
    Write(folder + "/class", code + "\n");
    Write(folder + "/resource", resource);
    if (!driver.empty()) {
      fs::create_symlink("../../drivers/" + driver, root_ / folder / "driver");
    }
  }
  std::vector<IdeChannel> Find() const {
    return FindIdeChannels({(root_ / "sys").string(), (root_ / "proc").string()});
  }

  fs::path root_;
};

TEST_F(IdeChannelTest, ALegacyControllerHasBothOldChannels) {
  AddDevice("0000:00:01.1", "0x010180", "0x0 0x0 0x0\n", "ata_piix");
  const auto channels = Find();
  ASSERT_EQ(channels.size(), 2u);
  EXPECT_EQ(channels[0].name, "ide-1f0");
  EXPECT_EQ(channels[0].control, 0x3f6);
  EXPECT_EQ(channels[1].name, "ide-170");
  EXPECT_EQ(channels[1].control, 0x376);
  EXPECT_EQ(channels[0].kernel_driver, "ata_piix");
  EXPECT_EQ(HowToUnbind(channels[0]),
            "echo 0000:00:01.1 | sudo tee /sys/bus/pci/drivers/ata_piix/unbind");
}

TEST_F(IdeChannelTest, ANativeControllerHasItsOwnPorts) {
  AddDevice("0000:02:00.0", "0x010185",
            "0x000000000000c000 0x000000000000c007 0x0000000000040101\n"
            "0x000000000000c100 0x000000000000c103 0x0000000000040101\n"
            "0x000000000000c200 0x000000000000c207 0x0000000000040101\n"
            "0x000000000000c300 0x000000000000c303 0x0000000000040101\n",
            "");
  const auto channels = Find();
  ASSERT_EQ(channels.size(), 4u);
  EXPECT_EQ(channels[0].name, "ide-0000:02:00.0-2");
  EXPECT_EQ(channels[0].command_base, 0xc200);
  EXPECT_EQ(channels[0].control, 0xc302);
  EXPECT_EQ(channels[1].name, "ide-0000:02:00.0-1");
  EXPECT_EQ(channels[1].kernel_driver, "");
  EXPECT_EQ(HowToUnbind(channels[1]), "");
}

TEST_F(IdeChannelTest, OthersAreLeftAlone) {
  AddDevice("0000:00:1f.2", "0x010601", "0x000000000000c000 0x000000000000c007 0x101\n", "ahci");
  AddDevice("0000:00:1f.3", "nonsense", "", "");
  // Memory instead of ports, ports that are too few, ports beyond 16 bits.
  AddDevice("0000:03:00.0", "0x01018f",
            "0x00000000fe000000 0x00000000fe000fff 0x0000000000040200\n"
            "0x000000000000c100 0x000000000000c103 0x0000000000040101\n"
            "0x000000000001c200 0x000000000001c207 0x0000000000040101\n"
            "0x000000000000c300 0x000000000000c301 0x0000000000040101\n",
            "");
  for (const IdeChannel& channel : Find()) EXPECT_TRUE(channel.pci_address.empty());
}

TEST_F(IdeChannelTest, TheKernelsReservationCountsWhereThereIsNoPci) {
  Write("proc/ioports",
        "0000-0cf7 : PCI Bus 0000:00\n"
        "  0170-0177 : 0000:00:01.1\n"
        "  01f0-01f7 : 0000:00:01.1\n"
        "    01f0-01f7 : pata_legacy\n");
  const auto channels = Find();
  ASSERT_EQ(channels.size(), 2u);
  EXPECT_EQ(channels[0].kernel_driver, "pata_legacy");
  EXPECT_EQ(HowToUnbind(channels[0]), "sudo rmmod pata_legacy");
  EXPECT_EQ(channels[1].kernel_driver, "");
}

// As an ordinary user reads it: no numbers.
TEST_F(IdeChannelTest, AHiddenReservationOfAnIdeDriverKeepsTheOldChannels) {
  Write("proc/ioports",
        "0000-0000 : PCI Bus 0000:00\n"
        "  0000-0000 : dma1\n"
        "  0000-0000 : pata_legacy\n"
        "  0000-0000 : 0000:00:02.0\n");
  for (const IdeChannel& channel : Find()) EXPECT_EQ(channel.kernel_driver, "pata_legacy");
}

TEST_F(IdeChannelTest, AHiddenReservationOfAPciControllerDoesNot) {
  AddDevice("0000:02:00.0", "0x010185",
            "0xc000 0xc007 0x101\n0xc100 0xc103 0x101\n0xc200 0xc207 0x101\n0xc300 0xc303 0x101\n",
            "pata_sil680");
  Write("proc/ioports", "0000-0000 : PCI Bus 0000:00\n  0000-0000 : pata_sil680\n");
  const auto channels = Find();
  ASSERT_EQ(channels.size(), 4u);
  EXPECT_EQ(channels[0].kernel_driver, "pata_sil680");
  EXPECT_EQ(channels[2].name, "ide-1f0");
  EXPECT_EQ(channels[2].kernel_driver, "");
}

TEST_F(IdeChannelTest, NothingThereIsTheTwoOldChannels) {
  fs::remove_all(root_ / "sys");
  EXPECT_EQ(Find().size(), 2u);
}

}  // namespace
}  // namespace firmbench::transport
