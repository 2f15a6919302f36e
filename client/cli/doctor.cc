// SPDX-License-Identifier: Apache-2.0
#include "client/cli/doctor.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <vector>

#include "client/cli/account_names.h"
#include "client/cli/render/doctor.h"
#include "daemon/base/clock.h"

namespace firmbench::cli {
namespace {

// More than a call may take, and less than what mixes up two entries in a log.
constexpr int64_t kClocksDifferUs = 60'000'000;

v1::Check Found(const char* subject, v1::Check::Verdict verdict, const std::string& reason,
                const std::string& text, const std::string& remedy) {
  v1::Check check;
  check.set_subject(subject);
  check.set_verdict(verdict);
  check.set_reason(reason);
  check.set_text(text);
  check.set_remedy(remedy);
  return check;
}

v1::Check NotAllowed(const std::string& path, gid_t gid, const Caller& caller) {
  const std::string group = GroupName(gid), user = UserName(caller.uid);
  const std::string text = fmt::format("{} is for the group {}, and ", path, group);
  if (IsListedIn(gid, user)) {
    return Found("socket", v1::Check::VERDICT_BAD, "GROUP_NOT_YET",
                 text + "you are in it, but this session began before that",
                 fmt::format("log out and in again, or for this terminal: newgrp {}", group));
  }
  return Found("socket", v1::Check::VERDICT_BAD, "NOT_IN_GROUP", text + "you are not in it",
               fmt::format("as root: usermod -aG {} {}; then log out and in again", group, user));
}

v1::Check CheckClocks(const google::protobuf::Timestamp& bench) {
  const int64_t theirs = bench.seconds() * 1'000'000 + bench.nanos() / 1000;
  const int64_t apart = RealClock().WallMicros() - theirs;
  if (std::abs(apart) <= kClocksDifferUs) {
    return Found("clocks", v1::Check::VERDICT_GOOD, "", "this computer and the bench agree", "");
  }
  return Found("clocks", v1::Check::VERDICT_WARNING, "CLOCKS_DIFFER",
               fmt::format("this computer is {} s {} the bench", std::abs(apart) / 1'000'000,
                           apart > 0 ? "ahead of" : "behind"),
               "look at both clocks: timedatectl");
}

}  // namespace

Caller ThisProcess() {
  Caller caller{.uid = ::geteuid(), .groups = {::getegid()}, .is_this = true};
  std::vector<gid_t> more(static_cast<size_t>(std::max(0, ::getgroups(0, nullptr))));
  if (const int count = ::getgroups(static_cast<int>(more.size()), more.data()); count > 0) {
    caller.groups.insert(caller.groups.end(), more.begin(), more.begin() + count);
  }
  return caller;
}

v1::Check CheckSocket(const std::string& path, const Caller& caller) {
  constexpr char kStart[] =
      "at the bench, as root: systemctl start firmbenchd, then systemctl status firmbenchd; or "
      "name another bench with --bench";
  struct stat info {};
  if (::stat(path.c_str(), &info) != 0) {
    const std::string folder = path.substr(0, path.rfind('/'));
    if (errno == EACCES && ::stat(folder.c_str(), &info) == 0) {
      return NotAllowed(folder, info.st_gid, caller);
    }
    return Found("socket", v1::Check::VERDICT_BAD, "NO_SOCKET",
                 fmt::format("{}: {}", path, errno == EACCES ? "not allowed" : "there is none"),
                 kStart);
  }
  if (!S_ISSOCK(info.st_mode)) {
    return Found("socket", v1::Check::VERDICT_BAD, "NO_SOCKET", path + " is no socket", kStart);
  }
  const bool in_group =
      std::find(caller.groups.begin(), caller.groups.end(), info.st_gid) != caller.groups.end();
  // connect(2) asks for the right to write; the kernel takes the first class that fits.
  const mode_t right = caller.uid == info.st_uid ? S_IWUSR : in_group ? S_IWGRP : S_IWOTH;
  const bool may = caller.uid == 0 || (info.st_mode & right) != 0 ||
                   (caller.is_this && ::faccessat(AT_FDCWD, path.c_str(), W_OK, AT_EACCESS) == 0);
  if (!may) return NotAllowed(path, info.st_gid, caller);
  return Found("socket", v1::Check::VERDICT_GOOD, "", "you may use " + path, "");
}

Ending RunBenchDoctor(Context& context) {
  constexpr std::string_view kUnix = "unix:";
  v1::CheckBenchResponse found;
  // An address as the client takes it: unix:PATH, or the path alone.
  std::string path = context.globals.bench;
  if (path.starts_with(kUnix)) path.erase(0, kUnix.size());
  if (path.starts_with('/')) *found.add_checks() = CheckSocket(path, ThisProcess());

  const auto answer =
      Call(context.client.bench(), &v1::BenchService::Stub::CheckBench, v1::CheckBenchRequest());
  ExitCode code = ExitCode::kOk;
  if (answer) {
    *found.add_checks() = Found("bench", v1::Check::VERDICT_GOOD, "", "the bench answers", "");
    *found.add_checks() = CheckClocks(answer->current_time());
    found.mutable_checks()->MergeFrom(answer->checks());
    *found.mutable_current_time() = answer->current_time();
  } else {
    code = ExitCodeOf(answer.error());
    *found.add_checks() = Found("bench", v1::Check::VERDICT_BAD, answer.error().reason(),
                                answer.error().message(), answer.error().remedy());
  }
  context.Print(found, [&] { return render::Checks(found, context.out_style()); });
  if (code != ExitCode::kOk) return code;
  const bool bad = std::any_of(found.checks().begin(), found.checks().end(), [](const auto& row) {
    return row.verdict() == v1::Check::VERDICT_BAD;
  });
  return bad ? ExitCode::kFailed : ExitCode::kOk;
}

}  // namespace firmbench::cli
