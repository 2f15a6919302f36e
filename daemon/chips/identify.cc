// SPDX-License-Identifier: Apache-2.0
#include "daemon/chips/identify.h"

#include <array>
#include <optional>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "daemon/chips/program.h"

namespace firmbench::chips {
namespace {

constexpr uint8_t kReadIds = 0x90;
constexpr uint8_t kReset = 0xF0;
constexpr uint8_t kContinuation = 0x7F;
constexpr uint32_t kContinuationAt = 0x100;  // drive-protocols 4.2 [read in code]
constexpr int kRounds = 2;
constexpr int kIdReads = 3;  // drive-protocols 9.2 [read in code]
// The longest wait of all parts: AT29C ends its load window and a write cycle before it answers,
// and leaves id mode as slowly (flashrom waits 10 ms [read in code]).
constexpr Nanos kIdWait = std::chrono::milliseconds(10);

// Enough of the array to see a mode change, and the bytes that would be overwritten were the
// unlock cycles taken for data.
struct Sample {
  std::array<uint8_t, 16> low{};
  std::array<uint8_t, 2> unlock{};
  bool operator==(const Sample&) const = default;
};

Result<Sample> TakeSample(ByteBus& bus, UnlockPair pair) {
  Sample sample;
  RETURN_IF_ERROR(bus.Read(0, sample.low));
  RETURN_IF_ERROR(bus.Read(pair.first, {&sample.unlock[0], 1}));
  RETURN_IF_ERROR(bus.Read(pair.second, {&sample.unlock[1], 1}));
  return sample;
}

Result<JedecIds> ReadIds(ByteBus& bus, UnlockAddresses unlock) {
  std::array<uint8_t, 3> bytes{};
  RETURN_IF_ERROR(bus.Read(0, bytes));
  JedecIds ids{bytes[0], bytes[1]};
  // A 16-bit part in byte mode shows the upper half of the manufacturer's word at 1.
  if (unlock == UnlockAddresses::kAaa_555 && bytes[1] == 0) ids.device = bytes[2];
  if (bytes[0] == kContinuation || bytes[1] == kContinuation) {
    std::array<uint8_t, 2> more{};
    RETURN_IF_ERROR(bus.Read(kContinuationAt, more));
    if (bytes[0] == kContinuation) ids.manufacturer = uint16_t{kContinuation} << 8 | more[0];
    if (bytes[1] == kContinuation) ids.device = uint16_t{kContinuation} << 8 | more[1];
  }
  return ids;
}

Error WithIds(Error error, JedecIds ids) {
  return std::move(error)
      .With("manufacturer", fmt::format("{:02x}", ids.manufacturer))
      .With("device", fmt::format("{:02x}", ids.device));
}

Status Send(ByteBus& bus, UnlockAddresses unlock, uint8_t command) {
  RETURN_IF_ERROR(bus.Write(CommandCycles(unlock, command)));
  bus.clock().SleepFor(kIdWait);
  return Ok();
}

bool MayTakeLoneReset(JedecIds ids) {
  const ChipRow* row = FindChip(ids.manufacturer, ids.device);
  return row != nullptr && !row->page_write();
}

// Leaves id mode. AA/55/F0 is a command for every part; a lone F0 would be data for a page-write
// part that is back in read mode, so it is sent only to a part that is known to be none and that
// still shows `in_id_mode`. Returns the sample afterwards.
Result<Sample> LeaveIdMode(ByteBus& bus, UnlockAddresses unlock, JedecIds ids,
                           const std::array<uint8_t, 16>& in_id_mode, const Sample& before) {
  RETURN_IF_ERROR(Send(bus, unlock, kReset));
  ASSIGN_OR_RETURN(Sample after, TakeSample(bus, UnlockPairOf(unlock)));
  if (after == before || after.low != in_id_mode || !MayTakeLoneReset(ids)) return after;
  const BusWrite reset{0, kReset};
  RETURN_IF_ERROR(bus.Write({&reset, 1}));
  bus.clock().SleepFor(kIdWait);
  return TakeSample(bus, UnlockPairOf(unlock));
}

// In id mode. Two reads that differ prove nothing.
Result<BootLocks> ReadBootLocks(ByteBus& bus, JedecIds ids) {
  BootLocks locks;
  const ChipRow* row = FindChip(ids.manufacturer, ids.device);
  if (row == nullptr || row->boot_block_bytes == 0) return locks;
  std::array<uint8_t, 2> shown{};
  RETURN_IF_ERROR(bus.ReadRepeated(kLowLockAt, shown));
  if (shown[0] == shown[1]) locks.low = BootLockFrom(shown[0]);
  if (!row->page_write()) return locks;
  RETURN_IF_ERROR(bus.ReadRepeated(HighLockAt(*row), shown));
  if (shown[0] == shown[1]) locks.high = BootLockFrom(shown[0]);
  return locks;
}

struct Attempt {
  JedecIds ids;
  BootLocks locks;
  bool answered = false;  // what was read in id mode is not what the array holds
};

Status CheckLeft(const Sample& before, const Sample& after,
                 const std::array<uint8_t, 16>& in_id_mode) {
  const bool showed_ids_before = before.low == in_id_mode;
  const bool shows_ids_now = after.low == in_id_mode;
  const bool began_in_id_mode = showed_ids_before && !shows_ids_now;
  if (after == before || began_in_id_mode) return Ok();
  if (shows_ids_now && !showed_ids_before) {
    return Internal("CHIP_ID_STUCK", "the flash chip does not leave its id mode")
        .WithDriveState(DriveState::kUnknown)
        .WithRemedy("power cycle the drive");
  }
  return DataLoss("CHIP_CHANGED_BY_ID", "the flash chip took the identification cycles for data")
      .WithDriveState(DriveState::kPartlyWritten)
      .WithRemedy("restore this drive's own firmware dump");
}

Result<Attempt> Try(ByteBus& bus, UnlockAddresses unlock) {
  const UnlockPair pair = UnlockPairOf(unlock);
  ASSIGN_OR_RETURN(const Sample before, TakeSample(bus, pair));
  RETURN_IF_ERROR(Send(bus, unlock, kReadIds));
  std::array<JedecIds, kIdReads> reads;
  for (JedecIds& ids : reads) {
    ASSIGN_OR_RETURN(ids, ReadIds(bus, unlock));
  }
  ASSIGN_OR_RETURN(const BootLocks locks, ReadBootLocks(bus, reads[0]));
  std::array<uint8_t, 16> in_id_mode{};
  RETURN_IF_ERROR(bus.Read(0, in_id_mode));
  ASSIGN_OR_RETURN(Sample after, LeaveIdMode(bus, unlock, reads[0], in_id_mode, before));
  // One noisy read must not condemn the part.
  if (after != before) {
    ASSIGN_OR_RETURN(after, TakeSample(bus, pair));
  }
  RETURN_IF_ERROR(CheckLeft(before, after, in_id_mode));
  if (reads[0] != reads[1] || reads[0] != reads[2]) {
    return WithIds(Unavailable("CHIP_ID_UNSTABLE", "three reads of the flash chip's id differ")
                       .WithRemedy("check cable and supply, then try again"),
                   reads[0]);
  }
  return Attempt{reads[0], locks, in_id_mode != after.low};
}

// 00/00: the bus is dead; 90/90: the command comes back as an echo (drive-protocols 1.4).
std::optional<std::string> EchoOf(JedecIds ids) {
  if (ids.manufacturer != ids.device) return std::nullopt;
  for (const uint8_t value : {0x00, 0x90, 0xFF}) {
    if (ids.manufacturer == value) return fmt::format("{:02x}/{:02x}", value, value);
  }
  return std::nullopt;
}

Error NotAnswering(JedecIds ids) {
  Error error =
      WithIds(Unavailable("CHIP_NOT_ANSWERING", "the flash chip does not answer its id command")
                  .WithRemedy("power cycle the drive and enter update mode again"),
              ids);
  const std::optional<std::string> echo = EchoOf(ids);
  if (!echo) return error;
  return std::move(error).With("echo", *echo);
}

Result<Identification> WithLocks(Result<Identification> chosen, const BootLocks& locks) {
  if (chosen) chosen->locks = locks;
  return chosen;
}

}  // namespace

Result<Identification> ChooseRow(std::span<const ChipRow> rows, JedecIds ids,
                                 const IdentifyOptions& options) {
  const ChipRow* only = nullptr;
  int fitting = 0;
  for (const ChipRow& row : rows) {
    if (row.manufacturer != ids.manufacturer || row.device != ids.device) continue;
    if (row.size_bytes == options.expected_size_bytes) return Identification{ids, &row, {}};
    only = &row;
    ++fitting;
  }
  if (fitting == 1) return Identification{ids, only, {}};
  if (fitting > 1) {
    return WithIds(FailedPrecondition("CHIP_AMBIGUOUS", "parts of several sizes have these ids"),
                   ids);
  }
  return WithIds(NotFound("CHIP_UNKNOWN", fmt::format("no part with the ids {:02x}/{:02x} is known",
                                                      ids.manufacturer, ids.device))
                     .WithRemedy("read the part number off the chip and send it in with these ids"),
                 ids);
}

Result<Identification> IdentifyChip(ByteBus& bus, const IdentifyOptions& options) {
  JedecIds first_ids;
  // A chip whose last command was cut off in the middle, by the end of the program that sent it,
  // takes the first cycles of the next one for the rest of that and listens from then on.
  for (int round = 0; round < kRounds; ++round) {
    ASSIGN_OR_RETURN(const Attempt first, Try(bus, UnlockAddresses::k5555_2Aaa));
    if (round == 0) first_ids = first.ids;
    if (first.answered) {
      if (EchoOf(first.ids)) return NotAnswering(first.ids);
      return WithLocks(ChooseRow(AllChips(), first.ids, options), first.locks);
    }
    // Try() has shown that the attempt was not taken for data, so no page-write part is there.
    ASSIGN_OR_RETURN(const Attempt second, Try(bus, UnlockAddresses::kAaa_555));
    if (!second.answered) continue;
    if (EchoOf(second.ids)) break;
    return WithLocks(ChooseRow(AllChips(), second.ids, options), second.locks);
  }
  return NotAnswering(first_ids);
}

}  // namespace firmbench::chips
