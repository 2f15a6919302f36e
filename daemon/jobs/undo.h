// SPDX-License-Identifier: Apache-2.0
#pragma once

// A firmware memory that can be written and not read: what undoes the write is then an older dump
// of the unit, or a library image of the drive's own revision, or nothing at all. FindUndo blocks
// on the database; the rest is pure; any thread.

#include <optional>
#include <string>
#include <string_view>

#include "daemon/inventory/inventory.h"
#include "storage/storage.h"

namespace firmbench::jobs {

struct JobSpec;

// Bytes in the ledger that bring the drive back to what it runs now.
struct Undo {
  std::string resource;  // "dumps/...", "images/..."
  std::string sha256;
  std::string revision;
};

// Would this job write firmware that cannot be read here?
bool WritesUnread(const JobSpec& spec, const inventory::DriveSnapshot& drive);

// In the order above, each only when the family says that it can undo; nullopt: nothing can.
Result<std::optional<Undo>> FindUndo(storage::Ledger& ledger,
                                     const inventory::DriveSnapshot& drive);

// One sentence for the plan's first line.
std::string DescribeUnread(const std::optional<Undo>& undo, const inventory::DriveSnapshot& drive);

// "" when somebody may start this job without a second person.
inline constexpr std::string_view kIrreversible = "IRREVERSIBLE";

}  // namespace firmbench::jobs
