// SPDX-License-Identifier: Apache-2.0
// The golden record of what this family sends: a backup and a flash of every model, compared with
// traces/MODEL.trace. Run with FIRMBENCH_RECORD_TRACES=1 to write the traces anew, and read the
// difference before committing it.
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

#include "tests/daemon/families/mediatek_liteon/sim_rig.h"

namespace firmbench::families::mediatek_liteon {
namespace {

std::string PathOf(std::string_view model) {
  return std::string(FIRMBENCH_SOURCE_DIR) + "/tests/daemon/families/mediatek_liteon/traces/" +
         std::string(model) + ".trace";
}

std::string Head(std::string_view model) {
  return "# SPDX-License-Identifier: Apache-2.0\n"
         "# The format stands in daemon/base/trace.h.\n"
         "# Backup and flash of a simulated " +
         std::string(model) +
         " as mediatek_liteon sends them, recorded from the\n"
         "# simulator with synthetic contents: no real drive has been seen.\n";
}

// Reads both memories and flashes another image.
std::string Record(std::string_view model) {
  SimRig rig(model);
  const auto session = rig.Open();
  rig.recorder().BeginStep("read eeprom");
  EXPECT_TRUE(session->Read(Memory::kEeprom, {}, rig.hands()));
  rig.recorder().BeginStep("read firmware");
  rig.hands().NewPhase();
  EXPECT_TRUE(session->Read(Memory::kFirmware, {}, rig.hands()));
  WriteReport report;
  const Status written = rig.EnterAndWrite(*session, rig.Image(), report);
  EXPECT_TRUE(written) << written.error().ToString();
  rig.recorder().BeginStep("leave update mode");
  EXPECT_TRUE(session->LeaveUpdateMode(rig.hands()));
  const std::string text = rig.recorder().Finish(model);
  // Whatever was sent was named by a rule, and the gate had nothing to refuse.
  for (const std::string& name : rig.recorder().names()) {
    EXPECT_FALSE(name.starts_with("unnamed")) << name;
  }
  EXPECT_EQ(rig.gate().refused(), 0u);
  return Head(model) + text;
}

class LiteonTrace : public testing::TestWithParam<std::string> {};
INSTANTIATE_TEST_SUITE_P(Models, LiteonTrace, testing::ValuesIn(ModelNames()), TestNameOf);

TEST_P(LiteonTrace, IsWhatIsSent) {
  const std::string recorded = Record(GetParam());
  if (std::getenv("FIRMBENCH_RECORD_TRACES") != nullptr) {
    std::ofstream(PathOf(GetParam()), std::ios::binary) << recorded;
  }
  std::ifstream file(PathOf(GetParam()), std::ios::binary);
  ASSERT_TRUE(file) << PathOf(GetParam());
  std::stringstream kept;
  kept << file.rdbuf();
  EXPECT_EQ(recorded, kept.str());
}

TEST_P(LiteonTrace, IsReadAsEveryTrace) {
  std::ifstream file(PathOf(GetParam()), std::ios::binary);
  std::stringstream kept;
  kept << file.rdbuf();
  const auto trace = ParseTrace(kept.str());
  ASSERT_TRUE(trace) << trace.error().ToString();
  EXPECT_EQ(trace->Head("model"), GetParam());
  for (const TraceStep& step : trace->steps) {
    for (const TraceBlock& block : step.blocks) EXPECT_TRUE(block.evidence) << block.command;
  }
}

// The erase intro is never part of what is sent, and nothing but the write step writes a byte.
TEST_P(LiteonTrace, HoldsNoEraseIntro) {
  std::ifstream file(PathOf(GetParam()), std::ios::binary);
  std::string step;
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("step: ")) step = line.substr(6);
    EXPECT_EQ(line.find("2E/80"), std::string::npos);
    if (line.find("write byte (01)") != std::string::npos) {
      EXPECT_TRUE(step == "write" || step == "identify chip") << step;
    }
  }
  EXPECT_EQ(step, "leave update mode");
}

}  // namespace
}  // namespace firmbench::families::mediatek_liteon
