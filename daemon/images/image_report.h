// SPDX-License-Identifier: Apache-2.0
#pragma once

// What the bytes of a firmware file (or of a firmware dump) say of themselves. Plain values:
// produced by Recognise(), safe to copy between threads.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "daemon/base/bytes.h"
#include "daemon/base/error.h"
#include "daemon/base/hash.h"

namespace firmbench::images {

// How the banks that the drive's processor sees lie in the file.
enum class Layout : uint8_t {
  kUnknown,
  kPlain,   // bank n is file bytes n*64K .. n*64K+FFFF
  kPacked,  // boot, the part common to all banks once, then the rest of every bank
};
std::string_view ToString(Layout layout);  // "", "plain", "packed": as the ledger stores it

// Whether one half of a file repeats the other or is empty: a 256 KB image read from a 512 KB chip
// shows itself so (drive-protocols 1.6 [I]).
enum class Halves : uint8_t { kDistinct, kMirrored, kUpperBlank };

// A copy of the drive's INQUIRY data inside the image.
struct IdBlock {
  uint32_t offset = 0;  // of its first byte in the file
  uint8_t format = 0;   // byte 3: 31 in read-only drives, 32 in burners
  std::string vendor;   // cleaned: no padding, printable
  std::string product;
  std::string revision;
  std::string timestamp;  // the 16 characters behind the revision if they hold a year, else ""
  bool in_boot = false;   // lies in the first 4000 (hex) bytes
};

struct ImageReport {
  // Present when the bytes must not be used as firmware: IMAGE_NOT_RECOGNISED, IMAGE_SIZE_WRONG,
  // IMAGE_TRUNCATED, IMAGE_BLANK, IMAGE_IS_EEPROM, each with a remedy. The other fields are then
  // filled in as far as they could be read, for show only.
  std::optional<Error> refusal;

  std::string format;  // "mediatek_liteon", or "" when nothing was recognised
  std::string vendor;  // of the main ID block
  std::string product;
  std::string revision;
  std::string timestamp;  // "" when the image has none
  std::string model;      // "LTR-48246S"; "" when the bytes do not say it without contradiction
  std::vector<IdBlock> id_blocks;  // in file order, at most kMaxIdBlocks
  Layout layout = Layout::kUnknown;
  uint32_t banks = 0;                // that the processor sees
  uint32_t common_bytes = 0;         // packed only: bytes shared by every bank
  std::optional<uint8_t> bank_mask;  // of the bank-switch code, when it was found
  bool maker_mark = false;           // "LITEONIT" at FFF8 of some bank
  Halves halves = Halves::kDistinct;
  uint64_t size_bytes = 0;
  BlobHashes hashes;
  std::vector<std::string> warnings;  // sentences for people

  bool ok() const { return !refusal.has_value(); }
};

inline constexpr size_t kMaxIdBlocks = 16;

}  // namespace firmbench::images
