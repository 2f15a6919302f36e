// SPDX-License-Identifier: Apache-2.0
#pragma once

// Who may call what: one table for the whole API. Pure; any thread.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace firmbench::rpc {

// A viewer looks, a technician works on drives, a manager decides what concerns the whole bench:
// each may do what those before may. An auditor looks at everything, the audit log included, and
// changes nothing: a ladder of its own beside technician and manager.
enum class Role : uint8_t { kNone, kViewer, kAuditor, kTechnician, kManager };

std::string_view ToString(Role role);             // "none", "viewer", ...
std::optional<Role> ParseRole(std::string_view);  // not "none"

struct Rule {
  std::string_view service;      // "DriveService"
  std::string_view method;       // "ListDrives": unique in the whole API, as its request's name is
  Role lowest = Role::kManager;  // of viewer, technician, manager; kNone: needs no credentials
  bool auditor = false;
};

// One row for every RPC of package firmbench.v1, sorted by service as the API is.
std::span<const Rule> Rules();
// Of the RPC whose request is this message, "firmbench.v1.ListDrivesRequest"; nullptr: no such RPC.
const Rule* RuleOfRequest(std::string_view request_full_name);

bool Allows(const Rule& rule, Role role);
// Whether everything that `role` may do is also allowed to `bound`.
bool IsWithin(Role role, Role bound);
// "viewer, technician, manager, auditor": those that the rule allows.
std::string AllowedWords(const Rule& rule);

}  // namespace firmbench::rpc
