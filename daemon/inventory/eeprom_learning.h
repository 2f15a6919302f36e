// SPDX-License-Identifier: Apache-2.0
#pragma once

// Which bytes of a model's EEPROM change with use, learned from pairs of dumps of one unit between
// which nobody wrote to it. What a flash did never counts: a pair with a write, foreign work or
// another firmware between its dumps teaches nothing. Pure; any thread.

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "daemon/base/bytes.h"
#include "daemon/families/family.h"

namespace firmbench::inventory {

// A byte "changes with use" once it was seen to change in so many pairs, of so many different
// units. Our choice: one drive with a failing EEPROM must not teach that of all.
inline constexpr size_t kLeastUnits = 3;
inline constexpr size_t kLeastPairs = 5;
// And in so many thousandths of all pairs that showed a change: what a foreign tool does now and
// then, without anybody saying so, is no use.
inline constexpr size_t kLeastSharePerMille = 100;
// A pair in which more than this share of the bytes changed shows another EEPROM, not use.
inline constexpr size_t kMostChangedPerMille = 125;

// One EEPROM as read by a job.
struct EepromSighting {
  int64_t at_us = 0;
  std::string model;
  std::string revision;  // of the firmware that ran then
  Bytes bytes;
};

// A write job, from its point of no return to its end; `ended_us` 0: not over yet.
struct WriteSpan {
  int64_t started_us = 0;
  int64_t ended_us = 0;
};

// What happened to one unit.
struct EepromPast {
  std::vector<EepromSighting> sightings;  // oldest first
  std::vector<WriteSpan> writes;
  std::vector<int64_t> outside_us;  // when somebody said that foreign work was done
};

// Offsets that differ between two dumps that follow each other.
using Change = std::vector<uint32_t>;

// One entry per pair of the unit that may teach, without those in which nothing changed. Work that
// was noted at a time spoils the pair around that time and the one before it, because people write
// things down afterwards.
std::vector<Change> ChangesWithUse(const EepromPast& past);

struct LearnedUse {
  size_t units = 0;        // that taught something
  size_t pairs = 0;        // in which something changed
  Bytes changes_with_use;  // one byte per EEPROM byte: 1 where it does
  bool known() const { return units >= kLeastUnits && pairs >= kLeastPairs; }
  std::vector<families::ByteRange> ranges() const;
};

// `units`: the changes of each unit of one model, with EEPROMs of `size_bytes`.
LearnedUse LearnUse(std::span<const std::vector<Change>* const> units, size_t size_bytes);

// Runs of equal value 1 in a map of one byte per byte.
std::vector<families::ByteRange> RangesOf(ByteView map);

}  // namespace firmbench::inventory
