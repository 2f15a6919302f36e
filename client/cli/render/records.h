// SPDX-License-Identifier: Apache-2.0
#pragma once

// What the bench keeps (dumps, audit entries) and the bench itself, as text. Pure.

#include <string>

#include "client/cli/render/text.h"
#include "firmbench/v1/audit_service.pb.h"
#include "firmbench/v1/bench_service.pb.h"
#include "firmbench/v1/dump_service.pb.h"

namespace firmbench::cli::render {

Table DumpTable(const v1::ListDumpsResponse& dumps, bool wide);
std::string DumpDetails(const v1::Dump& dump);

Table AuditTable(const v1::ListAuditEntriesResponse& entries, bool wide);
// `checkpoint`: the tree's checkpoint in words, "" when there is none.
std::string LedgerReport(const v1::VerifyLedgerResponse& report, const std::string& checkpoint);

std::string BenchDetails(const v1::Bench& bench, Style style);

}  // namespace firmbench::cli::render
