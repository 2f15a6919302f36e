// SPDX-License-Identifier: Apache-2.0
// Every kind of fault can be asked for in a scenario's file, and then strikes.
#include <gtest/gtest.h>

#include <map>

#include "tests/daemon/simulator/sim_test_util.h"

namespace firmbench::simulator {
namespace {

using ata::Register;
using std::chrono::milliseconds;
using std::chrono::seconds;

struct Reach {
  FaultKind kind;
  std::string model;
  std::string toml;  // what stands beside the kind
  std::string effect;
};

void PrintTo(const Reach& reach, std::ostream* out) { *out << ToString(reach.kind); }

// 128 bytes of program memory, or how the command ended.
std::string ReadMemory(Drive& drive, uint8_t bank = 0) {
  auto transport = drive.OpenTransport();
  if (!transport) return transport.error().reason();
  Bytes data(128);
  const std::vector<uint8_t> cdb = {0xdf, 0x83, 0, 0, 0xff, 0, bank, 0x01, 0x00, 0, 0, 0};
  auto result = TrySend(**transport, cdb, data);
  // A drive that was switched on says so first.
  if (result && result->sense && result->sense->asc == 0x29) {
    result = TrySend(**transport, cdb, data);
  }
  if (!result) return result.error().reason();
  if (!result->good()) return result->sense ? "sense " + ToHex(Bytes{result->sense->asc}) : "bad";
  if (result->residual != 0) return "short by " + std::to_string(result->residual);
  const Bytes flash = drive.FlashBytes();
  const auto at = flash.begin() + bank * 0x10000 + 0x100;
  return std::equal(data.begin(), data.end(), at) ? "right" : "wrong";
}

// How many of the first 16 bytes of the page at 1000 are 0 after they were written so.
std::string WriteSixteen(Drive& drive, uint8_t command) {
  VendorHost host(drive);
  if (host.Intro() != 0x70) return "no vendor mode";
  drive.PokeFlash(0x1000, Bytes(16, 0xff));
  drive.MarkWriteStarted();
  host.Unlock(command);
  for (uint32_t i = 0; i < 16; ++i) {
    std::array script = {
        ata::Access::Write(Register::kLbaMid, static_cast<uint8_t>(i)),
        ata::Access::Write(Register::kLbaHigh, 0x10), ata::Access::Write(Register::kLbaLow, 0x00),
        ata::Access::Write(Register::kDevice, 0xa0), ata::Access::Write(Register::kCommand, 0x01)};
    if (!host.Run(script)) return "unplugged";
    if (drive.state() == RunState::kOff) return "off after " + std::to_string(i + 1);
    host.Sleep(std::chrono::microseconds(5));
  }
  host.Sleep(milliseconds(20));
  const Bytes flash = drive.FlashBytes();
  return "wrote " + std::to_string(std::count(flash.begin() + 0x1000, flash.begin() + 0x1010, 0));
}

std::string EffectOf(FaultKind kind, Drive& drive) {
  switch (kind) {
    case FaultKind::kStuckStatus:
    case FaultKind::kIgnoreIntro: {
      VendorHost host(drive);
      const uint8_t first = host.Intro();
      return ToHex(Bytes{first, host.Intro()});
    }
    case FaultKind::kAliasedRead:
      return ReadMemory(drive, 3);
    case FaultKind::kStaleRead: {
      const auto transport = Must(drive.OpenTransport());
      const std::vector<uint8_t> cdb = {0xdf, 0x83, 0, 0, 0xff, 0, 0, 0x01, 0x00, 0, 0, 0};
      Send(*transport, {0, 0, 0, 0, 0, 0});
      const Bytes before = Send(*transport, cdb, 128).data;
      drive.PokeFlash(0x100, Bytes(128, 0x11));
      return Send(*transport, cdb, 128).data == before ? "stale" : "fresh";
    }
    case FaultKind::kDropWrite:
    case FaultKind::kPowerCut:
    case FaultKind::kPreempted:
      return WriteSixteen(drive, 0xa0);
    case FaultKind::kBackAs: {
      ReadMemory(drive);
      const auto transport = Must(drive.OpenTransport());
      return std::string(AsText(Send(*transport, {0x12, 0, 0, 0, 36, 0}, 36).data).substr(16, 5));
    }
    default:
      return ReadMemory(drive);
  }
}

class EveryFault : public testing::TestWithParam<Reach> {};

TEST_P(EveryFault, IsReachedFromAScenario) {
  const Reach& reach = GetParam();
  const auto bench =
      OneDrive(reach.model, "[[drives.faults]]\nkind = \"" + std::string(ToString(reach.kind)) +
                                "\"\n" + reach.toml);
  Drive& drive = *bench->Find("bay 1");
  EXPECT_EQ(EffectOf(reach.kind, drive), reach.effect);
  const auto healthy = OneDrive(reach.model);
  EXPECT_NE(EffectOf(reach.kind, *healthy->Find("bay 1")), reach.effect) << "without the fault";
}

constexpr const char* kPageModel = "LTR-48246S";
constexpr const char* kByteModel = "LTR-52327S";

std::vector<Reach> AllReaches() {
  return {
      {FaultKind::kTimeout, kByteModel, "", "TRANSPORT_TIMEOUT"},
      {FaultKind::kCheckCondition, kByteModel, "sense = [3, 0x11, 0]", "sense 11"},
      {FaultKind::kShortTransfer, kByteModel, "times = 0", "short by 64"},
      {FaultKind::kDropWrite, kPageModel, "at = { write = 1 }", "wrote 0"},
      {FaultKind::kNoisyRead, kByteModel, "one_in = 8\ntimes = 0", "wrong"},
      {FaultKind::kAliasedRead, kByteModel, "window_bytes = 0x10000\ntimes = 0", "wrong"},
      {FaultKind::kStuckRead, kByteModel, "times = 0", "wrong"},
      {FaultKind::kStaleRead, kByteModel, "times = 0", "stale"},
      {FaultKind::kPowerCut, kPageModel, "at = { write = 1, cycle = 7 }", "off after 4"},
      {FaultKind::kGone, kByteModel, "back_after_ms = 5000", "DRIVE_GONE"},
      {FaultKind::kBackAs, kByteModel, "identity = { product = \"LTR-9\" }", "LTR-9"},
      {FaultKind::kStuckStatus, kByteModel, "status = 0x50\ntimes = 0", "5050"},
      {FaultKind::kIgnoreIntro, kByteModel, "at = { opcode = 0x80 }", "5170"},
      {FaultKind::kPreempted, kPageModel, "at = { cycle = 8 }", "wrote 5"},
  };
}

INSTANTIATE_TEST_SUITE_P(Kinds, EveryFault, testing::ValuesIn(AllReaches()),
                         [](const testing::TestParamInfo<Reach>& reach) {
                           return std::string(ToString(reach.param.kind));
                         });

// No model that a scenario can name has serial flash: serial_session_test reaches these.
bool NeedsSerialFlash(FaultKind kind) {
  return kind == FaultKind::kEngineSilent || kind == FaultKind::kEngineEcho;
}

TEST(EveryFaultTable, LeavesNoKindOut) {
  std::map<FaultKind, int> rows;
  for (const Reach& reach : AllReaches()) ++rows[reach.kind];
  for (int i = 0; ToString(static_cast<FaultKind>(i)) != "unknown"; ++i) {
    const auto kind = static_cast<FaultKind>(i);
    EXPECT_EQ(rows[kind], NeedsSerialFlash(kind) ? 0 : 1) << ToString(kind);
  }
  EXPECT_EQ(AllReaches().size(), 14u);
}

}  // namespace
}  // namespace firmbench::simulator
