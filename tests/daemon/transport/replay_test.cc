// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <array>

#include "daemon/scsi/cdb.h"
#include "daemon/scsi/commands.h"
#include "daemon/scsi/identity.h"
#include "daemon/transport/decorators/record.h"
#include "daemon/transport/replay/replayed_drive.h"
#include "tests/daemon/simulator/sim_test_util.h"

namespace firmbench::transport {
namespace {

Bytes Inquiry(char revision) {
  Bytes answer(36);
  answer[0] = 5;
  answer[1] = 0x80;
  answer[4] = 31;
  std::fill(answer.begin() + 8, answer.end(), ' ');
  answer[8] = 'A';
  answer[32] = static_cast<uint8_t>(revision);
  return answer;
}

TraceBlock Asked(const scsi::Cdb& cdb, Bytes answer) {
  TraceBlock block;
  block.command = "asked";
  const ByteView view = cdb.view();
  block.cdb.assign(view.begin(), view.end());
  block.asked_bytes = answer.size();
  block.returned = TracePayload{answer.size(), {}, std::move(answer)};
  block.status = 0;
  block.took_us = 5;
  return block;
}

TraceBlock Sent(const scsi::Cdb& cdb, Bytes data) {
  TraceBlock block;
  block.command = "sent";
  const ByteView view = cdb.view();
  block.cdb.assign(view.begin(), view.end());
  block.sent = TracePayload{data.size(), {}, std::move(data)};
  block.status = 0;
  return block;
}

const scsi::Cdb kInquiry = scsi::cdb::Inquiry(36);
const scsi::Cdb kReady = scsi::cdb::TestUnitReady();
const scsi::Cdb kWrite =
    scsi::cdb::WriteBuffer(scsi::WriteBufferMode::kDownloadMicrocodeAndSave, 0, 0, 4);

// Says that it is revision 1, is written, and says that it is revision 2.
Trace Flash() {
  Trace trace;
  TraceBlock busy;
  busy.command = "TEST UNIT READY (00)";
  busy.cdb.assign(6, 0);
  busy.status = 2;
  busy.sense = SenseInfo{2, 4, 7, false};
  trace.steps.push_back({"all",
                         {Asked(kInquiry, Inquiry('1')), Sent(kWrite, {1, 2, 3, 4}), busy, busy,
                          Asked(kInquiry, Inquiry('2'))}});
  return trace;
}

char Revision(scsi::Transport& drive) {
  Bytes data(36);
  scsi::Command command;
  command.cdb = kInquiry;
  command.direction = scsi::Direction::kIn;
  command.data_in = data;
  const auto completion = drive.Execute(command);
  return completion && completion->good() ? static_cast<char>(data[32]) : '-';
}

Status Write(scsi::Transport& drive, const Bytes& data) {
  scsi::Command command;
  command.cdb = kWrite;
  command.direction = scsi::Direction::kOut;
  command.data_out = data;
  RETURN_IF_ERROR(drive.Execute(command));
  return Ok();
}

TEST(Replay, StrictTakesTheSameCommandsInTheSameOrder) {
  const auto drive = ReplayedDrive::Make(Flash(), ReplayMode::kStrict);
  ASSERT_TRUE(drive);
  const auto scsi = ReplayedDrive::OpenTransport(*drive);
  EXPECT_EQ(Revision(*scsi), '1');
  const Status other = Write(*scsi, {9, 9, 9, 9});
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().reason(), "REPLAY_DIVERGED");
  EXPECT_TRUE(Write(*scsi, {1, 2, 3, 4}));
  EXPECT_EQ(Revision(*scsi), '-');
  EXPECT_EQ((*drive)->left(), 3u);
  for (int i = 0; i < 2; ++i) {
    const auto readiness = scsi::TestUnitReady(*scsi);
    ASSERT_TRUE(readiness);
    EXPECT_EQ(*readiness, scsi::Readiness::kInBetween);
  }
  EXPECT_EQ(Revision(*scsi), '2');
  EXPECT_EQ((*drive)->left(), 0u);
  EXPECT_EQ(Revision(*scsi), '-');
}

TEST(Replay, LenientTakesAnyNumberBetweenTwoWrites) {
  const auto drive = ReplayedDrive::Make(Flash(), ReplayMode::kLenient);
  ASSERT_TRUE(drive);
  const auto scsi = ReplayedDrive::OpenTransport(*drive);
  for (int i = 0; i < 5; ++i) EXPECT_EQ(Revision(*scsi), '1');
  EXPECT_TRUE(Write(*scsi, {1, 2, 3, 4}));
  for (int i = 0; i < 5; ++i) EXPECT_EQ(Revision(*scsi), '2');
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(scsi::TestUnitReady(*scsi).value(), scsi::Readiness::kInBetween);
  }
  // Bytes that nobody sent then are no matter of leniency.
  EXPECT_EQ(Write(*scsi, {9, 9, 9, 9}).error().reason(), "REPLAY_DIVERGED");
}

TEST(Replay, LenientRefusesUnknownQuestionsAsADriveDoes) {
  const auto drive = ReplayedDrive::Make(Flash(), ReplayMode::kLenient);
  ASSERT_TRUE(drive);
  const auto scsi = ReplayedDrive::OpenTransport(*drive);
  Bytes data(8);
  scsi::Command command;
  command.cdb = scsi::cdb::GetConfiguration(0x0108, 8);
  command.direction = scsi::Direction::kIn;
  command.data_in = data;
  const auto completion = scsi->Execute(command);
  ASSERT_TRUE(completion);
  EXPECT_EQ(completion->sense->asc, 0x20);
}

TEST(Replay, RefusesATraceOfHashes) {
  Trace trace = Flash();
  trace.steps[0].blocks[0].returned->data.reset();
  const auto strict = ReplayedDrive::Make(trace, ReplayMode::kStrict);
  ASSERT_FALSE(strict);
  EXPECT_EQ(strict.error().reason(), "TRACE_NOT_REPLAYABLE");
  trace.steps[0].blocks = {trace.steps[0].blocks[0]};
  EXPECT_FALSE(ReplayedDrive::Make(trace, ReplayMode::kLenient));
}

// What was recorded from a simulated drive, written as text and read again, is that drive.
TEST(Replay, PlaysARecordedDriveFromItsText) {
  auto bench = simulator::MakeBench(R"([[drives]]
model = "LDW-451S"
bay = "bay 1"
serial = "SN-4711")");
  simulator::Drive& drive = *bench->drives()[0];
  auto recording = std::make_shared<TraceRecording>(drive.clock(), TraceLimits{});
  auto recorded = MakeRecorded(*drive.OpenTransport(), {}, recording);
  const auto identity = scsi::ReadIdentity(*recorded);
  ASSERT_TRUE(identity);
  auto registers = MakeRecorded(*drive.OpenTaskFile(), {}, recording);
  using ata::Access;
  using ata::Register;
  std::array script{Access::Read(Register::kStatus), Access::Write(Register::kCommand, 0xa1),
                    Access::WaitClear(Register::kStatus, 0x80), Access::ReadData16()};
  ASSERT_TRUE(registers->Run(script));
  const uint16_t word = script[3].value16;

  const auto trace = ParseTrace(FormatTrace(recording->Take(), TracePayloads::kFull));
  ASSERT_TRUE(trace);
  const auto replayed = ReplayedDrive::Make(*trace, ReplayMode::kStrict);
  ASSERT_TRUE(replayed);
  EXPECT_TRUE((*replayed)->has_task_file());
  const auto scsi = ReplayedDrive::OpenTransport(*replayed);
  const auto again = scsi::ReadIdentity(*scsi);
  ASSERT_TRUE(again) << again.error().ToString();
  EXPECT_EQ(again->inquiry, identity->inquiry);
  EXPECT_EQ(again->product, "DVDRW LDW-451S");
  script[3].value16 = 0;
  ASSERT_TRUE(ReplayedDrive::OpenTaskFile(*replayed)->Run(script));
  EXPECT_EQ(script[3].value16, word);
  EXPECT_EQ((*replayed)->left(), 0u);
}

}  // namespace
}  // namespace firmbench::transport
