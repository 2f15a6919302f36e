// SPDX-License-Identifier: Apache-2.0
#include "daemon/inhibitors.h"

#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include <array>
#include <cstdlib>
#include <cstring>
#include <string_view>

#include "daemon/base/unique_fd.h"

namespace firmbench {
namespace {

// The locks of org.freedesktop.login1(5), section "Inhibitor Locks". "sleep" and "shutdown" refuse
// what a person or a desktop asks for; the other two keep the lid and the key from asking.
constexpr char kWhat[] = "--what=sleep:shutdown:handle-lid-switch:handle-power-key";
constexpr std::string_view kToken = "held\n";
constexpr size_t kMaxWhyBytes = 120;
constexpr size_t kMaxWordsBytes = 4096;

Error NotHeld(const std::string& what, bool refused) {
  std::string remedy = "leave the PC switched on and its lid open until the job has ended";
  if (refused) {
    remedy +=
        "; then install firmbench.rules (deploy/polkit) into /etc/polkit-1/rules.d, so that "
        "firmbenchd may see to it itself";
  }
  return Unavailable(
             "POWER_NOT_HELD",
             "nobody keeps this PC from going to sleep or being shut down while the job runs: " +
                 what)
      .WithRemedy(std::move(remedy));
}

// The helper, from its start to its end. The socket is its input, its output and its errors.
class Helper final : public jobs::PowerHold {
 public:
  Helper(pid_t pid, UniqueFd socket) : pid_(pid), socket_(std::move(socket)) {}
  Helper(const Helper&) = delete;
  Helper& operator=(const Helper&) = delete;

  // The end of its input ends it by itself, and the end of its output says that it has; one that
  // hangs is killed, which gives the lock back as well.
  ~Helper() override {
    ::shutdown(socket_.get(), SHUT_WR);
    const Nanos deadline = RealClock().Monotonic() + patience_;
    while (Listen(deadline)) {
    }
    ::kill(pid_, SIGKILL);
    while (::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
    }
  }

  // Says it to the command under the helper, which says it again once the lock is held.
  void Say(std::string_view text) {
    // Where that fails there will be no echo.
    static_cast<void>(::send(socket_.get(), text.data(), text.size(), MSG_NOSIGNAL));
  }

  // Waits for more of its words; false at their end and when the time is over.
  bool Listen(Nanos deadline) {
    const Nanos left = deadline - RealClock().Monotonic();
    if (left <= Nanos(0)) return false;
    pollfd waiting{socket_.get(), POLLIN, 0};
    const auto millis = std::chrono::ceil<std::chrono::milliseconds>(left).count();
    const int ready = ::poll(&waiting, 1, static_cast<int>(millis));
    if (ready <= 0) return ready < 0 && errno == EINTR;
    std::array<char, 512> piece;
    const ssize_t length = ::recv(socket_.get(), piece.data(), piece.size(), 0);
    if (length <= 0) {
      ended_ = true;
      return false;
    }
    heard_.append(piece.data(), static_cast<size_t>(length));
    if (heard_.size() > kMaxWordsBytes) heard_.erase(0, heard_.size() - kMaxWordsBytes);
    return true;
  }

  // The last words, at most kMaxWordsBytes.
  const std::string& heard() const { return heard_; }
  // How long its end is waited for; one that never held anything is killed at once.
  void set_patience(Nanos patience) { patience_ = patience; }
  // False when it has only not answered yet.
  bool ended() const { return ended_; }

 private:
  const pid_t pid_;
  const UniqueFd socket_;
  Nanos patience_{0};
  std::string heard_;
  bool ended_ = false;
};

// posix_spawn's two lists, which have to be destroyed.
class Attributes {
 public:
  explicit Attributes(int socket) {
    posix_spawn_file_actions_init(&files);
    for (const int fd : {0, 1, 2}) posix_spawn_file_actions_adddup2(&files, socket, fd);
    posix_spawn_file_actions_addclosefrom_np(&files, 3);
    posix_spawnattr_init(&attributes);
    sigset_t stops, pipe;
    sigemptyset(&stops);
    for (const int signal : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&stops, signal);
    sigemptyset(&pipe);
    sigaddset(&pipe, SIGPIPE);
    // Neither the terminal's Ctrl-C nor a signal to the whole service ends it.
    posix_spawnattr_setsigmask(&attributes, &stops);
    posix_spawnattr_setsigdefault(&attributes, &pipe);
    posix_spawnattr_setpgroup(&attributes, 0);
    posix_spawnattr_setflags(
        &attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
  }
  ~Attributes() {
    posix_spawn_file_actions_destroy(&files);
    posix_spawnattr_destroy(&attributes);
  }
  Attributes(const Attributes&) = delete;
  Attributes& operator=(const Attributes&) = delete;

  posix_spawn_file_actions_t files;
  posix_spawnattr_t attributes;
};

Result<std::unique_ptr<Helper>> StartHelper(const std::string& program, const std::string& why) {
  std::array<int, 2> ends{-1, -1};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0) {
    return NotHeld(fmt::format("no socket for the helper (errno {})", errno), false);
  }
  UniqueFd ours(ends[0]);
  const UniqueFd theirs(ends[1]);
  // systemd-inhibit gives its command the default signal mask; what is ignored stays ignored.
  std::array<std::string, 8> words{program,
                                   kWhat,
                                   "--who=firmbench",
                                   "--why=" + why.substr(0, kMaxWhyBytes),
                                   "--mode=block",
                                   "/bin/sh",
                                   "-c",
                                   "trap '' TERM INT HUP; exec cat"};
  // Of our environment only where the bus is; the rest could change what runs.
  std::string path = "PATH=/usr/bin:/bin", language = "LC_ALL=C", bus;
  if (const char* const named = std::getenv("DBUS_SYSTEM_BUS_ADDRESS")) {
    bus = std::string("DBUS_SYSTEM_BUS_ADDRESS=") + named;
  }
  std::array<char*, words.size() + 1> arguments{};
  for (size_t i = 0; i < words.size(); ++i) arguments[i] = words[i].data();
  std::array<char*, 4> environment{path.data(), language.data(), bus.empty() ? nullptr : bus.data(),
                                   nullptr};
  const Attributes spawning(theirs.get());
  pid_t pid = -1;
  const int failed = ::posix_spawn(&pid, program.c_str(), &spawning.files, &spawning.attributes,
                                   arguments.data(), environment.data());
  if (failed != 0) {
    return NotHeld(fmt::format("{} cannot be run ({})", program, std::strerror(failed)), false);
  }
  return std::make_unique<Helper>(pid, std::move(ours));
}

// The last line of what the helper said, fit for a screen.
std::string LastWords(std::string_view text) {
  while (!text.empty() && static_cast<unsigned char>(text.back()) <= ' ') text.remove_suffix(1);
  text = text.substr(text.rfind('\n') + 1).substr(0, 200);
  std::string words;
  for (const char c : text) words += c >= ' ' && c <= '~' ? c : '?';
  return words.empty() ? "the login manager gave no reason" : words;
}

// "Access denied" or "Interactive authentication required."
bool IsRefusal(std::string_view words) {
  return words.find("denied") != std::string_view::npos ||
         words.find("authentication required") != std::string_view::npos;
}

bool ContainsLine(std::string_view text, std::string_view line) {
  const size_t at = text.find(line);
  return at != std::string_view::npos && (at == 0 || text[at - 1] == '\n');
}

}  // namespace

Result<std::unique_ptr<jobs::PowerHold>> Inhibitors::Hold(const std::string& why) {
  const Nanos deadline = RealClock().Monotonic() + options_.limit;
  ASSIGN_OR_RETURN(auto helper, StartHelper(options_.program, why));
  helper->Say(kToken);
  while (!ContainsLine(helper->heard(), kToken)) {
    if (helper->Listen(deadline)) continue;
    if (!helper->ended()) return NotHeld("the login manager does not answer", false);
    const std::string words = LastWords(helper->heard());
    return NotHeld("the login manager says: " + words, IsRefusal(words));
  }
  helper->set_patience(options_.limit);
  return std::unique_ptr<jobs::PowerHold>(std::move(helper));
}

}  // namespace firmbench
