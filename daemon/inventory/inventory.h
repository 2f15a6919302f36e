// SPDX-License-Identifier: Apache-2.0
#pragma once

// What is attached to this bench now: one entry per drive, its lane, and immutable snapshots that
// anybody may read without waiting for hardware. Thread-safe; the methods that say so block.

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/base/mutex.h"
#include "daemon/base/unique_fd.h"
#include "daemon/inventory/drive_source.h"
#include "daemon/inventory/known_units.h"
#include "daemon/inventory/lane.h"
#include "daemon/inventory/unit_match.h"
#include "storage/storage.h"

namespace firmbench::inventory {

struct DriveDetails;  // drive_details.h

enum class DriveCondition : uint8_t {
  kIdentifying,  // seen, not asked yet
  kReady,
  kNotAnswering,  // attached, but identification failed
  kGone,          // was here; kept so that its jobs can name it
};

// Something a person should know or mend, in words.
struct Problem {
  std::string reason;  // UPPER_SNAKE
  std::string text;
  std::string remedy;
};

// A drive as last seen. Immutable.
struct DriveSnapshot {
  std::string id;
  std::string etag;  // changes with unit, evidence, revision, generation and quarantine
  std::string topology;
  std::string bay;
  std::string channel;
  std::string connection_text;
  std::string bridge;  // what it hangs on, "" when directly attached
  families::Connection connection;
  uint64_t generation = 0;
  DriveCondition condition = DriveCondition::kIdentifying;
  scsi::Identity identity;
  const families::Family* family = nullptr;  // nullptr: unknown drive, read-only
  const families::ModelInfo* model = nullptr;
  std::vector<families::MemoryAbilities> abilities;
  UnitMatch unit;
  std::string eeprom_stable_sha256;  // "" when the EEPROM was not read
  std::string quarantine;            // reason, "" when none
  std::string claimed_by;            // principal, "" when nobody has claimed the drive
  std::string claim_note;
  int64_t claim_expires_us = 0;
  std::vector<Problem> problems;
  std::shared_ptr<const DriveDetails> details;  // nullptr until it was asked
};
using Snapshot = std::shared_ptr<const DriveSnapshot>;

// Did the job leave its drive so that somebody has to bring it back: half written, or nobody knows?
// Not when only its EEPROM is another one afterwards: that is for a person to judge. Nor when a
// bare chip in its socket was written: that is no part of it.
bool NeedsRecovery(const storage::Job& job);

// Did the job write a bare chip that was in the drive's socket?
bool WroteChip(const storage::Job& job);

// The problem of a drive through which such a write did not end well, until the quarantine ends.
inline constexpr std::string_view kChipHalfWritten = "CHIP_HALF_WRITTEN";

// Records who the drive says it is and where it is, as far as the unit's evidence does not say so
// already: in the transaction of a job (`job_id`), or "" for what is seen between jobs.
Status RecordEvidence(storage::Transaction& tx, const DriveSnapshot& drive,
                      const KnownUnit* already_known, const std::string& unit_id,
                      const std::string& job_id);

// What the dumps of all units of its model say of a unit's EEPROM.
struct EepromKnowledge {
  size_t size_bytes = 0;  // 0: the unit has no EEPROM dump
  size_t units = 0;       // of this model whose EEPROM is known, this one included
  size_t pairs = 0;       // of dumps that showed a change without anybody writing
  bool use_known = false;
  std::vector<families::ByteRange> changes_with_use;
  std::vector<families::ByteRange> same_in_all;  // belong to the model; empty for few units
  Bytes newest;                                  // its newest EEPROM dump
  Bytes use;         // one byte per byte, 1 where it changes with use; empty while nobody knows
  std::string text;  // in words, with counts
};

// Does the quarantine keep this drive from being written: its own, its unit's, its port's or its
// bridge's?
bool Concerns(const storage::Quarantine& quarantine, const DriveSnapshot& drive);

// Everything the job engine needs to work on a drive, valid while the inventory lives.
struct DriveBinding {
  Snapshot snapshot;
  Attachment attachment;
  Lane* lane = nullptr;
};

class Inventory {
 public:
  // `source` and `ledger` must outlive the inventory. Identification runs on the lanes; call
  // WaitUntilIdentified to see its first result.
  Inventory(DriveSource& source, storage::Ledger& ledger);
  ~Inventory();

  std::vector<Snapshot> List() const;
  // DRIVE_NOT_FOUND. `id` without "drives/".
  Result<Snapshot> Find(const std::string& id) const;
  Result<DriveBinding> Bind(const std::string& id) const;

  // Called after every change of a snapshot, from a lane or from the source's thread. Set once,
  // before the first drive can change.
  void OnChange(std::function<void(const std::string& drive_id)> callback);

  // Reads the source again and identifies what is new or did not answer before. Does not block.
  void Rescan();
  // Asks the drive again who it is. Lane-only: call it from the drive's own lane.
  void IdentifyNow(const std::string& id);
  // Takes quarantines and units from the ledger again, without touching the drive.
  void Reassess(const std::string& id);

  // The same for every drive, after somebody decided about the unit (or, "", about any).
  void UnitChanged(const std::string& unit_id);

  // Bytes of the model's EEPROM that change with use: what its row names, else what the dumps of
  // its units have taught. Empty: not yet known.
  std::vector<families::ByteRange> VolatileEeprom(const families::ModelInfo& model, bool simulated);
  // Whose is this content? Compares with all known units, as an identification does. Blocks on the
  // database when the ledger changed. LEDGER_* errors.
  Result<UnitMatch> MatchContent(const Observed& observed,
                                 std::span<const families::ByteRange> volatile_ranges);
  // What the ledger's dumps teach of a unit's EEPROM.
  Result<EepromKnowledge> KnowledgeOf(const std::string& unit_id);
  // The drive `drive_id` when it is attached and its EEPROM, as read when it was identified, has
  // this SHA-256; nullptr otherwise.
  Snapshot DriveHolding(const std::string& drive_id, const std::string& eeprom_sha256) const;
  // On how many units this serial number was seen.
  Result<size_t> UnitsWithSerial(const std::string& serial);

  // Blocks until no drive is kIdentifying, or until the limit; false when it was reached.
  bool WaitUntilIdentified(Nanos limit);

 private:
  struct Entry {
    Attachment attachment;
    Snapshot snapshot;
    Lane* lane = nullptr;
    Bytes eeprom;  // as read when the drive was identified
    UniqueFd lock;
  };

  std::string DriveId(const std::string& topology) const;
  std::vector<std::string> TakeOver(std::vector<Attachment> attachments) FB_REQUIRES(mutex_);
  void Adopt(const std::string& id, Attachment attachment) FB_REQUIRES(mutex_);
  // Returns the drives whose snapshot changed by it, for who then holds no lock any more.
  std::vector<std::string> Publish(DriveSnapshot snapshot, Bytes eeprom) FB_REQUIRES(assess_mutex_);
  void Announce(const std::vector<std::string>& changed);
  void Identify(const std::string& id);
  DriveSnapshot AskDrive(const Attachment& attachment, DriveSnapshot snapshot, Bytes& eeprom) const;
  void MatchToLedger(DriveSnapshot& snapshot, ByteView eeprom) FB_REQUIRES(assess_mutex_);
  void NoteWhatIsNew(const std::string& id);
  void TakeQuarantines(DriveSnapshot& snapshot) const;
  std::string MarkTwins(DriveSnapshot& snapshot) const FB_REQUIRES(mutex_);
  Lane* LaneFor(const std::string& channel) FB_REQUIRES(mutex_);

  DriveSource& source_;
  storage::Ledger& ledger_;
  std::function<void(const std::string&)> changed_;
  // Held from reading the ledger until what was read is published, so that an older look never
  // replaces a newer one. Taken before mutex_.
  Mutex assess_mutex_;
  // Taken last of all; held while comparing, never while asking hardware.
  Mutex known_mutex_;
  KnownUnits known_ FB_GUARDED_BY(known_mutex_);
  mutable Mutex mutex_;
  CondVar identified_;
  bool stopping_ FB_GUARDED_BY(mutex_) = false;
  uint64_t rescans_begun_ FB_GUARDED_BY(mutex_) = 0;
  uint64_t rescan_taken_ FB_GUARDED_BY(mutex_) = 0;            // the newest one that was taken over
  std::map<std::string, Entry> drives_ FB_GUARDED_BY(mutex_);  // by drive id
  std::map<std::string, std::unique_ptr<Lane>> lanes_ FB_GUARDED_BY(mutex_);  // by channel
};

}  // namespace firmbench::inventory
