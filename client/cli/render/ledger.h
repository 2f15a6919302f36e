// SPDX-License-Identifier: Apache-2.0
#pragma once

// The ledger as a whole, as text. Pure.

#include <string>

#include "firmbench/v1/ledger_service.pb.h"

namespace firmbench::cli::render {

std::string LedgerCopyDetails(const v1::LedgerCopy& copy);
std::string LedgerCheckDetails(const v1::LedgerCheck& check);
std::string ArchiveReport(const v1::ArchiveDumpsResponse& done);

}  // namespace firmbench::cli::render
