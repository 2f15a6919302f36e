// SPDX-License-Identifier: Apache-2.0
#pragma once

// `firmbench whoami` and `firmbench token ...`. Main thread.

#include <string>

#include "client/cli/context.h"

namespace firmbench::cli {

struct TokenCreateOptions {
  std::string role = "viewer";
  std::string note;
  int days = 30;
};
struct TokenListOptions {
  std::string principal;  // "" for all that one may see
  bool all = false;       // also those that ended
};
struct TokenRevokeOptions {
  std::string token;  // id or "credentials/ID"
};

render::Table CredentialTable(const v1::ListCredentialsResponse& list);

Ending RunWhoami(Context& context);
// Prints the token alone, so that a script can keep it.
Ending RunTokenCreate(Context& context, const TokenCreateOptions& options);
Ending RunTokenList(Context& context, const TokenListOptions& options);
Ending RunTokenRevoke(Context& context, const TokenRevokeOptions& options);

}  // namespace firmbench::cli
