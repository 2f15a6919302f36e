// SPDX-License-Identifier: Apache-2.0
#pragma once

// `firmbench bench invite|enroll|list|use|remove|principals|revoke`. Main thread.

#include <string>

#include "client/cli/context.h"

namespace firmbench::cli {

struct BenchInviteOptions {
  std::string principal;
  std::string role;
  int minutes = 15;
};
struct BenchEnrollOptions {
  std::string address;  // HOST:PORT
  std::string code;     // "" asks for it
  std::string name;     // how it is called here; "" takes the host's
  bool force = false;   // replace one of the same name
};
struct BenchNameOptions {
  std::string name;
};
struct BenchPrincipalsOptions {
  bool all = false;
};
struct BenchRevokeOptions {
  std::string principal;
  std::string reason;
};

Ending RunBenchInvite(Context& context, const BenchInviteOptions& options);
Ending RunBenchPrincipals(Context& context, const BenchPrincipalsOptions& options);
Ending RunBenchRevoke(Context& context, const BenchRevokeOptions& options);
// These need no bench that answers, or none yet.
Ending RunBenchEnroll(Console& console, const BenchEnrollOptions& options);
Ending RunBenchList(Console& console);
Ending RunBenchUse(Console& console, const BenchNameOptions& options);
Ending RunBenchRemove(Console& console, const BenchNameOptions& options);

}  // namespace firmbench::cli
