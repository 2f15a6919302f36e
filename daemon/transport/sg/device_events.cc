// SPDX-License-Identifier: Apache-2.0
#include "daemon/transport/sg/device_events.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/netlink.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <utility>

#include "daemon/base/log.h"
#include "daemon/transport/sg/sg_users.h"

namespace firmbench::transport {
namespace {

// Groups of NETLINK_KOBJECT_UEVENT: the kernel's own, and udev's after its rules.
constexpr uint32_t kKernelGroup = 1;
constexpr uint32_t kUdevGroup = 2;
constexpr size_t kLargestMessage = 16384;
constexpr int kMostMessages = 4096;  // taken together; the rest wakes us again

}  // namespace

Result<UniqueFd> OpenKernelEvents() {
  UniqueFd fd(
      ::socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_KOBJECT_UEVENT));
  sockaddr_nl address{};
  address.nl_family = AF_NETLINK;
  address.nl_groups = kKernelGroup | kUdevGroup;
  if (!fd.valid() || ::bind(fd.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
    return Unavailable("EVENTS_UNAVAILABLE",
                       fmt::format("the kernel's device events cannot be heard (errno {})", errno));
  }
  return fd;
}

bool ConcernsSgNodes(std::string_view message) {
  return message.find("scsi_generic") != std::string_view::npos;
}

DeviceEvents::DeviceEvents(UniqueFd events, SgRoots roots, std::function<void()> changed)
    : events_(std::move(events)),
      roots_(std::move(roots)),
      changed_(std::move(changed)),
      stop_(::eventfd(0, EFD_CLOEXEC)),
      mounts_(::open((roots_.proc + "/self/mountinfo").c_str(), O_RDONLY | O_CLOEXEC)),
      mounted_(MountedDrives(roots_)) {
  if (stop_.valid()) thread_ = std::thread([this] { Listen(); });
}

DeviceEvents::~DeviceEvents() { Stop(); }

UniqueFd DeviceEvents::Stop() {
  if (thread_.joinable()) {
    const uint64_t one = 1;
    while (::write(stop_.get(), &one, sizeof one) < 0 && errno == EINTR) {
    }
    thread_.join();
  }
  return std::move(events_);
}

void DeviceEvents::Listen() {
  // The kernel marks its list of mounts with POLLPRI and POLLERR when it changes.
  std::array<pollfd, 3> wanted{pollfd{stop_.get(), POLLIN, 0}, pollfd{events_.get(), POLLIN, 0},
                               pollfd{mounts_.get(), POLLPRI, 0}};
  for (;;) {
    if (::poll(wanted.data(), wanted.size(), -1) < 0) {
      if (errno == EINTR) continue;
      log::Warn("hot-plug is not watched any more", "errno", errno);
      return;
    }
    if (wanted[0].revents != 0) return;
    bool changed = false;
    if (wanted[1].revents != 0) changed = DrainEvents();
    if (wanted[1].revents & (POLLHUP | POLLNVAL)) wanted[1].fd = -1;
    if (wanted[2].revents != 0 && MountsDiffer()) changed = true;
    if (changed) changed_();
  }
}

bool DeviceEvents::DrainEvents() {
  std::array<char, kLargestMessage> message;
  bool concerns = false;
  for (int taken = 0; taken < kMostMessages; ++taken) {
    const ssize_t length = ::recv(events_.get(), message.data(), message.size(), MSG_DONTWAIT);
    if (length < 0 && errno == ENOBUFS) {
      concerns = true;  // more came than the socket holds: what was lost is not known
    } else if (length < 0 && errno != EINTR) {
      break;
    } else if (length == 0) {
      break;
    } else if (length > 0) {
      concerns = ConcernsSgNodes({message.data(), static_cast<size_t>(length)}) || concerns;
    }
  }
  return concerns;
}

bool DeviceEvents::MountsDiffer() {
  std::set<std::string> now = MountedDrives(roots_);
  const bool differ = now != mounted_;
  mounted_ = std::move(now);
  return differ;
}

}  // namespace firmbench::transport
