// SPDX-License-Identifier: Apache-2.0
#pragma once

// One entry of the audit log as canonical JSON, and the kernel's word on the clock. Thread-safe.

#include <cstdint>
#include <string>

#include "daemon/base/result.h"
#include "storage/storage.h"

namespace firmbench::storage::audit {

// The text whose leaf hash enters the tree: an object with action, bench, clock ("synchronised" or
// "not synchronised"), details (an object of strings), outcome, principal, resource, sequence and
// time (RFC 3339).
std::string EntryJson(const AuditFact& fact, int64_t sequence, int64_t time_us,
                      const std::string& bench_id, bool clock_synchronised);

// Whether the entry's text is canonical, in its form, and says what its columns repeat. The error's
// message names the difference; AUDIT_ENTRY_DIFFERS.
Status CheckEntry(const AuditEntry& entry, const std::string& bench_id);

// Whether the kernel says that the machine's clock follows an external one (NTP discipline state).
bool KernelClockSynchronised();

}  // namespace firmbench::storage::audit
