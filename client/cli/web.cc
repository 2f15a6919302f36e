// SPDX-License-Identifier: Apache-2.0
#include "client/cli/web.h"

#include <fmt/format.h>

namespace firmbench::cli {

Ending RunWebLogin(Context& context) {
  ASSIGN_OR_RETURN(const v1::CreateLoginLinkResponse link,
                   Call(context.client.access(), &v1::AccessService::Stub::CreateLoginLink,
                        v1::CreateLoginLinkRequest()));
  const v1::Credential& credential = link.credential();
  context.Print(link, [&] {
    return fmt::format(
        "Open this in a browser:  {}\n"
        "It lets in:              {}, {}\n"
        "It is good:              once, until {}\n",
        render::Clean(link.url()), render::Clean(credential.principal()),
        render::Clean(credential.role()), render::Time(credential.expire_time()));
  });
  return ExitCode::kOk;
}

}  // namespace firmbench::cli
