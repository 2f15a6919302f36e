// SPDX-License-Identifier: Apache-2.0
#include "daemon/service_manager.h"

#include <sys/socket.h>
#include <sys/un.h>

#include <cstddef>
#include <cstdlib>

#include "daemon/base/unique_fd.h"

namespace firmbench {

void NotifyServiceManager(std::string_view message) {
  const char* const named = std::getenv("NOTIFY_SOCKET");
  if (named == nullptr) return;
  const std::string_view path(named);
  sockaddr_un to{};
  // A path, or '@' and a name without one.
  if (path.size() < 2 || path.size() > sizeof(to.sun_path) || (path[0] != '/' && path[0] != '@')) {
    return;
  }
  to.sun_family = AF_UNIX;
  path.copy(to.sun_path, path.size());
  if (path[0] == '@') to.sun_path[0] = '\0';
  const UniqueFd socket(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  // Whether it arrives is the manager's to notice: it has a time limit for that.
  static_cast<void>(
      ::sendto(socket.get(), message.data(), message.size(), MSG_NOSIGNAL | MSG_DONTWAIT,
               reinterpret_cast<const sockaddr*>(&to),
               static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + path.size())));
}

}  // namespace firmbench
