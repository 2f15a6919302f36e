// SPDX-License-Identifier: Apache-2.0
#include "daemon/inventory/eeprom_learning.h"

#include <algorithm>

namespace firmbench::inventory {
namespace {

bool WrittenBetween(const EepromPast& past, int64_t from_us, int64_t until_us) {
  return std::any_of(past.writes.begin(), past.writes.end(), [&](const WriteSpan& write) {
    // A new firmware may change the EEPROM when it first starts, so the job counts to its end.
    return write.started_us <= until_us && (write.ended_us == 0 || write.ended_us >= from_us);
  });
}

bool WorkedOnOutside(const EepromPast& past, int64_t from_us, int64_t next_us) {
  return std::any_of(past.outside_us.begin(), past.outside_us.end(),
                     [&](int64_t at) { return at >= from_us && at <= next_us; });
}

}  // namespace

std::vector<Change> ChangesWithUse(const EepromPast& past) {
  std::vector<Change> changes;
  const auto& seen = past.sightings;
  for (size_t i = 0; i + 1 < seen.size(); ++i) {
    const EepromSighting& before = seen[i];
    const EepromSighting& after = seen[i + 1];
    const int64_t next_us = i + 2 < seen.size() ? seen[i + 2].at_us : INT64_MAX;
    if (before.bytes.size() != after.bytes.size() || before.model != after.model ||
        before.revision != after.revision || WrittenBetween(past, before.at_us, after.at_us) ||
        WorkedOnOutside(past, before.at_us, next_us)) {
      continue;
    }
    Change change;
    for (size_t at = 0; at < before.bytes.size(); ++at) {
      if (before.bytes[at] != after.bytes[at]) change.push_back(static_cast<uint32_t>(at));
    }
    const bool another = change.size() * 1000 > before.bytes.size() * kMostChangedPerMille;
    if (!change.empty() && !another) changes.push_back(std::move(change));
  }
  return changes;
}

std::vector<families::ByteRange> RangesOf(ByteView map) {
  std::vector<families::ByteRange> ranges;
  for (size_t at = 0; at < map.size(); ++at) {
    if (map[at] == 0) continue;
    const auto offset = static_cast<uint32_t>(at);
    if (!ranges.empty() && ranges.back().offset + ranges.back().length == offset) {
      ++ranges.back().length;
    } else {
      ranges.push_back({offset, 1});
    }
  }
  return ranges;
}

std::vector<families::ByteRange> LearnedUse::ranges() const { return RangesOf(changes_with_use); }

LearnedUse LearnUse(std::span<const std::vector<Change>* const> units, size_t size_bytes) {
  LearnedUse learned;
  std::vector<uint32_t> pairs(size_bytes);
  std::vector<uint32_t> seen_on(size_bytes);
  for (const std::vector<Change>* changes : units) {
    if (changes->empty()) continue;
    ++learned.units;
    learned.pairs += changes->size();
    Bytes here(size_bytes);
    for (const Change& change : *changes) {
      for (const uint32_t at : change) {
        if (at >= size_bytes) continue;
        ++pairs[at];
        here[at] = 1;
      }
    }
    for (size_t at = 0; at < size_bytes; ++at) seen_on[at] += here[at];
  }
  learned.changes_with_use.resize(size_bytes);
  for (size_t at = 0; at < size_bytes; ++at) {
    const bool often = size_t{pairs[at]} * 1000 >= learned.pairs * kLeastSharePerMille;
    learned.changes_with_use[at] =
        often && seen_on[at] >= kLeastUnits && pairs[at] >= kLeastPairs ? 1 : 0;
  }
  return learned;
}

}  // namespace firmbench::inventory
