// SPDX-License-Identifier: Apache-2.0
#pragma once

// Updaters for tests, put together from the documented format (drive-protocols 6): the table of an
// XFlash program around firmware of our own. Nothing of a maker is in them. Any thread.

#include <string>
#include <vector>

#include "daemon/base/bytes.h"

namespace firmbench::test {

struct UpdaterMember {
  std::string revision;  // 4 characters
  Bytes bytes;
};

struct UpdaterSpec {
  std::string version = "2.0.4";  // decides how the members are stored; "" leaves it out
  bool fibonacci = false;         // from 2.1.0 on: by key instead of swapped
  std::vector<UpdaterMember> members;
};

Bytes BuildUpdater(const UpdaterSpec& spec);
// A plain one with one member.
Bytes BuildUpdater(const std::string& revision, const Bytes& firmware);

}  // namespace firmbench::test
