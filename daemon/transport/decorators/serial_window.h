// SPDX-License-Identifier: Apache-2.0
#pragma once

// What the gate knows of a serial flash engine: whether the drive has one in reach, and which
// command its window holds. Private to this folder; a value, for one thread at a time.

#include <array>
#include <cstdint>
#include <optional>

namespace firmbench::transport {

class SerialWindow {
 public:
  // A command or a reset after which the drive may be in another mode.
  void ModeMayChange() { *this = SerialWindow(); }
  // What the status register showed, `serial` being whether that is a status of serial flash. It
  // counts when it was the same three times in a row: one flipped bit makes 72 of 70
  // (drive-protocols 9.2 [C]).
  void SeeStatus(uint8_t status, bool serial);
  // Nothing more can be learned before the next change of mode.
  bool settled() const { return agreeing_ >= kAgreeing; }
  // The drive was seen to take byte writes into its engine's window.
  bool serial() const { return settled() && serial_; }

  // A byte written to the window.
  void Write(uint16_t address, uint8_t data);
  // Something was written, or clocked in, and it is not known what or where.
  void Forget();

  // The transaction that would run now cannot change the chip: the first byte is known, and its
  // command only reads.
  bool OnlyReads() const;
  // For messages: nullopt when not known.
  std::optional<uint8_t> command() const;

 private:
  static constexpr int kAgreeing = 3;
  // Where a transaction begins: 8800 on one class of controllers, 0000 on the other; that both are
  // one place is inferred (drive-protocols 1.4), so each is remembered.
  static constexpr std::array<uint16_t, 2> kStarts = {0x8800, 0x0000};
  // The smallest window that public code needs has 1 KB: beginnings repeat at its multiples [G].
  static constexpr uint16_t kWindowMask = 0x3ff;

  uint8_t last_ = 0;
  int agreeing_ = 0;
  bool serial_ = false;
  std::array<std::optional<uint8_t>, kStarts.size()> first_;
};

}  // namespace firmbench::transport
