// SPDX-License-Identifier: Apache-2.0
#include "daemon/chips/program.h"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "daemon/chips/poll.h"

namespace firmbench::chips {
namespace {

constexpr uint8_t kProgramCommand = 0xA0;
constexpr uint8_t kEraseSetup = 0x80;
constexpr uint8_t kReset = 0xF0;
constexpr size_t kMostLooks = 16;

Status CheckRange(const ChipRow& row, ProgramMethod method, uint32_t offset, size_t length) {
  if (row.program != method) {
    return Unimplemented("CHIP_NOT_DRIVEN", fmt::format("{} is not programmed this way", row.part));
  }
  if (offset > row.size_bytes || length > row.size_bytes - offset) {
    return InvalidArgument(
        "CHIP_RANGE", fmt::format("{} bytes at {:#x} are not inside {}", length, offset, row.part));
  }
  return Ok();
}

// Sends a program command and looks at the byte as often as the bytes before it took: parts of one
// kind take the same time for every byte, and the looks go out together with the command.
class ByteProgrammer {
 public:
  ByteProgrammer(ByteBus& bus, const ChipRow& row)
      : bus_(bus), times_{row.timings.program_typical, row.timings.program_maximum, Nanos{0}} {}

  Status Run(std::span<const BusWrite> cycles, uint32_t address, uint8_t data) {
    const std::span<uint8_t> seen = std::span(seen_).first(looks_);
    RETURN_IF_ERROR(bus_.WriteThenRead(cycles, address, seen));
    // The same proof that WaitUntilDone takes: the byte, twice in a row.
    const auto done = std::adjacent_find(
        seen.begin(), seen.end(), [data](uint8_t a, uint8_t b) { return a == data && b == data; });
    if (done != seen.end()) {
      looks_ = static_cast<size_t>(done - seen.begin()) + 2;
      return Ok();
    }
    looks_ = std::min(looks_ + 1, kMostLooks);
    return WaitUntilDone(bus_, address, data, times_);
  }

 private:
  ByteBus& bus_;
  const BusyTimes times_;
  size_t looks_ = 2;
  std::array<uint8_t, kMostLooks> seen_{};
};

// After a time-out a byte part may wait for a reset; on a page-write part F0 could be data.
Error GiveUp(ByteBus& bus, const ChipRow& row, Error error) {
  if (!row.page_write() && error.reason() == "CHIP_TIMEOUT") {
    const BusWrite reset{0, kReset};
    bus.Write({&reset, 1}).IgnoreError("the time-out is what is reported");
  }
  return AfterDestructiveCycle(std::move(error));
}

}  // namespace

Error AfterDestructiveCycle(Error error) {
  if (error.drive_state() == DriveState::kUnknown) return error;
  return std::move(error).WithDriveState(DriveState::kPartlyWritten);
}

std::vector<BusWrite> CommandCycles(UnlockAddresses unlock, uint8_t command) {
  const UnlockPair pair = UnlockPairOf(unlock);
  return {{pair.first, 0xAA}, {pair.second, 0x55}, {pair.first, command}};
}

Result<uint64_t> ProgramBytes(ByteBus& bus, const ChipRow& row, uint32_t offset, ByteView current,
                              ByteView target) {
  RETURN_IF_ERROR(CheckRange(row, ProgramMethod::kByte, offset, target.size()));
  if (current.size() != target.size()) {
    return InvalidArgument("CHIP_RANGE", "current and target bytes differ in number");
  }
  for (size_t i = 0; i < target.size(); ++i) {
    if ((target[i] & ~current[i]) != 0) {
      return FailedPrecondition("CHIP_NEEDS_ERASE", "a bit that is 0 would have to become 1")
          .With("offset", fmt::format("{:06x}", offset + i));
    }
  }
  const std::vector<BusWrite> command = CommandCycles(row.unlock, kProgramCommand);
  std::array<BusWrite, 4> cycles{command[0], command[1], command[2], {}};
  ByteProgrammer programmer(bus, row);
  uint64_t programmed = 0;
  for (size_t i = 0; i < target.size(); ++i) {
    if (target[i] == current[i]) continue;
    const uint32_t address = offset + static_cast<uint32_t>(i);
    cycles[3] = {address, target[i]};
    if (auto status = programmer.Run(cycles, address, target[i]); !status) {
      return GiveUp(bus, row, std::move(status).error().With("operation", "program"));
    }
    ++programmed;
  }
  return programmed;
}

Status ProgramPage(ByteBus& bus, const ChipRow& row, uint32_t offset, ByteView page) {
  RETURN_IF_ERROR(CheckRange(row, ProgramMethod::kPage, offset, page.size()));
  if (page.size() != row.page_bytes || offset % row.page_bytes != 0) {
    return InvalidArgument("CHIP_RANGE",
                           fmt::format("{:#x} is not a whole page of {}", offset, row.part));
  }
  std::vector<BusWrite> cycles = CommandCycles(row.unlock, kProgramCommand);
  cycles.reserve(cycles.size() + page.size());
  for (size_t i = 0; i < page.size(); ++i) {
    cycles.push_back({offset + static_cast<uint32_t>(i), page[i]});
  }
  if (auto status = bus.Write(cycles); !status) {
    return AfterDestructiveCycle(std::move(status).error());
  }
  // The write begins when the load window has passed without another byte.
  const BusyTimes times{row.timings.program_typical, row.timings.program_maximum,
                        2 * row.timings.load_window};
  if (auto status = WaitUntilDone(bus, cycles.back().address, cycles.back().data, times); !status) {
    return GiveUp(bus, row, std::move(status).error().With("operation", "program_page"));
  }
  return Ok();
}

Status EraseUnit(ByteBus& bus, const ChipRow& row, const EraseMethod& method, uint32_t offset) {
  if (offset >= row.size_bytes) {
    return InvalidArgument("CHIP_RANGE", fmt::format("{:#x} is not inside {}", offset, row.part));
  }
  std::vector<BusWrite> cycles = CommandCycles(row.unlock, kEraseSetup);
  const std::vector<BusWrite> command = CommandCycles(row.unlock, method.command);
  cycles.insert(cycles.end(), command.begin(), command.end());
  if (!method.whole_chip) cycles.back().address = offset;
  if (auto status = bus.Write(cycles); !status) {
    return AfterDestructiveCycle(std::move(status).error());
  }
  const BusyTimes times{method.typical, method.maximum, Nanos{0}};
  // Lockable boot blocks lie at the ends and would never read FF.
  const uint32_t watched = method.whole_chip ? row.size_bytes / 2 : offset;
  if (auto status = WaitUntilDone(bus, watched, 0xFF, times); !status) {
    return GiveUp(bus, row, std::move(status).error().With("operation", "erase"));
  }
  return Ok();
}

Status EraseChip(ByteBus& bus, const ChipRow& row) {
  for (const EraseMethod& method : row.erase) {
    if (method.whole_chip) return EraseUnit(bus, row, method, 0);
  }
  return Unimplemented("CHIP_NO_CHIP_ERASE", fmt::format("{} has no chip erase", row.part));
}

Result<bool> IsBlank(ByteBus& bus, uint32_t offset, uint32_t length) {
  constexpr uint32_t kPiece = 4096;
  Bytes piece(kPiece);
  for (uint32_t done = 0; done < length;) {
    const std::span<uint8_t> part{piece.data(), std::min(kPiece, length - done)};
    RETURN_IF_ERROR(bus.Read(offset + done, part));
    if (!AllBytesAre(part, 0xFF)) return false;
    done += static_cast<uint32_t>(part.size());
  }
  return true;
}

}  // namespace firmbench::chips
