// SPDX-License-Identifier: Apache-2.0
#include "daemon/families/mediatek_liteon/spi_engine.h"

#include <array>
#include <vector>

#include <gtest/gtest.h>

#include "daemon/chips/spi_identify.h"
#include "daemon/chips/spi_program.h"
#include "daemon/chips/spi_writer.h"
#include "daemon/simulator/sim_clock.h"
#include "daemon/simulator/spi_chip.h"

namespace firmbench::families::mediatek_liteon {
namespace {

using ata::Access;
using ata::Register;

// A controller in vendor mode with a serial chip: the window of 1 KB, decoded with its high bits
// ignored, and a full-duplex shift of `out + in` bytes through it (drive-protocols 1.4 and 9.2).
class EngineRig final : public ata::TaskFile {
 public:
  EngineRig(const SpiVariant& variant, const char* part)
      : variant_(variant),
        row(*chips::FindSpiChip(part)),
        array(row.size_bytes, 0xff),
        chip(row, array, state, watch) {}

  using TaskFile::Run;
  Status Run(std::span<Access> script, const ata::WaitLimits&) override {
    for (Access& access : script) {
      clock.SleepFor(Nanos(300));
      const auto reg = static_cast<size_t>(access.reg);
      if (access.kind == Access::Kind::kRead) access.value16 = registers_[reg];
      if (access.kind == Access::Kind::kWaitEqual && access.value != shown_status) {
        return DeadlineExceeded("TASKFILE_WAIT_TIMEOUT", "another status");
      }
      if (access.kind != Access::Kind::kWrite) continue;
      registers_[reg] = access.value;
      if (access.reg == Register::kCommand) Command(access.value);
      if (access.reg == Register::kDevice) device = access.value;
    }
    return Ok();
  }

  std::array<uint8_t, 4> LengthRegisters() const { return lengths_; }

 private:
  uint8_t& Cell() { return window_[(registers_[4] | registers_[5] << 8) & (window_.size() - 1)]; }
  void Command(uint8_t op) {
    if (op == variant_.read_byte) {
      registers_[3] = Cell();
    } else if (op == variant_.write_byte) {
      Cell() = registers_[3];
    } else if (op == variant_.run) {
      if (variant_.set_lengths == 0) lengths_ = Lengths();
      Shift();
    } else if (op == variant_.set_lengths) {
      lengths_ = Lengths();
    }
  }
  std::array<uint8_t, 4> Lengths() const {
    return {registers_[1], registers_[2], registers_[4], registers_[5]};
  }
  void Shift() {
    const auto length = [this](size_t i) {
      const int first = lengths_[i], second = lengths_[i + 1];
      return static_cast<size_t>(variant_.big_endian ? first << 8 | second : second << 8 | first);
    };
    const size_t out = length(0), all = out + length(2);
    ASSERT_LE(all, window_.size());
    chip.Select(clock.NowNs());
    for (size_t i = 0; i < all; ++i) window_[i] = chip.Exchange(i < out ? window_[i] : 0xff);
    clock.SleepFor(Nanos(static_cast<int64_t>(all) * 400));
    chip.Deselect(clock.NowNs());
    ++shifts;
  }

  const SpiVariant& variant_;
  std::array<uint8_t, 0x400> window_{};
  std::array<uint8_t, 9> registers_{};
  std::array<uint8_t, 4> lengths_{};

 public:
  const chips::SpiRow& row;
  Bytes array;
  simulator::SpiChipState state;
  simulator::WriteWatch watch;
  simulator::SpiChip chip;
  simulator::SimClock clock;
  uint8_t device = 0;
  uint8_t shown_status = variant_.status;
  int shifts = 0;
};

struct Case {
  const char* name;
  const SpiVariant* variant;
  const char* part;
};
void PrintTo(const Case& test, std::ostream* out) { *out << test.name; }

class EngineVariant : public testing::TestWithParam<Case> {};

TEST_P(EngineVariant, IdentifiesReadsAndWritesItsChip) {
  EngineRig rig(*GetParam().variant, GetParam().part);
  SpiEngine engine(rig, rig.clock, *GetParam().variant, false);
  const Result<chips::SpiIdentification> found = chips::IdentifySpiChip(engine);
  ASSERT_TRUE(found.has_value()) << found.error().ToString();
  EXPECT_EQ(found->row, &rig.row);
  EXPECT_EQ(rig.watch.destructive, 0u);

  for (uint32_t i = 0; i < rig.row.size_bytes; ++i) rig.array[i] = static_cast<uint8_t>(i * 7);
  const Bytes current = rig.array;
  Bytes read(0x1234);
  ASSERT_TRUE(chips::ReadSpi(engine, 0x10101, read).has_value());
  EXPECT_TRUE(std::equal(read.begin(), read.end(), current.begin() + 0x10101));

  Bytes target = current;
  for (uint32_t i = 0; i < 700; ++i) target[0xff80 + i] = static_cast<uint8_t>(~i);
  const chips::ChipPlan plan = chips::PlanSpiWrite(rig.row, current, target).value();
  chips::SpiWriteReport report;
  const Status status =
      chips::WriteSpiChip(engine, rig.row, plan, current, target, report, nullptr);
  ASSERT_TRUE(status.has_value()) << status.error().ToString();
  EXPECT_EQ(rig.array, target);
  EXPECT_EQ(rig.device, 0xa0);
}

INSTANTIATE_TEST_SUITE_P(Variants, EngineVariant,
                         testing::Values(Case{"ClassicLiteOn", &kClassicLiteOn, "MX25L4005"},
                                         Case{"ClassicBenq", &kClassicBenq, "MX25L2005"},
                                         Case{"Slim", &kSlim, "W25X80"},
                                         Case{"Slim2", &kSlim2, "SST25VF020"}),
                         [](const auto& test) { return std::string(test.param.name); });

TEST(SpiEngine, GivesBothOrdersOfTheLengths) {
  // A page program is 104 out: 1,4 on one, 4,1 on the other.
  const std::vector<uint8_t> page(0x104, 0x02);
  const chips::SpiTransfer transfer{page, {}};
  EngineRig liteon(kClassicLiteOn, "MX25L4005");
  ASSERT_TRUE(SpiEngine(liteon, liteon.clock, kClassicLiteOn, false).Run({&transfer, 1}));
  EXPECT_EQ(liteon.LengthRegisters(), (std::array<uint8_t, 4>{4, 1, 0, 0}));
  EngineRig benq(kClassicBenq, "MX25L4005");
  ASSERT_TRUE(SpiEngine(benq, benq.clock, kClassicBenq, true).Run({&transfer, 1}));
  EXPECT_EQ(benq.LengthRegisters(), (std::array<uint8_t, 4>{1, 4, 0, 0}));
  EXPECT_EQ(benq.device, 0xb0);
}

TEST(SpiEngine, AsksForTheIdsOfBenqDrivesInTheOddWay) {
  const std::array<uint8_t, 4> rems{0x90};
  std::array<uint8_t, 2> ids{};
  const chips::SpiTransfer transfer{rems, ids};
  EngineRig benq(kClassicBenq, "MX25L2005");
  const Nanos before = benq.clock.Monotonic();
  ASSERT_TRUE(SpiEngine(benq, benq.clock, kClassicBenq, false).Run({&transfer, 1}));
  EXPECT_EQ(benq.LengthRegisters(), (std::array<uint8_t, 4>{1, 0, 3, 0}));
  EXPECT_EQ(ids, (std::array<uint8_t, 2>{0xc2, 0x11}));
  EXPECT_GE(benq.clock.Monotonic() - before, std::chrono::milliseconds(200));
}

TEST(SpiEngine, RefusesWhatDoesNotFitBeforeAnythingIsSent) {
  EngineRig rig(kClassicLiteOn, "MX25L4005");
  SpiEngine engine(rig, rig.clock, kClassicLiteOn, false);
  const std::vector<uint8_t> good(1, 0x06), big(0x105, 0x02);
  const chips::SpiTransfer transfers[] = {{good, {}}, {big, {}}};
  const Status status = engine.Run(transfers);
  ASSERT_FALSE(status.has_value());
  EXPECT_EQ(status.error().reason(), "SPI_TRANSFER_TOO_LONG");
  EXPECT_EQ(rig.shifts, 0);
}

TEST(SpiEngine, StopsWhenTheDriveLeavesVendorMode) {
  EngineRig rig(kClassicLiteOn, "MX25L4005");
  rig.shown_status = 0x50;
  SpiEngine engine(rig, rig.clock, kClassicLiteOn, false);
  const Result<chips::SpiIdentification> found = chips::IdentifySpiChip(engine);
  ASSERT_FALSE(found.has_value());
  EXPECT_EQ(found.error().reason(), "TASKFILE_WAIT_TIMEOUT");
  EXPECT_EQ(rig.shifts, 0);
}

TEST(SpiEngine, IsChosenByTheStatus) {
  EXPECT_EQ(ClassicVariantOf(0x72), &kClassicLiteOn);
  EXPECT_EQ(ClassicVariantOf(0x73), &kClassicBenq);
  EXPECT_EQ(ClassicVariantOf(0x70), nullptr);
  EXPECT_EQ(ClassicVariantOf(0x50), nullptr);
}

}  // namespace
}  // namespace firmbench::families::mediatek_liteon
