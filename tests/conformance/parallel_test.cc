// SPDX-License-Identifier: Apache-2.0
// The algorithms for parallel parts against QEMU's own NOR flash model (cfi.pflash02 of the board
// xilinx-zynq-a9), which shares nothing with this project.
#include <algorithm>
#include <fstream>

#include <gtest/gtest.h>

#include "daemon/chips/flash_writer.h"
#include "daemon/chips/identify.h"
#include "daemon/chips/program.h"
#include "tests/conformance/image.h"
#include "tests/conformance/qemu.h"
#include "tests/daemon/chips/chip_test_util.h"

namespace firmbench::conformance {
namespace {

using chips::BusWrite;
using chips::ChipRow;
using chips::EraseBlock;
using chips::EraseMethod;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr uint32_t kChip = 512 * 1024;
constexpr uint32_t kWhole = 64 * 1024 * 1024;  // the board wants it so
constexpr uint64_t kBase = 0xe2000000;
constexpr size_t kByByte = 64;
// wfi; b .-4
constexpr uint8_t kKernel[] = {0x03, 0xf0, 0x20, 0xe3, 0xfd, 0xff, 0xff, 0xea};

// The first 512 KB have the geometry of SST39VF040, byte programs and erases take no longer; the
// chip erase is of all 64 MB and takes four seconds of real time. The ids are the board's.
constexpr EraseBlock kSectors[] = {{4096, kChip / 4096}};
constexpr EraseBlock kAll[] = {{kChip, 1}};
constexpr EraseMethod kErase[] = {{0x30, false, kSectors, milliseconds(1), milliseconds(25)},
                                  {0x10, true, kAll, seconds(4), seconds(20)}};
ChipRow BoardRow() {
  ChipRow row = *chips::FindChip("SST39VF040");
  row.manufacturer = 0x66;
  row.device = 0x22;
  row.erase = kErase;
  return row;
}

class QemuByteBus final : public chips::ByteBus {
 public:
  explicit QemuByteBus(Qemu& qemu) : qemu_(qemu) {}

  Status Read(uint32_t address, std::span<uint8_t> out) override {
    if (out.size() <= kByByte) {
      // The model answers a wide access in id mode with one wide word.
      for (uint8_t& byte : out) qemu_.ReadByte(kBase + address++, byte);
      return qemu_.Flush();
    }
    for (size_t done = 0; done < out.size();) {
      const size_t count = std::min<size_t>(64 * 1024, out.size() - done);
      qemu_.ReadBytes(kBase + address + done, out.subspan(done, count));
      done += count;
    }
    return qemu_.Flush();
  }
  Status ReadRepeated(uint32_t address, std::span<uint8_t> out) override {
    for (uint8_t& byte : out) qemu_.ReadByte(kBase + address, byte);
    return qemu_.Flush();
  }
  Status Write(std::span<const BusWrite> cycles) override {
    for (const BusWrite& cycle : cycles) qemu_.WriteByte(kBase + cycle.address, cycle.data);
    return qemu_.Flush();
  }
  Status WriteThenRead(std::span<const BusWrite> cycles, uint32_t address,
                       std::span<uint8_t> out) override {
    for (const BusWrite& cycle : cycles) qemu_.WriteByte(kBase + cycle.address, cycle.data);
    return ReadRepeated(address, out);
  }
  Clock& clock() override { return RealClock(); }

 private:
  Qemu& qemu_;
};

class ParallelConformance : public testing::Test {
 protected:
  void SetUp() override {
    const Bytes blank(kWhole, 0xff);
    std::ofstream(folder_.File("flash"), std::ios::binary)
        .write(reinterpret_cast<const char*>(blank.data()), kWhole);
    Result<std::unique_ptr<Qemu>> qemu = Qemu::Start(
        folder_, kKernel,
        {"-M", "xilinx-zynq-a9", "-drive", "if=pflash,format=raw,file=" + folder_.File("flash"),
         "-global", "driver=cfi.pflash02,property=num-blocks0,value=128", "-global",
         "driver=cfi.pflash02,property=sector-length0,value=4096", "-global",
         "driver=cfi.pflash02,property=num-blocks1,value=1016", "-global",
         "driver=cfi.pflash02,property=sector-length1,value=65536"});
    ASSERT_TRUE(qemu.has_value()) << qemu.error().ToString();
    qemu_ = std::move(*qemu);
    bus_.emplace(*qemu_);
  }

  // What QEMU left in its file, after its end.
  Bytes FileAfterwards(size_t bytes) {
    qemu_->Stop();
    Bytes content(bytes);
    std::ifstream(folder_.File("flash"), std::ios::binary)
        .read(reinterpret_cast<char*>(content.data()), static_cast<long>(bytes));
    return content;
  }
  Bytes Chip() {
    Bytes content(kChip);
    EXPECT_TRUE(bus_->Read(0, content).has_value());
    return content;
  }
  Status Write(const Bytes& target, chips::ChipWriteReport& report) {
    const Bytes current = Chip();
    const chips::ChipPlan plan = chips::PlanChipWrite(row_, current, target).value();
    return chips::WriteChip(*bus_, row_, plan, current, target, report, nullptr);
  }

  Folder folder_;
  std::unique_ptr<Qemu> qemu_;
  std::optional<QemuByteBus> bus_;
  const ChipRow row_ = BoardRow();
};

TEST_F(ParallelConformance, IdsAreReadAndIdModeIsLeft) {
  // The board's ids are of no part that we know: the error says what was read.
  const Result<chips::Identification> found = chips::IdentifyChip(*bus_);
  ASSERT_FALSE(found.has_value());
  EXPECT_EQ(found.error().reason(), "CHIP_UNKNOWN") << found.error().ToString();
  EXPECT_EQ(chips::Metadata(found.error(), "manufacturer"), "66");
  EXPECT_EQ(chips::Metadata(found.error(), "device"), "22");
  EXPECT_EQ(chips::ChooseRow({&row_, 1}, {0x66, 0x22}, {})->row, &row_);
  EXPECT_TRUE(AllBytesAre(Chip(), 0xff));
}

TEST_F(ParallelConformance, ProgramsBytesAndOnlyClearsBits) {
  const Bytes blank(4, 0xff);
  const Bytes first = {0x0f, 0x55, 0x80, 0x01};
  ASSERT_TRUE(chips::ProgramBytes(*bus_, row_, 0x1ffe, blank, first).has_value());
  Bytes now(4);
  ASSERT_TRUE(bus_->Read(0x1ffe, now).has_value());
  EXPECT_EQ(now, first);
  const Bytes less = {0x05, 0x55, 0x00, 0x00};
  ASSERT_TRUE(chips::ProgramBytes(*bus_, row_, 0x1ffe, first, less).has_value());
  ASSERT_TRUE(bus_->Read(0x1ffe, now).has_value());
  EXPECT_EQ(now, less);
  // The model shows what a write of the other bits does, and ours refuses to try.
  std::vector<BusWrite> cycles = chips::CommandCycles(row_.unlock, 0xa0);
  cycles.push_back({0x1ffe, 0xf0});
  ASSERT_TRUE(bus_->Write(cycles).has_value());
  ASSERT_TRUE(bus_->Read(0x1ffe, now).has_value());
  EXPECT_EQ(now[0], 0x00);
  EXPECT_EQ(chips::ProgramBytes(*bus_, row_, 0x1ffe, less, first).error().reason(),
            "CHIP_NEEDS_ERASE");
}

TEST_F(ParallelConformance, ErasesOneSectorAndNothingElse) {
  for (const uint32_t at : {0x1fffu, 0x2000u, 0x2fffu, 0x3000u}) {
    const Bytes blank(1, 0xff), zero(1, 0x00);
    ASSERT_TRUE(chips::ProgramBytes(*bus_, row_, at, blank, zero).has_value());
  }
  const Status status = chips::EraseUnit(*bus_, row_, kErase[0], 0x2000);
  ASSERT_TRUE(status.has_value()) << status.error().ToString();
  EXPECT_TRUE(chips::IsBlank(*bus_, 0x2000, 0x1000).value());
  const Bytes now = Chip();
  EXPECT_EQ(now[0x1fff], 0x00);
  EXPECT_EQ(now[0x3000], 0x00);
}

TEST_F(ParallelConformance, ErasesTheChip) {
  const Bytes blank(1, 0xff), zero(1, 0x00);
  for (const uint32_t at : {0u, kChip / 2, kChip - 1}) {
    ASSERT_TRUE(chips::ProgramBytes(*bus_, row_, at, blank, zero).has_value());
  }
  const Status status = chips::EraseChip(*bus_, row_);
  ASSERT_TRUE(status.has_value()) << status.error().ToString();
  EXPECT_TRUE(AllBytesAre(FileAfterwards(kWhole), 0xff));
}

TEST_F(ParallelConformance, WritesOneImageOverAnother) {
  chips::ChipWriteReport first;
  ASSERT_TRUE(Write(chips::SparseImage(kChip, 1), first).has_value());
  // A quarter of every sector, because every byte is a dialogue.
  const Bytes target = PaddedImage(kChip, 2);
  chips::ChipWriteReport report;
  const Status status = Write(target, report);
  ASSERT_TRUE(status.has_value()) << status.error().ToString();
  EXPECT_EQ(report.erases, 128u);
  EXPECT_EQ(report.page_retries, 0u);
  EXPECT_EQ(Chip(), target);
  const Bytes file = FileAfterwards(kWhole);
  EXPECT_TRUE(std::equal(target.begin(), target.end(), file.begin()));
  EXPECT_TRUE(AllBytesAre(ByteView(file).subspan(kChip), 0xff));
}

}  // namespace
}  // namespace firmbench::conformance
