// SPDX-License-Identifier: Apache-2.0
#pragma once

// What the bench keeps (units, dumps, images, audit entries) and the bench itself, as text. Pure.

#include <string>

#include "client/cli/render/text.h"
#include "firmbench/v1/audit_service.pb.h"
#include "firmbench/v1/bench_service.pb.h"
#include "firmbench/v1/dump_service.pb.h"
#include "firmbench/v1/image_service.pb.h"
#include "firmbench/v1/unit_service.pb.h"

namespace firmbench::cli::render {

std::string UnitTable(const v1::ListUnitsResponse& units, bool wide);
// `dumps`: those that are attributed to the unit.
std::string UnitDetails(const v1::Unit& unit, const v1::ListDumpsResponse& dumps);

std::string DumpTable(const v1::ListDumpsResponse& dumps, bool wide);
std::string DumpDetails(const v1::Dump& dump);

std::string ImageTable(const v1::ListImagesResponse& images, bool wide);
std::string ImageDetails(const v1::Image& image);

std::string AuditTable(const v1::ListAuditEntriesResponse& entries, bool wide);
std::string LedgerReport(const v1::VerifyLedgerResponse& report);

std::string BenchDetails(const v1::Bench& bench, Style style);

}  // namespace firmbench::cli::render
