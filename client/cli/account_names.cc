// SPDX-License-Identifier: Apache-2.0
#include "client/cli/account_names.h"

#include <grp.h>
#include <pwd.h>

#include <vector>

namespace firmbench::cli {
namespace {

constexpr size_t kRoom = 64 << 10;  // a group with thousands of members

// nullptr: it has no entry. The entry lies in `room`.
const group* Find(gid_t gid, group& entry, std::vector<char>& room) {
  group* found = nullptr;
  ::getgrgid_r(gid, &entry, room.data(), room.size(), &found);
  return found;
}

}  // namespace

std::string GroupName(gid_t gid) {
  group entry{};
  std::vector<char> room(kRoom);
  const group* const found = Find(gid, entry, room);
  return found != nullptr ? found->gr_name : std::to_string(gid);
}

std::string UserName(uid_t uid) {
  passwd entry{};
  std::vector<char> room(kRoom);
  passwd* found = nullptr;
  ::getpwuid_r(uid, &entry, room.data(), room.size(), &found);
  return found != nullptr ? found->pw_name : std::to_string(uid);
}

bool IsListedIn(gid_t gid, const std::string& user) {
  group entry{};
  std::vector<char> room(kRoom);
  const group* const found = Find(gid, entry, room);
  if (found == nullptr) return false;
  for (char** member = found->gr_mem; *member != nullptr; ++member) {
    if (user == *member) return true;
  }
  return false;
}

}  // namespace firmbench::cli
