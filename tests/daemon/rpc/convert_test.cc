// SPDX-License-Identifier: Apache-2.0
#include "daemon/rpc/convert.h"

#include <gtest/gtest.h>

#include "daemon/rpc/context.h"

namespace firmbench::rpc {
namespace {

constexpr char kId[] = "01m823eye3saeybz1y9xnkaxmf";

TEST(Names, AreReadOnlyInTheirOwnCollection) {
  EXPECT_EQ(*IdFrom("drives", std::string("drives/") + kId), kId);
  for (const std::string& bad :
       {std::string("units/") + kId, std::string(kId), std::string("drives/"), std::string(),
        std::string("drives/") + kId + "/x", std::string("drives/../../etc/passwd"),
        std::string("drives/") + std::string(26, 'U'), std::string("drives/") + kId + "0"}) {
    const auto id = IdFrom("drives", bad);
    ASSERT_FALSE(id) << bad;
    EXPECT_EQ(id.error().reason(), "NAME_INVALID");
  }
  EXPECT_EQ(Name("drives", ""), "");
}

TEST(Pages, AreBounded) {
  EXPECT_EQ(PageOf(0, "")->size, 100);
  EXPECT_EQ(PageOf(-5, "")->size, 100);
  EXPECT_EQ(PageOf(1'000'000, "")->size, 1000);
  EXPECT_EQ(PageOf(7, "token")->after, "token");
  EXPECT_EQ(PageOf(7, std::string(65, 'x')).error().reason(), "PAGE_TOKEN_INVALID");
}

// The ledger's words and the API's enums must stay the same list.
TEST(JobWords, HaveAnEnumValueEach) {
  for (const auto state :
       {jobs::State::kQueued, jobs::State::kAwaitingApproval, jobs::State::kPreflight,
        jobs::State::kDumping, jobs::State::kDumpCommitted, jobs::State::kEntering,
        jobs::State::kArmed, jobs::State::kWriting, jobs::State::kResetting, jobs::State::kReadback,
        jobs::State::kClosed}) {
    jobs::JobView view;
    view.row.state = ToString(state);
    const v1::Job job = ToProto(view, kId, "");
    EXPECT_EQ(v1::Job::State_Name(job.state()), "STATE_" + std::string(ToString(state)));
  }
  for (const auto outcome :
       {jobs::Outcome::kNotStarted, jobs::Outcome::kUnchanged, jobs::Outcome::kChangedVerified,
        jobs::Outcome::kChangedUnverified, jobs::Outcome::kNoEffect, jobs::Outcome::kUnknown}) {
    jobs::JobView view;
    view.row.outcome = ToString(outcome);
    const v1::Job job = ToProto(view, kId, "");
    EXPECT_EQ(v1::Outcome_Name(job.outcome()), "OUTCOME_" + std::string(ToString(outcome)));
  }
  for (const auto result : {jobs::JobResult::kSucceeded, jobs::JobResult::kFailed,
                            jobs::JobResult::kCancelled, jobs::JobResult::kRefused}) {
    jobs::JobView view;
    view.row.result = ToString(result);
    const v1::Job job = ToProto(view, kId, "");
    EXPECT_EQ(v1::Job::Result_Name(job.result()), "RESULT_" + std::string(ToString(result)));
  }
  for (const auto check : {jobs::EepromCheck::kEqual, jobs::EepromCheck::kVolatileOnly,
                           jobs::EepromCheck::kChanged, jobs::EepromCheck::kNotRead}) {
    jobs::JobView view;
    view.row.eeprom_check = ToString(check);
    const v1::Job job = ToProto(view, kId, "");
    EXPECT_EQ(v1::EepromCheck_Name(job.eeprom_check()),
              "EEPROM_CHECK_" + std::string(ToString(check)));
  }
}

TEST(JobErrors, SayWhatIsKnownOfTheDrive) {
  for (const auto state :
       {DriveState::kUntouched, DriveState::kPartlyWritten, DriveState::kUnknown}) {
    jobs::JobView view;
    view.row.error_reason = "WRITE_MISMATCH";
    view.row.drive_state = ToString(state);
    EXPECT_EQ(ToProto(view, kId, "").error().drive_state(), ToProto(state));
  }
  EXPECT_FALSE(ToProto(jobs::JobView(), kId, "").has_error());
}

TEST(JobEvents, CarryWhatTheirTypeSays) {
  storage::JobEvent event;
  event.sequence = 7;
  event.job_id = kId;
  event.type = "prompt";
  event.detail_json = R"({"expires_us":5000000,"id":"p1","kind":"hold_eject","text":"hold it"})";
  const v1::JobEvent prompt = ToProto(event);
  EXPECT_EQ(prompt.sequence(), 7);
  EXPECT_EQ(prompt.prompt().kind(), "hold_eject");
  EXPECT_EQ(prompt.prompt().expire_time().seconds(), 5);
  EXPECT_EQ(prompt.prompt().answers_size(), 2);

  event.type = "prompt_answered";
  event.detail_json = R"({"answer":"done","id":"p1","principal":"ann"})";
  EXPECT_EQ(ToProto(event).prompt_answer().principal(), "ann");

  event.type = "step";
  event.detail_json = R"({"index":3,"name":"arm","note":"n","outcome":"UNCHANGED"})";
  EXPECT_EQ(ToProto(event).step().index(), 3);
  EXPECT_EQ(ToProto(event).step().outcome(), v1::OUTCOME_UNCHANGED);

  event.type = "message";
  event.detail_json = "not json at all";
  EXPECT_EQ(ToProto(event).message(), "");
}

TEST(Drives, ShowAnAbsentSerialAsAbsent) {
  inventory::DriveSnapshot drive;
  drive.id = kId;
  drive.condition = inventory::DriveCondition::kReady;
  EXPECT_FALSE(ToProto(drive, kId, "", "").has_serial());
  drive.identity.vpd_serial = "AB12345678";
  EXPECT_EQ(ToProto(drive, kId, "", "").serial(), "AB12345678");
}

TEST(Drives, ShowTheStateThatMattersMost) {
  inventory::DriveSnapshot drive;
  drive.id = kId;
  drive.condition = inventory::DriveCondition::kReady;
  EXPECT_EQ(ToProto(drive, kId, "", "").state(), v1::Drive::STATE_READY);
  drive.quarantine = "a write to it did not end well";
  const v1::Drive shown = ToProto(drive, kId, "", "");
  EXPECT_EQ(shown.state(), v1::Drive::STATE_QUARANTINED);
  ASSERT_EQ(shown.problems_size(), 1);
  EXPECT_EQ(shown.problems(0).reason(), "DRIVE_QUARANTINED");
  EXPECT_EQ(ToProto(drive, kId, kId, "").state(), v1::Drive::STATE_BUSY);
  drive.condition = inventory::DriveCondition::kGone;
  EXPECT_EQ(ToProto(drive, kId, kId, "").state(), v1::Drive::STATE_GONE);
}

TEST(Drives, SayWhoUsesThem) {
  inventory::DriveSnapshot drive;
  drive.id = kId;
  EXPECT_FALSE(ToProto(drive, kId, "", "").has_claim());
  drive.claimed_by = "ann";
  drive.claim_note = "reading the chip";
  drive.claim_expires_us = 5'000'000;
  const v1::Claim claim = ToProto(drive, kId, "", "").claim();
  EXPECT_EQ(claim.principal(), "ann");
  EXPECT_EQ(claim.note(), "reading the chip");
  EXPECT_EQ(claim.expire_time().seconds(), 5);
}

// A drive that has to be brought back needs one sentence, not two.
TEST(Drives, WhoseWriteWasCutSayOnlyThat) {
  inventory::DriveSnapshot drive;
  drive.id = kId;
  drive.condition = inventory::DriveCondition::kReady;
  drive.quarantine = "a write to it was cut off";
  drive.problems = {{"RECOVERY_NEEDED", "cut", "firmbench job recover jobs/X"}};
  const v1::Drive shown = ToProto(drive, kId, "", "");
  EXPECT_EQ(shown.quarantine_reason(), "a write to it was cut off");
  ASSERT_EQ(shown.problems_size(), 1);
  EXPECT_EQ(shown.problems(0).reason(), "RECOVERY_NEEDED");
}

TEST(Jobs, SayWhatTheyBringBackAndWhoBroughtThemBack) {
  jobs::JobView view;
  view.row.recovers = "a";
  view.row.cancelled_by = "ann";
  view.row.attempts = 2;
  view.row.target_model = "LTR-52327S";
  view.plan.spec.recover_to = "old";
  view.recovered_by = "b";
  view.needs_recovery = true;
  const v1::Job job = ToProto(view, kId, "");
  EXPECT_EQ(job.recovers(), "jobs/a");
  EXPECT_EQ(job.recover_to(), "old");
  EXPECT_EQ(job.recovered_by(), "jobs/b");
  EXPECT_TRUE(job.needs_recovery());
  EXPECT_EQ(job.cancelled_by(), "ann");
  EXPECT_EQ(job.attempts(), 2);
  EXPECT_EQ(job.target_model(), "LTR-52327S");
  EXPECT_EQ(ToProto(jobs::JobView(), kId, "").recovers(), "");
}

}  // namespace
}  // namespace firmbench::rpc
