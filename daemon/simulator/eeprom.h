// SPDX-License-Identifier: Apache-2.0
#pragma once

// The EEPROM of a simulated drive: what belongs to the unit. Its bytes live elsewhere; this class
// knows the few places that the drive itself uses. Under the drive's lock.

#include <cstdint>
#include <span>

#include "daemon/base/bytes.h"
#include "daemon/simulator/profile.h"
#include "daemon/simulator/write_watch.h"

namespace firmbench::simulator {

class Eeprom {
 public:
  // Borrows all three; `bytes` has layout.size_bytes.
  Eeprom(const EepromLayout& layout, std::span<uint8_t> bytes, WriteWatch& watch)
      : layout_(layout), bytes_(bytes), watch_(watch) {}

  ByteView bytes() const { return bytes_; }
  uint32_t size() const { return static_cast<uint32_t>(bytes_.size()); }

  // Counts as one destructive command. Nothing when the range is not all inside.
  void Write(uint32_t offset, ByteView data);

  uint8_t book_type() const { return bytes_[layout_.book_type]; }
  void SetBookType(uint8_t value) { Write(layout_.book_type, ByteView(&value, 1)); }

  // The drive burns a disc: the oldest record of the log is replaced. What a drive does by itself
  // is not a command and is not counted.
  void LogBurn();

  // The synthetic checksum (drive-protocols 9.4): one byte over the protected part.
  bool ChecksumRight() const { return bytes_[layout_.checksum_at] == Checksum(); }
  void RepairChecksum() { bytes_[layout_.checksum_at] = Checksum(); }

 private:
  uint8_t Checksum() const;

  const EepromLayout& layout_;
  std::span<uint8_t> bytes_;
  WriteWatch& watch_;
};

}  // namespace firmbench::simulator
