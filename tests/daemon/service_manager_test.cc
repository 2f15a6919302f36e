// SPDX-License-Identifier: Apache-2.0
#include "daemon/service_manager.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <string>

#include "daemon/base/unique_fd.h"

namespace firmbench {
namespace {

// A service manager that listens at `name`, '@' standing for an abstract name.
class Manager {
 public:
  explicit Manager(const std::string& name)
      : socket_(::socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)) {
    sockaddr_un at{};
    at.sun_family = AF_UNIX;
    name.copy(at.sun_path, sizeof(at.sun_path) - 1);
    if (name[0] == '@') at.sun_path[0] = '\0';
    const auto length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name.size());
    EXPECT_EQ(::bind(socket_.get(), reinterpret_cast<const sockaddr*>(&at), length), 0);
    ::setenv("NOTIFY_SOCKET", name.c_str(), 1);
  }
  ~Manager() { ::unsetenv("NOTIFY_SOCKET"); }

  std::string Heard() {
    char text[64];
    const ssize_t length = ::recv(socket_.get(), text, sizeof(text), 0);
    return length < 0 ? std::string() : std::string(text, static_cast<size_t>(length));
  }

 private:
  UniqueFd socket_;
};

TEST(ServiceManager, HearsAtAPath) {
  char folder[] = "/tmp/service-manager-XXXXXX";
  ASSERT_NE(::mkdtemp(folder), nullptr);
  const std::string path = std::string(folder) + "/socket";
  {
    Manager manager(path);
    NotifyServiceManager("READY=1");
    EXPECT_EQ(manager.Heard(), "READY=1");
    EXPECT_EQ(manager.Heard(), "");
  }
  ::unlink(path.c_str());
  ::rmdir(folder);
}

TEST(ServiceManager, HearsAtAnAbstractName) {
  Manager manager("@firmbench-service-manager-test-" + std::to_string(::getpid()));
  NotifyServiceManager("STOPPING=1");
  EXPECT_EQ(manager.Heard(), "STOPPING=1");
}

TEST(ServiceManager, IsLeftAloneWhenItDoesNotAskOrCannotBeReached) {
  ::unsetenv("NOTIFY_SOCKET");
  NotifyServiceManager("READY=1");
  for (const std::string& name : {std::string(), std::string("@"), std::string("vsock:2:1"),
                                  "/" + std::string(200, 'x'), std::string("/nowhere/socket")}) {
    ::setenv("NOTIFY_SOCKET", name.c_str(), 1);
    NotifyServiceManager("READY=1");
  }
  ::unsetenv("NOTIFY_SOCKET");
}

}  // namespace
}  // namespace firmbench
