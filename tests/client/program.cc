// SPDX-License-Identifier: Apache-2.0
#include "tests/client/program.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>

namespace firmbench::cli {
namespace {

constexpr int kPatienceMs = 10'000;

// fork() in a process with gRPC's threads is not safe; posix_spawn is.
pid_t Spawn(const std::string& folder, const std::vector<std::string>& arguments,
            posix_spawn_file_actions_t& actions, short flags) {
  std::vector<std::string> words = {FIRMBENCH_BIN_DIR "/firmbench"};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  char path[] = "PATH=/usr/bin:/bin";
  char term[] = "TERM=xterm";
  std::string state = "XDG_STATE_HOME=" + folder + "/state";
  char* environment[] = {path, term, state.data(), nullptr};
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  posix_spawnattr_setflags(&attributes, flags);
  pid_t pid = -1;
  EXPECT_EQ(posix_spawn(&pid, argv[0], &actions, &attributes, argv.data(), environment), 0);
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  return pid;
}

int Reap(pid_t& pid) {
  int status = 0;
  if (pid < 0 || waitpid(pid, &status, 0) != pid) return -1;
  pid = -1;
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

void End(pid_t& pid) {
  if (pid < 0) return;
  kill(pid, SIGKILL);
  Reap(pid);
}

std::string Contents(const std::string& path) {
  // A test may have put a device there, which would never end.
  std::error_code ignored;
  if (!std::filesystem::is_regular_file(path, ignored)) return "";
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

}  // namespace

Program::Program(const std::string& folder, const std::vector<std::string>& arguments)
    : folder_(folder) {
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  constexpr int kWrite = O_WRONLY | O_CREAT | O_TRUNC;
  posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&actions, 1, (folder_ + "/out").c_str(), kWrite, 0600);
  posix_spawn_file_actions_addopen(&actions, 2, (folder_ + "/err").c_str(), kWrite, 0600);
  pid_ = Spawn(folder_, arguments, actions, 0);
}

Program::~Program() { End(pid_); }

void Program::Signal(int number) const { kill(pid_, number); }

Finished Program::Wait() {
  const int status = Reap(pid_);
  return {status, Contents(folder_ + "/out"), Contents(folder_ + "/err")};
}

TerminalProgram::TerminalProgram(const std::string& folder,
                                 const std::vector<std::string>& arguments)
    : master_(posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC)) {
  EXPECT_EQ(grantpt(master_.get()), 0);
  EXPECT_EQ(unlockpt(master_.get()), 0);
  const std::string slave = ptsname(master_.get());
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 0, slave.c_str(), O_RDWR, 0);
  posix_spawn_file_actions_adddup2(&actions, 0, 1);
  posix_spawn_file_actions_adddup2(&actions, 0, 2);
  pid_ = Spawn(folder, arguments, actions, POSIX_SPAWN_SETSID);
}

TerminalProgram::~TerminalProgram() { End(pid_); }

bool TerminalProgram::ReadMore() {
  pollfd fd{master_.get(), POLLIN, 0};
  if (poll(&fd, 1, kPatienceMs) <= 0) return false;
  char piece[4096];
  // EIO is how a pseudo-terminal says that the other side is closed.
  const ssize_t got = read(master_.get(), piece, sizeof piece);
  if (got <= 0) return false;
  screen_.append(piece, static_cast<size_t>(got));
  return true;
}

bool TerminalProgram::WaitFor(const std::string& text) {
  while (screen_.find(text) == std::string::npos) {
    if (!ReadMore()) return false;
  }
  return true;
}

void TerminalProgram::Type(const std::string& text) const {
  EXPECT_EQ(write(master_.get(), text.data(), text.size()), static_cast<ssize_t>(text.size()));
}

Finished TerminalProgram::Wait() {
  while (ReadMore()) {
  }
  const int status = Reap(pid_);
  return {status, screen_, ""};
}

}  // namespace firmbench::cli
