// SPDX-License-Identifier: Apache-2.0
#include "daemon/chips/spi_identify.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "daemon/chips/spi_program.h"

namespace firmbench::chips {
namespace {

constexpr uint8_t kReadJedecId = 0x9F;
constexpr uint8_t kReadRems = 0x90;
constexpr uint8_t kReadSignature = 0xAB;  // and the end of deep power-down
constexpr uint8_t kWriteDisable = 0x04;
constexpr uint8_t kContinuation = 0x7F;
constexpr int kIdReads = 3;  // drive-protocols 9.2 [read in code]
// Parts need microseconds to wake up [remembered].
constexpr Nanos kWakeUp = std::chrono::milliseconds(1);
// Twice the longest chip erase of 4.3 [remembered].
constexpr Nanos kLongestWork = std::chrono::seconds(60);

constexpr bool IsSilence(uint8_t byte) { return byte == 0x00 || byte == 0xFF; }

Result<SpiIds> ReadIds(SpiBus& bus) {
  const std::array<uint8_t, 1> jedec{kReadJedecId};
  const std::array<uint8_t, 4> rems{kReadRems};
  const std::array<uint8_t, 4> signature{kReadSignature};
  SpiIds ids;
  const std::array<SpiTransfer, 3> transfers{
      SpiTransfer{signature, {&ids.signature, 1}},
      SpiTransfer{jedec, ids.jedec},
      SpiTransfer{rems, ids.rems},
  };
  RETURN_IF_ERROR(bus.Run(transfers));
  // Nobody drives the bus after the third byte of a short answer.
  if (ids.jedec[0] != kContinuation) ids.jedec[3] = 0;
  return ids;
}

Error WithIds(Error error, const SpiIds& ids) {
  return std::move(error)
      .With("jedec", ToHex(ids.jedec))
      .With("rems", ToHex(ids.rems))
      .With("signature", ToHex({&ids.signature, 1}));
}

// 00/00 and FF/FF: the bus is dead; 90/90: the command comes back as an echo (drive-protocols 1.4).
std::optional<std::string> EchoOf(const SpiIds& ids) {
  if (ids.rems[0] != ids.rems[1]) return std::nullopt;
  for (const uint8_t value : {uint8_t{0x00}, kReadRems, uint8_t{0xFF}}) {
    if (ids.rems[0] == value) return fmt::format("{:02x}/{:02x}", value, value);
  }
  return std::nullopt;
}

Error NotAnswering(const SpiIds& ids) {
  Error error = WithIds(
      Unavailable("CHIP_NOT_ANSWERING", "the serial flash chip does not answer its id commands")
          .WithRemedy("power cycle the drive and enter update mode again"),
      ids);
  const std::optional<std::string> echo = EchoOf(ids);
  if (!echo) return error;
  return std::move(error).With("echo", *echo);
}

bool Silent(const SpiIds& ids) {
  return !ids.answers_jedec() && !ids.answers_rems() && !ids.answers_signature();
}

bool Fits(const SpiRow& row, const SpiIds& ids) {
  const bool jedec = ids.answers_jedec();
  const bool rems = ids.answers_rems();
  // What a part without a known answer to 9F would answer there is not known either: a part that
  // does answer is another one.
  if (jedec) {
    const JedecAnswer answer = JedecAnswerOf(row);
    if (answer.count == 0) return false;
    const ByteView expected = ByteView(answer.bytes).first(answer.count);
    if (!std::ranges::equal(expected, ByteView(ids.jedec).first(answer.count))) return false;
  }
  if (rems && row.answers_rems() &&
      (row.rems_manufacturer != ids.rems[0] || row.rems_device != ids.rems[1])) {
    return false;
  }
  return jedec || (rems && row.answers_rems());
}

Result<SpiIds> ReadStableIds(SpiBus& bus) {
  const std::array<uint8_t, 1> disable{kWriteDisable};
  const std::array<uint8_t, 1> wake{kReadSignature};
  const std::array<SpiTransfer, 2> before{SpiTransfer{disable, {}}, SpiTransfer{wake, {}}};
  RETURN_IF_ERROR(bus.Run(before));
  bus.clock().SleepFor(kWakeUp);
  ASSIGN_OR_RETURN(const SpiIds first, ReadIds(bus));
  for (int i = 1; i < kIdReads; ++i) {
    ASSIGN_OR_RETURN(const SpiIds next, ReadIds(bus));
    if (next == first) continue;
    return WithIds(Unavailable("CHIP_ID_UNSTABLE", "three reads of the flash chip's id differ")
                       .WithRemedy("check cable and supply, then try again"),
                   first);
  }
  return first;
}

}  // namespace

bool SpiIds::answers_jedec() const { return !IsSilence(jedec[0]) && jedec[0] != kReadJedecId; }

bool SpiIds::answers_rems() const {
  return !IsSilence(rems[0]) && !(rems[0] == kReadRems && rems[1] == kReadRems);
}

bool SpiIds::answers_signature() const {
  return !IsSilence(signature) && signature != kReadSignature;
}

Result<SpiIdentification> ChooseSpiRow(std::span<const SpiRow> rows, const SpiIds& ids) {
  if (Silent(ids)) return NotAnswering(ids);
  const SpiRow* only = nullptr;
  std::string names;
  for (const SpiRow& row : rows) {
    if (!Fits(row, ids)) continue;
    names += fmt::format("{}{}", only == nullptr ? "" : ", ", row.part);
    if (only != nullptr) {
      return WithIds(FailedPrecondition("CHIP_AMBIGUOUS",
                                        fmt::format("the answers fit several parts: {}", names))
                         .WithRemedy("read the part number off the chip"),
                     ids);
    }
    only = &row;
  }
  if (only != nullptr) return SpiIdentification{ids, only};
  return WithIds(NotFound("CHIP_UNKNOWN", "no serial part with these ids is known")
                     .WithRemedy("read the part number off the chip and send it in with these ids"),
                 ids);
}

Result<SpiIdentification> IdentifySpiChip(SpiBus& bus) {
  ASSIGN_OR_RETURN(SpiIds ids, ReadStableIds(bus));
  if (Silent(ids)) {
    // A part that erases for a command before ours answers nothing but its status.
    ASSIGN_OR_RETURN(const uint8_t status, ReadSpiStatus(bus));
    if ((status & kSpiBusy) != 0 && !IsSilence(status)) {
      const Status ready = WaitSpiReady(bus, {kLongestWork / 64, kLongestWork / 2});
      if (!ready && ready.error().reason() != "CHIP_TIMEOUT") return ready.error();
      ASSIGN_OR_RETURN(ids, ReadStableIds(bus));
    }
  }
  return ChooseSpiRow(AllSpiChips(), ids);
}

}  // namespace firmbench::chips
