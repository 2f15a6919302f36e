// SPDX-License-Identifier: Apache-2.0
#pragma once

// What the ledger records of units: see storage/records.h, which everybody includes. Values: copy
// them to any thread.

#include <cstdint>
#include <string>

namespace firmbench::storage {

struct Unit {
  std::string id;
  int64_t number = 0;  // per bench, from 1: shown as U-0001
  std::string label;   // what a technician scanned; mutable; "" until then
  std::string family;  // of the model it was first seen as
  std::string model;
  std::string note;       // mutable
  bool archived = false;  // mutable
  int64_t created_us = 0;
  std::string merged_into;  // the unit that it turned out to be; mutable, "" for none
};

// Something that people decided or said about a unit. Append-only; only the text can be erased.
// Kinds: "label", "note", "outside" (foreign work, `tool` says with what), "merge" and "split"
// (`other_unit_id` is the other unit), "attribute", "archive", "unarchive", "erase".
struct UnitEvent {
  std::string id;
  std::string unit_id;
  std::string kind;
  std::string other_unit_id;  // "" unless the kind has one
  std::string tool;           // of "outside": "MTKFLASH 1.83"
  std::string text;           // mutable: erased to ""
  std::string principal;
  int64_t created_us = 0;
  int64_t sequence = 0;   // filled in by reads: order of all unit events
  int64_t erased_us = 0;  // mutable; 0 until then
};

// Whose drive a unit is. Never in the audit log. Erased, not deleted, when somebody asks for it.
struct Customer {
  std::string id;
  std::string unit_id;
  std::string customer;  // mutable: erased to ""
  std::string ticket;    // mutable: erased to ""
  std::string principal;
  int64_t created_us = 0;
  int64_t erased_us = 0;  // mutable; 0 until then
};

// Evidence that belongs to another unit than the one it was recorded for, as merge and split say.
// Append-only; the newest move of an evidence counts.
struct EvidenceMove {
  std::string id;
  std::string evidence_id;
  std::string unit_id;
  std::string principal;
  std::string reason;
  int64_t created_us = 0;
};

// One observation of who a drive is. Kinds: "vpd_serial", "mmc_serial", "ata_serial",
// "bridge_serial", "topology", "eeprom_stable" (SHA-256 of the stable EEPROM bytes), "label".
struct UnitEvidence {
  std::string id;
  std::string unit_id;
  std::string kind;
  std::string value;
  std::string job_id;  // "" when seen outside a job
  int64_t seen_us = 0;
  int64_t sequence = 0;  // filled in by reads: order of all evidence
};

}  // namespace firmbench::storage
