// SPDX-License-Identifier: Apache-2.0
#include <string>
#include <string_view>

#include "daemon/simulator/scsi_port.h"

namespace firmbench::simulator {
namespace {

void StoreLe16(Bytes& words, size_t index, uint16_t value) {
  words[2 * index] = static_cast<uint8_t>(value);
  words[2 * index + 1] = static_cast<uint8_t>(value >> 8);
}

// ATA strings: blank padded, the two characters of a word swapped.
void StoreText(Bytes& words, size_t first, size_t count, std::string_view text) {
  for (size_t i = 0; i < 2 * count; ++i) {
    words[2 * first + (i ^ 1)] = static_cast<uint8_t>(i < text.size() ? text[i] : ' ');
  }
}

}  // namespace

// drive-protocols 5, from the listing of one LTR-48246S: word 0 is 85C0, PIO 0-4, MDMA 0-2,
// UDMA 0-2, ATA-5, tPIO 227/120, tDMA 120 [P].
Bytes IdentifyPacketDevice(const Controller& drive) {
  const DriveIdentity identity = drive.identity();
  Bytes words(512);
  StoreLe16(words, 0, 0x85c0);
  StoreText(words, 10, 10, identity.serial);
  StoreText(words, 23, 4, identity.revision);
  StoreText(words, 27, 20, identity.vendor + " " + identity.product);
  StoreLe16(words, 49, 0x0b00);  // IORDY, DMA
  StoreLe16(words, 53, 0x0006);
  StoreLe16(words, 63, 0x0007);
  StoreLe16(words, 64, 0x0003);
  StoreLe16(words, 65, 120);
  StoreLe16(words, 66, 120);
  StoreLe16(words, 67, 227);
  StoreLe16(words, 68, 120);
  StoreLe16(words, 80, 0x003e);
  StoreLe16(words, 88, 0x0007);
  return words;
}

}  // namespace firmbench::simulator
