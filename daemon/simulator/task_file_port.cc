// SPDX-License-Identifier: Apache-2.0
#include "daemon/simulator/task_file_port.h"

#include <fmt/format.h>

#include <algorithm>

#include "daemon/simulator/scsi_port.h"

namespace firmbench::simulator {
namespace {

using ata::Register;

// ATA/ATAPI-5 7.15 and 9.1: status bits, as whole bytes where they are used so.
constexpr uint8_t kBusy = 0x80;
constexpr uint8_t kReady = 0x50;
constexpr uint8_t kDataRequest = 0x58;
constexpr uint8_t kCheck = 0x51;
constexpr uint8_t kAborted = 0x04;
constexpr uint8_t kSoftReset = 0x04;
constexpr uint8_t kFloating = 0xff;  // what a bus without a powered drive reads

constexpr uint8_t kDeviceReset = 0x08;
constexpr uint8_t kPacket = 0xa0;
constexpr uint8_t kIdentifyPacketDevice = 0xa1;
constexpr uint8_t kIdentifyDevice = 0xec;
constexpr uint8_t kSetFeatures = 0xef;
constexpr uint32_t kPacketBytes = 12;  // drive-protocols 5: IDENTIFY word 0 is 85C0

}  // namespace

void TaskFilePort::Act(Register reg, uint8_t value, int64_t now) {
  if (reg == Register::kCommand) {
    if (Selected() || drive_.profile().ignores_dev_select_in_vendor) Command(value, now);
    return;
  }
  if (reg != Register::kControl) return;
  const bool reset = (value & kSoftReset) != 0;
  if (in_reset_ && !reset) {
    drive_.Tick(now);
    if (drive_.vendor() || drive_.state().hung) {
      drive_.Reset(now);
    } else if (drive_.state().run == RunState::kRun) {
      Signature();
      drive_.state().registers.status = 0;
    }
  }
  in_reset_ = reset;
}

uint8_t TaskFilePort::Status(int64_t now) {
  drive_.Tick(now);
  const DriveState& state = drive_.state();
  if (state.run == RunState::kOff) return kFloating;
  if (drive_.strikes().status) return *drive_.strikes().status;
  if (state.hung) return kBusy;
  switch (state.run) {
    case RunState::kBoot:  // 80, then D0 (drive-protocols 9.1)
      return now - state.power_on_ns < drive_.profile().timings.boot.count() / 2 ? 0x80 : 0xd0;
    case RunState::kDead:
      return drive_.profile().dead_status;
    case RunState::kVendor:
      return now < state.busy_until_ns ? kBusy : drive_.profile().vendor_status;
    default:
      return now < state.busy_until_ns ? kBusy : state.registers.status;
  }
}

uint8_t TaskFilePort::Read(Register reg, int64_t now) {
  if (reg == Register::kStatus || reg == Register::kControl) return Status(now);
  if (drive_.state().run == RunState::kOff) return kFloating;
  if (reg == Register::kError) return drive_.state().registers.error;
  if (reg == Register::kData) return static_cast<uint8_t>(ReadData(now));
  return registers()[reg];
}

uint16_t TaskFilePort::ReadData(int64_t now) {
  if (drive_.state().run == RunState::kOff || !drive_.DataLeft()) return 0xffff;
  const uint16_t word = drive_.NextDataWord();
  if (drive_.vendor()) return word;
  block_left_ -= std::min<uint32_t>(block_left_, 2);
  if (drive_.DataLeft()) {
    if (block_left_ == 0) OfferBlock(byte_limit_);
    return word;
  }
  drive_.state().registers.status = kReady;
  registers()[Register::kSectorCount] = 0x03;  // I/O and C/D: the command is complete
  drive_.state().busy_until_ns = now;
  return word;
}

void TaskFilePort::WriteData(uint16_t word, int64_t now) {
  if (!awaiting_packet_ || drive_.state().run != RunState::kRun) return;
  packet_.push_back(static_cast<uint8_t>(word));
  packet_.push_back(static_cast<uint8_t>(word >> 8));
  if (packet_.size() < kPacketBytes) return;
  // Data-out: only WRITE BUFFER has any here, and says how long in its CDB.
  const size_t data_out = packet_[0] == 0x3b ? LoadBe24(&packet_[6]) : 0;
  if (packet_.size() < kPacketBytes + data_out) {
    registers()[Register::kSectorCount] = 0x00;
    return;
  }
  awaiting_packet_ = false;
  RunPacket(now);
}

void TaskFilePort::RunPacket(int64_t now) {
  const ByteView all = packet_;
  ScsiReply reply = AnswerCdb(drive_, all.first(kPacketBytes), all.subspan(kPacketBytes), now);
  DriveState& state = drive_.state();
  if (reply.sense) {
    state.registers.status = kCheck;
    state.registers.error = static_cast<uint8_t>(reply.sense->key << 4);
    registers()[Register::kSectorCount] = 0x03;
    return;
  }
  state.registers.status = kReady;
  registers()[Register::kSectorCount] = 0x03;
  if (reply.data.empty()) return;
  drive_.OfferData(std::move(reply.data));
  OfferBlock(byte_limit_);
}

void TaskFilePort::OfferBlock(uint32_t limit) {
  block_left_ = std::min<uint32_t>(limit, static_cast<uint32_t>(drive_.DataBytesLeft()));
  registers()[Register::kLbaMid] = static_cast<uint8_t>(block_left_);
  registers()[Register::kLbaHigh] = static_cast<uint8_t>(block_left_ >> 8);
  registers()[Register::kSectorCount] = 0x02;
  drive_.state().registers.status = kDataRequest;
}

void TaskFilePort::Command(uint8_t command, int64_t now) {
  ++drive_.counts().task_file_ops;
  drive_.Tick(now);
  if (drive_.state().run == RunState::kOff) return;
  drive_.BeforeCommand(command, now);
  if (drive_.state().run == RunState::kOff) return;
  if (!drive_.strikes().status) Dispatch(command, now);
  drive_.AfterCommand(command, now);
}

void TaskFilePort::Dispatch(uint8_t command, int64_t now) {
  if (drive_.vendor()) {
    if (command == kDeviceReset) {
      drive_.Reset(now);
    } else if (!drive_.state().hung && now >= drive_.state().busy_until_ns) {
      drive_.personality().VendorCommand(drive_, command, now);
    }
    return;
  }
  if (drive_.state().hung) {
    if (command == kDeviceReset) drive_.Reset(now);
    return;
  }
  if (drive_.IntroHeard(now) && drive_.personality().Intro(drive_, command, now)) return;
  if (drive_.state().run == RunState::kRun && Selected()) AtaCommand(command, now);
}

void TaskFilePort::AtaCommand(uint8_t command, int64_t now) {
  DriveState& state = drive_.state();
  state.registers.status = kReady;
  state.registers.error = 0;
  state.busy_until_ns = now + drive_.profile().timings.vendor_op.count();
  awaiting_packet_ = false;
  switch (command) {
    case kDeviceReset:
      Signature();
      state.registers.status = 0;
      return;
    case kIdentifyPacketDevice:
      drive_.OfferData(IdentifyPacketDevice(drive_));
      OfferBlock(512);
      return;
    case kPacket:
      byte_limit_ = registers()[Register::kLbaMid] | registers()[Register::kLbaHigh] << 8;
      // An even number; 0 and FFFF count as FFFE (ATA/ATAPI-5 8.23).
      byte_limit_ = byte_limit_ < 2 || byte_limit_ == 0xffff ? 0xfffe : byte_limit_ & ~1u;
      packet_.clear();
      awaiting_packet_ = true;
      registers()[Register::kSectorCount] = 0x01;
      state.registers.status = kDataRequest;
      return;
    case kSetFeatures:
      return;
    case kIdentifyDevice:
      Signature();
      Abort();
      return;
    default:
      Abort();
      return;
  }
}

// ATA/ATAPI-5 9.1: what tells a packet device from a disk.
void TaskFilePort::Signature() {
  registers()[Register::kSectorCount] = 0x01;
  registers()[Register::kLbaLow] = 0x01;
  registers()[Register::kLbaMid] = 0x14;
  registers()[Register::kLbaHigh] = 0xeb;
  drive_.OfferData({});
}

void TaskFilePort::Abort() {
  drive_.state().registers.status = kCheck;
  drive_.state().registers.error = kAborted;
}

namespace {

TaskFilePort* SelectedPort(std::span<TaskFilePort* const> ports) {
  for (TaskFilePort* port : ports) {
    if (port->Selected()) return port;
  }
  return nullptr;
}

uint8_t ReadRegister(std::span<TaskFilePort* const> ports, Register reg, int64_t now) {
  TaskFilePort* port = SelectedPort(ports);
  // A lone device answers 00 for the one that is not there.
  return port == nullptr ? 0x00 : port->Read(reg, now);
}

// Polls until `done`, or a bound is reached; polls that cannot show anything new are counted
// without being made.
template <typename Done>
bool Poll(std::span<TaskFilePort* const> ports, ata::Access& access, const ata::WaitLimits& limits,
          Nanos step, int64_t& now, Done done) {
  const int64_t deadline = now + std::max<int64_t>(limits.max_time.count(), 0);
  uint64_t left = std::max<uint32_t>(limits.max_polls, 1);
  while (true) {
    now += step.count();
    --left;
    ++ports.front()->drive().counts().register_accesses;
    const uint8_t value = ReadRegister(ports, access.reg, now);
    access.value16 = value;
    if (done(value)) return true;
    if (left == 0 || now >= deadline) return false;
    int64_t next = deadline;
    for (TaskFilePort* port : ports) next = std::min(next, port->drive().NextEvent());
    const int64_t idle = std::max<int64_t>((next - now) / step.count() - 1, 0);
    const uint64_t skipped = std::min<uint64_t>(static_cast<uint64_t>(idle), left - 1);
    now += static_cast<int64_t>(skipped) * step.count();
    left -= skipped;
    ports.front()->drive().counts().register_accesses += skipped;
  }
}

Error WaitTimeout(size_t index, const ata::Access& access) {
  return DeadlineExceeded("TASKFILE_WAIT_TIMEOUT",
                          fmt::format("the drive's register {} stayed at {:02x}",
                                      static_cast<int>(access.reg), access.value16))
      .With("index", std::to_string(index))
      .With("last", fmt::format("{:02x}", access.value16));
}

}  // namespace

Status RunScript(std::span<TaskFilePort* const> ports, std::span<ata::Access> script,
                 const ata::WaitLimits& limits, int64_t& now) {
  using Kind = ata::Access::Kind;
  Controller& first = ports.front()->drive();
  const Nanos step = first.profile().timings.register_access;
  for (size_t i = 0; i < script.size(); ++i) {
    ata::Access& access = script[i];
    if (access.kind == Kind::kWaitEqual || access.kind == Kind::kWaitClear) {
      const uint8_t want = access.value;
      const bool reached =
          access.kind == Kind::kWaitEqual
              ? Poll(ports, access, limits, step, now, [want](uint8_t v) { return v == want; })
              : Poll(ports, access, limits, step, now,
                     [want](uint8_t v) { return (v & want) == 0; });
      if (!reached) return WaitTimeout(i, access);
      continue;
    }
    now += step.count();
    ++first.counts().register_accesses;
    if (access.kind == Kind::kWrite) {
      for (TaskFilePort* port : ports) port->Write(access.reg, access.value, now);
    } else if (access.kind == Kind::kRead) {
      access.value16 = ReadRegister(ports, access.reg, now);
    } else if (TaskFilePort* port = SelectedPort(ports); port == nullptr) {
      access.value16 = 0;
    } else if (access.kind == Kind::kReadData16) {
      access.value16 = port->ReadData(now);
    } else {
      port->WriteData(access.value16, now);
    }
  }
  return Ok();
}

}  // namespace firmbench::simulator
