// SPDX-License-Identifier: Apache-2.0
// The algorithms for serial parts against QEMU's own m25p80 models behind the flash controller of
// the board palmetto-bmc, for every row that QEMU models under the same id.
#include <algorithm>
#include <fstream>

#include <gtest/gtest.h>

#include "daemon/chips/spi_identify.h"
#include "daemon/chips/spi_program.h"
#include "daemon/chips/spi_writer.h"
#include "tests/conformance/image.h"
#include "tests/conformance/qemu.h"
#include "tests/daemon/chips/chip_test_util.h"

namespace firmbench::conformance {
namespace {

using chips::SpiRow;

// mcr p15, 0, r0, c7, c0, 4 (wait for interrupt); b .-4
constexpr uint8_t kKernel[] = {0x90, 0x0f, 0x07, 0xee, 0xfd, 0xff, 0xff, 0xea};
constexpr uint64_t kRegisters = 0x1e620000;
constexpr uint64_t kControl = kRegisters + 0x10;  // chip enable 0
constexpr uint64_t kWindow = 0x20000000;
constexpr uint32_t kWritable = 1 << 16;
constexpr uint32_t kSelect = 3;  // user mode: every access is a transfer
constexpr uint32_t kDeselect = 7;

class QemuSpiBus final : public chips::SpiBus {
 public:
  explicit QemuSpiBus(Qemu& qemu) : qemu_(qemu) {
    qemu_.WriteWord(kRegisters, kWritable);
    qemu_.WriteWord(kControl, kDeselect);
  }

  Status Run(std::span<const chips::SpiTransfer> transfers) override {
    for (const chips::SpiTransfer& transfer : transfers) {
      qemu_.WriteWord(kControl, kSelect);
      qemu_.WriteBytes(kWindow, transfer.out);
      if (!transfer.in.empty()) qemu_.ReadBytes(kWindow, transfer.in);
      qemu_.WriteWord(kControl, kDeselect);
    }
    return qemu_.Flush();
  }
  chips::SpiLimits limits() const override { return {260, 4096}; }
  Clock& clock() override { return RealClock(); }

 private:
  Qemu& qemu_;
};

struct Model {
  const char* part;
  const char* qemu;
};
void PrintTo(const Model& model, std::ostream* out) { *out << model.qemu; }

class SerialConformance : public testing::TestWithParam<Model> {
 protected:
  void SetUp() override {
    row_ = chips::FindSpiChip(GetParam().part);
    ASSERT_NE(row_, nullptr);
    const Bytes blank(row_->size_bytes, 0xff);
    std::ofstream(folder_.File("flash"), std::ios::binary)
        .write(reinterpret_cast<const char*>(blank.data()), row_->size_bytes);
    Result<std::unique_ptr<Qemu>> qemu =
        Qemu::Start(folder_, kKernel,
                    {"-M", std::string("palmetto-bmc,fmc-model=") + GetParam().qemu, "-drive",
                     "file=" + folder_.File("flash") + ",format=raw,if=mtd"});
    ASSERT_TRUE(qemu.has_value()) << qemu.error().ToString();
    qemu_ = std::move(*qemu);
    bus_.emplace(*qemu_);
  }

  Bytes FileAfterwards() {
    qemu_->Stop();
    Bytes content(row_->size_bytes);
    std::ifstream(folder_.File("flash"), std::ios::binary)
        .read(reinterpret_cast<char*>(content.data()), row_->size_bytes);
    return content;
  }
  Bytes Chip() {
    Bytes content(row_->size_bytes);
    EXPECT_TRUE(chips::ReadSpi(*bus_, 0, content).has_value());
    return content;
  }
  Status Write(const Bytes& target, chips::SpiWriteReport& report) {
    const Bytes current = Chip();
    const chips::ChipPlan plan = chips::PlanSpiWrite(*row_, current, target).value();
    return chips::WriteSpiChip(*bus_, *row_, plan, current, target, report, nullptr);
  }

  const SpiRow* row_ = nullptr;
  Folder folder_;
  std::unique_ptr<Qemu> qemu_;
  std::optional<QemuSpiBus> bus_;
};

TEST_P(SerialConformance, IsIdentifiedProgrammedErasedAndWritten) {
  const Result<chips::SpiIdentification> found = chips::IdentifySpiChip(*bus_);
  ASSERT_TRUE(found.has_value()) << found.error().ToString();
  EXPECT_EQ(found->row->part, row_->part);

  // Programs only clear bits.
  ASSERT_TRUE(chips::UnprotectSpi(*bus_, *row_).has_value());
  const Bytes blank(3, 0xff), first = {0x0f, 0x55, 0x80}, less = {0x05, 0x55, 0x00};
  ASSERT_TRUE(chips::ProgramSpi(*bus_, *row_, 0x1ff0, blank, first).has_value());
  ASSERT_TRUE(chips::ProgramSpi(*bus_, *row_, 0x1ff0, first, less).has_value());
  Bytes now(3);
  ASSERT_TRUE(chips::ReadSpi(*bus_, 0x1ff0, now).has_value());
  EXPECT_EQ(now, less);

  // Every erase command erases its unit and nothing else.
  for (const chips::EraseMethod& method : row_->erase) {
    const uint32_t unit = method.layout.front().unit_bytes;
    const uint32_t at = method.whole_chip ? 0 : unit;
    const Bytes one(1, 0xff), zero(1, 0x00);
    for (const uint32_t edge : {unit - 1, unit % row_->size_bytes}) {
      Bytes is(1);
      ASSERT_TRUE(chips::ReadSpi(*bus_, edge, is).has_value());
      ASSERT_TRUE(chips::ProgramSpi(*bus_, *row_, edge, is, zero).has_value());
    }
    const Status erased = chips::EraseSpiUnit(*bus_, *row_, method, at);
    ASSERT_TRUE(erased.has_value()) << erased.error().ToString();
    const Bytes after = Chip();
    EXPECT_TRUE(AllBytesAre(Slice(after, at, unit), 0xff)) << int{method.command};
    if (!method.whole_chip) {
      EXPECT_EQ(after[unit - 1], 0x00) << int{method.command};
    }
  }
  EXPECT_TRUE(AllBytesAre(Chip(), 0xff)) << "the chip erase comes last";

  chips::SpiWriteReport before;
  ASSERT_TRUE(Write(chips::SparseImage(row_->size_bytes, 1), before).has_value());
  // Of an AAI part every word is a dialogue.
  const Bytes target = row_->program == chips::SpiProgram::kPage
                           ? chips::DenseImage(row_->size_bytes, 2)
                           : PaddedImage(row_->size_bytes, 2);
  chips::SpiWriteReport report;
  const Status status = Write(target, report);
  ASSERT_TRUE(status.has_value()) << status.error().ToString();
  EXPECT_EQ(report.chip.page_retries, 0u);
  EXPECT_EQ(Chip(), target);
  EXPECT_EQ(FileAfterwards(), target);
}

INSTANTIATE_TEST_SUITE_P(Models, SerialConformance,
                         testing::Values(Model{"MX25L2005", "mx25l2005a"},
                                         Model{"MX25L4005", "mx25l4005a"},
                                         Model{"MX25L8005", "mx25l8005"},
                                         Model{"MX25L1605", "mx25l1606e"},
                                         Model{"W25X80", "w25x80"}, Model{"W25X16", "w25x16"},
                                         Model{"SST25VF040B", "sst25vf040b"}),
                         [](const auto& test) { return std::string(test.param.part); });

}  // namespace
}  // namespace firmbench::conformance
