// SPDX-License-Identifier: Apache-2.0
#pragma once

// What the ledger records of dumps and images: see storage/records.h, which everybody includes.
// Values: copy them to any thread.

#include <cstdint>
#include <string>

namespace firmbench::storage {

// Bytes of one memory, read once, immutable. Names no unit: attributions do.
struct Dump {
  std::string id;
  std::string memory;  // "firmware", "eeprom"
  std::string job_id;
  std::string drive_id;
  std::string purpose;  // "backup", "before_write", "readback", "disagreeing"
  std::string family;
  std::string model;
  std::string revision;  // firmware revision of the drive at that time
  int64_t size_bytes = 0;
  std::string sha256;  // the blob
  std::string md5;
  std::string crc32;
  std::string stable_sha256;  // of the stable EEPROM ranges; "" when they are not known
  int64_t agreeing_reads = 0;
  std::string evidence;  // grade of the commands that read it
  std::string method;    // "vendor mode, op 00", "DF 89"
  bool simulated = false;
  std::string tool_version;
  int64_t created_us = 0;
  // From the newest attribution; filled in by reads, ignored by writes.
  std::string unit_id;      // "" when attributed to none
  std::string attribution;  // "unit", "chip", "unidentified"
  // Filled in by reads as well:
  int64_t sequence = 0;          // order of all dumps
  std::string file_name;         // of an imported dump, the newest name; "" for others
  int64_t file_modified_us = 0;  // of an imported dump, as its file system said
  bool archived = false;         // put away: kept, but not in lists unless asked for
};

// The file that an imported dump came from. Append-only; a duplicate by hash adds a row.
struct DumpFile {
  std::string id;
  std::string dump_id;
  std::string file_name;  // as the user had it, without folders; for show only
  int64_t modified_us = 0;
  std::string principal;
  int64_t created_us = 0;
};

// What is known of a dump beyond its bytes and reads. Append-only. Kinds: "recognised" (parsed, its
// own checks hold), "written_back" (by `job_id`, on the drive it came from, and read back equal),
// "rehearsed" (on the simulator: proves our simulator only).
struct DumpProof {
  std::string id;
  std::string dump_id;
  std::string kind;
  std::string job_id;  // "" when no job did it
  std::string detail;  // in words
  int64_t created_us = 0;
};

// Puts a dump or an image away, or takes it out again. Append-only; the newest counts.
struct Archiving {
  std::string id;
  std::string subject_kind;  // "dump", "image"
  std::string subject_id;
  bool archived = true;
  std::string principal;
  std::string reason;
  int64_t created_us = 0;
};

struct DumpAttribution {
  std::string id;
  std::string dump_id;
  std::string kind;     // "unit", "chip", "unidentified"
  std::string unit_id;  // "" unless kind is "unit"
  std::string principal;
  std::string reason;
  int64_t created_us = 0;
};

struct Image {
  std::string id;
  std::string file_name;  // as the user had it, without folders; for show only
  int64_t size_bytes = 0;
  std::string sha256;
  std::string md5;
  std::string crc32;
  std::string format;  // "mediatek_liteon", or "" when not recognised
  std::string vendor;
  std::string product;
  std::string revision;
  std::string model;      // the model its bytes name, "" when none
  std::string layout;     // "plain", "packed"
  std::string timestamp;  // the text inside the image, "" when none
  std::string principal;
  int64_t created_us = 0;
  std::string dump_id;    // the donor's dump that it was made from; "" for a file
  std::string container;  // what it was unpacked from: "xflash", "hex_text", ""
  // From the newest marks; filled in by reads, ignored by writes.
  bool approved = false;
  bool known_bad = false;  // blocks writing it
  std::string bad_reason;
  std::string note;
  bool archived = false;
};

// What people say of an image. Append-only; the newest of a kind counts. Kinds: "approved",
// "not_approved", "known_bad", "not_known_bad", "note".
struct ImageMark {
  std::string id;
  std::string image_id;
  std::string kind;
  std::string text;  // reason or note
  std::string principal;
  int64_t created_us = 0;
};

}  // namespace firmbench::storage
