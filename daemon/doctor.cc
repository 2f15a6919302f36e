// SPDX-License-Identifier: Apache-2.0
#include "daemon/doctor.h"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/timex.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <utility>

namespace firmbench {
namespace {

using rpc::Check;
using rpc::Verdict;

// <linux/capability.h>.
constexpr uint64_t kRawIo = uint64_t{1} << 17;
// A flash makes up to ten dumps of at most 8 MiB each, twice on the way through the journal.
constexpr uint64_t kTooLittleBytes = 256ULL << 20;
constexpr uint64_t kLittleBytes = 2ULL << 30;
constexpr char kRulesName[] = "71-firmbench.rules";
constexpr char kTriggerRemedy[] =
    "install the udev rules (package firmbenchd, or deploy/udev/71-firmbench.rules into "
    "/etc/udev/rules.d), then as root: udevadm control --reload && udevadm trigger";

// The first line of a small file; "" when there is none.
std::string LineOf(const std::string& path) {
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  return line;
}

// Sorted.
std::vector<std::string> NamesIn(const std::string& folder, std::string_view prefix) {
  std::vector<std::string> names;
  DIR* const open = ::opendir(folder.c_str());
  if (open == nullptr) return names;
  while (const dirent* const entry = ::readdir(open)) {
    const std::string_view name = entry->d_name;
    if (name.starts_with(prefix) && !name.starts_with('.')) names.emplace_back(name);
  }
  ::closedir(open);
  std::sort(names.begin(), names.end());
  return names;
}

bool Exists(const std::string& path) { return ::access(path.c_str(), F_OK) == 0; }

// What the kernel lets this process do, of proc(5).
uint64_t Capabilities(const DoctorOptions& options) {
  std::ifstream status(options.root + "/proc/self/status");
  constexpr std::string_view kLine = "CapEff:";
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with(kLine)) return std::strtoull(line.c_str() + kLine.size(), nullptr, 16);
  }
  return 0;
}

Check CheckUser(const DoctorOptions& options) {
  const uint64_t held = Capabilities(options);
  const uint64_t wanted = options.port_io ? kRawIo : 0;
  if (::geteuid() == 0) {
    return {"user", Verdict::kWarning, "RUNS_AS_ROOT",
            "firmbenchd runs as root, so a mistake in it reaches the whole PC",
            "let the service run it: the package firmbenchd, or deploy/systemd and "
            "deploy/sysusers.d by hand"};
  }
  if ((held & ~wanted) != 0) {
    return {"user", Verdict::kWarning, "CAPABILITIES",
            fmt::format("firmbenchd may do more than it needs: capabilities {:#x}", held & ~wanted),
            "take what adds them out of the unit: systemctl cat firmbenchd"};
  }
  if (options.port_io && (held & kRawIo) == 0) {
    return {"user", Verdict::kBad, "PORT_IO_NOT_ALLOWED",
            "[port_io] is enabled, but the service may not touch I/O ports",
            "install the drop-in port-io.conf, which says what it costs, and start firmbenchd "
            "again; or set [port_io] enabled to false"};
  }
  return {"user", Verdict::kGood, "",
          fmt::format("firmbenchd runs as user {}, {}", ::geteuid(),
                      held == 0 ? "without any capability" : "with raw port access alone"),
          ""};
}

// The sg nodes of optical drives: SCSI peripheral type 5, as sysfs says it.
std::vector<std::string> OpticalNodes(const DoctorOptions& options) {
  const std::string folder = options.root + "/sys/class/scsi_generic";
  std::vector<std::string> nodes = NamesIn(folder, "sg");
  std::erase_if(nodes, [&](const std::string& name) {
    return LineOf(folder + "/" + name + "/device/type") != "5";
  });
  return nodes;
}

std::vector<std::string> OpticalDisks(const DoctorOptions& options) {
  return NamesIn(options.root + "/sys/block", "sr");
}

std::string Joined(const std::vector<std::string>& words) {
  return fmt::format("{}", fmt::join(words, ", "));
}

Check CheckPermissions(const DoctorOptions& options) {
  constexpr char kSubject[] = "permissions";
  if (options.simulated) {
    return {kSubject, Verdict::kNotChecked, "SIMULATED",
            "the bench is simulated: no drive of this PC is used", ""};
  }
  const std::vector<std::string> nodes = OpticalNodes(options);
  if (nodes.empty()) {
    const std::vector<std::string> disks = OpticalDisks(options);
    if (!disks.empty()) {
      return {kSubject, Verdict::kBad, "SG_MISSING",
              Joined(disks) +
                  " is there, but the kernel's driver sg, which firmbenchd works "
                  "through, is not",
              "as root: modprobe sg"};
    }
    return {kSubject, Verdict::kNotChecked, "NO_DRIVES",
            "the kernel knows no optical drive, so there is nothing to be allowed", ""};
  }
  std::vector<std::string> refused;
  for (const std::string& name : nodes) {
    const std::string path = options.root + "/dev/" + name;
    if (::faccessat(AT_FDCWD, path.c_str(), R_OK | W_OK, AT_EACCESS) != 0) {
      refused.push_back(fmt::format("/dev/{} ({})", name,
                                    errno == ENOENT ? "no such node" : "permission denied"));
    }
  }
  if (!refused.empty()) {
    return {kSubject, Verdict::kBad, "DRIVES_NOT_ALLOWED",
            "firmbenchd may not open " + Joined(refused), kTriggerRemedy};
  }
  return {kSubject, Verdict::kGood, "",
          fmt::format("every optical drive may be opened: {}", Joined(nodes)), ""};
}

// block/events: -1 follows the kernel's default, 0 is off.
bool Polled(const DoctorOptions& options, const std::string& disk) {
  std::string every = LineOf(options.root + "/sys/block/" + disk + "/events_poll_msecs");
  if (every == "-1") {
    every = LineOf(options.root + "/sys/module/block/parameters/events_dfl_poll_msecs");
  }
  return !every.empty() && every != "0";
}

Check CheckUdev(const DoctorOptions& options) {
  constexpr char kSubject[] = "udev";
  if (options.simulated) {
    return {kSubject, Verdict::kNotChecked, "SIMULATED",
            "the bench is simulated: no drive of this PC is used", ""};
  }
  constexpr const char* kFolders[] = {"/etc/udev/rules.d/", "/run/udev/rules.d/",
                                      "/usr/lib/udev/rules.d/", "/lib/udev/rules.d/"};
  if (std::none_of(std::begin(kFolders), std::end(kFolders), [&](const char* folder) {
        return Exists(options.root + folder + kRulesName);
      })) {
    return {kSubject, Verdict::kWarning, "UDEV_RULES_MISSING",
            "nothing keeps the desktop and the kernel from asking drives that are being written",
            kTriggerRemedy};
  }
  std::vector<std::string> polled = OpticalDisks(options);
  std::erase_if(polled, [&](const std::string& disk) { return !Polled(options, disk); });
  if (!polled.empty()) {
    return {kSubject, Verdict::kWarning, "KERNEL_POLLS",
            "the kernel asks for new discs in " + Joined(polled) + ", although the rules forbid it",
            "as root: udevadm control --reload && udevadm trigger"};
  }
  return {kSubject, Verdict::kGood, "",
          "the rules are installed, and the kernel polls no optical drive", ""};
}

std::string Gigabytes(uint64_t bytes) {
  return fmt::format("{:.1f} GB", static_cast<double>(bytes) / static_cast<double>(1ULL << 30));
}

Check CheckDisk(const DoctorOptions& options) {
  constexpr char kRoom[] = "make room on its file system, or move the ledger to a larger one";
  struct statvfs info {};
  if (::statvfs(options.state_dir.c_str(), &info) != 0) {
    return {"disk", Verdict::kBad, "DISK_UNREADABLE",
            fmt::format("nothing can be said of {} (errno {})", options.state_dir, errno),
            "look whether its file system is mounted"};
  }
  const uint64_t free = uint64_t{info.f_bavail} * info.f_frsize;
  const std::string left =
      fmt::format("{} are free for the ledger in {}", Gigabytes(free), options.state_dir);
  if (free < kTooLittleBytes) return {"disk", Verdict::kBad, "DISK_FULL", left, kRoom};
  if (free < kLittleBytes) return {"disk", Verdict::kWarning, "DISK_LOW", left, kRoom};
  if (!options.spill_folder.empty() && ::access(options.spill_folder.c_str(), W_OK | X_OK) != 0) {
    return {"disk", Verdict::kWarning, "SPILL_NOT_WRITABLE",
            left + ", but a write whose ledger fails cannot spill into " + options.spill_folder,
            "let firmbenchd write there: its owner, and ReadWritePaths= in the unit"};
  }
  return {"disk", Verdict::kGood, "", left, ""};
}

Check CheckClock(const DoctorOptions& options) {
  ClockSync sync = ClockSync::kYes;
  if (!Exists(options.root + "/run/systemd/timesync/synchronized")) sync = options.clock_sync();
  switch (sync) {
    case ClockSync::kYes:
      return {"clock", Verdict::kGood, "", "the clock is kept by a time server", ""};
    case ClockSync::kNo:
      return {"clock", Verdict::kWarning, "CLOCK_NOT_SYNCHRONISED",
              "no time server keeps the clock, so times in the log may be wrong",
              "as root: timedatectl set-ntp true"};
    case ClockSync::kUnknown:
      break;
  }
  return {"clock", Verdict::kNotChecked, "CLOCK_UNKNOWN",
          "the service cannot see whether a time server keeps the clock",
          "ask at the PC: timedatectl"};
}

Check CheckInhibitors(const DoctorOptions& options) {
  constexpr char kSubject[] = "inhibitors";
  if (options.power == nullptr) {
    return {kSubject, Verdict::kWarning, "KEEP_AWAKE_OFF",
            "nothing keeps the PC from sleeping or shutting down while a drive is written",
            "set [power] keep_awake to true"};
  }
  const auto hold = options.power->Hold("firmbench bench doctor looks whether it can be held");
  if (hold) {
    return {kSubject, Verdict::kGood, "", "the PC can be kept awake while a drive is written", ""};
  }
  return {kSubject, Verdict::kWarning, hold.error().reason(), hold.error().message(),
          hold.error().remedy()};
}

}  // namespace

ClockSync KernelClockSync() {
  timex state{};
  const int answer = ::adjtimex(&state);
  if (answer < 0) return ClockSync::kUnknown;
  return (state.status & STA_UNSYNC) != 0 ? ClockSync::kNo : ClockSync::kYes;
}

std::vector<Check> CheckMachine(const DoctorOptions& options) {
  return {CheckUser(options), CheckPermissions(options), CheckUdev(options),
          CheckDisk(options), CheckClock(options),       CheckInhibitors(options)};
}

}  // namespace firmbench
