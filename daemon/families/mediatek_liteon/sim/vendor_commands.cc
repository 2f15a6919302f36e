// SPDX-License-Identifier: Apache-2.0
#include "daemon/families/mediatek_liteon/sim/vendor_commands.h"

#include <algorithm>

#include "daemon/simulator/random.h"

namespace firmbench::families::mediatek_liteon::sim {
namespace {

using simulator::Controller;
using simulator::ScsiReply;

constexpr size_t kBlockBytes = 128;       // every DF read (drive-protocols 2.2)
constexpr uint32_t kBankBytes = 0x10000;  // of the 8051
constexpr uint16_t kXdataStart = 0x8000;  // the window that public tools scan: 8000..8FFF
constexpr uint32_t kNonceAt = 32;         // of the challenge
constexpr size_t kChallengeCount = 0;     // word of PersonalityState: challenges given so far

// XDATA outside the window that is known: an open bus [G].
uint8_t ReadXdata(Controller& drive, uint32_t address) {
  const auto& ram = drive.state().personality.ram;
  const uint32_t index = address - kXdataStart;
  return index < ram.size() ? ram[index] : uint8_t{0xff};
}

void WriteXdata(Controller& drive, uint32_t address, uint8_t value) {
  auto& ram = drive.state().personality.ram;
  const uint32_t index = address - kXdataStart;
  if (index < ram.size()) ram[index] = value;
}

// DF 83 00 00 TT 00 BK HH LL: TT = FF is program memory; the address counts inside its bank. A chip
// that is smaller than a bank repeats in it.
ScsiReply ReadMemory(Controller& drive, ByteView cdb) {
  const uint32_t bank = cdb[6];
  const uint32_t start = LoadBe16(&cdb[7]);
  if (cdb[4] != 0xff || bank * kBankBytes >= drive.flash().size()) {
    return ScsiReply::InvalidField();
  }
  Bytes data(kBlockBytes);
  for (uint32_t i = 0; i < kBlockBytes; ++i) {
    data[i] = drive.FirmwareRead(bank * kBankBytes + (start + i) % kBankBytes);
  }
  return ScsiReply::Good(std::move(data));
}

ScsiReply ReadEepromBytes(Controller& drive, uint32_t offset, uint32_t length) {
  const ByteView bytes = Slice(drive.eeprom().bytes(), offset, length);
  if (bytes.size() != length) return ScsiReply::InvalidField();
  drive.counts().eeprom_bytes_read += length;
  return ScsiReply::Good(Bytes(bytes.begin(), bytes.end()));
}

// DF 00 0A: the read half of a handshake whose answer nobody has published; a nonce at 32 and 33.
ScsiReply Challenge(Controller& drive) {
  simulator::Random random(++drive.state().personality.words[kChallengeCount]);
  Bytes data(kBlockBytes);
  data[kNonceAt] = random.NextByte();
  data[kNonceAt + 1] = random.NextByte();
  return ScsiReply::Good(std::move(data));
}

// DF 00 0F: book type, kept in the EEPROM.
ScsiReply BookType(Controller& drive, ByteView cdb) {
  if (cdb[3] == 0x00) {
    Bytes data(std::min<size_t>(cdb[7], kBlockBytes));
    if (!data.empty()) data[0] = drive.eeprom().book_type();
    return ScsiReply::Good(std::move(data));
  }
  if (cdb[3] != 0x01) return ScsiReply::InvalidField();
  drive.eeprom().SetBookType(cdb[4], drive.state().last_ns);
  ScsiReply reply = ScsiReply::Good();
  reply.extra = drive.profile().timings.eeprom_write_byte;
  return reply;
}

ScsiReply AnswerDf(Controller& drive, ByteView cdb) {
  if (cdb.size() < 12) return ScsiReply::InvalidField();
  switch (cdb[1]) {
    case 0x83:
      return ReadMemory(drive, cdb);
    case 0x89:
      return ReadEepromBytes(drive, LoadBe16(&cdb[7]), kBlockBytes);
    case 0x85: {
      if (cdb[3] != 0xff) return ScsiReply::InvalidField();
      Bytes data(kBlockBytes);
      for (uint32_t i = 0; i < kBlockBytes; ++i) {
        data[i] = ReadXdata(drive, LoadBe16(&cdb[7]) + i);
      }
      return ScsiReply::Good(std::move(data));
    }
    case 0x84:
      if (cdb[4] != 0x01) return ScsiReply::InvalidField();
      WriteXdata(drive, LoadBe16(&cdb[7]), cdb[9]);
      return ScsiReply::Good();
    case 0x00:
      if (cdb[2] == 0x0a) return Challenge(drive);
      if (cdb[2] == 0x0f) return BookType(drive, cdb);
      return ScsiReply::InvalidField();
    default:
      return ScsiReply::InvalidField();
  }
}

// drive-protocols 2.3. No disc has been read, so the cache that 06 shows is empty; it repeats after
// the buffer's size.
ScsiReply AnswerF1(Controller& drive, ByteView cdb) {
  if (cdb.size() < 10) return ScsiReply::InvalidField();
  switch (cdb[1]) {
    case 0x01:
      WriteXdata(drive, LoadBe16(&cdb[4]), cdb[9]);
      return ScsiReply::Good();
    case 0x02:
      if (cdb[6] != 0x01) return ScsiReply::InvalidField();
      return ScsiReply::Good({0x00, 0x00, 0x00, ReadXdata(drive, LoadBe16(&cdb[4]))});
    case 0x06:
      // The byte count of the ATAPI bus has 16 bits: 64 KiB are GOOD with nothing [C].
      return ScsiReply::Good(Bytes(LoadBe32(&cdb[6]) & 0xffff));
    default:
      return ScsiReply::InvalidField();
  }
}

// READ BUFFER, mode 01 only: 01 and 02 are the buffer, E2 the EEPROM, F1 the write strategies.
ScsiReply AnswerReadBuffer(Controller& drive, ByteView cdb) {
  if (cdb.size() < 10 || (cdb[1] & 0x1f) != 0x01) return ScsiReply::InvalidField();
  const uint32_t offset = LoadBe24(&cdb[3]);
  const uint32_t length = LoadBe24(&cdb[6]);
  switch (cdb[2]) {
    case 0x01:
    case 0x02:
    case 0xf1: {
      const uint32_t limit = uint32_t{drive.profile().buffer_kib} * 1024;
      if (offset >= limit || length > limit - offset) return ScsiReply::InvalidField();
      return ScsiReply::Good(Bytes(length));
    }
    case 0xe2:
      return ReadEepromBytes(drive, offset, length);
    default:
      return ScsiReply::InvalidField();
  }
}

// The guessed twin of 3C 01 E2 [G]: known only where the scenario says so.
std::optional<ScsiReply> AnswerWriteBuffer(Controller& drive, ByteView cdb, ByteView data_out) {
  if (!drive.options().eeprom_write) return std::nullopt;
  if (cdb.size() < 10 || (cdb[1] & 0x1f) != 0x01 || cdb[2] != 0xe2) {
    return ScsiReply::InvalidField();
  }
  const uint32_t offset = LoadBe24(&cdb[3]);
  const uint32_t length = LoadBe24(&cdb[6]);
  const uint32_t size = drive.eeprom().size();
  if (length != data_out.size() || offset > size || length > size - offset) {
    return ScsiReply::InvalidField();
  }
  ScsiReply reply = ScsiReply::Good();
  if (length == 0) return reply;
  drive.eeprom().Write(offset, data_out, drive.state().last_ns);
  ++drive.counts().eeprom_writes;
  reply.extra = drive.profile().timings.eeprom_write_byte * length;
  return reply;
}

}  // namespace

std::optional<ScsiReply> AnswerVendor(Controller& drive, ByteView cdb, ByteView data_out) {
  switch (cdb[0]) {
    case 0xdf:
      return AnswerDf(drive, cdb);
    case 0xf1:
      return AnswerF1(drive, cdb);
    case 0x3c:
      return AnswerReadBuffer(drive, cdb);
    case 0x3b:
      return AnswerWriteBuffer(drive, cdb, data_out);
    default:
      return std::nullopt;
  }
}

}  // namespace firmbench::families::mediatek_liteon::sim
