// SPDX-License-Identifier: Apache-2.0
// Ways in which a write can look verified and is not: each is found out, or written again.
#include <gtest/gtest.h>

#include "daemon/base/log.h"
#include "tests/crash/scenarios.h"

namespace firmbench::test {
namespace {

using DriveFault = simulator::FaultKind;
using WayFault = transport::FaultKind;

class FalseVerify : public testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    log::SetLevel(log::Level::kCritical);
    for (Scenario& scenario : AllScenarios()) {
      if (scenario.name != "flash " + GetParam()) continue;
      scenario.drive.script = std::make_shared<transport::FaultScript>();
      world_ = std::make_unique<World>(scenario.drive, nullptr);
      ASSERT_TRUE(world_->ok());
      job_ = scenario.prepare(*world_);
    }
    ASSERT_NE(world_, nullptr);
  }

  void WayFails(const std::string& step, transport::Fault fault) {
    world_->WhenStep(step, [this, fault] { world_->script().Add(fault); });
  }
  void DriveFails(const std::string& step, const simulator::FaultSpec& fault) {
    world_->WhenStep(step, [this, fault] { world_->drive().AddFault(fault); });
  }

  storage::Job Flash() {
    auto job = world_->Run(job_.spec);
    EXPECT_TRUE(job);
    return job ? job->row : storage::Job{};
  }
  Bytes Held() { return world_->drive().FlashBytes(); }
  bool Quarantined() {
    const auto listed = world_->ledger().ListQuarantines(true);
    return listed && !listed->empty();
  }
  void ExpectFailed(const storage::Job& job, const std::string& reason,
                    const std::string& outcome) {
    EXPECT_EQ(job.result, "FAILED");
    EXPECT_EQ(job.error_reason, reason) << job.error_message;
    EXPECT_EQ(job.outcome, outcome);
    EXPECT_FALSE(job.error_message.empty());
    EXPECT_EQ(world_->drive().EepromBytes(), job_.eeprom);
  }

  std::unique_ptr<World> world_;
  Prepared job_;
};

INSTANTIATE_TEST_SUITE_P(Models, FalseVerify,
                         testing::Values("LTR-48246S", "LTR-52327S", "LDW-451S"),
                         [](const auto& model) {
                           std::string name = model.param;
                           std::erase(name, '-');
                           return name;
                         });

TEST_P(FalseVerify, BytesJustWrittenInTheBufferOfAFailedRead) {
  DriveFails("write firmware", {.kind = DriveFault::kDropWrite, .times = 0});
  WayFails("read back firmware", {.kind = WayFault::kStaleBuffer, .times = 0});
  const storage::Job job = Flash();
  EXPECT_EQ(job.result, "FAILED");
  EXPECT_NE(job.outcome, "CHANGED_VERIFIED");
  EXPECT_FALSE(job.error_message.empty());
  EXPECT_TRUE(Quarantined());
}

TEST_P(FalseVerify, AWriteReportedGoodThatWasDroppedIsWrittenAgain) {
  DriveFails("write firmware", {.kind = DriveFault::kDropWrite, .at = {.write = 2}, .times = 1});
  const storage::Job job = Flash();
  EXPECT_EQ(job.result, "SUCCEEDED") << job.error_message;
  EXPECT_EQ(Held(), job_.new_bytes);
}

TEST_P(FalseVerify, WritesReportedGoodThatWereAllDropped) {
  DriveFails("write firmware", {.kind = DriveFault::kDropWrite, .times = 0});
  ExpectFailed(Flash(), "WRITE_NO_EFFECT", "NO_EFFECT");
  EXPECT_EQ(Held(), job_.old_bytes);
}

TEST_P(FalseVerify, AReadBackFromACache) {
  DriveFails("write firmware", {.kind = DriveFault::kStaleRead, .times = 0});
  const storage::Job job = Flash();
  // What a handle saw before the write never vouches for what is there after it.
  EXPECT_EQ(job.result == "SUCCEEDED", Held() == job_.new_bytes) << job.error_message;
  EXPECT_EQ(job.outcome == "CHANGED_VERIFIED", Held() == job_.new_bytes);
}

TEST_P(FalseVerify, AnAliasedBank) {
  DriveFails("read back firmware",
             {.kind = DriveFault::kAliasedRead, .times = 0, .window_bytes = 256});
  ExpectFailed(Flash(), "WRITE_MISMATCH", "CHANGED_UNVERIFIED");
  EXPECT_TRUE(Quarantined());
}

TEST_P(FalseVerify, AnEchoThatAgreesWithItself) {
  DriveFails("write firmware", {.kind = DriveFault::kDropWrite, .times = 0});
  WayFails("write firmware", {.kind = WayFault::kEchoedWrite, .times = 0});
  const storage::Job job = Flash();
  EXPECT_EQ(job.result, "FAILED");
  EXPECT_NE(job.outcome, "CHANGED_VERIFIED");
  EXPECT_FALSE(job.error_message.empty());
}

TEST_P(FalseVerify, ADriveThatComesBackUnderAnotherName) {
  WayFails(
      "read back firmware",
      {.kind = WayFault::kOtherIdentity, .times = 0, .identity = {"OTHER", "DVD-ROM", "1.00"}});
  const storage::Job job = Flash();
  ExpectFailed(job, "READBACK_FAILED", "CHANGED_UNVERIFIED");
  EXPECT_NE(job.error_message.find("OTHER DVD-ROM"), std::string::npos) << job.error_message;
  EXPECT_EQ(job.drive_state, "unknown");
  EXPECT_TRUE(Quarantined());
}

TEST_P(FalseVerify, ADriveThatComesBackAsAnotherUnit) {
  world_->WhenStep("check EEPROM", [this] {
    Bytes other = job_.eeprom;
    for (uint8_t& byte : other) byte ^= 0x21;
    world_->drive().PokeEeprom(0, other);
  });
  const storage::Job job = Flash();
  EXPECT_EQ(job.result, "FAILED");
  EXPECT_EQ(job.error_reason, "EEPROM_CHANGED") << job.error_message;
  EXPECT_EQ(job.eeprom_check, "CHANGED");
  EXPECT_TRUE(Quarantined());
}

}  // namespace
}  // namespace firmbench::test
