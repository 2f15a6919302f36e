// SPDX-License-Identifier: Apache-2.0
#pragma once

// The EEPROM of a simulated drive: what belongs to the unit. Its bytes live elsewhere; this class
// knows the few places that the drive itself uses. Under the drive's lock.

#include <array>
#include <cstdint>
#include <span>
#include <type_traits>

#include "daemon/base/bytes.h"
#include "daemon/base/clock.h"
#include "daemon/simulator/profile.h"
#include "daemon/simulator/write_watch.h"

namespace firmbench::simulator {

// 1 KB, or 4 KB in later drives (drive-protocols 3 [D]).
inline constexpr uint32_t kMaxEepromBytes = 4096;

// The newest write, byte by byte in its time; what it replaced comes back where power fails too
// early. Plain: can be copied, and kept in a file.
struct EepromState {
  uint32_t work_start = 0;
  uint32_t work_bytes = 0;
  int64_t work_began = 0;
  int64_t busy_until = 0;
  std::array<uint8_t, kMaxEepromBytes> before{};  // the first work_bytes count
};
static_assert(std::is_trivially_copyable_v<EepromState>);

class Eeprom {
 public:
  // Borrows all but the time, which one byte takes to be written; `bytes` has layout.size_bytes,
  // at most kMaxEepromBytes.
  Eeprom(const EepromLayout& layout, std::span<uint8_t> bytes, EepromState& state,
         WriteWatch& watch, Nanos write_byte)
      : layout_(layout), bytes_(bytes), state_(state), watch_(watch), byte_ns_(write_byte.count()) {
    FB_CHECK(bytes.size() <= kMaxEepromBytes);
  }

  ByteView bytes() const { return bytes_; }
  uint32_t size() const { return static_cast<uint32_t>(bytes_.size()); }

  // Counts as one destructive command, begun at `now`. Nothing when the range is not all inside.
  void Write(uint32_t offset, ByteView data, int64_t now);

  uint8_t book_type() const { return bytes_[layout_.book_type]; }
  void SetBookType(uint8_t value, int64_t now) {
    Write(layout_.book_type, ByteView(&value, 1), now);
  }

  // Power goes at `now`: a write under way has changed its first bytes, and leaves the one at
  // which it was with whatever chance gave it.
  void CutPower(int64_t now);
  const EepromState& state() const { return state_; }

  // The drive burns a disc: the oldest record of the log is replaced. What a drive does by itself
  // is not a command and is not counted.
  void LogBurn();

  // The synthetic checksum (drive-protocols 9.4): one byte over the protected part.
  // A drive without this memory has none that could be wrong.
  bool ChecksumRight() const { return bytes_.empty() || bytes_[layout_.checksum_at] == Checksum(); }
  void RepairChecksum() {
    if (!bytes_.empty()) bytes_[layout_.checksum_at] = Checksum();
  }

 private:
  uint8_t Checksum() const;

  const EepromLayout& layout_;
  std::span<uint8_t> bytes_;
  EepromState& state_;
  WriteWatch& watch_;
  const int64_t byte_ns_;
};

}  // namespace firmbench::simulator
