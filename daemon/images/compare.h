// SPDX-License-Identifier: Apache-2.0
#pragma once

// Two blobs side by side, as ranges a person can read: where, how long, how much of it, and what
// that place is for. Pure; any thread.

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/base/bytes.h"
#include "daemon/images/image_report.h"

namespace firmbench::images {

// What a place is for, as far as a program can use it.
enum class Part : uint8_t {
  kNotKnown,
  kCode,
  kBoot,
  kIdBlock,
  kPerUnit,         // belongs to this one drive
  kChangesWithUse,  // differs between two dumps of one healthy drive
  kSetting,
  kBlank,
  kSeveral,  // only of a range that reaches over several places
};
inline constexpr size_t kParts = 9;
std::string_view ToString(Part part);  // "not_known", "code", ... as the API has it

// A named part of a memory. Where regions overlap, the one listed first gives the meaning.
struct Region {
  uint32_t offset = 0;
  uint32_t length = 0;
  std::string meaning;
  Part part = Part::kNotKnown;
};

enum class RangeKind : uint8_t { kDiffers, kOnlyInFirst, kOnlyInSecond };
enum class BlankIn : uint8_t { kNone, kFirst, kSecond };  // erased (FF) over the whole range

struct DiffRange {
  uint64_t offset = 0;
  uint64_t length = 0;
  uint64_t differing_bytes = 0;  // inside the range; equals length for a tail
  RangeKind kind = RangeKind::kDiffers;
  std::string meaning;  // "bank 3, code"; "not publicly known"
  Part part = Part::kNotKnown;
  BlankIn blank = BlankIn::kNone;
};

struct CompareOptions {
  uint32_t merge_gap_bytes = 16;  // equal bytes up to this many do not end a range
  size_t max_ranges = 256;        // further ones are only counted
};

struct Comparison {
  bool identical = false;  // same size, same bytes
  uint64_t first_bytes = 0;
  uint64_t second_bytes = 0;
  uint64_t differing_bytes = 0;   // within the common part
  std::vector<DiffRange> ranges;  // by offset; a tail that only one blob has comes last, always
  uint64_t ranges_not_listed = 0;
  uint64_t bytes_not_listed = 0;  // differing bytes inside the ranges not listed
  // Differing bytes of the common part by what their places are for; the index is the Part.
  std::array<uint64_t, kParts> differing_by_part{};
};

// Ranges end where the meaning changes. Bytes outside every region are "not publicly known".
Comparison Compare(ByteView first, ByteView second, std::span<const Region> regions,
                   const CompareOptions& options = {});

// The result in a sentence for people: "identical, 1,024 bytes"; "1,009 of 1,024 bytes equal, the
// rest changes with use"; "... of the 15 others 9 change with use and 6 are not publicly known".
std::string InWords(const Comparison& comparison);

// Offsets of the lines of 16 bytes that hold a difference, and of one before and after each, in
// rising order: at most `limit`; `truncated` says whether there are more.
std::vector<uint64_t> LinesAround(ByteView first, ByteView second, size_t limit, bool& truncated);
inline constexpr size_t kLineBytes = 16;

// The parts of a recognised firmware image: boot code, ID blocks, the code of every bank and, for
// the model with published places, its tables. Empty for a refused report.
std::vector<Region> LayoutOf(const ImageReport& report);

struct EepromRange {
  uint32_t offset = 0;
  uint32_t length = 0;
};
// The parts of a Lite-On EEPROM that anybody has published (drive-protocols 3 [C]) and the ranges
// that the model's row calls volatile. Everything else is not publicly known.
std::vector<Region> EepromLayout(uint32_t size_bytes, std::span<const EepromRange> volatile_ranges);

}  // namespace firmbench::images
