// SPDX-License-Identifier: Apache-2.0
#include "daemon/transport/decorators/serial_window.h"

#include <algorithm>

namespace firmbench::transport {
namespace {

// READ, WRDI, RDSR, FAST READ, REMS, RDID, and RES, which also wakes the chip: drive-protocols 1.4
// and 9.3 [C]. Write enable is not among them: it comes before nothing but writes.
constexpr std::array<uint8_t, 7> kReading = {0x03, 0x04, 0x05, 0x0b, 0x90, 0x9f, 0xab};

}  // namespace

void SerialWindow::SeeStatus(uint8_t status, bool serial) {
  agreeing_ = status == last_ ? agreeing_ + 1 : 1;
  last_ = status;
  serial_ = serial;
}

void SerialWindow::Write(uint16_t address, uint8_t data) {
  for (size_t i = 0; i < kStarts.size(); ++i) {
    if (address == kStarts[i]) {
      first_[i] = data;
      return;
    }
  }
  // It may be one of the two under another name.
  if ((address & kWindowMask) == 0) Forget();
}

void SerialWindow::Forget() { first_.fill(std::nullopt); }

// Both places, when both were written: only one of them is the command, and which is not known.
bool SerialWindow::OnlyReads() const {
  if (!command()) return false;
  return std::ranges::all_of(first_, [](const std::optional<uint8_t>& first) {
    return !first || std::ranges::find(kReading, *first) != kReading.end();
  });
}

std::optional<uint8_t> SerialWindow::command() const {
  for (const std::optional<uint8_t>& first : first_) {
    if (first) return first;
  }
  return std::nullopt;
}

}  // namespace firmbench::transport
