// SPDX-License-Identifier: Apache-2.0
#include "daemon/transport/port_io/port_task_file.h"

#include <fmt/format.h>
#include <pthread.h>
#include <sched.h>

#include <algorithm>
#include <utility>

namespace firmbench::transport {
namespace {

using Kind = ata::Access::Kind;

// ATA/ATAPI-5 7.8: device control; bit 1 is nIEN, bit 3 was once to be set.
constexpr uint8_t kInterruptsOff = 0x0a;
// A poll of a port takes about a microsecond; the clock is asked only now and then.
constexpr uint32_t kPollsPerLook = 64;
// So long is waited for without letting others run: a byte's vendor operation takes microseconds.
constexpr Nanos kSpin = std::chrono::milliseconds(2);
constexpr Nanos kNap = std::chrono::milliseconds(1);
// Above the kernel's threaded interrupts' default (50): they may wait for a page.
constexpr int kRealTimePriority = 60;

// Real-time priority for a scope, where the service manager allows it; without it pages may have to
// be written again, which the verify notices.
class RealTime {
 public:
  explicit RealTime(bool wanted) {
    if (!wanted) return;
    sched_param realtime{};
    realtime.sched_priority = kRealTimePriority;
    active_ = pthread_getschedparam(pthread_self(), &policy_, &before_) == 0 &&
              pthread_setschedparam(pthread_self(), SCHED_FIFO, &realtime) == 0;
  }
  ~RealTime() {
    if (active_) pthread_setschedparam(pthread_self(), policy_, &before_);
  }
  RealTime(const RealTime&) = delete;
  RealTime& operator=(const RealTime&) = delete;

 private:
  bool active_ = false;
  int policy_ = SCHED_OTHER;
  sched_param before_{};
};

// A byte to the flash chip is a write of the command register; several of them are a page.
bool LoadsPage(std::span<const ata::Access> script) {
  return std::count_if(script.begin(), script.end(), [](const ata::Access& access) {
           return access.kind == Kind::kWrite && access.reg == ata::Register::kCommand;
         }) > 1;
}

bool Met(const ata::Access& access, uint8_t value) {
  return access.kind == Kind::kWaitEqual ? value == access.value : (value & access.value) == 0;
}

}  // namespace

PortTaskFile::PortTaskFile(std::shared_ptr<Ports> ports, const ChannelPorts& channel, Clock& clock)
    : ports_(std::move(ports)), channel_(channel), clock_(clock) {
  ports_->Write8(channel_.control, kInterruptsOff);
}

uint16_t PortTaskFile::PortOf(ata::Register reg) const {
  return reg == ata::Register::kControl
             ? channel_.control
             : static_cast<uint16_t>(channel_.command_base + static_cast<uint16_t>(reg));
}

Status PortTaskFile::Run(std::span<ata::Access> script, const ata::WaitLimits& limits) {
  const RealTime hold(LoadsPage(script));
  return RunNow(script, limits);
}

Status PortTaskFile::RunNow(std::span<ata::Access> script, const ata::WaitLimits& limits) {
  for (size_t i = 0; i < script.size(); ++i) {
    ata::Access& access = script[i];
    switch (access.kind) {
      case Kind::kWrite:
        ports_->Write8(PortOf(access.reg), access.reg == ata::Register::kControl
                                               ? access.value | kInterruptsOff
                                               : access.value);
        break;
      case Kind::kRead:
        access.value16 = ports_->Read8(PortOf(access.reg));
        break;
      case Kind::kReadData16:
        access.value16 = ports_->Read16(channel_.command_base);
        break;
      case Kind::kWriteData16:
        ports_->Write16(channel_.command_base, access.value16);
        break;
      case Kind::kWaitEqual:
      case Kind::kWaitClear:
        if (Wait(access, limits)) break;
        return DeadlineExceeded("TASKFILE_WAIT_TIMEOUT",
                                fmt::format("the drive's register {} stayed at {:02x}",
                                            static_cast<int>(access.reg), access.value16))
            .With("index", std::to_string(i))
            .With("last", fmt::format("{:02x}", access.value16));
    }
  }
  return Ok();
}

bool PortTaskFile::Wait(ata::Access& access, const ata::WaitLimits& limits) {
  const uint16_t port = PortOf(access.reg);
  const Nanos begun = clock_.Monotonic();
  for (uint32_t poll = 1; poll <= limits.max_polls; ++poll) {
    const uint8_t value = ports_->Read8(port);
    access.value16 = value;
    if (Met(access, value)) return true;
    if (poll % kPollsPerLook != 0) continue;
    const Nanos waited = clock_.Monotonic() - begun;
    if (waited >= limits.max_time) return false;
    if (waited >= kSpin) clock_.SleepFor(kNap);
  }
  return false;
}

}  // namespace firmbench::transport
