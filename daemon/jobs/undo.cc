// SPDX-License-Identifier: Apache-2.0
#include "daemon/jobs/undo.h"

#include <fmt/format.h>

#include "daemon/jobs/plan.h"

namespace firmbench::jobs {
namespace {

// Of the library's images of one revision, and of a unit's dumps: beyond these nobody looks.
constexpr int kCandidates = 100;

bool CanUndo(storage::Ledger& ledger, const inventory::DriveSnapshot& drive,
             const std::string& sha256) {
  // A damaged blob undoes nothing, and is not what this job is about.
  const auto bytes = ledger.ReadBlob(sha256);
  return bytes && drive.family->CheckUndo(*drive.model, drive.identity, *bytes);
}

Result<std::optional<Undo>> FindDump(storage::Ledger& ledger,
                                     const inventory::DriveSnapshot& drive) {
  if (drive.unit.unit_id.empty()) return std::optional<Undo>();
  ASSIGN_OR_RETURN(const auto dumps,
                   ledger.ListDumps({.unit_id = drive.unit.unit_id,
                                     .memory = std::string(ToString(Memory::kFirmware))},
                                    {.size = kCandidates}));
  for (const storage::Dump& dump : dumps.rows) {
    if (dump.purpose == "disagreeing" || dump.revision != drive.identity.revision) continue;
    if (!CanUndo(ledger, drive, dump.sha256)) continue;
    return std::optional<Undo>({"dumps/" + dump.id, dump.sha256, dump.revision});
  }
  return std::optional<Undo>();
}

Result<std::optional<Undo>> FindImage(storage::Ledger& ledger,
                                      const inventory::DriveSnapshot& drive) {
  ASSIGN_OR_RETURN(const auto images, ledger.ListImages({}, {.size = kCandidates}));
  for (const storage::Image& image : images.rows) {
    if (image.known_bad || image.model != drive.model->model ||
        image.revision != drive.identity.revision) {
      continue;
    }
    if (!CanUndo(ledger, drive, image.sha256)) continue;
    return std::optional<Undo>({"images/" + image.id, image.sha256, image.revision});
  }
  return std::optional<Undo>();
}

}  // namespace

bool WritesUnread(const JobSpec& spec, const inventory::DriveSnapshot& drive) {
  const bool firmware_job =
      spec.kind == Kind::kFlash || spec.kind == Kind::kRestore || spec.kind == Kind::kRecover;
  if (!firmware_job || spec.memory != ToString(Memory::kFirmware)) return false;
  const auto* abilities = FindAbilities(drive, Memory::kFirmware);
  if (abilities == nullptr || abilities->read.possible) return false;
  return spec.kind == Kind::kFlash ? abilities->flash.possible : abilities->restore.possible;
}

Result<std::optional<Undo>> FindUndo(storage::Ledger& ledger,
                                     const inventory::DriveSnapshot& drive) {
  ASSIGN_OR_RETURN(auto dump, FindDump(ledger, drive));
  if (dump) return dump;
  return FindImage(ledger, drive);
}

std::string DescribeUnread(const std::optional<Undo>& undo, const inventory::DriveSnapshot& drive) {
  constexpr std::string_view kUnread = "the firmware of this drive cannot be read";
  if (!undo) {
    return fmt::format(
        "{}, and nothing that is stored holds its revision {}: what is written "
        "cannot be undone",
        kUnread, drive.identity.revision);
  }
  const bool dump = undo->resource.starts_with("dumps/");
  return fmt::format("{}; what undoes the write is {} of its revision {}: {}", kUnread,
                     dump ? "an older backup of this unit" : "the library's file", undo->revision,
                     undo->resource);
}

}  // namespace firmbench::jobs
