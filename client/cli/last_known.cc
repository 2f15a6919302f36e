// SPDX-License-Identifier: Apache-2.0
#include "client/cli/last_known.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <google/protobuf/util/json_util.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "daemon/base/hash.h"
#include "daemon/base/unique_fd.h"

namespace firmbench::cli {
namespace {

// A line each: "drive MICROSECONDS JSON", after this one.
constexpr std::string_view kHead = "firmbench last known state 1\n";
constexpr size_t kMostBytes = 256 << 10;
constexpr size_t kMostDrives = 64;
constexpr size_t kMostJobs = 16;
constexpr size_t kLongestText = 500;

std::string Short(const std::string& text) { return text.substr(0, kLongestText); }

// Only what is told again: no serial is kept, and no plan.
v1::Drive Excerpt(const v1::Drive& drive) {
  v1::Drive kept;
  kept.set_name(Short(drive.name()));
  kept.set_bay(Short(drive.bay()));
  kept.set_state(drive.state());
  kept.set_unit_number(Short(drive.unit_number()));
  kept.set_model(Short(drive.model()));
  kept.set_product(Short(drive.product()));
  kept.set_firmware_revision(Short(drive.firmware_revision()));
  kept.set_current_job(Short(drive.current_job()));
  return kept;
}

v1::Job Excerpt(const v1::Job& job) {
  v1::Job kept;
  kept.set_name(Short(job.name()));
  kept.set_kind(Short(job.kind()));
  kept.set_drive(Short(job.drive()));
  kept.set_unit_number(Short(job.unit_number()));
  kept.set_model(Short(job.model()));
  kept.set_memory(job.memory());
  kept.set_state(job.state());
  kept.set_result(job.result());
  kept.set_outcome(job.outcome());
  kept.set_needs_recovery(job.needs_recovery());
  return kept;
}

bool MakeFolder(const std::string& path) {
  for (size_t at = path.find('/', 1); at != std::string::npos; at = path.find('/', at + 1)) {
    mkdir(path.substr(0, at).c_str(), 0700);
  }
  return mkdir(path.c_str(), 0700) == 0 || errno == EEXIST;
}

// The file, when it is a plain one of ours and not too large; else "".
std::string ReadSmallFile(const std::string& path) {
  const UniqueFd fd(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
  struct stat info {};
  if (!fd.valid() || fstat(fd.get(), &info) != 0 || !S_ISREG(info.st_mode) ||
      info.st_uid != geteuid() || info.st_size > static_cast<off_t>(kMostBytes)) {
    return "";
  }
  std::string text(static_cast<size_t>(info.st_size), '\0');
  const ssize_t got = read(fd.get(), text.data(), text.size());
  text.resize(got > 0 ? static_cast<size_t>(got) : 0);
  return text;
}

bool WriteAll(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t wrote = write(fd, text.data(), text.size());
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote <= 0) return false;
    text.remove_prefix(static_cast<size_t>(wrote));
  }
  return true;
}

void AddLine(std::string& text, std::string_view what, int64_t seen_us,
             const google::protobuf::Message& message) {
  std::string json;
  if (!google::protobuf::util::MessageToJsonString(message, &json).ok()) return;
  if (text.size() + json.size() + 64 > kMostBytes) return;
  text += fmt::format("{} {} {}\n", what, seen_us, json);
}

// "MICROSECONDS JSON" after the word; false when it is neither.
bool ReadLine(std::string_view line, int64_t& seen_us, google::protobuf::Message& message) {
  const auto [end, error] = std::from_chars(line.data(), line.data() + line.size(), seen_us);
  if (error != std::errc() || seen_us <= 0 || end == line.data() + line.size() || *end != ' ') {
    return false;
  }
  line.remove_prefix(static_cast<size_t>(end - line.data()) + 1);
  google::protobuf::util::JsonParseOptions options;
  options.ignore_unknown_fields = true;
  return google::protobuf::util::JsonStringToMessage(std::string(line), &message, options).ok();
}

}  // namespace

std::string LastKnownFolder() {
  // A path that is not absolute is to be ignored, says the XDG base directory specification.
  const char* state = std::getenv("XDG_STATE_HOME");
  if (state != nullptr && state[0] == '/') return std::string(state) + "/firmbench";
  const char* home = std::getenv("HOME");
  if (home != nullptr && home[0] == '/') return std::string(home) + "/.local/state/firmbench";
  return "";
}

LastKnown::LastKnown(std::string folder, const std::string& bench, const Clock& clock)
    : folder_(std::move(folder)), clock_(clock) {
  constexpr size_t kNameDigits = 16;
  if (folder_.empty()) return;
  path_ = fmt::format("{}/bench-{}", folder_, Sha256Hex(AsBytes(bench)).substr(0, kNameDigits));
}

void LastKnown::KeepDrives(const v1::ListDrivesResponse& drives) {
  if (path_.empty()) return;
  LastState state = Load();
  state.drives.clear();
  for (const v1::Drive& drive : drives.drives()) {
    if (state.drives.size() == kMostDrives) break;
    state.drives.push_back({clock_.WallMicros(), Excerpt(drive)});
  }
  Store(state);
}

void LastKnown::KeepDrive(const v1::Drive& drive) {
  if (path_.empty()) return;
  LastState state = Load();
  const auto same = std::find_if(state.drives.begin(), state.drives.end(), [&](const auto& seen) {
    return seen.drive.name() == drive.name();
  });
  const LastState::SeenDrive now{clock_.WallMicros(), Excerpt(drive)};
  if (same != state.drives.end()) {
    *same = now;
  } else if (state.drives.size() < kMostDrives) {
    state.drives.push_back(now);
  }
  Store(state);
}

void LastKnown::KeepJob(const v1::Job& job) {
  if (path_.empty()) return;
  LastState state = Load();
  std::erase_if(state.jobs, [&](const auto& seen) { return seen.job.name() == job.name(); });
  state.jobs.insert(state.jobs.begin(), {clock_.WallMicros(), Excerpt(job)});
  if (state.jobs.size() > kMostJobs) state.jobs.resize(kMostJobs);
  Store(state);
}

LastState LastKnown::Load() const {
  LastState state;
  if (path_.empty()) return state;
  const std::string file = ReadSmallFile(path_);
  std::string_view text = file;
  if (!text.starts_with(kHead)) return state;
  text.remove_prefix(kHead.size());
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    const size_t blank = line.find(' ');
    if (blank == std::string_view::npos) continue;
    const std::string_view what = line.substr(0, blank);
    const std::string_view rest = line.substr(blank + 1);
    LastState::SeenDrive drive;
    LastState::SeenJob job;
    if (what == "drive" && ReadLine(rest, drive.seen_us, drive.drive) &&
        state.drives.size() < kMostDrives) {
      state.drives.push_back(std::move(drive));
    } else if (what == "job" && ReadLine(rest, job.seen_us, job.job) &&
               state.jobs.size() < kMostJobs) {
      state.jobs.push_back(std::move(job));
    }
  }
  return state;
}

// Durable before it takes the old one's place: the PC may be about to lose its power.
void LastKnown::Store(const LastState& state) const {
  std::string text(kHead);
  for (const auto& seen : state.jobs) AddLine(text, "job", seen.seen_us, seen.job);
  for (const auto& seen : state.drives) AddLine(text, "drive", seen.seen_us, seen.drive);
  if (!MakeFolder(folder_)) return;
  const std::string fresh = fmt::format("{}.{}", path_, getpid());
  unlink(fresh.c_str());
  bool stored = false;
  {
    const UniqueFd fd(
        open(fresh.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (!fd.valid()) return;
    stored = WriteAll(fd.get(), text) && fsync(fd.get()) == 0;
  }
  if (!stored || rename(fresh.c_str(), path_.c_str()) != 0) unlink(fresh.c_str());
}

}  // namespace firmbench::cli
