// SPDX-License-Identifier: Apache-2.0
#include "tests/conformance/qemu.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <charconv>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <utility>

#include <fmt/format.h>

namespace firmbench::conformance {
namespace {

constexpr int kAnswerMs = 10'000;
constexpr int kStartMs = 20'000;
// So few that the answers fit the socket's buffer while we still write.
constexpr size_t kMostAnswers = 512;

Error Failed(std::string_view what) {
  return Unavailable("QEMU_SILENT", fmt::format("{}: {}", what, std::strerror(errno)));
}

bool WaitFor(int socket, short events, int timeout_ms) {
  pollfd one{socket, events, 0};
  return poll(&one, 1, timeout_ms) == 1;
}

std::string ReadText(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

Result<int> Listen(const std::string& path) {
  const int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (listener < 0 || path.size() >= sizeof(address.sun_path)) return Failed("socket");
  path.copy(address.sun_path, path.size());
  if (bind(listener, reinterpret_cast<sockaddr*>(&address), sizeof(address)) != 0 ||
      listen(listener, 1) != 0) {
    close(listener);
    return Failed("listen");
  }
  return listener;
}

pid_t Spawn(const std::vector<std::string>& arguments, const std::string& log) {
  std::vector<char*> argv;
  for (const std::string& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  const pid_t parent = getpid();
  const pid_t pid = fork();
  if (pid != 0) return pid;
  prctl(PR_SET_PDEATHSIG, SIGKILL);  // also when the test itself is killed
  if (getppid() != parent) _exit(1);
  const int out = open(log.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
  dup2(out, STDOUT_FILENO);
  dup2(out, STDERR_FILENO);
  execvp(argv[0], argv.data());
  _exit(127);
}

// Accepts QEMU's connection, or notices that QEMU is gone.
int Accept(int listener, pid_t pid) {
  for (int waited = 0; waited < kStartMs; waited += 100) {
    if (WaitFor(listener, POLLIN, 100)) return accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
    siginfo_t info{};
    if (waitid(P_PID, static_cast<id_t>(pid), &info, WEXITED | WNOHANG | WNOWAIT) != 0) return -1;
    if (info.si_pid == pid) return -1;
  }
  return -1;
}

}  // namespace

Folder::Folder() {
  // Short, because a socket's path must fit 107 characters.
  std::string pattern = (std::filesystem::temp_directory_path() / "fbq-XXXXXX").string();
  if (mkdtemp(pattern.data()) == nullptr) std::abort();
  path_ = pattern;
}

Folder::~Folder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

Result<std::unique_ptr<Qemu>> Qemu::Start(const Folder& folder, ByteView kernel,
                                          std::vector<std::string> arguments) {
  const std::string socket_path = folder.File("q"), kernel_path = folder.File("kernel.bin");
  std::ofstream(kernel_path, std::ios::binary)
      .write(reinterpret_cast<const char*>(kernel.data()), static_cast<long>(kernel.size()));
  std::vector<std::string> all = {"qemu-system-arm",
                                  "-accel",
                                  "tcg",
                                  "-kernel",
                                  kernel_path,
                                  "-display",
                                  "none",
                                  "-nodefaults",
                                  "-serial",
                                  "none",
                                  "-monitor",
                                  "none",
                                  "-qtest",
                                  "unix:" + socket_path,
                                  "-qtest-log",
                                  "none"};
  all.insert(all.end(), arguments.begin(), arguments.end());
  ASSIGN_OR_RETURN(const int listener, Listen(socket_path));
  const pid_t pid = Spawn(all, folder.File("log"));
  const int socket = pid < 0 ? -1 : Accept(listener, pid);
  close(listener);
  if (socket >= 0) return std::unique_ptr<Qemu>(new Qemu(pid, socket));
  if (pid > 0) {
    kill(pid, SIGKILL);
    waitpid(pid, nullptr, 0);
  }
  return Unavailable("QEMU_NOT_STARTED", "qemu-system-arm: " + ReadText(folder.File("log")));
}

Qemu::~Qemu() { Stop(); }

void Qemu::Stop() {
  if (pid_ <= 0) return;
  kill(pid_, SIGTERM);
  // SIGTERM is how QEMU is asked to end; it flushes its files then.
  waitpid(pid_, nullptr, 0);
  close(socket_);
  pid_ = -1;
}

void Qemu::WriteByte(uint64_t address, uint8_t value) {
  Command(fmt::format("writeb 0x{:x} 0x{:x}\n", address, value), {});
}
void Qemu::WriteWord(uint64_t address, uint32_t value) {
  Command(fmt::format("writel 0x{:x} 0x{:x}\n", address, value), {});
}
void Qemu::WriteBytes(uint64_t address, ByteView bytes) {
  Command(fmt::format("write 0x{:x} 0x{:x} 0x{}\n", address, bytes.size(), ToHex(bytes)), {});
}
void Qemu::ReadByte(uint64_t address, uint8_t& into) {
  Command(fmt::format("readb 0x{:x}\n", address), {&into, 1, false});
}
void Qemu::ReadBytes(uint64_t address, std::span<uint8_t> into) {
  Command(fmt::format("read 0x{:x} 0x{:x}\n", address, into.size()),
          {into.data(), into.size(), true});
}

void Qemu::Command(std::string_view text, Answer answer) {
  pending_ += text;
  answers_.push_back(answer);
  // A long answer alone could fill the socket.
  if (answers_.size() < kMostAnswers && answer.bytes < 4096) return;
  if (Status status = Send(); !status && failed_) failed_ = std::move(status);
}

Status Qemu::Flush() {
  Status sent = Send();
  Status earlier = std::exchange(failed_, Ok());
  return earlier ? sent : earlier;
}

Status Qemu::Send() {
  for (size_t done = 0; done < pending_.size();) {
    if (!WaitFor(socket_, POLLOUT, kAnswerMs)) return Failed("QEMU takes no commands");
    const ssize_t count =
        send(socket_, pending_.data() + done, pending_.size() - done, MSG_NOSIGNAL);
    if (count <= 0) return Failed("QEMU has gone");
    done += static_cast<size_t>(count);
  }
  pending_.clear();
  return Receive();
}

Status Qemu::Receive() {
  const std::vector<Answer> answers = std::exchange(answers_, {});
  for (const Answer& answer : answers) {
    ASSIGN_OR_RETURN(const std::string_view line, Line());
    RETURN_IF_ERROR(Take(line, answer));
  }
  return Ok();
}

// The next answer, without interrupts' lines. Valid until the next call.
Result<std::string_view> Qemu::Line() {
  while (true) {
    const size_t end = received_.find('\n', taken_);
    if (end != std::string::npos) {
      const std::string_view line(received_.data() + taken_, end - taken_);
      taken_ = end + 1;
      if (!line.starts_with("IRQ")) return line;
      continue;
    }
    received_.erase(0, taken_);
    taken_ = 0;
    if (!WaitFor(socket_, POLLIN, kAnswerMs)) return Failed("QEMU does not answer");
    char piece[65536];
    const ssize_t count = recv(socket_, piece, sizeof(piece), 0);
    if (count <= 0) return Failed("QEMU has gone");
    received_.append(piece, static_cast<size_t>(count));
  }
}

Status Qemu::Take(std::string_view line, const Answer& answer) {
  const Error wrong = Internal("QEMU_ANSWER", std::string(line.substr(0, 80)));
  if (!line.starts_with("OK")) return wrong;
  if (answer.into == nullptr) return Ok();
  if (!line.starts_with("OK 0x")) return wrong;
  const std::string_view digits = line.substr(5);
  if (!answer.hex_string) {
    uint64_t value = 0;
    const auto parsed = std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
    if (parsed.ec != std::errc()) return wrong;
    *answer.into = static_cast<uint8_t>(value);
    return Ok();
  }
  ASSIGN_OR_RETURN(const Bytes bytes, FromHex(digits));
  if (bytes.size() != answer.bytes) return wrong;
  std::copy(bytes.begin(), bytes.end(), answer.into);
  return Ok();
}

}  // namespace firmbench::conformance
