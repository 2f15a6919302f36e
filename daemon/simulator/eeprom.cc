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

void Eeprom::Write(uint32_t offset, ByteView data) {
  if (offset > bytes_.size() || data.size() > bytes_.size() - offset) return;
  watch_.Note();
  if (watch_.Begin()) return;
  std::copy(data.begin(), data.end(), bytes_.begin() + offset);
}

void Eeprom::LogBurn() {
  const uint32_t record_bytes = layout_.burn_log.length / kLogRecords;
  if (record_bytes < 2) return;
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
