// SPDX-License-Identifier: Apache-2.0
// What the session sends, and what it does not.
#include "daemon/families/mediatek_mt1959/session.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "daemon/families/mediatek_mt1959/family.h"
#include "daemon/families/mediatek_mt1959/layout.h"
#include "tests/support/bench_fixture.h"

namespace firmbench::families::mediatek_mt1959 {
namespace {

using test::BenchFixture;
using test::Must;

constexpr auto kBay = "bay 1";

test::DriveToml Drive() { return {.model = "BU40N", .keys = "connection = \"scsi\""}; }

class Quiet final : public Observer {
 public:
  void Progress(uint64_t, uint64_t) override {}
  Status Prompt(const PromptRequest&) override { return Ok(); }
  bool cancelled() const override { return false; }
};

// Keeps what passes.
class Tap final : public scsi::Transport {
 public:
  explicit Tap(scsi::Transport& inner) : inner_(inner) {}
  Result<scsi::Completion> Execute(const scsi::Command& command) override {
    cdbs.push_back(command.cdb);
    if (command.cdb.opcode() == 0x3b) {
      sent.insert(sent.end(), command.data_out.begin(), command.data_out.end());
    }
    return inner_.Execute(command);
  }
  scsi::Limits limits() const override { return inner_.limits(); }

  std::vector<scsi::Cdb> cdbs;
  Bytes sent;

 private:
  scsi::Transport& inner_;
};

struct Rig {
  explicit Rig(BenchFixture& bench) {
    const auto attachments = bench.source().List();
    handles = Must(attachments.front().open({GetFamily().cdb_rules(), {}}));
    tap = std::make_unique<Tap>(*handles.scsi);
    session = GetFamily().Open(
        Models()[0], {.scsi = tap.get(), .clock = attachments.front().clock, .simulated = true});
  }
  inventory::Handles handles;
  std::unique_ptr<Tap> tap;
  std::unique_ptr<Session> session;
  Quiet quiet;
};

TEST(Mt1959Session, SendsNothingOfTheBootPartButTheConfiguration) {
  BenchFixture bench(Drive());
  Rig rig(bench);
  const Bytes current = Must(rig.session->Read(Memory::kFirmware, {}, rig.quiet));
  const Bytes target = Must(GetFamily().ComposeTarget(Models()[0], current, bench.NewFirmware()));
  const WritePlan plan =
      Must(GetFamily().PlanWrite(Models()[0], Memory::kFirmware, current, target, {}));
  Must(rig.session->EnterUpdateMode(rig.quiet));
  rig.handles.gate->SetLevel(inventory::GateLevel::kOpen);
  WriteReport report;
  Must(rig.session->Write(plan, current, target, report, rig.quiet));
  const Bytes& sent = rig.tap->sent;
  ASSERT_EQ(sent.size(), kFlashBytes);
  for (uint32_t at = 0; at < kKeptBytes; ++at) {
    const bool config = at >= kConfigAt && at < kConfigAt + kConfigBytes;
    ASSERT_EQ(sent[at], config ? current[at] : 0xff) << at;
  }
  EXPECT_TRUE(std::equal(sent.begin() + kKeptBytes, sent.end(), target.begin() + kKeptBytes));
  EXPECT_EQ(report.bytes_programmed, kFlashBytes);
}

TEST(Mt1959Session, ReadsTheConfigurationAlone) {
  BenchFixture bench(Drive());
  Rig rig(bench);
  Must(rig.session->Read(Memory::kFirmware, {}, rig.quiet));
  for (const scsi::Cdb& cdb : rig.tap->cdbs) {
    if (cdb.opcode() != 0x3c) continue;
    const uint32_t offset = LoadBe24(&cdb.bytes[3]);
    const uint32_t length = LoadBe24(&cdb.bytes[6]);
    EXPECT_LE(length, kPieceBytes);
    EXPECT_TRUE(offset + length <= kConfigAt || offset >= kConfigAt + kConfigBytes ||
                (offset == kConfigAt && length == kConfigBytes))
        << offset;
  }
}

TEST(Mt1959Session, LooksAtTheBoardBeforeAnythingIsWritten) {
  BenchFixture bench(Drive());
  const std::string_view other = "MT1959 Boot XX9 ";
  bench.drive().PokeFlash(kConfigAt, AsBytes(other));
  Rig rig(bench);
  const Status entered = rig.session->EnterUpdateMode(rig.quiet);
  ASSERT_FALSE(entered);
  EXPECT_EQ(entered.error().reason(), "IMAGE_HARDWARE_MISMATCH");
  const jobs::JobView job = bench.Flash(kBay, bench.NewFirmware());
  EXPECT_EQ(job.row.result, "FAILED");
  EXPECT_EQ(job.row.error_reason, "DUMP_CANNOT_UNDO");
  EXPECT_EQ(job.row.drive_state, "untouched");
  EXPECT_EQ(bench.drive().counters().destructive_commands, 0u);
}

TEST(Mt1959Session, ARefusedDownloadLeavesTheOldFirmware) {
  BenchFixture bench(Drive());
  const Bytes before = bench.drive().FlashBytes();
  Bytes image = bench.NewFirmware();
  image[0x123456] ^= 1;  // the drive's own check finds it, ours cannot
  const jobs::JobView job = bench.Flash(kBay, image);
  EXPECT_EQ(job.row.result, "FAILED");
  EXPECT_EQ(job.row.outcome, "NO_EFFECT");
  EXPECT_EQ(bench.drive().FlashBytes(), before);
}

TEST(Mt1959Session, ReadsThatAreShutAreSaidSo) {
  BenchFixture bench(Drive());
  bench.drive().AddFault({.kind = simulator::FaultKind::kCheckCondition,
                          .at = {.opcode = 0x3c},
                          .times = 0,
                          .sense = {0x05, 0x24, 0x00, false}});
  Rig rig(bench);
  const auto read = rig.session->Read(Memory::kFirmware, {}, rig.quiet);
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().reason(), "MEMORY_NOT_READABLE");
}

TEST(Mt1959Session, AWriteThatWasCutGoesBackToTheOldFirmware) {
  BenchFixture bench(Drive());
  const Bytes before = bench.drive().FlashBytes();
  bench.drive().AddFault({.kind = simulator::FaultKind::kPowerCut,
                          .at = {.write = 1},
                          .back_after = std::chrono::seconds(2)});
  const jobs::JobView cut = bench.Flash(kBay, bench.NewFirmware());
  ASSERT_EQ(cut.row.result, "FAILED");
  EXPECT_NE(bench.drive().FlashBytes(), before);
  const jobs::JobView back = bench.Run(bench.RecoverOf(kBay, cut.row.id, "old"));
  EXPECT_EQ(back.row.result, "SUCCEEDED") << back.row.error_message;
  EXPECT_EQ(bench.drive().FlashBytes(), before);
}

}  // namespace
}  // namespace firmbench::families::mediatek_mt1959
