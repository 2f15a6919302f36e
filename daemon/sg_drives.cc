// SPDX-License-Identifier: Apache-2.0
#include "daemon/sg_drives.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <set>
#include <string_view>
#include <utility>

#include "daemon/base/log.h"
#include "daemon/gated_handles.h"
#include "daemon/transport/sg/bridges.h"
#include "daemon/transport/sg/sg_transport.h"
#include "daemon/transport/sg/sg_users.h"

namespace firmbench {

using transport::SgDevice;

// A node that can be taken back: the kernel lets nobody open a node a second time that was opened
// exclusively, and fresh descriptors are asked for while the old ones are still there.
class LentNode {
 public:
  explicit LentNode(std::unique_ptr<transport::SgNode> node) : node_(std::move(node)) {}

  int Run(sg_io_hdr& io) {
    MutexLock lock(mutex_);
    return node_ == nullptr ? EBADF : node_->Run(io);
  }
  void TakeBack() {
    MutexLock lock(mutex_);
    node_.reset();
  }

 private:
  Mutex mutex_;
  std::unique_ptr<transport::SgNode> node_ FB_GUARDED_BY(mutex_);
};

namespace {

// As a transport has it.
class LentNodeHandle final : public transport::SgNode {
 public:
  explicit LentNodeHandle(std::shared_ptr<LentNode> node) : node_(std::move(node)) {}
  int Run(sg_io_hdr& io) override { return node_->Run(io); }

 private:
  const std::shared_ptr<LentNode> node_;
};

constexpr char kNoPolling[] = "0";  // sysfs: events_poll_msecs

Error Gone() {
  return Unavailable("DRIVE_GONE", "there is no drive at this port")
      .WithRemedy("check the cable and the power of the drive");
}

// For file names: "/" becomes "+", and what is not plain is written in hex.
std::string PlainName(std::string_view topology) {
  std::string name;
  for (const char c : topology) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '.' || c == '-' || c == '_' || c == ':';
    name += c == '/' ? "+" : plain ? std::string(1, c) : fmt::format("%{:02x}", uint8_t(c));
  }
  return name;
}

// What the drive hangs on, by its own serial number or, where it has none, by its port.
std::string BridgeName(const SgDevice& device) {
  if (!device.usb) return "";
  const std::string id = ToString(device.usb->id);
  return transport::IsOwnSerial(*device.usb) ? fmt::format("usb {} {}", id, device.usb->serial)
                                             : fmt::format("usb {} at {}", id, device.port);
}

std::string WayText(const SgDevice& device) {
  if (device.usb) {
    const transport::BridgeRow* const row = transport::FindBridge(device.usb->id);
    const std::string generation =
        device.usb->generation == 0 ? "" : fmt::format(" {}", device.usb->generation);
    const std::string name = row == nullptr ? device.usb->name : std::string(row->name);
    return fmt::format("USB{} bridge {}{}", generation, ToString(device.usb->id),
                       name.empty() ? "" : fmt::format(" ({})", name));
  }
  const std::string driver = device.adapter.empty() ? "" : fmt::format(" ({})", device.adapter);
  if (device.ata_port == 0) return fmt::format("SCSI{}", driver);
  const bool ide = device.adapter.starts_with("pata_") || device.adapter == "ata_piix";
  if (!ide) return fmt::format("SATA port {}{}", device.ata_port, driver);
  return fmt::format("IDE port {}{}, {}", device.ata_port, driver,
                     device.second_device ? "slave" : "master");
}

bool Names(const std::vector<std::string>& ids, transport::UsbId id) {
  return std::find(ids.begin(), ids.end(), ToString(id)) != ids.end();
}

scsi::Limits LimitsOf(const SgDevice& device) {
  scsi::Limits limits;
  if (device.max_transfer_bytes != 0) limits.max_transfer_bytes = device.max_transfer_bytes;
  return limits;
}

}  // namespace

std::string ConnectionText(const SgDevice& device) {
  return fmt::format("{}, node {}, {} KiB per command", WayText(device), device.sg,
                     LimitsOf(device).max_transfer_bytes / 1024);
}

SgDrives::SgDrives(SgDrivesOptions options, UniqueFd events)
    : options_(std::move(options)), idle_events_(std::move(events)) {}

SgDrives::~SgDrives() {
  Watch(nullptr);
  MutexLock lock(mutex_);
  for (auto& [topology, port] : ports_) GivePollingBack(port);
}

std::unique_ptr<SgDrives> SgDrives::OfThisMachine(std::vector<std::string> vendor_bridges,
                                                  std::vector<std::string> simulated_bridges) {
  SgDrivesOptions options;
  options.vendor_bridges = std::move(vendor_bridges);
  options.simulated_bridges = std::move(simulated_bridges);
  auto events = transport::OpenKernelEvents();
  if (!events) log::Warn("hot-plug is not watched", "text", events.error().message());
  return std::make_unique<SgDrives>(std::move(options), std::move(events).value_or(UniqueFd()));
}

void SgDrives::Watch(std::function<void()> changed) {
  MutexLock lock(watch_mutex_);
  if (events_) {
    idle_events_ = events_->Stop();
    events_.reset();
  }
  if (!changed) return;
  events_ = std::make_unique<transport::DeviceEvents>(std::move(idle_events_), options_.roots,
                                                      std::move(changed));
}

std::vector<inventory::Attachment> SgDrives::List() {
  std::vector<inventory::Attachment> attachments;
  MutexLock lock(mutex_);
  // Looked for under the lock: of two that look at once, the later one has the newer view.
  TakeOver(transport::FindSgDevices(options_.roots));
  SayWhatIsMissing();
  for (const auto& [topology, port] : ports_) {
    if (port.present) attachments.push_back(Attach(port));
  }
  return attachments;
}

void SgDrives::TakeOver(std::vector<SgDevice> found) {
  std::set<std::string> present;
  for (SgDevice& device : found) {
    if (!present.insert(device.topology).second) {
      log::Warn("two drives at one port: one of them is left alone", "node", device.sg);
      continue;
    }
    Port& port = ports_[device.topology];
    const bool same = port.present && port.device.plug == device.plug;
    port.present = true;
    port.device = std::move(device);
    if (same) continue;
    ++port.generation;
    port.polling_before.clear();  // of another kernel device, which is gone
    StopPolling(port);
  }
  for (auto& [topology, port] : ports_) {
    if (present.count(topology) == 0) port.present = false;
  }
}

void SgDrives::StopPolling(Port& port) const {
  const auto before = transport::ReadMediaPolling(options_.roots, port.device.sr);
  if (!before || *before == kNoPolling) return;
  if (transport::WriteMediaPolling(options_.roots, port.device.sr, kNoPolling)) {
    port.polling_before = *before;
    return;
  }
  log::Warn("the kernel goes on looking for discs in a drive: no right to stop it", "node",
            port.device.sr, "what to do", "let the udev rule set events_poll_msecs to 0");
}

void SgDrives::GivePollingBack(Port& port) const {
  if (port.polling_before.empty() || !port.present) return;
  const auto now = transport::FindSgDevices(options_.roots);
  const bool same = std::any_of(now.begin(), now.end(), [&](const SgDevice& device) {
    return device.plug == port.device.plug && device.sr == port.device.sr;
  });
  if (same) transport::WriteMediaPolling(options_.roots, port.device.sr, port.polling_before);
  port.polling_before.clear();
}

void SgDrives::SayWhatIsMissing() {
  const auto without = transport::DrivesWithoutSg(options_.roots);
  if (without.empty()) said_sg_missing_ = false;
  if (without.empty() || said_sg_missing_) return;
  said_sg_missing_ = true;
  log::Warn("a drive has no sg node and cannot be reached", "node", without.front(), "what to do",
            "load the kernel's module: modprobe sg");
}

bool SgDrives::IsSimulated(const SgDevice& device) const {
  return device.usb && Names(options_.simulated_bridges, device.usb->id);
}

inventory::Attachment SgDrives::Attach(const Port& port) {
  const SgDevice& device = port.device;
  inventory::Attachment attachment;
  attachment.topology = device.topology;
  attachment.bay = device.bay;
  attachment.channel = device.usb || device.ata_port != 0 ? device.port : device.topology;
  attachment.connection_text = ConnectionText(device);
  attachment.bridge = BridgeName(device);
  attachment.connection = {.scsi = true,
                           .task_file = false,
                           .simulated = IsSimulated(device),
                           .sat = device.ata_port != 0};
  attachment.second_device = device.second_device;
  attachment.generation = port.generation;
  attachment.clock = &options_.clock;
  attachment.lock_path =
      fmt::format("{}/firmbench-{}.lock", options_.lock_folder, PlainName(device.topology));
  attachment.open = [this, topology = device.topology](const inventory::GateRules& rules) {
    return Open(topology, rules);
  };
  return attachment;
}

Result<SgDevice> SgDrives::FindNow(const std::string& topology) const {
  for (SgDevice& device : transport::FindSgDevices(options_.roots)) {
    if (device.topology == topology) return std::move(device);
  }
  return Gone();
}

Result<inventory::Handles> SgDrives::Open(const std::string& topology,
                                          const inventory::GateRules& rules) {
  ASSIGN_OR_RETURN(const SgDevice device, FindNow(topology));
  // Who it is may always be asked: with no rules only harmless standard commands pass the gate.
  if (!rules.cdb.empty()) {
    RETURN_IF_ERROR(transport::CheckUnused(options_.roots, device, ::getpid()));
  }
  const auto reopen = [this, topology]() -> Result<transport::SgTransport::Opened> {
    ASSIGN_OR_RETURN(const SgDevice now, FindNow(topology));
    ASSIGN_OR_RETURN(auto node, OpenNode(now));
    return transport::SgTransport::Opened{std::move(node), now.plug};
  };
  ASSIGN_OR_RETURN(auto sg, transport::SgTransport::Open(reopen, LimitsOf(device), options_.clock));
  RawHandles raw;
  raw.scsi = std::move(sg);
  if (device.usb) {
    const bool passes_vendor = Names(options_.vendor_bridges, device.usb->id);
    raw.scsi = transport::MakeBridged(std::move(raw.scsi), device.usb->id, passes_vendor);
  }
  return PutBehindGate(std::move(raw), rules, IsSimulated(device));
}

Result<std::unique_ptr<transport::SgNode>> SgDrives::OpenNode(const SgDevice& device) {
  MutexLock lock(mutex_);
  Port& port = ports_[device.topology];
  if (const auto earlier = port.node.lock()) earlier->TakeBack();
  auto node = options_.open_node(options_.roots.dev + "/" + device.sg);
  if (!node) {
    if (node.error().reason() != "DRIVE_BUSY") return std::move(node).error();
    // The same with a name, where one can be found.
    RETURN_IF_ERROR(transport::CheckUnused(options_.roots, device, ::getpid()));
    return std::move(node).error();
  }
  const auto lent = std::make_shared<LentNode>(std::move(*node));
  port.node = lent;
  return std::unique_ptr<transport::SgNode>(std::make_unique<LentNodeHandle>(lent));
}

}  // namespace firmbench
