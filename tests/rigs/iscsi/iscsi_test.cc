// SPDX-License-Identifier: Apache-2.0
// What identifies drives, at a drive that somebody else wrote: tgt plays a DVD drive, libiscsi
// carries the commands, and what both of them say of it is compared with what we make of it.
#include <arpa/inet.h>
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <iscsi/iscsi.h>
#include <iscsi/scsi-lowlevel.h>
#include <netinet/in.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "daemon/base/unique_fd.h"
#include "daemon/families/family.h"
#include "daemon/inventory/drive_details.h"
#include "daemon/scsi/cdb.h"
#include "daemon/scsi/commands.h"
#include "daemon/scsi/completion.h"
#include "daemon/scsi/identity.h"
#include "daemon/scsi/sense.h"

namespace firmbench {
namespace {

namespace fs = std::filesystem;
using testing::Contains;
using testing::HasSubstr;

constexpr char kName[] = "iqn.2026-01.test:dvd";
constexpr int kLun = 1;  // 0 is tgt's own controller
constexpr int kSeconds = 20;

// A port of the loopback interface that nobody has now.
int FreePort() {
  const UniqueFd socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof address;
  auto* const generic = reinterpret_cast<sockaddr*>(&address);
  if (::bind(socket.get(), generic, length) != 0) return 0;
  return ::getsockname(socket.get(), generic, &length) == 0 ? ntohs(address.sin_port) : 0;
}

class IscsiTransport final : public scsi::Transport {
 public:
  explicit IscsiTransport(iscsi_context* session) : session_(session) {}

  Result<scsi::Completion> Execute(const scsi::Command& command) override {
    scsi::Cdb cdb = command.cdb;
    const bool in = command.direction == scsi::Direction::kIn;
    const size_t asked = scsi::AskedBytes(command);
    const int way = asked == 0 ? SCSI_XFER_NONE : in ? SCSI_XFER_READ : SCSI_XFER_WRITE;
    scsi_task* const task =
        scsi_create_task(cdb.length, cdb.bytes.data(), way, static_cast<int>(asked));
    const Bytes out(command.data_out.begin(), command.data_out.end());
    iscsi_data data{out.size(), const_cast<uint8_t*>(out.data())};
    if (task == nullptr ||
        iscsi_scsi_command_sync(session_, kLun, task, out.empty() ? nullptr : &data) == nullptr) {
      return Unavailable("TRANSPORT_ERROR", iscsi_get_error(session_));
    }
    auto completion = Judge(command, *task);
    scsi_free_scsi_task(task);
    scsi::ClearStale(command.data_in, completion);
    return completion;
  }
  scsi::Limits limits() const override { return {}; }

 private:
  static Result<scsi::Completion> Judge(const scsi::Command& command, const scsi_task& task) {
    const size_t came = std::min<size_t>(static_cast<size_t>(std::max(task.datain.size, 0)),
                                         command.data_in.size());
    // Sense comes in place of data, behind its length.
    const bool good = task.status == SCSI_STATUS_GOOD;
    if (good) std::copy_n(task.datain.data, came, command.data_in.begin());
    Bytes sense;
    if (!good) {
      sense = scsi::EncodeFixedSense({static_cast<uint8_t>(task.sense.key),
                                      static_cast<uint8_t>(task.sense.ascq >> 8),
                                      static_cast<uint8_t>(task.sense.ascq), false});
    }
    scsi::RawCompletion raw;
    raw.scsi_status = static_cast<uint8_t>(task.status);
    raw.residual = static_cast<int64_t>(scsi::AskedBytes(command) - (good ? came : 0));
    raw.sense = sense;
    return scsi::Triage(command, raw);
  }

  iscsi_context* const session_;
};

class IscsiTest : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_EQ(::geteuid(), 0u) << "tgtd locks its memory: run this as root";
    std::string name = testing::TempDir() + "iscsi_rig_XXXXXX";
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    folder_ = name;
    std::ofstream(folder_ / "disc").close();
    fs::resize_file(folder_ / "disc", 1 << 20);
    ::setenv("TGT_IPC_SOCKET", (folder_ / "control").c_str(), 1);
    port_ = FreePort();
    ASSERT_NE(port_, 0);
    ASSERT_NO_FATAL_FAILURE(StartTarget());
    ASSERT_NO_FATAL_FAILURE(Connect());
    drive_ = std::make_unique<IscsiTransport>(session_);
  }
  void TearDown() override {
    if (session_ != nullptr) {
      iscsi_logout_sync(session_);
      iscsi_destroy_context(session_);
    }
    if (target_ > 0) {
      // It heeds no other signal while it has a target.
      ::kill(target_, SIGKILL);
      ::waitpid(target_, nullptr, 0);
    }
    fs::remove_all(folder_);
  }

  // Starts a program whose words go into a file; its process, -1 when there is none.
  pid_t Spawn(const std::vector<std::string>& arguments) const {
    std::vector<char*> pointers;
    for (const std::string& argument : arguments) {
      pointers.push_back(const_cast<char*>(argument.c_str()));
    }
    pointers.push_back(nullptr);
    const std::string words = folder_ / "words";
    posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    for (const int fd : {STDOUT_FILENO, STDERR_FILENO}) {
      ::posix_spawn_file_actions_addopen(&actions, fd, words.c_str(), O_WRONLY | O_CREAT | O_APPEND,
                                         0600);
    }
    pid_t process = -1;
    const int error =
        ::posix_spawnp(&process, pointers[0], &actions, nullptr, pointers.data(), environ);
    ::posix_spawn_file_actions_destroy(&actions);
    return error == 0 ? process : -1;
  }

  // Of tgt's own administration. False: it said no, or there is nobody yet.
  bool Admin(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), {"tgtadm", "--lld", "iscsi"});
    int status = -1;
    const pid_t process = Spawn(arguments);
    return process > 0 && ::waitpid(process, &status, 0) == process && status == 0;
  }

  scsi::Transport& drive() { return *drive_; }
  iscsi_context* session_ = nullptr;

 private:
  void StartTarget() {
    target_ = Spawn({"tgtd", "-f", "--iscsi", "portal=127.0.0.1:" + std::to_string(port_)});
    ASSERT_GT(target_, 0);
    constexpr int kTries = 500;  // each takes as long as a program does
    bool ready = false;
    for (int i = 0; i < kTries && !ready; ++i) ready = Admin({"--mode", "target", "--op", "show"});
    ASSERT_TRUE(ready) << "tgtd does not answer: " << Words();
    ASSERT_TRUE(Admin({"--mode", "target", "--op", "new", "--tid", "1", "-T", kName}));
    ASSERT_TRUE(Admin({"--mode", "logicalunit", "--op", "new", "--tid", "1", "--lun", "1",
                       "--device-type=cd", "-b", folder_ / "disc"}))
        << Words();
    ASSERT_TRUE(
        Admin({"--mode", "logicalunit", "--op", "update", "--tid", "1", "--lun", "1", "--params",
               "vendor_id=MAKER,product_id=DVD OF OTHERS,product_rev=7.31,scsi_sn=TGT-SN-4711"}))
        << Words();
    ASSERT_TRUE(Admin({"--mode", "target", "--op", "bind", "--tid", "1", "-I", "ALL"}));
  }

  void Connect() {
    session_ = iscsi_create_context("iqn.2026-01.test:firmbench");
    ASSERT_NE(session_, nullptr);
    iscsi_set_targetname(session_, kName);
    iscsi_set_session_type(session_, ISCSI_SESSION_NORMAL);
    iscsi_set_timeout(session_, kSeconds);
    const std::string portal = "127.0.0.1:" + std::to_string(port_);
    ASSERT_EQ(iscsi_full_connect_sync(session_, portal.c_str(), kLun), 0)
        << iscsi_get_error(session_);
  }

  std::string Words() const {
    std::ifstream file(folder_ / "words");
    return {std::istreambuf_iterator<char>(file), {}};
  }

  fs::path folder_;
  int port_ = 0;
  pid_t target_ = -1;
  std::unique_ptr<IscsiTransport> drive_;
};

// A field of INQUIRY as libiscsi took it apart.
std::string Field(const char* text) { return CleanField(AsBytes(std::string_view(text))); }

TEST_F(IscsiTest, InquiryNamesTheDriveAsTheOthersDo) {
  const auto identity = scsi::ReadIdentity(drive());
  ASSERT_TRUE(identity) << identity.error().ToString();
  EXPECT_EQ(identity->vendor, "MAKER");
  EXPECT_EQ(identity->product, "DVD OF OTHERS");
  EXPECT_EQ(identity->revision, "7.31");
  EXPECT_EQ(identity->device_type, 5);
  EXPECT_TRUE(identity->removable);

  scsi_task* const task = iscsi_inquiry_sync(session_, kLun, 0, 0, 96);
  ASSERT_NE(task, nullptr);
  const auto* const theirs = static_cast<scsi_inquiry_standard*>(scsi_datain_unmarshall(task));
  ASSERT_NE(theirs, nullptr);
  EXPECT_EQ(identity->vendor, Field(theirs->vendor_identification));
  EXPECT_EQ(identity->product, Field(theirs->product_identification));
  EXPECT_EQ(identity->revision, Field(theirs->product_revision_level));
  EXPECT_EQ(ToHex(identity->inquiry),
            ToHex(ByteView(task->datain.data, static_cast<size_t>(task->datain.size))
                      .first(std::min<size_t>(static_cast<size_t>(task->datain.size),
                                              identity->inquiry.size()))));
  scsi_free_scsi_task(task);
}

TEST_F(IscsiTest, VitalProductDataIsTheSame) {
  const auto pages = scsi::ReadVpdPages(drive());
  ASSERT_TRUE(pages) << pages.error().ToString();
  scsi_task* task = iscsi_inquiry_sync(session_, kLun, 1, 0x00, 255);
  ASSERT_NE(task, nullptr);
  const auto* const list = static_cast<scsi_inquiry_supported_pages*>(scsi_datain_unmarshall(task));
  ASSERT_NE(list, nullptr);
  std::vector<uint8_t> theirs;
  for (int i = 0; i < list->num_pages; ++i) {
    theirs.push_back(static_cast<uint8_t>(list->pages[i]));
  }
  scsi_free_scsi_task(task);
  EXPECT_EQ(*pages, theirs);
  EXPECT_THAT(*pages, Contains(0x80));

  const auto serial = scsi::ReadVpdSerial(drive());
  ASSERT_TRUE(serial) << serial.error().ToString();
  EXPECT_EQ(*serial, "TGT-SN-4711");
  const auto identity = scsi::ReadIdentity(drive());
  ASSERT_TRUE(identity);
  EXPECT_EQ(identity->serial(), "TGT-SN-4711");
}

TEST_F(IscsiTest, ConfigurationNamesTheProfiles) {
  const auto configuration = scsi::GetConfiguration(drive(), 0);
  ASSERT_TRUE(configuration) << configuration.error().ToString();
  EXPECT_EQ(configuration->current_profile, 0x0010);  // a DVD-ROM is in
  const auto identity = scsi::ReadIdentity(drive());
  ASSERT_TRUE(identity);
  EXPECT_THAT(identity->profiles, Contains(0x0010));
  EXPECT_EQ(identity->mmc_serial, "");  // the feature is there and says nothing
  EXPECT_EQ(identity->firmware_date, std::nullopt);
}

TEST_F(IscsiTest, ModePage2AIsRead) {
  const auto capabilities = scsi::ReadCapabilities(drive());
  ASSERT_TRUE(capabilities) << capabilities.error().ToString();
  // The page as libiscsi brings it, taken apart by hand: MMC-3 table 361.
  scsi_task* const task =
      iscsi_modesense10_sync(session_, kLun, 0, 1, SCSI_MODESENSE_PC_CURRENT,
                             static_cast<scsi_modesense_page_code>(0x2a), 0, 255);
  ASSERT_NE(task, nullptr);
  ASSERT_EQ(task->status, SCSI_STATUS_GOOD);
  const ByteView answer(task->datain.data, static_cast<size_t>(task->datain.size));
  ASSERT_GE(answer.size(), 8u);
  const ByteView page = answer.subspan(8u + LoadBe16(&answer[6]));
  ASSERT_GE(page.size(), 14u);
  EXPECT_EQ(page[0] & 0x3f, 0x2a);
  EXPECT_EQ(capabilities->buffer_kib, LoadBe16(&page[12]));
  EXPECT_EQ(capabilities->reads_dvd, (page[2] & 0x08) != 0);
  scsi_free_scsi_task(task);
}

TEST_F(IscsiTest, ItIsListedAsUnknownWithAllThatItSays) {
  const auto identity = scsi::ReadIdentity(drive());
  ASSERT_TRUE(identity);
  EXPECT_EQ(families::MatchDrive(*identity).family, nullptr);
  const auto details = inventory::AskDetails(drive(), *identity, {});
  ASSERT_TRUE(details) << details.error().ToString();
  std::map<std::string, std::string> said;
  for (const auto& statement : details->statements) said[statement.source] = statement.text;
  EXPECT_EQ(said["INQUIRY, product"], "DVD OF OTHERS");
  EXPECT_EQ(said["VPD page 80, serial number"], "TGT-SN-4711");
  EXPECT_THAT(said["VPD page 83, identifiers"], HasSubstr("IET     00010001"));
}

TEST_F(IscsiTest, CommandsThatItDoesNotKnowAreRefusedAndNotBelieved) {
  Bytes data(16, 0xee);
  const auto refused =
      drive().Execute({.cdb = scsi::cdb::ReadBuffer(scsi::ReadBufferMode::kDescriptor, 0, 0, 4),
                       .direction = scsi::Direction::kIn,
                       .data_in = data});
  ASSERT_TRUE(refused) << refused.error().ToString();
  ASSERT_TRUE(refused->sense);
  EXPECT_EQ(scsi::SenseCode(*refused->sense), "05/20/00");
  EXPECT_THAT(data, testing::Each(0));
  EXPECT_EQ(scsi::TestUnitReady(drive()).value(), scsi::Readiness::kReady);
}

}  // namespace
}  // namespace firmbench
