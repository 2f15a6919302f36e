// SPDX-License-Identifier: Apache-2.0
#include "daemon/inhibitors.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>
#include <vector>

#include "daemon/base/unique_fd.h"

namespace firmbench {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;

constexpr char kHeld[] =
    "held sleep:shutdown:handle-lid-switch:handle-power-key block firmbench: writing U-0042";
constexpr int kPatienceMillis = 30'000;

// A real message bus with a login manager that behaves like one: tests/support/fake_logind.py.
class LoginManager {
 public:
  explicit LoginManager(const char* mode) {
    EXPECT_NE(::mkdtemp(folder_), nullptr);
    int in[2], out[2];
    EXPECT_EQ(::pipe2(in, O_CLOEXEC) | ::pipe2(out, O_CLOEXEC), 0);
    input_ = UniqueFd(in[1]);
    output_ = UniqueFd(out[0]);
    const UniqueFd its_input(in[0]), its_output(out[1]);
    pid_ = ::fork();
    if (pid_ == 0) {
      ::dup2(its_input.get(), 0);
      ::dup2(its_output.get(), 1);
      ::execl("/usr/bin/python3", "python3", "-B",
              FIRMBENCH_SOURCE_DIR "/tests/support/fake_logind.py", folder_, mode, nullptr);
      ::_exit(127);
    }
    const std::string line = NextLine();
    EXPECT_EQ(line.rfind("address ", 0), 0u) << line;
    ::setenv("DBUS_SYSTEM_BUS_ADDRESS", line.substr(line.find(' ') + 1).c_str(), 1);
  }
  ~LoginManager() {
    ::unsetenv("DBUS_SYSTEM_BUS_ADDRESS");
    input_.Reset();
    ::waitpid(pid_, nullptr, 0);
    for (const char* name : {"/bus", "/bus.conf"}) ::unlink((folder_ + std::string(name)).c_str());
    ::rmdir(folder_);
  }

  // "" when nothing came within `millis`.
  std::string NextLine(int millis = kPatienceMillis) {
    while (text_.find('\n') == std::string::npos) {
      pollfd waiting{output_.get(), POLLIN, 0};
      char piece[256];
      if (::poll(&waiting, 1, millis) <= 0) return "";
      const ssize_t length = ::read(output_.get(), piece, sizeof(piece));
      if (length <= 0) return "";
      text_.append(piece, static_cast<size_t>(length));
    }
    const size_t end = text_.find('\n');
    std::string line = text_.substr(0, end);
    text_.erase(0, end + 1);
    return line;
  }
  bool SaidNothing() { return NextLine(0).empty(); }
  pid_t pid() const { return pid_; }

 private:
  char folder_[32] = "/tmp/inhibitors-XXXXXX";
  UniqueFd input_, output_;
  pid_t pid_ = -1;
  std::string text_;
};

std::vector<pid_t> ChildrenOf(pid_t parent) {
  const std::string id = std::to_string(parent);
  std::ifstream file("/proc/" + id + "/task/" + id + "/children");
  std::vector<pid_t> children;
  for (pid_t child = 0; file >> child;) children.push_back(child);
  return children;
}

// What Hold fails with.
Error Refusal(Inhibitors::Options options = {}) {
  auto hold = Inhibitors(std::move(options)).Hold("writing U-0042");
  EXPECT_FALSE(hold);
  if (hold) return Error(Code::kInternal, "HELD", "it was held");
  EXPECT_EQ(hold.error().reason(), "POWER_NOT_HELD");
  EXPECT_THAT(hold.error().message(), HasSubstr("nobody keeps this PC from going to sleep"));
  EXPECT_THAT(hold.error().remedy(), HasSubstr("leave the PC switched on"));
  return hold.error();
}

TEST(Inhibitors, HoldEveryLockWhileTheHoldLives) {
  LoginManager login("grant");
  auto hold = Inhibitors().Hold("writing U-0042");
  ASSERT_TRUE(hold) << hold.error().ToString();
  EXPECT_EQ(login.NextLine(), kHeld);
  EXPECT_TRUE(login.SaidNothing());
  hold->reset();
  EXPECT_EQ(login.NextLine(), "released");
}

TEST(Inhibitors, AreIndependentOfEachOther) {
  LoginManager login("grant");
  Inhibitors inhibitors;
  auto first = inhibitors.Hold("writing U-0042");
  auto second = inhibitors.Hold("writing U-0043");
  ASSERT_TRUE(first && second);
  EXPECT_EQ(login.NextLine(), kHeld);
  EXPECT_THAT(login.NextLine(), EndsWith("writing U-0043"));
  first->reset();
  EXPECT_EQ(login.NextLine(), "released");
  EXPECT_TRUE(login.SaidNothing());
  second->reset();
  EXPECT_EQ(login.NextLine(), "released");
}

// A service manager that stops the daemon tells every process of the service.
TEST(Inhibitors, StayWhenEveryProcessIsToldToStop) {
  LoginManager login("grant");
  Inhibitors inhibitors;
  auto hold = inhibitors.Hold("writing U-0042");
  ASSERT_TRUE(hold);
  EXPECT_EQ(login.NextLine(), kHeld);
  int told = 0;
  for (const pid_t helper : ChildrenOf(::getpid())) {
    if (helper == login.pid()) continue;
    for (const int signal : {SIGTERM, SIGINT, SIGHUP}) {
      for (const pid_t command : ChildrenOf(helper)) told += ::kill(command, signal) == 0;
      told += ::kill(helper, signal) == 0;
    }
  }
  EXPECT_EQ(told, 6);
  // Another one, from its beginning to its end, is time enough for the first to go away.
  auto other = inhibitors.Hold("writing U-0043");
  ASSERT_TRUE(other);
  EXPECT_THAT(login.NextLine(), EndsWith("writing U-0043"));
  other->reset();
  EXPECT_EQ(login.NextLine(), "released");
  EXPECT_TRUE(login.SaidNothing());
  hold->reset();
  EXPECT_EQ(login.NextLine(), "released");
}

TEST(Inhibitors, LeaveNoProcessBehind) {
  LoginManager login("grant");
  { ASSERT_TRUE(Inhibitors().Hold("writing U-0042")); }
  EXPECT_EQ(ChildrenOf(::getpid()), std::vector<pid_t>{login.pid()});
}

TEST(Inhibitors, ThatAreRefusedNameTheRule) {
  LoginManager login("refuse");
  const Error error = Refusal();
  EXPECT_THAT(error.message(), HasSubstr("authentication required"));
  EXPECT_THAT(error.remedy(), HasSubstr("/etc/polkit-1/rules.d"));
}

TEST(Inhibitors, GiveUpOnALoginManagerThatDoesNotAnswer) {
  LoginManager login("hang");
  const Error error = Refusal({.limit = std::chrono::milliseconds(300)});
  EXPECT_THAT(error.message(), HasSubstr("does not answer"));
  EXPECT_EQ(ChildrenOf(::getpid()), std::vector<pid_t>{login.pid()});
}

TEST(Inhibitors, BlockForLessThanFiveSeconds) {
  EXPECT_LT(Inhibitors::Options().limit, std::chrono::seconds(5));
}

TEST(Inhibitors, ThatAreNotToBeHadSayWhy) {
  LoginManager login("absent");
  const Error absent = Refusal();
  EXPECT_THAT(absent.message(), HasSubstr("org.freedesktop.login1"));
  EXPECT_THAT(absent.remedy(), Not(HasSubstr("polkit")));
  ::setenv("DBUS_SYSTEM_BUS_ADDRESS", "unix:path=/nonexistent/bus", 1);
  EXPECT_THAT(Refusal().message(), HasSubstr("connect to bus"));
  EXPECT_THAT(Refusal({.program = "/nonexistent/inhibit"}).message(), HasSubstr("cannot be run"));
  EXPECT_THAT(Refusal({.program = "/bin/true"}).message(), HasSubstr("gave no reason"));
}

}  // namespace
}  // namespace firmbench
