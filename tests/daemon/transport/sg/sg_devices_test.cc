// SPDX-License-Identifier: Apache-2.0
#include "daemon/transport/sg/sg_devices.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "tests/daemon/transport/sg/sys_tree.h"

namespace firmbench::transport {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(SgDevices, NamesAUsbDriveByItsPort) {
  SysTree tree;
  tree.AddUsb({.port = "1.4", .max_sectors_kb = "120"}, 6, 2);
  const auto devices = FindSgDevices(tree.roots());
  ASSERT_EQ(devices.size(), 1u);
  const SgDevice& device = devices[0];
  EXPECT_EQ(device.topology, "pci-0000:00:14.0/usb2-1.4");
  EXPECT_EQ(device.bay, "00:14.0/usb2-1.4");
  EXPECT_EQ(device.port, device.bay);
  EXPECT_EQ(device.sg, "sg2");
  EXPECT_EQ(device.sr, "sr2");
  EXPECT_EQ(device.adapter, "usb-storage");
  EXPECT_EQ(device.max_transfer_bytes, 120u * 1024);
  ASSERT_TRUE(device.usb);
  EXPECT_EQ(ToString(device.usb->id), "152d:2338");
  EXPECT_EQ(device.usb->serial, "0123456789AB");
  EXPECT_EQ(device.usb->name, "Maker Bridge");
  EXPECT_EQ(device.usb->generation, 2);
}

TEST(SgDevices, KnowsThePortAgainAfterItsNumbersChanged) {
  SysTree before, after;
  before.AddUsb({.bus = 1, .port = "3"}, 6, 2);
  after.AddUsb({.bus = 5, .port = "3"}, 11, 0);
  const auto first = FindSgDevices(before.roots()), second = FindSgDevices(after.roots());
  ASSERT_EQ(first.size(), 1u);
  ASSERT_EQ(second.size(), 1u);
  EXPECT_EQ(first[0].topology, second[0].topology);
  EXPECT_NE(first[0].plug, second[0].plug);
}

TEST(SgDevices, TellsThePortsOfBothRootHubsApart) {
  SysTree tree;
  tree.AddUsb({.bus = 1, .port = "1"}, 6, 0);
  tree.AddUsb({.bus = 2, .port = "1", .speed = "5000", .version = " 3.00"}, 7, 1);
  const auto devices = FindSgDevices(tree.roots());
  ASSERT_EQ(devices.size(), 2u);
  EXPECT_EQ(devices[0].topology, "pci-0000:00:14.0/usb2-1");
  EXPECT_EQ(devices[1].topology, "pci-0000:00:14.0/usb3-1");
  EXPECT_EQ(devices[1].usb->generation, 3);
}

TEST(SgDevices, NamesASataDriveByThePortOfItsController) {
  SysTree tree;
  const std::string ata = "pci0000:00/0000:00:1f.2/ata7";
  tree.AddScsi(ata, "9:0:0:0", 0, "ahci");
  tree.Write("sys/devices/" + ata + "/ata_port/ata7/port_no", "3\n");
  const auto devices = FindSgDevices(tree.roots());
  ASSERT_EQ(devices.size(), 1u);
  EXPECT_EQ(devices[0].topology, "pci-0000:00:1f.2/ata3");
  EXPECT_EQ(devices[0].ata_port, 3);
  EXPECT_EQ(devices[0].adapter, "ahci");
  EXPECT_FALSE(devices[0].usb);
  EXPECT_EQ(devices[0].max_transfer_bytes, 0u) << "nothing is said of its limit";
}

TEST(SgDevices, TellsMasterFromSlave) {
  SysTree tree;
  const std::string ata = "pci0000:00/0000:00:01.1/ata1";
  tree.Write("sys/devices/" + ata + "/ata_port/ata1/port_no", "1\n");
  tree.AddScsi(ata, "0:0:0:0", 0, "ata_piix");
  tree.AddScsi(ata, "0:0:1:0", 1, "ata_piix");
  const auto devices = FindSgDevices(tree.roots());
  ASSERT_EQ(devices.size(), 2u);
  EXPECT_EQ(devices[0].topology, "pci-0000:00:01.1/ata1");
  EXPECT_FALSE(devices[0].second_device);
  EXPECT_EQ(devices[1].topology, "pci-0000:00:01.1/ata1/0:1:0");
  EXPECT_EQ(devices[1].bay, "00:01.1/ata1/0:1:0");
  EXPECT_TRUE(devices[1].second_device);
  EXPECT_EQ(devices[0].port, devices[1].port) << "one cable";
}

TEST(SgDevices, NamesOtherBusesByTheirFolders) {
  SysTree tree;
  tree.AddScsi("pci0000:00/0000:00:02.0/0000:03:00.1/virtio4", "3:0:0:0", 0, "virtio_scsi");
  tree.AddScsi("tcm_loop_0/tcm_loop_adapter_0", "4:0:1:0", 1, "tcm_loopback");
  tree.AddScsi("pseudo_0/adapter0", "5:0:0:0", 2, "scsi_debug");
  std::vector<std::string> topologies;
  for (const auto& device : FindSgDevices(tree.roots())) topologies.push_back(device.topology);
  EXPECT_THAT(topologies, ElementsAre("pci-0000:03:00.1", "pseudo_0/adapter0",
                                      "tcm_loop_0/tcm_loop_adapter_0/0:1:0"));
}

TEST(SgDevices, TellsTheHostsOfOneControllerApart) {
  SysTree tree;
  tree.AddScsi("pci0000:00/0000:00:05.0", "8:0:0:0", 0, "mpt");
  tree.AddScsi("pci0000:00/0000:00:05.0", "10:0:0:0", 1, "mpt");
  const auto devices = FindSgDevices(tree.roots());
  ASSERT_EQ(devices.size(), 2u);
  EXPECT_EQ(devices[0].topology, "pci-0000:00:05.0");
  EXPECT_EQ(devices[1].topology, "pci-0000:00:05.0/host1");
}

TEST(SgDevices, LeavesDisksAndTapesOut) {
  SysTree tree;
  tree.AddScsi("pci0000:00/0000:00:1f.2/ata1", "0:0:0:0", 0, "ahci", "0");
  tree.AddScsi("pci0000:00/0000:00:1f.2/ata2", "1:0:0:0", 1, "ahci", "1");
  EXPECT_THAT(FindSgDevices(tree.roots()), IsEmpty());
}

TEST(SgDevices, TakesSixtyFour) {
  SysTree tree;
  for (int i = 0; i < 64; ++i) {
    tree.AddUsb({.port = std::to_string(i / 8 + 1) + "." + std::to_string(i % 8 + 1)}, i + 3, i);
  }
  const auto devices = FindSgDevices(tree.roots());
  std::set<std::string> topologies;
  for (const auto& device : devices) topologies.insert(device.topology);
  EXPECT_EQ(topologies.size(), 64u);
}

TEST(SgDevices, HostileStringsAreCleanedAndBounded) {
  SysTree tree;
  tree.AddUsb({.serial = std::string("\x1b[31m\0\xff", 7) + std::string(5000, 'A')}, 6, 0);
  const auto devices = FindSgDevices(tree.roots());
  ASSERT_EQ(devices.size(), 1u);
  const std::string& serial = devices[0].usb->serial;
  EXPECT_LE(serial.size(), 256u);
  for (const char c : serial) EXPECT_TRUE(c >= 0x20 && c <= 0x7e) << int{c};
}

TEST(SgDevices, ABridgeIsCalledByItsMakerOnce) {
  struct Case {
    const char* maker;
    const char* product;
    const char* name;
  };
  for (const Case& c :
       {Case{"Maker", "Bridge", "Maker Bridge"},
        Case{"QEMU", "QEMU USB HARDDRIVE", "QEMU USB HARDDRIVE"}, Case{"", "Bridge", "Bridge"},
        Case{"Maker", "", "Maker"}, Case{"", "", ""}}) {
    SysTree tree;
    tree.AddUsb({}, 6, 0);
    const std::string device = "sys/devices/pci0000:00/0000:00:14.0/usb1/1-1/";
    tree.Write(device + "manufacturer", c.maker);
    tree.Write(device + "product", c.product);
    EXPECT_EQ(FindSgDevices(tree.roots()).at(0).usb->name, c.name);
  }
}

TEST(SgDevices, NonsenseInAttributesIsAsIfNotThere) {
  SysTree tree;
  const std::string scsi =
      tree.AddUsb({.speed = "fast", .version = "", .max_sectors_kb = "-1"}, 6, 0);
  tree.Write("sys/devices/pci0000:00/0000:00:14.0/usb1/1-1/idVendor", "zzzz\n");
  const auto devices = FindSgDevices(tree.roots());
  ASSERT_EQ(devices.size(), 1u);
  EXPECT_FALSE(devices[0].usb);
  EXPECT_EQ(devices[0].max_transfer_bytes, 0u);
}

TEST(SgDevices, LimitsAreBelievedWithinReason) {
  struct Case {
    const char* kib;
    size_t bytes;
  };
  for (const Case& c : {Case{"120", 122880}, Case{"1", 4096}, Case{"1280", 1048576},
                        Case{"4294967295", 1048576}, Case{"0", 0}, Case{"", 0}}) {
    SysTree tree;
    tree.AddUsb({.max_sectors_kb = c.kib}, 6, 0);
    EXPECT_EQ(FindSgDevices(tree.roots()).at(0).max_transfer_bytes, c.bytes) << c.kib;
  }
}

TEST(SgDevices, AMachineWithoutScsiHasNone) {
  EXPECT_THAT(FindSgDevices({"/nowhere/sys", "/nowhere/proc", "/nowhere/dev"}), IsEmpty());
  EXPECT_THAT(DrivesWithoutSg({"/nowhere/sys", "/nowhere/proc", "/nowhere/dev"}), IsEmpty());
}

TEST(SgDevices, SaysWhichDriveHasNoSgNode) {
  SysTree tree;
  const std::string scsi = tree.AddUsb({}, 6, 0);
  EXPECT_THAT(DrivesWithoutSg(tree.roots()), IsEmpty());
  std::filesystem::remove_all(tree.Path(scsi + "/scsi_generic"));
  EXPECT_THAT(DrivesWithoutSg(tree.roots()), ElementsAre("sr0"));
}

TEST(SgDevices, ReadsAndWritesMediaPolling) {
  SysTree tree;
  tree.AddUsb({}, 6, 0);
  EXPECT_EQ(ReadMediaPolling(tree.roots(), "sr0"), "-1");
  EXPECT_TRUE(WriteMediaPolling(tree.roots(), "sr0", "0"));
  EXPECT_EQ(ReadMediaPolling(tree.roots(), "sr0"), "0");
  EXPECT_FALSE(WriteMediaPolling(tree.roots(), "sr1", "0"));
  EXPECT_FALSE(WriteMediaPolling(tree.roots(), "../block/sr0", "0"));
  EXPECT_EQ(ReadMediaPolling(tree.roots(), ""), std::nullopt);
}

TEST(UsbIds, AreReadStrictly) {
  EXPECT_EQ(ParseUsbId("152d:2338"), (UsbId{0x152d, 0x2338}));
  for (const char* wrong : {"", ":", "152d", "152d:233", "152d:23388", "g52d:2338", "152d-2338",
                            "152d:2338:1", "-152:2338", " 52d:2338"}) {
    EXPECT_EQ(ParseUsbId(wrong), std::nullopt) << wrong;
  }
}

}  // namespace
}  // namespace firmbench::transport
