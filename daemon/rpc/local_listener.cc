// SPDX-License-Identifier: Apache-2.0
#include "daemon/rpc/local_listener.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <grp.h>
#include <linux/posix_acl.h>
#include <linux/posix_acl_xattr.h>
#include <poll.h>
#include <pwd.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cerrno>
#include <cstring>
#include <optional>
#include <thread>

#include "daemon/base/log.h"

#ifndef SO_PEERGROUPS
#define SO_PEERGROUPS 59  // asm-generic/socket.h, Linux 4.13
#endif

namespace firmbench::rpc {
namespace {

constexpr size_t kMostConnections = 256;
constexpr int kBacklog = 64;
constexpr int kSweepMilliseconds = 30'000;

Result<std::string> SocketPath(const std::string& address) {
  constexpr std::string_view kScheme = "unix:";
  if (address.rfind(kScheme, 0) != 0 || address.size() == kScheme.size()) {
    return InvalidArgument("ADDRESS_INVALID", "the daemon listens on unix:PATH");
  }
  std::string path = address.substr(kScheme.size());
  if (path.size() >= sizeof(sockaddr_un::sun_path)) {
    return InvalidArgument("ADDRESS_INVALID",
                           fmt::format("a socket path has at most {} bytes, this one {}",
                                       sizeof(sockaddr_un::sun_path) - 1, path.size()))
        .WithRemedy("choose a shorter path");
  }
  return path;
}

sockaddr_un AddressOf(const std::string& path) {
  sockaddr_un to{};
  to.sun_family = AF_UNIX;
  std::memcpy(to.sun_path, path.data(), path.size());
  return to;
}

// Removes the socket of a daemon that is gone, and nothing else.
Status ClearStaleSocket(const std::string& path) {
  struct stat info {};
  if (::lstat(path.c_str(), &info) != 0) return Ok();
  if (!S_ISSOCK(info.st_mode)) {
    return FailedPrecondition("ADDRESS_IN_USE", fmt::format("{} exists and is not a socket", path))
        .WithRemedy("choose another path");
  }
  const UniqueFd probe(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const sockaddr_un to = AddressOf(path);
  if (::connect(probe.get(), reinterpret_cast<const sockaddr*>(&to), sizeof(to)) == 0) {
    return FailedPrecondition("ADDRESS_IN_USE", fmt::format("another process listens on {}", path))
        .WithRemedy("stop the other daemon, or listen elsewhere");
  }
  ::unlink(path.c_str());
  return Ok();
}

std::optional<gid_t> GroupNamed(const std::string& name) {
  if (name.empty()) return std::nullopt;
  std::vector<char> buffer(64 * 1024);
  group entry{};
  group* found = nullptr;
  if (::getgrnam_r(name.c_str(), &entry, buffer.data(), buffer.size(), &found) != 0 ||
      found == nullptr) {
    return std::nullopt;
  }
  return found->gr_gid;
}

std::string UserNamed(uid_t uid) {
  std::vector<char> buffer(64 * 1024);
  passwd entry{};
  passwd* found = nullptr;
  if (::getpwuid_r(uid, &entry, buffer.data(), buffer.size(), &found) == 0 && found != nullptr &&
      found->pw_name[0] != '\0') {
    return found->pw_name;
  }
  return fmt::format("uid {}", uid);
}

// Lets members of one more group write to the socket, who need not be in the one that it belongs
// to. False where the file system keeps no access control lists.
bool Admit(const std::string& path, gid_t more) {
  static_assert(std::endian::native == std::endian::little);  // as the kernel keeps it
  constexpr uint16_t kMay = ACL_READ | ACL_WRITE;
  constexpr auto kNoId = static_cast<uint32_t>(ACL_UNDEFINED_ID);
  struct List {
    posix_acl_xattr_header header{POSIX_ACL_XATTR_VERSION};
    std::array<posix_acl_xattr_entry, 5> entries;
  };
  const List list{.entries = {{{ACL_USER_OBJ, kMay, kNoId},
                               {ACL_GROUP_OBJ, kMay, kNoId},
                               {ACL_GROUP, kMay, more},
                               {ACL_MASK, kMay, kNoId},
                               {ACL_OTHER, 0, kNoId}}}};
  return ::setxattr(path.c_str(), "system.posix_acl_access", &list, sizeof(list), 0) == 0;
}

Result<UniqueFd> ListenAt(const std::string& path, const LocalGroups& groups) {
  UniqueFd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  const sockaddr_un to = AddressOf(path);
  // Made with the mode that it keeps: there is no moment at which others could come in.
  const mode_t before = ::umask(0117);
  const int bound = ::bind(socket.get(), reinterpret_cast<const sockaddr*>(&to), sizeof(to));
  ::umask(before);
  if (bound != 0) {
    return FailedPrecondition("ADDRESS_FAILED",
                              fmt::format("cannot listen on {} (errno {})", path, errno))
        .WithRemedy("does the folder exist, and may the daemon write to it?");
  }
  const auto group = GroupNamed(groups.technicians);
  // As a service the daemon has that group already, and its filter knows no chown.
  if (group && *group != ::getegid() &&
      ::chown(path.c_str(), static_cast<uid_t>(-1), *group) != 0) {
    log::Warn("the socket cannot be given to its group", "group", groups.technicians, "errno",
              errno);
  }
  const auto managers = GroupNamed(groups.managers);
  if (managers && managers != group && !Admit(path, *managers)) {
    log::Warn("only its own group can use the socket", "not", groups.managers, "errno", errno);
  }
  if (::listen(socket.get(), kBacklog) != 0) {
    return FailedPrecondition("ADDRESS_FAILED",
                              fmt::format("cannot listen on {} (errno {})", path, errno));
  }
  return socket;
}

class Listener final : public LocalListener {
 public:
  Listener(UniqueFd socket, std::string path, const LocalGroups& groups, ServerPool& pool)
      : socket_(std::move(socket)),
        path_(std::move(path)),
        groups_(groups),
        pool_(pool),
        stop_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
        thread_([this] { Run(); }) {}

  ~Listener() override {
    ::eventfd_write(stop_.get(), 1);
    thread_.join();
    ::unlink(path_.c_str());
  }

 private:
  // A connection that is served: our own descriptor of the same socket tells when it has ended.
  struct Served {
    UniqueFd watch;
    ServerPool::Lease lease;
  };

  void Run() {
    std::vector<pollfd> polled;
    for (;;) {
      polled.assign({{stop_.get(), POLLIN, 0}, {socket_.get(), POLLIN, 0}});
      for (const Served& served : served_) polled.push_back({served.watch.get(), 0, 0});
      if (::poll(polled.data(), polled.size(), kSweepMilliseconds) < 0 && errno != EINTR) return;
      if (polled[0].revents != 0) return;
      for (size_t i = served_.size(); i-- > 0;) {
        if ((polled[i + 2].revents & (POLLHUP | POLLERR | POLLNVAL)) == 0) continue;
        served_.erase(served_.begin() + static_cast<std::ptrdiff_t>(i));
      }
      if (polled[1].revents != 0) Accept();
      pool_.EndIdle();
    }
  }

  void Accept() {
    UniqueFd connection(::accept4(socket_.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
    if (!connection.valid()) {
      // Without a descriptor to spare the caller waits in the backlog; poll would not.
      if (errno == EMFILE || errno == ENFILE) std::this_thread::sleep_for(kNoDescriptors);
      return;
    }
    const Status served = Serve(std::move(connection));
    if (!served) log::Warn("a local connection was refused", "reason", served.error().reason());
  }

  Status Serve(UniqueFd connection) {
    if (served_.size() >= kMostConnections) {
      return ResourceExhausted("TOO_MANY_CONNECTIONS", "too many local connections");
    }
    ASSIGN_OR_RETURN(const PeerCredentials peer, CredentialsOfPeer(connection.get()));
    UniqueFd watch(::fcntl(connection.get(), F_DUPFD_CLOEXEC, 0));
    if (!watch.valid()) return ResourceExhausted("NO_DESCRIPTORS", "no descriptor is left");
    ASSIGN_OR_RETURN(ServerPool::Lease lease,
                     pool_.Serve(LocalCaller(peer, groups_), std::move(connection)));
    served_.push_back({std::move(watch), std::move(lease)});
    return Ok();
  }

  static constexpr std::chrono::milliseconds kNoDescriptors{100};

  const UniqueFd socket_;
  const std::string path_;
  const LocalGroups groups_;
  ServerPool& pool_;
  const UniqueFd stop_;
  std::vector<Served> served_;  // the thread's own
  std::thread thread_;
};

}  // namespace

Result<PeerCredentials> CredentialsOfPeer(int socket) {
  const auto unknown = [] {
    return Error(Code::kUnauthenticated, "PEER_UNKNOWN",
                 fmt::format("the kernel does not say who connected (errno {})", errno));
  };
  ucred peer{};
  socklen_t length = sizeof(peer);
  if (::getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &peer, &length) != 0) return unknown();
  PeerCredentials credentials{.uid = peer.uid};
  credentials.groups.resize(1024);
  length = static_cast<socklen_t>(credentials.groups.size() * sizeof(gid_t));
  int got = ::getsockopt(socket, SOL_SOCKET, SO_PEERGROUPS, credentials.groups.data(), &length);
  if (got != 0 && errno == ERANGE) {
    credentials.groups.resize(length / sizeof(gid_t));
    got = ::getsockopt(socket, SOL_SOCKET, SO_PEERGROUPS, credentials.groups.data(), &length);
  }
  if (got != 0) return unknown();
  credentials.groups.resize(length / sizeof(gid_t));
  credentials.groups.push_back(peer.gid);
  return credentials;
}

Caller LocalCaller(const PeerCredentials& peer, const LocalGroups& groups) {
  const auto is_in = [&](const std::string& name) {
    const auto group = GroupNamed(name);
    return group && std::find(peer.groups.begin(), peer.groups.end(), *group) != peer.groups.end();
  };
  Caller caller{.principal = UserNamed(peer.uid),
                .known_by = fmt::format("unix user {}", peer.uid)};
  if (peer.uid == 0 || peer.uid == ::geteuid() || is_in(groups.managers)) {
    caller.role = Role::kManager;
  } else if (is_in(groups.technicians)) {
    caller.role = Role::kTechnician;
  }
  return caller;
}

Result<std::unique_ptr<LocalListener>> LocalListener::Start(const std::string& address,
                                                            const LocalGroups& groups,
                                                            ServerPool& pool) {
  ASSIGN_OR_RETURN(const std::string path, SocketPath(address));
  RETURN_IF_ERROR(ClearStaleSocket(path));
  ASSIGN_OR_RETURN(UniqueFd socket, ListenAt(path, groups));
  return std::unique_ptr<LocalListener>(
      std::make_unique<Listener>(std::move(socket), path, groups, pool));
}

}  // namespace firmbench::rpc
