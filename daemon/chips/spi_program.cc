// SPDX-License-Identifier: Apache-2.0
#include "daemon/chips/spi_program.h"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "daemon/chips/program.h"

namespace firmbench::chips {
namespace {

// drive-protocols 1.4 [C]; AF and AD [C, flashrom's comments], 04 [C].
constexpr uint8_t kWriteStatus = 0x01;
constexpr uint8_t kProgram = 0x02;
constexpr uint8_t kRead = 0x03;
constexpr uint8_t kWriteDisable = 0x04;
constexpr uint8_t kReadStatus = 0x05;
constexpr uint8_t kWriteEnable = 0x06;
constexpr uint8_t kEnableStatusWrite = 0x50;
constexpr uint8_t kAaiByte = 0xAF;
constexpr uint8_t kAaiWord = 0xAD;

constexpr uint32_t kHeader = 4;          // a command and its address
constexpr uint32_t kMaxLooks = 0x50000;  // drive-protocols 1.2 [read in code]
// As for parallel parts (poll.cc): short operations are polled back to back, and the rows' maxima
// are remembered figures, so they are doubled.
constexpr Nanos kSpinBelow = std::chrono::milliseconds(1);
constexpr int kMaximumFactor = 2;
constexpr Nanos kSlack = std::chrono::milliseconds(1);
constexpr Nanos kSmallestPause{100};

constexpr std::array<uint8_t, 1> kWriteEnableOut{kWriteEnable};
constexpr std::array<uint8_t, 1> kWriteDisableOut{kWriteDisable};
constexpr std::array<uint8_t, 1> kReadStatusOut{kReadStatus};

std::array<uint8_t, kHeader> Header(uint8_t command, uint32_t offset) {
  std::array<uint8_t, kHeader> header{command};
  StoreBe24(&header[1], offset);
  return header;
}

Status CheckRange(const SpiRow& row, uint32_t offset, size_t length) {
  if (offset <= row.size_bytes && length <= row.size_bytes - offset) return Ok();
  return InvalidArgument(
      "CHIP_RANGE", fmt::format("{} bytes at {:#x} are not inside {}", length, offset, row.part));
}

// Sends `out` and looks at the status right behind it; waits only if that says busy.
Status RunAndWait(SpiBus& bus, ByteView out, const SpiBusyTimes& times) {
  std::array<uint8_t, 1> status{};
  const std::array<SpiTransfer, 2> transfers{SpiTransfer{out, {}},
                                             SpiTransfer{kReadStatusOut, status}};
  RETURN_IF_ERROR(bus.Run(transfers));
  if ((status[0] & kSpiBusy) == 0) return Ok();
  return WaitSpiReady(bus, times);
}

// 06, and the proof that it was taken: the public code goes no further either [C].
Status EnableWrite(SpiBus& bus) {
  std::array<uint8_t, 1> status{};
  const std::array<SpiTransfer, 2> transfers{SpiTransfer{kWriteEnableOut, {}},
                                             SpiTransfer{kReadStatusOut, status}};
  RETURN_IF_ERROR(bus.Run(transfers));
  if ((status[0] & kSpiWriteEnabled) != 0) return Ok();
  return Unavailable("CHIP_NOT_WRITABLE", "the serial flash chip does not take write enable")
      .With("status", fmt::format("{:02x}", status[0]))
      .WithRemedy("power cycle the drive and enter update mode again");
}

Status WriteStatusRegister(SpiBus& bus, const SpiRow& row, uint8_t value) {
  const std::array<uint8_t, 1> enable{row.status_write == StatusWrite::kEwsr ? kEnableStatusWrite
                                                                             : kWriteEnable};
  const std::array<uint8_t, 2> write{kWriteStatus, value};
  const std::array<SpiTransfer, 2> transfers{SpiTransfer{enable, {}}, SpiTransfer{write, {}}};
  RETURN_IF_ERROR(bus.Run(transfers));
  return WaitSpiReady(bus, {row.timings.status_typical, row.timings.status_maximum});
}

// The differing bytes lie in [first, last] of `target`.
struct Run {
  size_t first = 0;
  size_t last = 0;
  uint64_t bytes = 0;
};

Run FindRun(ByteView current, ByteView target) {
  Run run;
  for (size_t i = 0; i < target.size(); ++i) {
    if (current[i] == target[i]) continue;
    if (run.bytes++ == 0) run.first = i;
    run.last = i;
  }
  return run;
}

// 02 with as many bytes as the bus takes: the whole page, mostly.
Status ProgramPieces(SpiBus& bus, const SpiBusyTimes& times, uint32_t offset, ByteView data) {
  const size_t most = bus.limits().max_out - kHeader;
  std::vector<uint8_t> out;
  for (size_t done = 0; done < data.size();) {
    const size_t count = std::min(most, data.size() - done);
    const auto header = Header(kProgram, offset + static_cast<uint32_t>(done));
    out.assign(header.begin(), header.end());
    out.insert(out.end(), data.begin() + static_cast<ptrdiff_t>(done),
               data.begin() + static_cast<ptrdiff_t>(done + count));
    RETURN_IF_ERROR(EnableWrite(bus));
    RETURN_IF_ERROR(RunAndWait(bus, out, times));
    done += count;
  }
  return Ok();
}

// Auto address increment: the first command has the address, the next ones data alone.
Status ProgramAai(SpiBus& bus, const SpiBusyTimes& times, uint8_t command, size_t step,
                  uint32_t offset, ByteView data) {
  RETURN_IF_ERROR(EnableWrite(bus));
  const auto header = Header(command, offset);
  std::array<uint8_t, kHeader + 2> first{};
  std::copy(header.begin(), header.end(), first.begin());
  std::copy_n(data.begin(), step, first.begin() + kHeader);
  RETURN_IF_ERROR(RunAndWait(bus, ByteView(first).first(kHeader + step), times));
  std::array<uint8_t, 3> next{command};
  for (size_t i = step; i < data.size(); i += step) {
    std::copy_n(data.begin() + static_cast<ptrdiff_t>(i), step, next.begin() + 1);
    RETURN_IF_ERROR(RunAndWait(bus, ByteView(next).first(1 + step), times));
  }
  return Ok();
}

Status LeaveAai(SpiBus& bus) {
  const SpiTransfer transfer{kWriteDisableOut, {}};
  return bus.Run({&transfer, 1});
}

Status ProgramRun(SpiBus& bus, const SpiRow& row, uint32_t offset, ByteView target, Run run) {
  const SpiBusyTimes times{row.timings.program_typical, row.timings.program_maximum};
  const bool single = run.first == run.last;
  const uint32_t start = offset + static_cast<uint32_t>(run.first);
  const ByteView data = target.subspan(run.first, run.last - run.first + 1);
  if (row.program == SpiProgram::kPage || single) return ProgramPieces(bus, times, start, data);
  // Words begin and end at even addresses; FF beside the run programs nothing.
  const bool words = row.program == SpiProgram::kAaiWord;
  const size_t before = words ? start % 2 : 0;
  std::vector<uint8_t> padded(before, 0xff);
  padded.insert(padded.end(), data.begin(), data.end());
  if (words && padded.size() % 2 != 0) padded.push_back(0xff);
  Status status = ProgramAai(bus, times, words ? kAaiWord : kAaiByte, words ? 2 : 1,
                             start - static_cast<uint32_t>(before), padded);
  const Status left = LeaveAai(bus);
  return status ? left : status;
}

}  // namespace

Status ReadSpi(SpiBus& bus, uint32_t offset, std::span<uint8_t> out) {
  const size_t most = bus.limits().max_in;
  for (size_t done = 0; done < out.size();) {
    const size_t count = std::min(most, out.size() - done);
    const auto header = Header(kRead, offset + static_cast<uint32_t>(done));
    const SpiTransfer transfer{header, out.subspan(done, count)};
    RETURN_IF_ERROR(bus.Run({&transfer, 1}));
    done += count;
  }
  return Ok();
}

Result<uint8_t> ReadSpiStatus(SpiBus& bus) {
  uint8_t status = 0;
  const SpiTransfer transfer{kReadStatusOut, {&status, 1}};
  RETURN_IF_ERROR(bus.Run({&transfer, 1}));
  return status;
}

Status WaitSpiReady(SpiBus& bus, const SpiBusyTimes& times) {
  Clock& clock = bus.clock();
  const Nanos start = clock.Monotonic();
  const bool spin = times.typical < kSpinBelow;
  const Nanos step = std::max(times.typical / 64, kSmallestPause);
  const Nanos limit = kMaximumFactor * times.maximum + kSlack;
  if (!spin) clock.SleepFor(times.typical / 2);

  std::array<uint8_t, 1> status{};
  const SpiTransfer transfer{kReadStatusOut, status};
  for (uint32_t looks = 0; looks < kMaxLooks; ++looks) {
    const Nanos before = clock.Monotonic();
    RETURN_IF_ERROR(bus.Run({&transfer, 1}));
    if ((status[0] & kSpiBusy) == 0) return Ok();
    // Judged by the time before the look, as in poll.cc.
    if (before - start > limit) break;
    const Nanos now = clock.Monotonic();
    if (!spin) {
      clock.SleepFor(step);
    } else if (now == before) {
      // Looking costs nothing on this clock: move it, first to when the part should be done.
      clock.SleepFor(std::max(times.typical - (now - start), step));
    }
  }
  return DeadlineExceeded("CHIP_TIMEOUT", "the serial flash chip stays busy")
      .With("status", fmt::format("{:02x}", status[0]))
      .WithRemedy("power cycle the drive and start again; if it happens again the chip is worn");
}

Result<uint8_t> UnprotectSpi(SpiBus& bus, const SpiRow& row) {
  ASSIGN_OR_RETURN(const uint8_t before, ReadSpiStatus(bus));
  if ((before & row.protection_mask) == 0) return before;
  RETURN_IF_ERROR(WriteStatusRegister(bus, row, 0));  // 00 as the public code does [C]
  ASSIGN_OR_RETURN(const uint8_t after, ReadSpiStatus(bus));
  if ((after & row.protection_mask) == 0) return before;
  const bool locked = (after & kSpiStatusLocked) != 0;
  return FailedPrecondition(
             "CHIP_PROTECTED",
             fmt::format("the {} keeps its block protection{}", row.part,
                         locked ? ": its status register is locked by the WP pin" : ""))
      .With("status", fmt::format("{:02x}", after))
      .WithRemedy(
          "switch the drive off and on and try at once: boot code may hold the pin only while the "
          "drive runs");
}

Status RestoreSpiProtection(SpiBus& bus, const SpiRow& row, uint8_t status_before) {
  if (row.protected_at_power_up || (status_before & row.protection_mask) == 0) return Ok();
  const auto kept = static_cast<uint8_t>(row.protection_mask | kSpiStatusLocked);
  RETURN_IF_ERROR(WriteStatusRegister(bus, row, status_before & kept));
  ASSIGN_OR_RETURN(const uint8_t after, ReadSpiStatus(bus));
  if ((after & row.protection_mask) == (status_before & row.protection_mask)) return Ok();
  return DataLoss("CHIP_PROTECTION_LOST",
                  fmt::format("the {} did not take its block protection back", row.part))
      .With("status", fmt::format("{:02x}", after));
}

Result<uint64_t> ProgramSpi(SpiBus& bus, const SpiRow& row, uint32_t offset, ByteView current,
                            ByteView target) {
  RETURN_IF_ERROR(CheckRange(row, offset, target.size()));
  if (current.size() != target.size() || target.size() > kSpiPageBytes - offset % kSpiPageBytes) {
    return InvalidArgument("CHIP_RANGE", "the bytes are not inside one page");
  }
  for (size_t i = 0; i < target.size(); ++i) {
    if ((target[i] & ~current[i]) == 0) continue;
    return FailedPrecondition("CHIP_NEEDS_ERASE", "a bit that is 0 would have to become 1")
        .With("offset", fmt::format("{:06x}", offset + i));
  }
  const Run run = FindRun(current, target);
  if (run.bytes == 0) return uint64_t{0};
  if (auto status = ProgramRun(bus, row, offset, target, run); !status) {
    return AfterDestructiveCycle(std::move(status).error().With("operation", "program"));
  }
  return run.bytes;
}

Status EraseSpiUnit(SpiBus& bus, const SpiRow& row, const EraseMethod& method, uint32_t offset) {
  RETURN_IF_ERROR(CheckRange(row, offset, 1));
  RETURN_IF_ERROR(EnableWrite(bus));
  const auto header = Header(method.command, offset);
  const ByteView out = ByteView(header).first(method.whole_chip ? 1 : kHeader);
  if (auto status = RunAndWait(bus, out, {method.typical, method.maximum}); !status) {
    return AfterDestructiveCycle(std::move(status).error().With("operation", "erase"));
  }
  return Ok();
}

Status EraseSpiChip(SpiBus& bus, const SpiRow& row) {
  return EraseSpiUnit(bus, row, row.erase.back(), 0);
}

}  // namespace firmbench::chips
