// SPDX-License-Identifier: Apache-2.0
#include "daemon/port_drives.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "daemon/base/log.h"
#include "daemon/gated_handles.h"
#include "daemon/transport/port_io/packet_transport.h"
#include "daemon/transport/port_io/port_task_file.h"

namespace firmbench {
namespace {

using ata::Access;
using ata::Register;

constexpr uint8_t kFloating[] = {0xff, 0x7f};
constexpr uint8_t kBusy = 0x80;
constexpr uint8_t kDataRequest = 0x08;
constexpr uint8_t kIdentifyPacketDevice = 0xa1;
constexpr uint8_t kIdentifyDevice = 0xec;
constexpr int kIdentifyWords = 256;
// A drive that was just switched on is busy for seconds; one that still is may be dead, and is
// listed.
constexpr ata::WaitLimits kLook{.max_polls = 0xffffffff, .max_time = std::chrono::seconds(3)};

Result<std::unique_ptr<transport::Ports>> OpenMachine(const transport::IdeChannel& channel) {
  const transport::PortRange ranges[] = {{channel.command_base, 8}, {channel.control, 1}};
  return transport::OpenMachinePorts(ranges);
}

transport::ChannelPorts PortsOf(const transport::IdeChannel& channel) {
  return {channel.command_base, channel.control};
}

// The status after the command ended, and its data taken away; an error when it does not end.
Result<uint8_t> Ask(ata::TaskFile& task_file, uint8_t device, uint8_t command) {
  Access script[] = {Access::Write(Register::kDevice, device),
                     Access::Write(Register::kCommand, command), Access::Read(Register::kControl),
                     Access::WaitClear(Register::kStatus, kBusy)};
  RETURN_IF_ERROR(task_file.Run(script, kLook));
  const auto status = static_cast<uint8_t>(script[3].value16);
  if ((status & kDataRequest) != 0) {
    std::vector<Access> words(kIdentifyWords, Access::ReadData16());
    RETURN_IF_ERROR(task_file.Run(words));
  }
  return status;
}

}  // namespace

PortDrives::PortDrives(transport::KernelFiles files, OpenPorts open_ports, Clock& clock)
    : files_(std::move(files)), open_ports_(std::move(open_ports)), clock_(clock) {}

std::unique_ptr<PortDrives> PortDrives::OfThisMachine() {
  return std::make_unique<PortDrives>(transport::KernelFiles{}, OpenMachine, RealClock());
}

std::vector<inventory::Attachment> PortDrives::List() {
  MutexLock lock(mutex_);
  for (transport::IdeChannel& found : transport::FindIdeChannels(files_)) {
    Channel& channel = channels_[found.name];
    const bool taken = !channel.channel.kernel_driver.empty();
    channel.channel = std::move(found);
    if (!channel.channel.kernel_driver.empty()) {
      if (!taken) {
        log::Warn("an IDE channel belongs to the kernel and is left alone", "channel",
                  channel.channel.name, "driver", channel.channel.kernel_driver, "take it with",
                  transport::HowToUnbind(channel.channel));
      }
      channel.present.clear();
      continue;
    }
    // Where a drive was found its lane has the ports now.
    const bool in_use = std::count(channel.present.begin(), channel.present.end(), true) > 0;
    if (!in_use) Look(channel);
  }
  std::vector<inventory::Attachment> attachments;
  for (const auto& [name, channel] : channels_) {
    for (size_t device = 0; device < channel.present.size(); ++device) {
      if (channel.present[device]) attachments.push_back(Attach(channel, device == 1));
    }
  }
  return attachments;
}

void PortDrives::Look(Channel& channel) const {
  channel.present.assign(2, false);
  for (const bool second_device : {false, true}) {
    const auto there = IsThere(channel.channel, second_device);
    if (!there) {
      log::Warn("an IDE channel cannot be looked at", "channel", channel.channel.name, "reason",
                there.error().reason(), "text", there.error().message(), "what to do",
                there.error().remedy());
      return;
    }
    channel.present[second_device ? 1 : 0] = *there;
  }
}

// ATA/ATAPI-5 9.16: device 0 answers for an absent device 1 with a status of zero.
Result<bool> PortDrives::IsThere(const transport::IdeChannel& channel, bool second_device) const {
  ASSIGN_OR_RETURN(std::shared_ptr<transport::Ports> ports, open_ports_(channel));
  transport::PortTaskFile task_file(std::move(ports), PortsOf(channel), clock_);
  const uint8_t device = second_device ? 0xb0 : 0xa0;
  Access select[] = {Access::Write(Register::kDevice, device), Access::Read(Register::kControl),
                     Access::Read(Register::kStatus)};
  RETURN_IF_ERROR(task_file.Run(select));
  const auto status = static_cast<uint8_t>(select[2].value16);
  if (std::find(std::begin(kFloating), std::end(kFloating), status) != std::end(kFloating)) {
    return false;
  }
  const auto packet = Ask(task_file, device, kIdentifyPacketDevice);
  if (!packet) return true;  // busy for ever, but something holds the bus
  if ((*packet & kDataRequest) != 0) return true;
  if (*packet == 0) return false;
  // Not one that takes PACKET now. A hard disk says so by answering IDENTIFY DEVICE; what answers
  // neither is a drive that cannot.
  const auto disk = Ask(task_file, device, kIdentifyDevice);
  return !disk || (*disk & kDataRequest) == 0;
}

Result<inventory::Handles> PortDrives::Open(const transport::IdeChannel& channel,
                                            bool second_device,
                                            const inventory::GateRules& rules) const {
  for (const transport::IdeChannel& now : transport::FindIdeChannels(files_)) {
    if (now.name != channel.name || now.kernel_driver.empty()) continue;
    return FailedPrecondition("CHANNEL_OWNED_BY_KERNEL",
                              fmt::format("the IDE channel {} belongs to the kernel's driver {}",
                                          now.name, now.kernel_driver))
        .WithRemedy("take it from the kernel: " + transport::HowToUnbind(now));
  }
  ASSIGN_OR_RETURN(std::shared_ptr<transport::Ports> ports, open_ports_(channel));
  const auto task_file = [&] {
    return std::make_unique<transport::PortTaskFile>(ports, PortsOf(channel), clock_);
  };
  RawHandles raw;
  raw.scsi = std::make_unique<transport::PacketTransport>(task_file(), second_device, clock_);
  raw.task_file = task_file();
  return PutBehindGate(std::move(raw), rules, /*simulated=*/false);
}

inventory::Attachment PortDrives::Attach(const Channel& channel, bool second_device) const {
  const transport::IdeChannel& ide = channel.channel;
  inventory::Attachment attachment;
  attachment.topology = fmt::format("{}/{}", ide.name, second_device ? 1 : 0);
  attachment.bay = fmt::format("{} {}", ide.name, second_device ? "slave" : "master");
  attachment.channel = ide.name;
  attachment.connection_text =
      fmt::format("IDE port {:#x}, {}", ide.command_base, second_device ? "slave" : "master");
  attachment.connection = {.scsi = true, .task_file = true, .simulated = false, .cable = true};
  attachment.second_device = second_device;
  attachment.clock = &clock_;
  attachment.lock_path =
      fmt::format("/run/lock/firmbench-{}-{}.lock", ide.name, second_device ? 1 : 0);
  attachment.open = [this, ide, second_device](const inventory::GateRules& rules) {
    return Open(ide, second_device, rules);
  };
  return attachment;
}

}  // namespace firmbench
