// SPDX-License-Identifier: Apache-2.0
// The fault decorator around handles that behave: each kind, where it strikes, and that the same
// script does the same again.
#include "daemon/transport/decorators/fault.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>

#include "daemon/scsi/cdb.h"
#include "daemon/transport/decorators/gate.h"

namespace firmbench::transport {
namespace {

using ata::Access;
using ata::Register;

// A buffer of 1 KB behind READ BUFFER and WRITE BUFFER, and an INQUIRY.
struct Store {
  Bytes bytes = Bytes(1024);
  uint64_t commands = 0;
};
class FakeTransport final : public scsi::Transport {
 public:
  explicit FakeTransport(Store& store) : store_(store) {}
  Result<scsi::Completion> Execute(const scsi::Command& command) override {
    ++store_.commands;
    const uint32_t offset = LoadBe24(&command.cdb.bytes[3]);
    scsi::Completion completion;
    if (command.cdb.opcode() == scsi::op::kInquiry) {
      constexpr std::string_view kAnswer = "\x05.......MAKER   MODEL 1         R001";
      std::copy(kAnswer.begin(), kAnswer.end(), command.data_in.begin());
    } else if (command.direction == scsi::Direction::kIn) {
      std::copy_n(store_.bytes.begin() + offset, command.data_in.size(), command.data_in.begin());
    } else {
      std::copy(command.data_out.begin(), command.data_out.end(), store_.bytes.begin() + offset);
    }
    completion.transferred = std::max(command.data_in.size(), command.data_out.size());
    return completion;
  }
  scsi::Limits limits() const override { return {4711}; }

 private:
  Store& store_;
};

// A chip of 1 MB of plain RAM in vendor mode: ops 00 and 01, status 70.
struct Ram {
  Bytes bytes = Bytes(0x100000);
  uint64_t runs = 0;
  uint64_t ops = 0;
};
class FakeTaskFile final : public ata::TaskFile {
 public:
  explicit FakeTaskFile(Ram& ram) : ram_(ram) {}
  Status Run(std::span<Access> script, const ata::WaitLimits&) override {
    ++ram_.runs;
    for (size_t i = 0; i < script.size(); ++i) {
      Access& access = script[i];
      if (access.kind == Access::Kind::kWrite) {
        Write(access.reg, access.value);
        continue;
      }
      access.value16 = access.reg == Register::kStatus ? 0x70 : value_[Index(access.reg)];
      const bool wait = access.kind == Access::Kind::kWaitEqual;
      if (wait && access.value16 != access.value) {
        return DeadlineExceeded("TASKFILE_WAIT_TIMEOUT", "another status")
            .With("index", std::to_string(i));
      }
    }
    return Ok();
  }

 private:
  static size_t Index(Register reg) { return static_cast<size_t>(reg); }
  void Write(Register reg, uint8_t value) {
    value_[Index(reg)] = value;
    if (reg != Register::kCommand) return;
    ++ram_.ops;
    const uint32_t address = value_[4] | value_[5] << 8 | (value_[6] & 0x0f) << 16;
    if (value == 0x00) value_[3] = ram_.bytes[address];
    if (value == 0x01) ram_.bytes[address] = value_[3];
  }
  Ram& ram_;
  std::array<uint8_t, 9> value_{};
};

std::vector<Access> ReadOp(uint32_t address) {
  return {Access::Write(Register::kLbaMid, static_cast<uint8_t>(address)),
          Access::Write(Register::kLbaHigh, static_cast<uint8_t>(address >> 8)),
          Access::Write(Register::kDevice, static_cast<uint8_t>(0xa0 | address >> 16)),
          Access::Write(Register::kCommand, 0x00),
          Access::WaitEqual(Register::kStatus, 0x70),
          Access::Read(Register::kLbaLow)};
}
std::vector<Access> WriteOp(uint32_t address, uint8_t data) {
  return {Access::Write(Register::kLbaMid, static_cast<uint8_t>(address)),
          Access::Write(Register::kLbaHigh, static_cast<uint8_t>(address >> 8)),
          Access::Write(Register::kLbaLow, data),
          Access::Write(Register::kDevice, static_cast<uint8_t>(0xa0 | address >> 16)),
          Access::Write(Register::kCommand, 0x01),
          Access::WaitEqual(Register::kStatus, 0x70)};
}

std::string MetadataOf(const Error& error, std::string_view key) {
  for (const auto& [name, value] : error.metadata()) {
    if (name == key) return value;
  }
  return "";
}

class FaultTest : public testing::Test {
 protected:
  FaultTest() {
    for (size_t i = 0; i < store_.bytes.size(); ++i) store_.bytes[i] = static_cast<uint8_t>(i);
    for (size_t i = 0; i < ram_.bytes.size(); ++i) {
      ram_.bytes[i] = static_cast<uint8_t>(i ^ i >> 8 ^ i >> 16);
    }
    Use({});
  }
  void Use(std::vector<Fault> faults, uint64_t seed = 1) {
    script_ = std::make_shared<FaultScript>(std::move(faults), seed);
    scsi_ = MakeFaulty(std::make_unique<FakeTransport>(store_), script_);
    task_file_ = MakeFaulty(std::make_unique<FakeTaskFile>(ram_), script_);
  }
  void Arm(FaultKind kind, uint32_t times = 1) {
    Fault fault;
    fault.kind = kind;
    fault.times = times;
    script_->Add(fault);
  }

  Result<scsi::Completion> Read(uint32_t offset, std::span<uint8_t> out) {
    scsi::Command command;
    command.cdb = scsi::cdb::ReadBuffer(scsi::ReadBufferMode::kData, 0, offset,
                                        static_cast<uint32_t>(out.size()));
    command.direction = scsi::Direction::kIn;
    command.data_in = out;
    return scsi_->Execute(command);
  }
  Result<scsi::Completion> Write(uint32_t offset, ByteView data) {
    scsi::Command command;
    command.cdb = scsi::MakeCdb(10, 0x3b, 0x02, 0, 0, offset >> 8, offset, 0, 0, data.size(), 0);
    command.direction = scsi::Direction::kOut;
    command.data_out = data;
    return scsi_->Execute(command);
  }
  Bytes Stored(uint32_t offset, size_t length) const {
    return Bytes(store_.bytes.begin() + offset, store_.bytes.begin() + offset + length);
  }
  // The byte, or -1 with the error kept.
  int ReadByte(uint32_t address) {
    auto script = ReadOp(address);
    script.back().value16 = 0xee;
    const Status status = task_file_->Run(script);
    if (status) return script.back().value16;
    error_ = status.error();
    return -1;
  }
  bool WriteByte(uint32_t address, uint8_t data) {
    auto script = WriteOp(address, data);
    const Status status = task_file_->Run(script);
    if (!status) error_ = status.error();
    return status.has_value();
  }

  Store store_;
  Ram ram_;
  std::shared_ptr<FaultScript> script_;
  std::unique_ptr<scsi::Transport> scsi_;
  std::unique_ptr<ata::TaskFile> task_file_;
  std::optional<Error> error_;
  Bytes data_ = Bytes(32, 0xcc);
};

TEST_F(FaultTest, ChangesNothingWithoutFaults) {
  EXPECT_TRUE(Read(5, data_)->good());
  EXPECT_EQ(data_, Stored(5, 32));
  EXPECT_TRUE(Write(7, data_)->good());
  EXPECT_EQ(Stored(7, 32), data_);
  EXPECT_EQ(ReadByte(0x12345), ram_.bytes[0x12345]);
  EXPECT_TRUE(WriteByte(0x54321, 0x99));
  EXPECT_EQ(ram_.bytes[0x54321], 0x99);
  EXPECT_EQ(scsi_->limits().max_transfer_bytes, 4711u);
  EXPECT_EQ(script_->counts().commands, 4u);
  EXPECT_EQ(script_->counts().writes, 2u);
  EXPECT_EQ(script_->counts().struck, (std::array<uint64_t, kFaultKinds>{}));
  EXPECT_EQ(MakeFaulty(std::unique_ptr<scsi::Transport>(), script_), nullptr);
  EXPECT_EQ(MakeFaulty(std::unique_ptr<ata::TaskFile>(), script_), nullptr);
}

TEST_F(FaultTest, ScriptsWithoutFaultsGoDownInOnePiece) {
  std::vector<Access> page;
  for (uint32_t i = 0; i < 256; ++i) {
    const auto op = WriteOp(i, 1);
    page.insert(page.end(), op.begin(), op.end());
  }
  Arm(FaultKind::kTimeout);
  script_->Clear();
  ASSERT_TRUE(task_file_->Run(page));
  EXPECT_EQ(ram_.runs, 1u);
  EXPECT_EQ(script_->counts().commands, 256u);
}

TEST_F(FaultTest, KindsHaveNamesOfTheirOwn) {
  std::vector<std::string_view> names;
  for (size_t i = 0; i < kFaultKinds; ++i) names.push_back(ToString(static_cast<FaultKind>(i)));
  std::sort(names.begin(), names.end());
  EXPECT_EQ(std::unique(names.begin(), names.end()), names.end());
  EXPECT_EQ(ToString(static_cast<FaultKind>(kFaultKinds)), "unknown");
}

TEST_F(FaultTest, StrikesTheCommandItIsAimedAtOverBothHandles) {
  Fault fault;
  fault.command = 3;
  Use({fault});
  EXPECT_TRUE(Read(0, data_));
  EXPECT_EQ(ReadByte(0), ram_.bytes[0]);
  EXPECT_EQ(Read(0, data_).error().reason(), "TRANSPORT_TIMEOUT");
  EXPECT_TRUE(Read(0, data_));
  EXPECT_EQ(store_.commands, 2u) << "what timed out was not sent";
  EXPECT_EQ(script_->counts()[FaultKind::kTimeout], 1u);
}

TEST_F(FaultTest, StrikesTheWriteOrTheOpcodeItIsAimedAt) {
  Fault second_write;
  second_write.kind = FaultKind::kDropWrite;
  second_write.write = 2;
  Fault op;
  op.opcode = 0x3c;
  Use({second_write, op});
  EXPECT_TRUE(Write(0, Bytes{1, 1}));
  EXPECT_TRUE(WriteByte(0x10, 0x77));
  EXPECT_NE(ram_.bytes[0x10], 0x77);
  EXPECT_TRUE(WriteByte(0x10, 0x77));
  EXPECT_EQ(ram_.bytes[0x10], 0x77);
  EXPECT_FALSE(Read(0, data_));
  EXPECT_TRUE(Read(0, data_));
}

TEST_F(FaultTest, TimesOut) {
  Arm(FaultKind::kTimeout, 2);
  const auto result = Read(0, data_);
  EXPECT_EQ(result.error().reason(), "TRANSPORT_TIMEOUT");
  EXPECT_EQ(result.error().transport()->host_status, 3);
  EXPECT_EQ(ReadByte(0), -1);
  EXPECT_EQ(error_->reason(), "TASKFILE_WAIT_TIMEOUT");
  EXPECT_EQ(MetadataOf(*error_, "last"), "80");
  EXPECT_EQ(MetadataOf(*error_, "index"), "4");
  EXPECT_EQ(ram_.ops, 0u);
  std::array look = {Access::Read(Register::kStatus)};
  ASSERT_TRUE(task_file_->Run(look));
  EXPECT_EQ(look[0].value16, 0x80) << "busy until another command is taken";
  EXPECT_EQ(ReadByte(0), ram_.bytes[0]);
}

TEST_F(FaultTest, ChecksTheCondition) {
  Fault fault;
  fault.kind = FaultKind::kCheckCondition;
  fault.sense = {0x03, 0x11, 0x05, false};
  Use({fault});
  EXPECT_EQ(ReadByte(1), ram_.bytes[1]) << "registers have no sense";
  const auto completion = Read(0, data_);
  EXPECT_EQ(completion->status, scsi::ScsiStatus::kCheckCondition);
  EXPECT_EQ(completion->sense->asc, 0x11);
  EXPECT_EQ(completion->transferred, 0u);
  EXPECT_EQ(completion->residual, 32u);
  EXPECT_EQ(store_.commands, 0u);
}

TEST_F(FaultTest, SticksTheStatus) {
  Arm(FaultKind::kStuckStatus, 2);
  EXPECT_EQ(Read(0, data_)->status, scsi::ScsiStatus::kBusy);
  std::array intro = {Access::Write(Register::kLbaLow, 0x2a),
                      Access::Write(Register::kCommand, 0x80)};
  ASSERT_TRUE(task_file_->Run(intro));
  std::array look = {Access::Read(Register::kStatus), Access::Read(Register::kControl),
                     Access::WaitClear(Register::kStatus, 0x80),
                     Access::WaitEqual(Register::kStatus, 0x70)};
  const Status status = task_file_->Run(look);
  EXPECT_EQ(look[0].value16, 0x52);
  EXPECT_EQ(look[1].value16, 0x52);
  EXPECT_EQ(MetadataOf(status.error(), "last"), "52");
  EXPECT_EQ(MetadataOf(status.error(), "index"), "3");
  EXPECT_EQ(ram_.ops, 0u);
}

TEST_F(FaultTest, LetsTheDriveGo) {
  Arm(FaultKind::kGone, 0);
  EXPECT_EQ(Read(0, data_).error().reason(), "DRIVE_GONE");
  EXPECT_EQ(ReadByte(0), -1);
  EXPECT_EQ(error_->reason(), "DRIVE_GONE");
  EXPECT_FALSE(WriteByte(0, 1));
  script_->Clear();
  EXPECT_TRUE(Read(0, data_));
  EXPECT_EQ(script_->counts()[FaultKind::kGone], 3u);
}

TEST_F(FaultTest, DropsWritesThatItReportsGood) {
  Arm(FaultKind::kDropWrite, 2);
  const Bytes before = Stored(0, 32);
  const auto completion = Write(0, data_);
  EXPECT_TRUE(completion->good());
  EXPECT_EQ(completion->transferred, 32u);
  EXPECT_EQ(Stored(0, 32), before);
  EXPECT_TRUE(WriteByte(0x40, 0xab));
  EXPECT_NE(ram_.bytes[0x40], 0xab);
  EXPECT_TRUE(WriteByte(0x40, 0xab));
  EXPECT_EQ(ram_.bytes[0x40], 0xab);
}

TEST_F(FaultTest, DropsOneWriteInTheMiddleOfAScript) {
  Fault fault;
  fault.kind = FaultKind::kDropWrite;
  fault.write = 3;
  Use({fault});
  std::vector<Access> page;
  for (uint32_t i = 0; i < 5; ++i) {
    const auto op = WriteOp(i, 0xf0);
    page.insert(page.end(), op.begin(), op.end());
  }
  const uint8_t old = ram_.bytes[2];
  ASSERT_TRUE(task_file_->Run(page));
  EXPECT_EQ((Bytes(ram_.bytes.begin(), ram_.bytes.begin() + 5)),
            (Bytes{0xf0, 0xf0, old, 0xf0, 0xf0}));
}

TEST_F(FaultTest, LeavesOldBytesInTheBufferOfAFailedRead) {
  ASSERT_TRUE(Write(0x100, Bytes(32, 0x5e)));
  Arm(FaultKind::kStaleBuffer, 2);
  const auto completion = Read(0, data_);
  EXPECT_FALSE(completion->good());
  EXPECT_EQ(completion->transferred, 0u);
  EXPECT_EQ(data_, Bytes(32, 0x5e)) << "the bytes just written, though the read failed";
  EXPECT_EQ(ReadByte(0), -1);
  EXPECT_EQ(error_->reason(), "TASKFILE_WAIT_TIMEOUT");
  ASSERT_TRUE(Read(0x40, data_));
  Arm(FaultKind::kStaleBuffer);
  Bytes again(32);
  EXPECT_FALSE(Read(0x80, again)->good());
  EXPECT_EQ(again, data_) << "the bytes last read";
}

TEST_F(FaultTest, ReturnsWhatWasJustWritten) {
  Arm(FaultKind::kEchoedWrite, 0);
  EXPECT_TRUE(Read(0, data_)->good());
  EXPECT_EQ(data_, Stored(0, 32)) << "nothing was written yet";
  Arm(FaultKind::kDropWrite);
  ASSERT_TRUE(Write(0, Bytes(32, 0x3d)));
  EXPECT_TRUE(Read(0, data_)->good());
  EXPECT_EQ(data_, Bytes(32, 0x3d)) << "a dropped write, falsely verified";
  EXPECT_NE(Stored(0, 32), data_);
  Arm(FaultKind::kDropWrite);
  ASSERT_TRUE(WriteByte(0x99, 0x42));
  EXPECT_EQ(ReadByte(0x99), 0x42);
  EXPECT_EQ(ReadByte(0x10), 0x42) << "wherever it is read";
  EXPECT_NE(ram_.bytes[0x99], 0x42);
}

TEST_F(FaultTest, CutsTransfersShort) {
  Arm(FaultKind::kShortTransfer);
  const auto completion = Read(0x20, data_);
  EXPECT_TRUE(completion->good());
  EXPECT_EQ(completion->transferred, 16u);
  EXPECT_EQ(completion->residual, 16u);
  Bytes expected = Stored(0x20, 16);
  expected.resize(32, 0xcc);
  EXPECT_EQ(data_, expected) << "the rest of the buffer is as it was";
}

TEST_F(FaultTest, AddsNoise) {
  Fault fault;
  fault.kind = FaultKind::kNoisyRead;
  fault.times = 0;
  fault.noise_one_in = 100;
  Use({fault});
  int wrong = 0;
  for (int round = 0; round < 100; ++round) {
    Bytes piece(100);
    ASSERT_TRUE(Read(0, piece));
    for (size_t i = 0; i < piece.size(); ++i) {
      const int bits = __builtin_popcount(piece[i] ^ store_.bytes[i]);
      ASSERT_LE(bits, 1);
      wrong += bits;
    }
  }
  EXPECT_GT(wrong, 60);
  EXPECT_LT(wrong, 150);
  wrong = 0;
  for (uint32_t at = 0; at < 10000; ++at) wrong += ReadByte(at) != ram_.bytes[at];
  EXPECT_GT(wrong, 60);
  EXPECT_LT(wrong, 150);
}

TEST_F(FaultTest, AliasesAddresses) {
  Fault fault;
  fault.kind = FaultKind::kAliasedRead;
  fault.times = 0;
  fault.window_bytes = 0x100;
  Use({fault});
  ASSERT_TRUE(Read(0x310, data_));
  EXPECT_EQ(data_, Stored(0x10, 32));
  EXPECT_EQ(ReadByte(0x54321), ram_.bytes[0x21]);
  script_->Clear();
  fault.window_bytes = 0x20000;
  script_->Add(fault);
  EXPECT_EQ(ReadByte(0x54321), ram_.bytes[0x14321]);
  // Writes, and what comes after, reach the place that was meant.
  EXPECT_TRUE(WriteByte(0x54321, 0x66));
  EXPECT_EQ(ram_.bytes[0x54321], 0x66);
}

TEST_F(FaultTest, SticksToAByte) {
  ASSERT_TRUE(Read(0, data_));
  EXPECT_EQ(ReadByte(0x77), ram_.bytes[0x77]);
  Arm(FaultKind::kStuckRead, 3);
  Bytes again(32);
  ASSERT_TRUE(Read(0x200, again));
  EXPECT_EQ(again, Bytes(32, data_.back()));
  EXPECT_EQ(ReadByte(0x90), ram_.bytes[0x77]);
  EXPECT_EQ(ReadByte(0x91), ram_.bytes[0x77]);
  EXPECT_EQ(ReadByte(0x90), ram_.bytes[0x90]);
}

TEST_F(FaultTest, ClaimsAnotherIdentity) {
  Fault fault;
  fault.kind = FaultKind::kOtherIdentity;
  fault.times = 0;
  fault.identity = {"OTHER", "DRIVE 2", ""};
  Use({fault});
  scsi::Command inquiry;
  inquiry.cdb = scsi::cdb::Inquiry(36);
  inquiry.direction = scsi::Direction::kIn;
  Bytes answer(36);
  inquiry.data_in = answer;
  ASSERT_TRUE(scsi_->Execute(inquiry));
  EXPECT_EQ(AsText(answer).substr(8), "OTHER   DRIVE 2         R001");
  ASSERT_TRUE(Read(0, data_));
  EXPECT_EQ(data_, Stored(0, 32));
}

TEST_F(FaultTest, FailsAfterTheCommandTookEffect) {
  Arm(FaultKind::kErrorAfter, 3);
  const auto result = Write(0, data_);
  EXPECT_EQ(result.error().reason(), "TRANSPORT_ERROR");
  EXPECT_EQ(Stored(0, 32), data_);
  EXPECT_FALSE(WriteByte(0x30, 0xd1));
  EXPECT_EQ(error_->reason(), "TASKFILE_WAIT_TIMEOUT");
  EXPECT_EQ(MetadataOf(*error_, "index"), "5");
  EXPECT_EQ(ram_.bytes[0x30], 0xd1);
  // A script without a wait fails at its end.
  std::array outro = {Access::Write(Register::kCommand, 0x81)};
  EXPECT_EQ(task_file_->Run(outro).error().reason(), "TASKFILE_WAIT_TIMEOUT");
  EXPECT_EQ(ram_.ops, 2u);
  EXPECT_TRUE(WriteByte(0x30, 0xd2));
}

TEST_F(FaultTest, ErrorsFromBelowNameTheirPlaceInTheWholeScript) {
  Fault fault;
  fault.kind = FaultKind::kNoisyRead;
  fault.command = 2;
  fault.noise_one_in = 1000000;
  Use({fault});
  std::vector<Access> script = ReadOp(1);
  const auto second = ReadOp(2);
  script.insert(script.end(), second.begin(), second.end());
  script.push_back(Access::WaitEqual(Register::kStatus, 0x50));
  const Status status = task_file_->Run(script);
  EXPECT_EQ(status.error().reason(), "TASKFILE_WAIT_TIMEOUT");
  EXPECT_EQ(MetadataOf(status.error(), "index"), "12");
}

// What each command of a run came to, in words.
std::string Trace(std::unique_ptr<scsi::Transport> transport, ata::TaskFile& task_file) {
  std::string trace;
  for (int i = 0; i < 300; ++i) {
    Bytes data(16);
    scsi::Command command;
    command.cdb = scsi::cdb::ReadBuffer(scsi::ReadBufferMode::kData, 0, 0x10, 16);
    command.direction = scsi::Direction::kIn;
    command.data_in = data;
    const auto result = transport->Execute(command);
    trace += result ? ToHex(data) + (result->good() ? " " : "! ") : result.error().reason();
    auto script = i % 3 == 0 ? WriteOp(5, static_cast<uint8_t>(i)) : ReadOp(5);
    const Status status = task_file.Run(script);
    trace += status ? std::to_string(script.back().value16) : status.error().reason();
    trace += "\n";
  }
  return trace;
}

TEST_F(FaultTest, StrikesByChanceAndTheSameAgain) {
  std::vector<Fault> faults;
  for (size_t i = 0; i < kFaultKinds; ++i) {
    faults.push_back(ByChance(static_cast<FaultKind>(i), 20));
  }
  std::vector<std::string> traces;
  for (const uint64_t seed : {1u, 1u, 2u}) {
    ram_ = Ram{};
    Use(faults, seed);
    traces.push_back(Trace(std::move(scsi_), *task_file_));
    const FaultCounts counts = script_->counts();
    EXPECT_EQ(counts.commands, 600u);
    EXPECT_GT(counts[FaultKind::kTimeout], 15u);
    EXPECT_LT(counts[FaultKind::kTimeout], 50u);
    for (size_t i = 0; i < kFaultKinds; ++i) {
      if (static_cast<FaultKind>(i) == FaultKind::kOtherIdentity) continue;
      EXPECT_GT(counts.struck[i], 0u) << ToString(static_cast<FaultKind>(i));
    }
  }
  EXPECT_EQ(traces[0], traces[1]);
  EXPECT_NE(traces[0], traces[2]);
}

// Below the gate, as it belongs: the gate sees and counts what was meant.
TEST_F(FaultTest, LeavesTheGateItsJudgement) {
  constexpr ata::CommandRule kRules[] = {
      {0x00, std::nullopt, ata::Effect::kReadOnly, Evidence::kReadInCode, "read (00)"},
      {0x01, std::nullopt, ata::Effect::kByteWrite, Evidence::kReadInCode, "write (01)"},
  };
  Fault aliased;
  aliased.kind = FaultKind::kAliasedRead;
  aliased.times = 0;
  aliased.window_bytes = 0x100;
  Fault dropped;
  dropped.kind = FaultKind::kDropWrite;
  dropped.times = 0;
  Use({aliased, dropped});
  Gate gate;
  const auto gated = MakeGated(std::move(task_file_), kRules, gate, false);
  auto write = WriteOp(0x123, 0x11);
  EXPECT_EQ(gated->Run(write).error().reason(), "COMMAND_NOT_ALLOWED");
  EXPECT_EQ(script_->counts().commands, 0u) << "what the gate refuses meets no fault";
  auto read = ReadOp(0x123);
  EXPECT_TRUE(gated->Run(read));
  gate.SetLevel(GateLevel::kOpen);
  EXPECT_TRUE(gated->Run(write));
  EXPECT_EQ(gate.destructive_passed(), 1u) << "dropped, but passed";
  EXPECT_NE(ram_.bytes[0x123], 0x11);
}

}  // namespace
}  // namespace firmbench::transport
