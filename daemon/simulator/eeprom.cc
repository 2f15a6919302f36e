// SPDX-License-Identifier: Apache-2.0
#include "daemon/simulator/eeprom.h"

#include <algorithm>

#include "daemon/simulator/random.h"

namespace firmbench::simulator {
namespace {

// "A log of the four most recent burns" (drive-protocols 3 [D]); the record's inside is our own:
// a sequence number from 1, then what stands for learnt values.
constexpr uint32_t kLogRecords = 4;

}  // namespace

void Eeprom::Write(uint32_t offset, ByteView data, int64_t now) {
  if (offset > bytes_.size() || data.size() > bytes_.size() - offset) return;
  watch_.Note();
  if (watch_.Begin()) return;
  const std::span<uint8_t> place = bytes_.subspan(offset, data.size());
  state_.work_start = offset;
  state_.work_bytes = static_cast<uint32_t>(data.size());
  state_.work_began = now;
  state_.busy_until = now + byte_ns_ * static_cast<int64_t>(data.size());
  std::copy(place.begin(), place.end(), state_.before.begin());
  std::copy(data.begin(), data.end(), place.begin());
}

void Eeprom::CutPower(int64_t now) {
  if (now < state_.busy_until) {
    const auto done =
        static_cast<uint32_t>(std::max<int64_t>(now - state_.work_began, 0) / byte_ns_);
    for (uint32_t i = done; i < state_.work_bytes; ++i) {
      bytes_[state_.work_start + i] = state_.before[i];
    }
    Random chance(static_cast<uint64_t>(now));
    bytes_[state_.work_start + done] = chance.NextByte();
  }
  state_ = EepromState{};
}

void Eeprom::LogBurn() {
  const uint32_t record_bytes = layout_.burn_log.length / kLogRecords;
  if (record_bytes < 2 || bytes_.empty()) return;
  uint16_t newest = 0;
  for (uint32_t i = 0; i < kLogRecords; ++i) {
    const uint16_t number = LoadBe16(&bytes_[layout_.burn_log.offset + i * record_bytes]);
    if (number != 0xffff) newest = std::max(newest, number);
  }
  const auto number = static_cast<uint16_t>(newest >= 0xfffe ? 1 : newest + 1);
  uint8_t* record = &bytes_[layout_.burn_log.offset + ((number - 1) % kLogRecords) * record_bytes];
  StoreBe16(record, number);
  Random random(number);
  for (uint32_t i = 2; i < record_bytes; ++i) record[i] = random.NextByte();
}

uint8_t Eeprom::Checksum() const {
  uint8_t sum = 0;
  for (const uint8_t byte :
       bytes_.subspan(layout_.checksummed.offset, layout_.checksummed.length)) {
    sum = static_cast<uint8_t>(sum + byte);
  }
  return sum ^ layout_.checksum_xor;
}

}  // namespace firmbench::simulator
