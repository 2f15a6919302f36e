// SPDX-License-Identifier: Apache-2.0
#pragma once

// `firmbench audit list` and `verify`, and the filters that list and export share. Main thread.

#include <google/protobuf/timestamp.pb.h>

#include <string>
#include <string_view>

#include "client/cli/context.h"
#include "client/cli/resolve.h"

namespace firmbench::cli {

// Each "" filters nothing.
struct AuditFilterOptions {
  std::string resource;  // "jobs/ID"
  std::string principal;
  std::string action;
  std::string unit;  // as ResolveUnit takes it
  std::string from;  // as ParseTime takes it
  std::string until;
};

struct AuditListOptions {
  int limit = 1000;
  AuditFilterOptions filter;
};

Ending RunAuditList(Context& context, const AuditListOptions& options);
// kFailed when the ledger is not as it was written; AUDIT_ROLLED_BACK and AUDIT_FORKED when it is
// not the one that was seen before.
Ending RunAuditVerify(Context& context);

// "2026-11-22", "2026-11-22T15:49:07Z", or how long ago: "90m", "7d". TIME_INVALID.
Result<google::protobuf::Timestamp> ParseTime(std::string_view text, const Clock& clock);

// Fills in the request's filters; asks the bench for the unit.
template <typename Request>
Status SetFilter(Context& context, const AuditFilterOptions& options, Request& request) {
  request.set_resource(options.resource);
  request.set_principal(options.principal);
  request.set_action(options.action);
  if (!options.unit.empty()) {
    ASSIGN_OR_RETURN(const v1::Unit unit, ResolveUnit(context.client, options.unit));
    request.set_unit(unit.name());
  }
  if (!options.from.empty()) {
    ASSIGN_OR_RETURN(*request.mutable_from_time(), ParseTime(options.from, RealClock()));
  }
  if (!options.until.empty()) {
    ASSIGN_OR_RETURN(*request.mutable_until_time(), ParseTime(options.until, RealClock()));
  }
  return Ok();
}

}  // namespace firmbench::cli
