// SPDX-License-Identifier: Apache-2.0
// firmbench-prober: starts a daemon again and again, and times each start up to the first call that
// it answers; then leaves the last one idle and looks at its resident memory. It lives through all
// runs, so that its own start is in none of them. Prints one line of JSON.
//   firmbench-prober grpc SOCKET RUNS IDLE_SECONDS DAEMON ARGUMENTS...
//   firmbench-prober dbus NAME RUNS IDLE_SECONDS DAEMON ARGUMENTS...    (the system bus's address
//                                                                       comes by the environment)
#include <fcntl.h>
#include <grpcpp/grpcpp.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <systemd/sd-bus.h>
#include <unistd.h>

#include <charconv>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <functional>
#include <string>
#include <vector>

#include "daemon/base/clock.h"
#include "daemon/base/unique_fd.h"
#include "firmbench/v1/bench_service.grpc.pb.h"

namespace firmbench::benchmarks {
namespace {

constexpr Nanos kBetweenTries = std::chrono::microseconds(200);
constexpr Nanos kPatience = std::chrono::seconds(20);

// True once the daemon has answered a call.
using Probe = std::function<bool()>;

bool Connects(const std::string& path) {
  const UniqueFd probe(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_un to{};
  to.sun_family = AF_UNIX;
  path.copy(to.sun_path, sizeof(to.sun_path) - 1);
  return ::connect(probe.get(), reinterpret_cast<const sockaddr*>(&to), sizeof(to)) == 0;
}

// The socket is tried bare first: a channel that finds nobody waits a second before it tries again.
bool AsksBench(const std::string& path) {
  if (!Connects(path)) return false;
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  const auto channel =
      grpc::CreateCustomChannel("unix:" + path, grpc::InsecureChannelCredentials(), arguments);
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(5));
  v1::Bench bench;
  return v1::BenchService::NewStub(channel)->GetBench(&context, {}, &bench).ok();
}

bool AsksBus(const std::string& name) {
  sd_bus* bus = nullptr;
  if (sd_bus_default_system(&bus) < 0) return false;
  sd_bus_message* call = nullptr;
  sd_bus_message* answer = nullptr;
  bool answered = sd_bus_message_new_method_call(bus, &call, name.c_str(), "/",
                                                 "org.freedesktop.DBus.Properties", "Get") >= 0 &&
                  sd_bus_message_append(call, "ss", name.c_str(), "DaemonVersion") >= 0 &&
                  sd_bus_message_set_auto_start(call, 0) >= 0;
  answered = answered && sd_bus_call(bus, call, 0, nullptr, &answer) >= 0;
  sd_bus_message_unref(answer);
  sd_bus_message_unref(call);
  sd_bus_unref(bus);
  return answered;
}

pid_t Spawn(char** command) {
  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  for (const int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    posix_spawn_file_actions_addopen(&files, fd, "/dev/null", O_RDWR, 0);
  }
  pid_t pid = -1;
  if (posix_spawn(&pid, command[0], &files, nullptr, command, environ) != 0) pid = -1;
  posix_spawn_file_actions_destroy(&files);
  return pid;
}

void Stop(pid_t pid) {
  ::kill(pid, SIGTERM);
  ::waitpid(pid, nullptr, 0);
}

// "VmRSS:   12345 kB" of /proc/PID/status; 0 when the process is gone.
int64_t ResidentKib(pid_t pid) {
  std::ifstream status("/proc/" + std::to_string(pid) + "/status");
  for (std::string word; status >> word;) {
    int64_t kib = 0;
    if (word == "VmRSS:" && status >> kib) return kib;
  }
  return 0;
}

int Number(const char* text) {
  int number = -1;
  std::from_chars(text, text + std::strlen(text), number);
  return number;
}

int Run(const Probe& probe, int runs, int idle_seconds, char** command) {
  std::string times;
  int64_t resident = 0;
  for (int run = 0; run < runs; ++run) {
    const Nanos start = RealClock().Monotonic();
    const pid_t pid = Spawn(command);
    if (pid < 0) return 1;
    bool answered = probe();
    while (!answered && RealClock().Monotonic() - start < kPatience) {
      RealClock().SleepFor(kBetweenTries);
      answered = probe();
    }
    const Nanos took = RealClock().Monotonic() - start;
    if (answered && run + 1 == runs) {
      RealClock().SleepFor(std::chrono::seconds(idle_seconds));
      resident = ResidentKib(pid);
    }
    Stop(pid);
    if (!answered) {
      std::fputs("error: the daemon answered no call\n", stderr);
      return 1;
    }
    times += (run == 0 ? "" : ",") +
             std::to_string(std::chrono::duration_cast<std::chrono::microseconds>(took).count());
  }
  std::printf("{\"resident_kib\":%lld,\"start_us\":[%s]}\n", static_cast<long long>(resident),
              times.c_str());
  return 0;
}

}  // namespace
}  // namespace firmbench::benchmarks

int main(int argc, char** argv) {
  using namespace firmbench::benchmarks;
  const std::string way = argc > 5 ? argv[1] : "";
  const int runs = argc > 5 ? Number(argv[3]) : 0;
  const int idle_seconds = argc > 5 ? Number(argv[4]) : -1;
  if ((way != "grpc" && way != "dbus") || runs <= 0 || idle_seconds < 0) {
    std::fputs("usage: firmbench-prober grpc SOCKET|dbus NAME RUNS IDLE_SECONDS DAEMON...\n",
               stderr);
    return 2;
  }
  const std::string where = argv[2];
  const Probe probe = [&] { return way == "grpc" ? AsksBench(where) : AsksBus(where); };
  return Run(probe, runs, idle_seconds, argv + 5);
}
