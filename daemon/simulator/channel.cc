// SPDX-License-Identifier: Apache-2.0
#include "daemon/simulator/channel.h"

#include "daemon/simulator/scsi_port.h"

namespace firmbench::simulator {
namespace {

Error Gone() {
  return Unavailable("DRIVE_GONE", "the drive was unplugged since this handle was opened");
}

bool Alive(const Handle& handle) {
  const DriveState& state = handle.drive.state();
  return state.plugged && state.generation == handle.generation;
}

}  // namespace

void Channel::Finish(int64_t now) {
  bus_ns_ = now;
  bool changed = false;
  for (TaskFilePort* port : port_list_) changed |= port->drive().TakeChanged();
  mutex_.Unlock();
  clock_.AdvanceTo(now);
  if (changed && changed_) changed_();
}

Status Channel::Run(Handle& handle, std::span<ata::Access> script, const ata::WaitLimits& limits) {
  mutex_.Lock();
  int64_t now = Now();
  handle.drive.Tick(now);
  Status result = Ok();
  if (Alive(handle)) {
    handle.drive.SetHandle(&handle.cache);
    result = RunScript(port_list_, script, limits, now);
    handle.drive.SetHandle(nullptr);
  }
  if (!Alive(handle)) result = Gone();
  Finish(now);
  return result;
}

Result<scsi::Completion> Channel::Execute(Handle& handle, const scsi::Command& command) {
  mutex_.Lock();
  int64_t now = Now();
  handle.drive.Tick(now);
  Result<scsi::Completion> result = Gone();
  if (Alive(handle)) {
    handle.drive.SetHandle(&handle.cache);
    result = ExecuteCommand(handle.drive, command, handle.stale, now);
    handle.drive.SetHandle(nullptr);
    if (!Alive(handle)) result = Gone();
  }
  Finish(now);
  return result;
}

}  // namespace firmbench::simulator
