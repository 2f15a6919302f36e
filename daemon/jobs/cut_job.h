// SPDX-License-Identifier: Apache-2.0
#pragma once

// A write that was cut off: what the ledger has of it, and what the memory shows of it.

#include <optional>
#include <span>
#include <string>

#include "daemon/base/bytes.h"
#include "daemon/base/result.h"
#include "daemon/families/family.h"
#include "storage/storage.h"

namespace firmbench::jobs {

// A job that began to write, with what it left in the ledger. Its memory is firmware or eeprom; a
// conversion writes both, and then `before` and `target` are of the firmware.
struct CutJob {
  storage::Job job;
  std::optional<storage::Dump> before;  // of the memory it wrote, as it was
  Bytes before_bytes;
  Bytes eeprom_before;    // of the EEPROM, whatever it wrote; empty when it was not read
  Bytes target;           // what the memory was to hold
  Bytes eeprom_target;    // of a conversion: what the EEPROM was to hold; else empty
  std::string chip_part;  // that was in the drive's socket, when the job wrote a bare chip; else ""

  // The memory could not be read: before_bytes are what undoes the write, or nothing does.
  bool unread = false;

  bool both() const { return !eeprom_target.empty(); }
};

// The job that a recovery is about, or the job itself: what a person names to bring a drive back.
inline const std::string& RootJob(const storage::Job& job) {
  return job.recovers.empty() ? job.id : job.recovers;
}

// The job that is meant when somebody wants `job_id` undone or finished: what a job of kind
// recover was about is about the job that it recovers. Blocks on the database. JOB_NOT_FOUND,
// JOB_STILL_OPEN, JOB_WROTE_NOTHING, DUMP_NOT_FOUND, BLOB_CORRUPT.
Result<CutJob> LoadCutJob(storage::Ledger& ledger, const std::string& job_id);
// The same for a job that is not closed yet.
Result<CutJob> LoadOpenCutJob(storage::Ledger& ledger, const storage::Job& job);

// What became of a memory whose write was cut off, unit by unit of those that were to change.
struct CutState {
  size_t units = 0;
  size_t hold_new = 0;
  size_t hold_old = 0;
  size_t torn = 0;       // on the way: every byte is between the old one, erased and the new one
  size_t foreign = 0;    // nothing that this write leaves behind
  size_t elsewhere = 0;  // pieces that were not to change and did
  bool all_old = false;
  bool all_new = false;

  // What an erase that was cut off leaves in its unit is not known; memory that is foreign in more
  // places is not the one that this job wrote, or was not read as what it is.
  bool plausible() const { return foreign + elsewhere <= kMostForeign; }
  // "118 of 128 blocks that were to change hold the new firmware, 9 the old one, 1 is half
  // written".
  std::string Describe(std::string_view memory) const;

  static constexpr size_t kMostForeign = 4;
};

// `units` as the write was planned. Pure. Sizes that differ are `elsewhere`.
CutState Classify(ByteView now, ByteView before, ByteView target,
                  std::span<const families::ByteRange> units);

// The same for the memory that `cut` wrote, in the units of its model's row. Pure.
CutState Classify(const CutJob& cut, ByteView now);
// The same for the EEPROM that a conversion wrote. Places that were not to change and did make it
// another unit's.
CutState ClassifyEeprom(const CutJob& cut, ByteView now);

}  // namespace firmbench::jobs
