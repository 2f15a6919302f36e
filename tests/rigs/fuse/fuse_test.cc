// SPDX-License-Identifier: Apache-2.0
// sg3-utils and our own transport at one simulated drive, through the ioctl of Linux: what one
// reads the other reads, what one sends the other would have sent, byte for byte.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <spawn.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "daemon/base/unique_fd.h"
#include "daemon/families/personalities.h"
#include "daemon/scsi/cdb.h"
#include "daemon/scsi/commands.h"
#include "daemon/scsi/identity.h"
#include "daemon/scsi/sense.h"
#include "daemon/simulator/personality.h"
#include "daemon/transport/sg/sg_transport.h"

namespace firmbench {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

// A drive that takes WRITE BUFFER mode 07, and one of another family with a serial number.
constexpr char kScenario[] =
    "[time]\nmode = 'virtual'\n"
    "[[drives]]\nmodel = 'SPC-07'\nbay = 'bay 1'\nconnection = 'scsi'\n"
    "[[drives]]\nmodel = 'LTR-48246S'\nbay = 'bay 2'\nserial = '4711ABC'\n";
constexpr char kModel[] = "SPC-07";
constexpr size_t kPiece = 4096;

Bytes BytesOf(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return Bytes(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
}
std::vector<std::string> LinesOf(const fs::path& path) {
  std::ifstream file(path);
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);) lines.push_back(line);
  return lines;
}

class FuseTest : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_EQ(::geteuid(), 0u) << "this rig reads the memory of other programs: run it as root";
    std::string name = testing::TempDir() + "fuse_rig_XXXXXX";
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    folder_ = name;
    fs::create_directory(folder_ / "drives");
    std::ofstream(folder_ / "scenario.toml") << kScenario;
    ASSERT_NO_FATAL_FAILURE(Start());
    for (const int number : {0, 1}) ASSERT_NO_FATAL_FAILURE(Settle(number));
  }
  void TearDown() override {
    if (rig_ > 0) {
      ::kill(rig_, SIGTERM);
      int status = -1;
      EXPECT_EQ(::waitpid(rig_, &status, 0), rig_);
      EXPECT_EQ(status, 0) << "the rig did not end well";
    }
    // Only what a rig that died would have left.
    if (::umount2((folder_ / "drives").c_str(), MNT_DETACH) == 0) ADD_FAILURE() << "left mounted";
    fs::remove_all(folder_);
  }

  std::string Node(int number) const {
    return folder_ / "drives" / ("sg" + std::to_string(number));
  }
  fs::path Trace() const { return folder_ / "trace"; }

  std::unique_ptr<transport::SgTransport> Open(int number) const {
    auto opened = transport::SgTransport::Open(
        [path = Node(number)]() -> Result<transport::SgTransport::Opened> {
          ASSIGN_OR_RETURN(auto node, transport::OpenAnySgNode(path));
          return transport::SgTransport::Opened{std::move(node), ""};
        },
        {}, RealClock());
    if (!opened) ADD_FAILURE() << opened.error().ToString();
    return opened ? std::move(*opened) : nullptr;
  }

  // Takes the UNIT ATTENTION that a drive has for the first who asks after it started.
  void Settle(int number) const {
    const auto drive = Open(number);
    for (auto readiness = scsi::TestUnitReady(*drive);; readiness = scsi::TestUnitReady(*drive)) {
      ASSERT_TRUE(readiness) << readiness.error().ToString();
      if (*readiness == scsi::Readiness::kNoMedium) return;
    }
  }

  // Runs a program of sg3-utils; its status. What it says is in words_.
  int Run(const std::string& command) {
    std::FILE* const pipe = ::popen((command + " 2>&1").c_str(), "re");
    words_.clear();
    for (int c; (c = std::fgetc(pipe)) != EOF;) words_ += static_cast<char>(c);
    return ::pclose(pipe);
  }
  // Data-in of sg_raw.
  Bytes Raw(int number, const std::string& cdb, size_t length) {
    const fs::path out = folder_ / "out";
    fs::remove(out);
    EXPECT_EQ(Run("sg_raw -r " + std::to_string(length) + " -o " + out.string() + " " +
                  Node(number) + " " + cdb),
              0)
        << words_;
    return BytesOf(out);
  }
  // The same by our transport: what really came.
  static Bytes Ours(scsi::Transport& drive, const scsi::Cdb& cdb, size_t length) {
    Bytes data(length);
    const auto completion =
        drive.Execute({.cdb = cdb, .direction = scsi::Direction::kIn, .data_in = data});
    EXPECT_TRUE(completion && completion->good());
    if (completion) data.resize(completion->transferred);
    return data;
  }
  static std::string RevisionOf(scsi::Transport& drive) {
    const auto identity = scsi::ReadIdentity(drive);
    EXPECT_TRUE(identity);
    return identity ? identity->revision : "";
  }

  fs::path folder_;
  std::string words_;

 private:
  void Start() {
    int ends[2];
    ASSERT_EQ(::pipe2(ends, O_CLOEXEC), 0);
    const UniqueFd from(ends[0]);
    UniqueFd to(ends[1]);
    std::string program = FIRMBENCH_FUSE_DRIVE, drives = folder_ / "drives",
                scenario = folder_ / "scenario.toml", trace = Trace();
    char* arguments[] = {program.data(), drives.data(), scenario.data(), trace.data(), nullptr};
    posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_adddup2(&actions, to.get(), STDOUT_FILENO);
    ASSERT_EQ(::posix_spawn(&rig_, program.c_str(), &actions, nullptr, arguments, environ), 0);
    ::posix_spawn_file_actions_destroy(&actions);
    to.Reset();
    std::string word(6, '\0');
    size_t have = 0;
    for (ssize_t more = 1; more > 0 && have < word.size(); have += static_cast<size_t>(more)) {
      more = ::read(from.get(), word.data() + have, word.size() - have);
      if (more < 0) break;
    }
    ASSERT_EQ(word, "ready\n") << "the rig did not start";
  }

  pid_t rig_ = -1;
};

// Microcode for the first drive.
Bytes Microcode(const std::string& revision) {
  for (const simulator::Personality* personality : families::AllPersonalities()) {
    for (const simulator::Profile& profile : personality->profiles()) {
      if (profile.model == kModel) return personality->Firmware(profile, revision, 7).value();
    }
  }
  ADD_FAILURE() << "no personality plays " << kModel;
  return {};
}

TEST_F(FuseTest, InquiryIsTheSame) {
  for (const int number : {0, 1}) {
    ASSERT_EQ(Run("sg_inq --raw --len=96 " + Node(number)), 0) << words_;
    const auto drive = Open(number);
    const Bytes ours = Ours(*drive, scsi::cdb::Inquiry(96), 96);
    ASSERT_GE(ours.size(), 36u);
    EXPECT_EQ(ToHex(AsBytes(words_)), ToHex(ours));
  }
}

TEST_F(FuseTest, SerialNumberPageIsTheSame) {
  ASSERT_EQ(Run("sg_inq --page=0x80 " + Node(1)), 0) << words_;
  EXPECT_THAT(words_, HasSubstr("4711ABC"));
  const auto drive = Open(1);
  EXPECT_EQ(scsi::ReadVpdSerial(*drive).value(), "4711ABC");
  EXPECT_EQ(ToHex(Raw(1, "12 01 80 00 40 00", 64)),
            ToHex(Ours(*drive, scsi::cdb::InquiryVpd(0x80, 64), 64)));
}

TEST_F(FuseTest, ConfigurationAndModePagesAreTheSame) {
  const auto drive = Open(0);
  EXPECT_EQ(ToHex(Raw(0, "46 02 01 08 00 00 00 00 40 00", 64)),
            ToHex(Ours(*drive, scsi::cdb::GetConfiguration(0x0108, 64), 64)));
  EXPECT_EQ(ToHex(Raw(0, "5a 00 2a 00 00 00 00 00 80 00", 128)),
            ToHex(Ours(*drive, scsi::cdb::ModeSense10(0x2a, 128), 128)));
  EXPECT_EQ(
      ToHex(Raw(0, "3c 03 00 00 00 00 00 00 04 00", 4)),
      ToHex(Ours(*drive, scsi::cdb::ReadBuffer(scsi::ReadBufferMode::kDescriptor, 0, 0, 4), 4)));
}

TEST_F(FuseTest, ARefusalHasTheSameSense) {
  EXPECT_NE(Run("sg_raw -r 16 " + Node(0) + " f1 00 00 00 00 00 00 00 00 00 00 00"), 0);
  EXPECT_THAT(words_, HasSubstr("Illegal Request"));
  const auto drive = Open(0);
  Bytes data(16, 0xee);
  const auto completion = drive->Execute(
      {.cdb = scsi::MakeCdb(12, 0xf1), .direction = scsi::Direction::kIn, .data_in = data});
  ASSERT_TRUE(completion);
  ASSERT_TRUE(completion->sense);
  EXPECT_EQ(scsi::SenseCode(*completion->sense), "05/20/00");
  EXPECT_THAT(data, testing::Each(0));
}

// The same microcode, once by sg_write_buffer and once by us: the drive sees the same commands.
TEST_F(FuseTest, MicrocodeIsSentTheSame) {
  const Bytes microcode = Microcode("B200");
  ASSERT_GT(microcode.size(), 2 * kPiece);
  std::ofstream(folder_ / "microcode", std::ios::binary) << AsText(microcode);
  {
    const auto drive = Open(0);
    EXPECT_EQ(RevisionOf(*drive), "A100");
  }
  const size_t before = LinesOf(Trace()).size();
  ASSERT_EQ(Run("sg_write_buffer --mode=dmc_offs_save --bpw=" + std::to_string(kPiece) +
                " --in=" + (folder_ / "microcode").string() + " " + Node(0)),
            0)
      << words_;
  auto lines = LinesOf(Trace());
  std::vector<std::string> theirs(lines.begin() + static_cast<std::ptrdiff_t>(before), lines.end());
  std::erase_if(theirs, [](const std::string& line) { return !line.starts_with("3b"); });

  ASSERT_NO_FATAL_FAILURE(Settle(0));
  const auto drive = Open(0);
  EXPECT_EQ(RevisionOf(*drive), "B200") << "the drive runs what sg_write_buffer sent";
  const size_t middle = LinesOf(Trace()).size();
  for (size_t at = 0; at < microcode.size(); at += kPiece) {
    const ByteView piece = ByteView(microcode).subspan(at, std::min(kPiece, microcode.size() - at));
    ASSERT_TRUE(scsi::WriteBuffer(*drive,
                                  scsi::WriteBufferMode::kDownloadMicrocodeWithOffsetsAndSave, 0,
                                  static_cast<uint32_t>(at), piece, std::chrono::minutes(5)));
  }
  lines = LinesOf(Trace());
  const std::vector<std::string> ours(lines.begin() + static_cast<std::ptrdiff_t>(middle),
                                      lines.end());
  ASSERT_EQ(theirs.size(), (microcode.size() + kPiece - 1) / kPiece);
  EXPECT_EQ(ours, theirs);
}

TEST_F(FuseTest, WhatWeSendTheyRead) {
  const Bytes microcode = Microcode("C300");
  const auto drive = Open(0);
  for (size_t at = 0; at < microcode.size(); at += kPiece) {
    const ByteView piece = ByteView(microcode).subspan(at, std::min(kPiece, microcode.size() - at));
    ASSERT_TRUE(scsi::WriteBuffer(*drive,
                                  scsi::WriteBufferMode::kDownloadMicrocodeWithOffsetsAndSave, 0,
                                  static_cast<uint32_t>(at), piece, std::chrono::minutes(5)));
  }
  ASSERT_NO_FATAL_FAILURE(Settle(0));
  ASSERT_EQ(Run("sg_inq " + Node(0)), 0) << words_;
  EXPECT_THAT(words_, HasSubstr("C300"));
}

TEST_F(FuseTest, MoreThanTheConnectionCarriesIsRefusedByBoth) {
  EXPECT_NE(Run("sg_raw -r 200000 " + Node(0) + " 3c 02 00 00 00 00 03 0d 40 00"), 0);
  Bytes data(200000);
  const auto refused =
      Open(0)->Execute({.cdb = scsi::cdb::ReadBuffer(scsi::ReadBufferMode::kData, 0, 0, 200000),
                        .direction = scsi::Direction::kIn,
                        .data_in = data});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().reason(), "LIMIT_EXCEEDED");
}

}  // namespace
}  // namespace firmbench
