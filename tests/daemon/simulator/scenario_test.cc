// SPDX-License-Identifier: Apache-2.0
#include "daemon/simulator/scenario.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "daemon/families/personalities.h"
#include "tests/daemon/simulator/sim_test_util.h"

namespace firmbench::simulator {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;

constexpr std::string_view kFull = R"(
[time]
mode = "paced"
speed = 10
[persist]
dir = "kept"
[[drives]]
model = "LTR-52327S"
bay = "bay 1"
channel = "secondary"
device = 1
connection = "scsi"
serial = "S1"
firmware_revision = "QS55"
firmware_seed = 7
firmware_file = "fw/old.bin"
eeprom_seed = 8
disc = true
eeprom_write = true
eeprom_checksum = true
chip = "W29C040"
software_data_protection = false
boot_block_locked = true
chip_endurance = 1000
gate = "power_window"
power_window_ms = 250
boot_ms = 10
vendor_op_us = 4
max_transfer_kib = 128
boot_lost = true
boot_answers = true
cable = true
ignores_dev_select = true
[[drives.faults]]
kind = "power_cut"
at = { command = 5, write = 6, cycle = 7, opcode = 0xdf, state = "vendor" }
percent = 80
times = 2
back_after_ms = 30
[[drives.faults]]
kind = "check_condition"
sense = [3, 0x11, 2]
[[drives.faults]]
kind = "noisy_read"
one_in = 99
[[drives.faults]]
kind = "aliased_read"
window_bytes = 0x40000
[[drives.faults]]
kind = "stuck_status"
status = 0x80
[[drives.faults]]
kind = "back_as"
identity = { vendor = "V", product = "P", revision = "R", vendor_specific = "X", serial = "S" }
[[drives.faults]]
kind = "stuck_bit"
offset = 0x123
bit = 7
value = 1
[[drives.faults]]
kind = "weak_erase"
offset = 0x2000
[[drives.operator]]
on_prompt = "hold_eject"
after_ms = 5
do = ["hold_eject", "power_cycle"]
answer = "done"
times = 1
)";

TEST(Scenario, ReadsEverything) {
  const Scenario scenario = Must(ParseScenario(kFull, "/lab/a.toml", families::AllPersonalities()));
  EXPECT_EQ(scenario.time.mode, TimeMode::kPaced);
  EXPECT_EQ(scenario.time.speed, 10.0);
  EXPECT_EQ(scenario.persist_dir, "/lab/kept");
  ASSERT_EQ(scenario.drives.size(), 1u);
  const DriveSpec& spec = scenario.drives[0];
  EXPECT_EQ(spec.model, "LTR-52327S");
  EXPECT_EQ(spec.channel, "secondary");
  EXPECT_TRUE(spec.second_device);
  EXPECT_TRUE(spec.scsi);
  EXPECT_FALSE(spec.task_file);
  EXPECT_EQ(spec.serial, "S1");
  EXPECT_EQ(spec.firmware_revision, "QS55");
  EXPECT_EQ(spec.firmware_seed, 7u);
  EXPECT_EQ(spec.firmware_file, "/lab/fw/old.bin");
  EXPECT_EQ(spec.eeprom_seed, 8u);
  EXPECT_TRUE(spec.disc && spec.eeprom_write && spec.eeprom_checksum);
  EXPECT_EQ(spec.chip, "W29C040");
  EXPECT_FALSE(spec.software_data_protection);
  EXPECT_TRUE(spec.boot_block_locked);
  EXPECT_EQ(spec.defects.endurance, 1000u);
  EXPECT_EQ(spec.gate, Gate::kPowerWindow);
  EXPECT_EQ(spec.power_window, milliseconds(250));
  EXPECT_EQ(spec.boot_time, milliseconds(10));
  EXPECT_EQ(spec.vendor_op_time, microseconds(4));
  EXPECT_EQ(spec.max_transfer_bytes, 131072u);
  EXPECT_EQ(spec.boot_lost, true);
  EXPECT_EQ(spec.boot_answers, true);
  EXPECT_TRUE(spec.cable);
  EXPECT_EQ(spec.ignores_dev_select, true);
}

TEST(Scenario, ReadsFaultsAndRules) {
  const Scenario scenario = Must(Parse(kFull));
  const DriveSpec& spec = scenario.drives.at(0);
  ASSERT_EQ(spec.faults.size(), 6u);
  EXPECT_EQ(spec.faults[0].kind, FaultKind::kPowerCut);
  EXPECT_EQ(spec.faults[0].at.command, 5u);
  EXPECT_EQ(spec.faults[0].at.write, 6u);
  EXPECT_EQ(spec.faults[0].at.cycle, 7u);
  EXPECT_EQ(spec.faults[0].percent, 80u);
  EXPECT_EQ(spec.faults[0].at.opcode, 0xdf);
  EXPECT_EQ(spec.faults[0].at.state, RunState::kVendor);
  EXPECT_EQ(spec.faults[0].times, 2u);
  EXPECT_EQ(spec.faults[0].back_after, milliseconds(30));
  EXPECT_EQ(spec.faults[1].sense.asc, 0x11);
  EXPECT_EQ(spec.faults[2].one_in, 99u);
  EXPECT_EQ(spec.faults[3].window_bytes, 0x40000u);
  EXPECT_EQ(spec.faults[4].status, 0x80);
  EXPECT_EQ(spec.faults[5].identity.product, "P");
  ASSERT_EQ(spec.defects.stuck_bits.size(), 1u);
  EXPECT_EQ(spec.defects.stuck_bits[0].bit, 7);
  EXPECT_TRUE(spec.defects.stuck_bits[0].value);
  EXPECT_EQ(spec.defects.weak_units, std::vector<uint32_t>{0x2000});
  ASSERT_EQ(spec.operator_rules.size(), 1u);
  EXPECT_EQ(spec.operator_rules[0].hands, (std::vector<Hand>{Hand::kHoldEject, Hand::kPowerCycle}));
  EXPECT_EQ(spec.operator_rules[0].times, 1u);
}

TEST(Scenario, HasDefaults) {
  const Scenario scenario = Must(Parse("[[drives]]\nmodel = \"LTR-48246S\"\nbay = \"a\"\n"));
  EXPECT_EQ(scenario.time.mode, TimeMode::kVirtual);
  EXPECT_EQ(scenario.persist_dir, "");
  const DriveSpec& spec = scenario.drives[0];
  EXPECT_EQ(spec.channel, "ide/a");
  EXPECT_TRUE(spec.scsi && spec.task_file);
  EXPECT_FALSE(spec.gate);
  EXPECT_TRUE(Must(Parse("")).drives.empty());
}

struct Wrong {
  const char* text;  // of one drive, from line 4 on, unless it begins with '!': then the whole file
  int line;
  int column;
  const char* says;
};

TEST(Scenario, SaysExactlyWhereItIsWrong) {
  const Wrong kWrong[] = {
      {"!x = 1", 1, 1, "there is no key 'x'"},
      {"!drives = 1", 1, 10, "must be an array of tables"},
      {"!drives = [1]", 1, 11, "must be an array of tables"},
      {"!time = 3", 1, 8, "must be a table"},
      {"![time]\nmode = \"fast\"", 2, 8, "\"virtual\" or \"paced\""},
      {"![time]\nspeed = 0", 2, 9, "above 0"},
      {"![time]\nspeed = nan", 2, 9, "above 0"},
      {"![persist]\ndir = 5", 2, 7, "must be a string"},
      {"!a = \n", 1, 5, ""},
      {"!drives = [{ model = \"X\" }]", 1, 21, "there is no model 'X'"},
      {"  colour = \"beige\"", 4, 3, "there is no key 'colour'"},
      {"bay = \"a/b\"", 4, 7, "'bay' must be a name"},
      {"device = 2", 4, 10, "from 0 to 1"},
      {"device = true", 4, 10, "from 0 to 1"},
      {"disc = 1", 4, 8, "true or false"},
      {"serial = \"\\u0001\"", 4, 10, "printable"},
      {"serial = \"012345678901234567890\"", 4, 10, "at most 20"},
      {"connection = \"usb\"", 4, 14, "\"ide\", \"scsi\" or \"task_file\""},
      {"gate = \"open\"", 4, 8, "'gate' must be"},
      {"chip = \"MX99\"", 4, 8, "no part 'MX99'"},
      {"chip = \"SST28SF040A\"", 4, 8, "cannot be simulated"},
      {"firmware_seed = -1", 4, 17, "whole number"},
      {"faults = [{ kind = \"gremlin\" }]", 4, 20, "'gremlin' is no kind of fault"},
      {"faults = [{ kind = \"timeout\", at = { state = \"odd\" } }]", 4, 46, "'odd' is no state"},
      {"faults = [{ kind = \"timeout\", at = { comand = 1 } }]", 4, 38, "no key 'comand'"},
      {"faults = [{ kind = \"check_condition\", sense = [1, 2] }]", 4, 47, "[key, asc, ascq]"},
      {"faults = [{ kind = \"check_condition\", sense = [16, 2, 0] }]", 4, 47, "[key, asc, ascq]"},
      {"faults = [{ kind = \"aliased_read\", window_bytes = 3 }]", 4, 51, "power of two"},
      {"faults = [{ kind = \"power_cut\", percent = 100 }]", 4, 43, "from 0 to 99"},
      {"faults = [{ kind = \"back_as\" }]", 4, 11, "needs an 'identity'"},
      {"faults = [{ kind = \"stuck_bit\", bit = 8 }]", 4, 39, "from 0 to 7"},
      {"operator = [{ do = [] }]", 4, 13, "'on_prompt' is missing"},
      {"operator = [{ on_prompt = \"p\", do = [\"kick\"] }]", 4, 38, "nothing that hands can do"},
      {"operator = [{ on_prompt = \"p\", do = \"kick\" }]", 4, 37, "array of strings"},
      {"operator = [{ on_prompt = \"p\", do = [7] }]", 4, 38, "array of strings"},
      {"[[drives]]\nmodel = \"LTR-48246S\"\nbay = \"bay_1\"", 6, 7, "bay 'bay_1' is taken"},
      {"[[drives]]\nmodel = \"LTR-48246S\"\nbay = \"b\"\nchannel = \"ide/bay 1\"", 7, 11,
       "device 0 of channel 'ide/bay 1' is taken"},
  };
  for (const Wrong& wrong : kWrong) {
    const std::string text =
        wrong.text[0] == '!'
            ? std::string(wrong.text + 1)
            : fmt::format("[[drives]]\nmodel = \"LTR-48246S\"\n{}\n{}\n",
                          std::string_view(wrong.text).starts_with("bay") ? "" : "bay = \"bay 1\"",
                          wrong.text);
    SCOPED_TRACE(text);
    const Result<Scenario> scenario = Parse(text);
    ASSERT_FALSE(scenario);
    const Error& error = scenario.error();
    EXPECT_EQ(error.reason(), "SCENARIO_INVALID");
    ASSERT_GE(error.metadata().size(), 3u);
    EXPECT_EQ(error.metadata()[0].second, "bench.toml");
    EXPECT_EQ(error.metadata()[1].second, std::to_string(wrong.line));
    EXPECT_EQ(error.metadata()[2].second, std::to_string(wrong.column));
    EXPECT_NE(error.message().find(wrong.says), std::string::npos) << error.message();
    EXPECT_TRUE(
        error.message().starts_with(fmt::format("bench.toml:{}:{}: ", wrong.line, wrong.column)))
        << error.message();
  }
}

TEST(Scenario, SaysWhenTheFileCannotBeRead) {
  const auto scenario = LoadScenario("/no/such/file.toml", families::AllPersonalities());
  EXPECT_EQ(scenario.error().reason(), "SCENARIO_UNREADABLE");
  EXPECT_EQ(LoadScenario("/", families::AllPersonalities()).error().reason(),
            "SCENARIO_UNREADABLE");
}

TEST(Scenario, NamesItsGates) {
  for (const Gate gate : {Gate::kAlways, Gate::kEjectHeld, Gate::kPowerWindow, Gate::kNever}) {
    EXPECT_EQ(ParseGate(ToString(gate)), gate);
  }
  EXPECT_FALSE(ParseGate("ajar"));
}

}  // namespace
}  // namespace firmbench::simulator
