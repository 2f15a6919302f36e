// SPDX-License-Identifier: Apache-2.0
// The drives of the kernel's SCSI layer, with a kernel of our own: sysfs in a folder, nodes that
// behave like sg's, and simulated drives behind them.
#include "daemon/sg_drives.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>

#include <set>

#include "daemon/scsi/commands.h"
#include "daemon/scsi/identity.h"
#include "tests/daemon/transport/sg/fake_sg.h"
#include "tests/daemon/transport/sg/sys_tree.h"

namespace firmbench {
namespace {

using inventory::Attachment;
using testing::HasSubstr;
using testing::IsEmpty;
using transport::FakeAnswer;
using transport::FakeSg;
using transport::SysTree;

constexpr scsi::CdbRule kVendorRead{
    {0xdf}, 1, scsi::Effect::kReadOnly, Evidence::kReadInCode, "read memory"};
const inventory::GateRules kRules{std::span(&kVendorRead, 1), {}};

// A drive that says its name, and that it is another one on every node.
transport::FakeDrive Named(std::string product) {
  product.resize(16, ' ');
  return [product](ByteView cdb, ByteView) -> FakeAnswer {
    if (cdb[0] == 0xdf) return {.data = {0xca, 0xfe}};
    if (cdb[0] == 0x00) return {};
    if (cdb[0] != 0x12 || (cdb[1] & 1) != 0) {
      return {.sense = SenseInfo{0x05, 0x20, 0x00, false}, .driver_status = 8};
    }
    Bytes data = {0x05, 0x80, 0x00, 0x32, 0x1f, 0, 0, 0};
    const std::string text = "MAKER   " + product + "1.00";
    data.insert(data.end(), text.begin(), text.end());
    return {.data = std::move(data)};
  };
}

class SgDrivesTest : public testing::Test {
 protected:
  SgDrives& Source(std::vector<std::string> vendor_bridges = {},
                   std::vector<std::string> simulated_bridges = {}) {
    SgDrivesOptions options;
    options.roots = tree_.roots();
    options.open_node = kernel_.opener();
    options.vendor_bridges = std::move(vendor_bridges);
    options.simulated_bridges = std::move(simulated_bridges);
    options.lock_folder = tree_.Path("lock");
    source_ = std::make_unique<SgDrives>(std::move(options), std::move(events_));
    return *source_;
  }
  std::string Node(int number) const { return tree_.Path("dev/sg" + std::to_string(number)); }
  std::string PlugUsb(const SysTree::Usb& usb, int host, int number, const std::string& product) {
    kernel_.Plug(Node(number), Named(product));
    return tree_.AddUsb(usb, host, number);
  }
  void Unplug(const std::string& scsi, int number) {
    tree_.Remove(scsi, number);
    kernel_.Unplug(Node(number));
  }

  SysTree tree_;
  FakeSg kernel_;
  UniqueFd events_;
  std::unique_ptr<SgDrives> source_;
};

std::string ProductOf(const Attachment& attachment) {
  const auto handles = attachment.open({});
  if (!handles) return handles.error().reason();
  const auto identity = scsi::ReadIdentity(*handles->scsi);
  return identity ? identity->product : identity.error().reason();
}

// "" when the vendor command passed, else the reason.
std::string TryVendor(const Attachment& attachment) {
  const auto handles = attachment.open(kRules);
  if (!handles) return handles.error().reason();
  Bytes data(2);
  const auto result = handles->scsi->Execute(
      {.cdb = scsi::MakeCdb(12, 0xdf), .direction = scsi::Direction::kIn, .data_in = data});
  return result ? "" : result.error().reason();
}

TEST_F(SgDrivesTest, ListsAUsbDriveWithEverythingAboutItsWay) {
  PlugUsb({.port = "1.4"}, 6, 2, "DVDRAM");
  const auto attachments = Source().List();
  ASSERT_EQ(attachments.size(), 1u);
  const Attachment& attachment = attachments[0];
  EXPECT_EQ(attachment.topology, "pci-0000:00:14.0/usb2-1.4");
  EXPECT_EQ(attachment.bay, "00:14.0/usb2-1.4");
  EXPECT_EQ(attachment.channel, attachment.bay);
  EXPECT_EQ(attachment.connection_text,
            "USB 2 bridge 152d:2338 (JMicron JM20337/8), node sg2, 120 KiB per command");
  EXPECT_EQ(attachment.bridge, "usb 152d:2338 0123456789AB");
  EXPECT_EQ(attachment.lock_path, tree_.Path("lock/firmbench-pci-0000:00:14.0+usb2-1.4.lock"));
  EXPECT_TRUE(attachment.connection.scsi);
  EXPECT_FALSE(attachment.connection.task_file);
  EXPECT_FALSE(attachment.connection.simulated);
  EXPECT_EQ(attachment.generation, 1u);
  EXPECT_EQ(ProductOf(attachment), "DVDRAM");
  const auto handles = attachment.open({});
  ASSERT_TRUE(handles);
  EXPECT_EQ(handles->scsi->limits().max_transfer_bytes, 122880u);
}

TEST_F(SgDrivesTest, SaysTheWayInWordsForEveryKindOfPort) {
  transport::SgDevice device;
  device.sg = "sg4";
  EXPECT_EQ(ConnectionText(device), "SCSI, node sg4, 64 KiB per command");
  device.adapter = "ahci";
  device.ata_port = 3;
  device.max_transfer_bytes = 524288;
  EXPECT_EQ(ConnectionText(device), "SATA port 3 (ahci), node sg4, 512 KiB per command");
  device.adapter = "pata_via";
  device.second_device = true;
  EXPECT_EQ(ConnectionText(device), "IDE port 3 (pata_via), slave, node sg4, 512 KiB per command");
  device.usb = transport::UsbBridge{.id = {0x1234, 0x5678}, .name = "Maker Thing"};
  EXPECT_EQ(ConnectionText(device),
            "USB bridge 1234:5678 (Maker Thing), node sg4, 512 KiB per command");
}

TEST_F(SgDrivesTest, TheGateIsInFrontOfIt) {
  PlugUsb({}, 6, 0, "DVDRAM");
  const auto handles = Source().List().at(0).open({});
  ASSERT_TRUE(handles);
  const auto refused = handles->scsi->Execute(
      {.cdb = scsi::MakeCdb(10, 0x3b, 0x05), .direction = scsi::Direction::kOut});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().reason(), "COMMAND_NOT_ALLOWED");
}

// A guess never reaches hardware, whatever the gate's level; behind a test's bridge there is none.
TEST_F(SgDrivesTest, HypotheticalCommandsGoOnlyToDrivesThatATestMade) {
  static constexpr scsi::CdbRule kGuess{
      {0x3b, 0x01}, 2, scsi::Effect::kDestructive, Evidence::kHypothetical, "write memory"};
  const inventory::GateRules rules{std::span(&kGuess, 1), {}};
  PlugUsb({.id = "1209:0001"}, 6, 0, "DVDRAM");
  for (const bool simulated : {false, true}) {
    using Ids = std::vector<std::string>;
    const Attachment drive = Source({}, simulated ? Ids{"1209:0001"} : Ids()).List().at(0);
    EXPECT_EQ(drive.connection.simulated, simulated);
    const auto handles = drive.open(rules);
    ASSERT_TRUE(handles);
    handles->gate->SetLevel(inventory::GateLevel::kOpen);
    const auto sent = handles->scsi->Execute({.cdb = scsi::MakeCdb(10, 0x3b, 0x01)});
    EXPECT_EQ(sent ? "" : sent.error().reason(), simulated ? "" : "COMMAND_NOT_ALLOWED");
  }
}

TEST_F(SgDrivesTest, VendorCommandsGoOnlyThroughBridgesThatPassThem) {
  PlugUsb({.id = "1234:5678"}, 6, 0, "DVDRAM");
  EXPECT_EQ(TryVendor(Source().List().at(0)), "BRIDGE_UNKNOWN");
  EXPECT_EQ(TryVendor(Source({"152d:2338", "1234:5678"}).List().at(0)), "");
}

TEST_F(SgDrivesTest, NoBridgeNoQuestion) {
  tree_.AddScsi("pci0000:00/0000:00:1f.2/ata2", "1:0:0:0", 0, "ahci");
  kernel_.Plug(Node(0), Named("DVDRAM"));
  const auto attachments = Source().List();
  EXPECT_EQ(attachments.at(0).bridge, "");
  EXPECT_EQ(TryVendor(attachments.at(0)), "");
}

TEST_F(SgDrivesTest, ABridgeWithoutANumberOfItsOwnIsKnownByItsPort) {
  PlugUsb({.port = "1", .serial = "152D203380B6"}, 6, 0, "ONE");
  PlugUsb({.port = "2", .serial = ""}, 7, 1, "TWO");
  const auto attachments = Source().List();
  EXPECT_EQ(attachments.at(0).bridge, "usb 152d:2338 at 00:14.0/usb2-1");
  EXPECT_EQ(attachments.at(1).bridge, "usb 152d:2338 at 00:14.0/usb2-2");
}

TEST_F(SgDrivesTest, FreshHandlesTakeThePlaceOfOlderOnes) {
  PlugUsb({}, 6, 0, "DVDRAM");
  const auto attachment = Source().List().at(0);
  const auto old = attachment.open({});
  const auto fresh = attachment.open({});
  ASSERT_TRUE(old);
  ASSERT_TRUE(fresh) << fresh.error().ToString();
  EXPECT_TRUE(scsi::TestUnitReady(*fresh->scsi));
  EXPECT_FALSE(scsi::TestUnitReady(*old->scsi));
}

TEST_F(SgDrivesTest, AMountedDriveSaysWhoItIsAndTakesNothingElse) {
  PlugUsb({.id = "1234:5678"}, 6, 0, "DVDRAM");
  tree_.Write("proc/self/mountinfo", "90 22 11:0 / /media/disc ro - iso9660 /dev/sr0 ro\n");
  const auto attachment = Source({"1234:5678"}).List().at(0);
  EXPECT_EQ(ProductOf(attachment), "DVDRAM");
  const auto busy = attachment.open(kRules);
  ASSERT_FALSE(busy);
  EXPECT_EQ(busy.error().reason(), "DRIVE_BUSY");
  EXPECT_THAT(busy.error().message(), HasSubstr("/media/disc"));
}

TEST_F(SgDrivesTest, ANodeThatIsHeldOpenNamesItsHolder) {
  PlugUsb({}, 6, 0, "DVDRAM");
  tree_.AddProcess(4711, "growisofs", Node(0));
  kernel_.HoldOpen(Node(0), true);
  const auto busy = Source().List().at(0).open({});
  ASSERT_FALSE(busy);
  EXPECT_EQ(busy.error().reason(), "DRIVE_BUSY");
  EXPECT_THAT(busy.error().message(), HasSubstr("growisofs, process 4711"));
}

TEST_F(SgDrivesTest, ADriveIsKnownByItsPortAndNotByItsNode) {
  const std::string first = PlugUsb({.port = "1"}, 6, 0, "ONE");
  SgDrives& source = Source();
  const auto before = source.List().at(0);
  Unplug(first, 0);
  EXPECT_THAT(source.List(), IsEmpty());
  EXPECT_EQ(ProductOf(before), "DRIVE_GONE");
  PlugUsb({.port = "2"}, 7, 0, "TWO");  // takes over sg0
  PlugUsb({.port = "1"}, 8, 1, "ONE");
  const auto after = source.List();
  ASSERT_EQ(after.size(), 2u);
  EXPECT_EQ(after[0].topology, before.topology);
  EXPECT_GT(after[0].generation, before.generation);
  EXPECT_EQ(after[1].generation, 1u);
  EXPECT_EQ(ProductOf(after[0]), "ONE");
  EXPECT_EQ(ProductOf(after[1]), "TWO");
  EXPECT_EQ(ProductOf(before), "ONE") << "what was asked for by its port is found there again";
}

TEST_F(SgDrivesTest, AReplugThatNobodySawIsANewGeneration) {
  const std::string first = PlugUsb({}, 6, 0, "ONE");
  SgDrives& source = Source();
  EXPECT_EQ(source.List().at(0).generation, 1u);
  EXPECT_EQ(source.List().at(0).generation, 1u);
  Unplug(first, 0);
  PlugUsb({}, 7, 0, "ANOTHER");
  EXPECT_EQ(source.List().at(0).generation, 2u);
}

TEST_F(SgDrivesTest, TheKernelDoesNotLookForDiscsInOurDrives) {
  const std::string scsi = PlugUsb({}, 6, 0, "ONE");
  const std::string file = scsi + "/block/sr0/events_poll_msecs";
  Source().List();
  EXPECT_EQ(tree_.Read(file), "0");
  tree_.Write(file, "2000\n");  // somebody turned it on again
  source_->List();
  EXPECT_EQ(tree_.Read(file), "2000") << "once per plug-in; nobody fights over it";
  source_.reset();
  EXPECT_EQ(tree_.Read(file), "-1");
}

TEST_F(SgDrivesTest, WhatTheOwnerTurnedOffStaysOff) {
  const std::string scsi = PlugUsb({}, 6, 0, "ONE");
  tree_.Write(scsi + "/block/sr0/events_poll_msecs", "0\n");
  Source().List();
  source_.reset();
  EXPECT_EQ(tree_.Read(scsi + "/block/sr0/events_poll_msecs"), "0");
}

TEST_F(SgDrivesTest, SixtyFourAtOnceEachWithItsOwnName) {
  for (int i = 0; i < 64; ++i) {
    PlugUsb({.port = std::to_string(i / 8 + 1) + "." + std::to_string(i % 8 + 1)}, i + 3, i,
            "DRIVE " + std::to_string(i));
  }
  const auto attachments = Source().List();
  ASSERT_EQ(attachments.size(), 64u);
  std::set<std::string> topologies, bays, locks, products;
  for (const auto& attachment : attachments) {
    topologies.insert(attachment.topology);
    bays.insert(attachment.bay);
    locks.insert(attachment.lock_path);
    products.insert(ProductOf(attachment));
  }
  EXPECT_EQ(topologies.size(), 64u);
  EXPECT_EQ(bays.size(), 64u);
  EXPECT_EQ(locks.size(), 64u);
  EXPECT_EQ(products.size(), 64u);
}

TEST_F(SgDrivesTest, HostileStringsUpsetNothing) {
  PlugUsb({.serial = std::string("\x1b]0;\0x", 6), .max_sectors_kb = "rubbish"}, 6, 0, "");
  PlugUsb({.port = "2", .serial = std::string(400, '/')}, 7, 1, "\xff\xfe\x01");
  const auto attachments = Source().List();
  ASSERT_EQ(attachments.size(), 2u);
  for (const auto& attachment : attachments) {
    for (const std::string& text : {attachment.bridge, attachment.connection_text}) {
      for (const char c : text) EXPECT_TRUE(c >= 0x20 && c <= 0x7e) << int{c};
    }
  }
  EXPECT_EQ(ProductOf(attachments[0]), "");
  EXPECT_EQ(ProductOf(attachments[1]), "???");
}

TEST_F(SgDrivesTest, TellsThatSomethingChanged) {
  int ends[2];
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0, ends), 0);
  const UniqueFd kernel(ends[0]);
  events_ = UniqueFd(ends[1]);
  SgDrives& source = Source();
  Mutex mutex;
  CondVar seen;
  size_t drives = 0;
  source.Watch([&] {
    const size_t now = source.List().size();
    MutexLock lock(mutex);
    drives = now;
    seen.NotifyAll();
  });
  PlugUsb({}, 6, 0, "ONE");
  const std::string message = std::string("add@/devices/x/scsi_generic/sg0") + '\0';
  ASSERT_EQ(::send(kernel.get(), message.data(), message.size(), 0), std::ssize(message));
  {
    MutexLock lock(mutex);
    while (drives != 1) seen.Wait(mutex);
  }
  source.Watch(nullptr);
}

}  // namespace
}  // namespace firmbench
