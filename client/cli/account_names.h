// SPDX-License-Identifier: Apache-2.0
#pragma once

// What this computer calls its users and groups; the number where it has no name. Any thread.

#include <sys/types.h>

#include <string>

namespace firmbench::cli {

std::string GroupName(gid_t gid);
std::string UserName(uid_t uid);
// The list of members that is on disk, which a session that was there before does not have yet.
bool IsListedIn(gid_t gid, const std::string& user);

}  // namespace firmbench::cli
