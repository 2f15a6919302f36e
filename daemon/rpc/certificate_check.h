// SPDX-License-Identifier: Apache-2.0
#pragma once

// Which certificates of a bench end soon: the authority's, its own, those of its clients. Pure; any
// thread.

#include <vector>

#include "daemon/rpc/check.h"
#include "daemon/rpc/pki/authority.h"
#include "storage/records.h"

namespace firmbench::rpc {

// What ends within this time is warned about.
inline constexpr std::chrono::hours kWarnBefore = 60 * pki::Authority::kDay;

// `clients` are certificates that are good now. The worst thing is the check's; all are its text.
Check CheckCertificates(const pki::Authority::Standing& standing,
                        const std::vector<storage::Credential>& clients, int64_t now_us);

}  // namespace firmbench::rpc
