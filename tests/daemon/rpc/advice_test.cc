// SPDX-License-Identifier: Apache-2.0
// What a technician is told is true for everything that a job can end with, and the usual ends are
// a golden file that a person can read.

#include "daemon/rpc/advice.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>

#include "daemon/jobs/words.h"

namespace firmbench::rpc {
namespace {

using ::testing::AnyOf;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

constexpr int64_t kEveningUs = 1795381380'000'000;  // 2026-11-22T21:03:00Z

storage::Job CutFlash() {
  storage::Job job;
  job.id = "JOB";
  job.kind = "flash";
  job.drive_id = "DRIVE";
  job.memory = "firmware";
  job.state = "CLOSED";
  job.result = "FAILED";
  job.outcome = "CHANGED_UNVERIFIED";
  job.eeprom_check = "EQUAL";
  job.drive_state = "partly_written";
  job.error_reason = "DAEMON_STOPPED";
  job.error_message =
      "the daemon stopped while the drive was being written; 118 of 128 blocks that were to change "
      "hold the new firmware, 10 the old one";
  job.error_remedy = "bring it back";
  job.started_us = job.write_started_us = kEveningUs;
  return job;
}

storage::Dump DumpOf(const std::string& id, const std::string& memory, const std::string& purpose,
                     int64_t created_us = kEveningUs) {
  storage::Dump dump;
  dump.id = id;
  dump.memory = memory;
  dump.purpose = purpose;
  dump.revision = "SS0E";
  dump.created_us = created_us;
  return dump;
}

std::vector<storage::Dump> Backups() {
  return {DumpOf("FIRMWARE", "firmware", "before_write"),
          DumpOf("EEPROM", "eeprom", "before_write"), DumpOf("AFTER", "firmware", "readback")};
}

std::vector<std::string> Tell(const storage::Job& job, bool needs_recovery = false,
                              const std::string& recovered_by = {},
                              const std::vector<storage::Dump>& dumps = Backups(),
                              const std::vector<storage::JobStep>& steps = {}) {
  return Advice({.job = job,
                 .steps = steps,
                 .dumps = dumps,
                 .needs_recovery = needs_recovery,
                 .recovered_by = recovered_by});
}

std::string Text(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) text += line + "\n";
  return text;
}

std::vector<std::string> Under(const std::vector<std::string>& lines, const std::string& label) {
  std::vector<std::string> found;
  for (const std::string& line : lines) {
    if (line.rfind(label + ": ", 0) == 0) found.push_back(line);
  }
  return found;
}

// Every end that the words of a job allow.
std::vector<storage::Job> EveryEnd() {
  std::vector<storage::Job> all;
  for (const char* kind :
       {"backup", "flash", "restore", "verify", "eeprom_restore", "convert", "recover"}) {
    for (const auto result : {jobs::JobResult::kSucceeded, jobs::JobResult::kFailed,
                              jobs::JobResult::kCancelled, jobs::JobResult::kRefused}) {
      for (const auto outcome :
           {jobs::Outcome::kNotStarted, jobs::Outcome::kUnchanged, jobs::Outcome::kChangedVerified,
            jobs::Outcome::kChangedUnverified, jobs::Outcome::kNoEffect, jobs::Outcome::kUnknown}) {
        for (const char* drive : {"untouched", "partly_written", "unknown"}) {
          for (const char* eeprom : {"", "EQUAL", "VOLATILE_ONLY", "CHANGED", "NOT_READ"}) {
            for (const bool wrote : {false, true}) {
              storage::Job job = CutFlash();
              job.kind = kind;
              job.memory = job.kind == "eeprom_restore" ? "eeprom"
                           : job.kind == "convert"      ? "all"
                                                        : "firmware";
              job.recovers = job.kind == "recover" ? "CUT" : "";
              job.result = ToString(result);
              job.outcome = ToString(outcome);
              job.drive_state = drive;
              job.eeprom_check = eeprom;
              job.write_started_us = wrote ? kEveningUs : 0;
              all.push_back(std::move(job));
            }
          }
        }
      }
    }
  }
  return all;
}

TEST(Advice, IsSaidOfEveryBadEndAndOfNoGoodOne) {
  for (const storage::Job& job : EveryEnd()) {
    for (const bool needs : {false, true}) {
      const auto lines = Tell(job, needs);
      const bool unsure = job.outcome == "CHANGED_UNVERIFIED" || job.outcome == "UNKNOWN";
      const bool well = job.result == "SUCCEEDED" && !(job.write_started_us != 0 && unsure);
      EXPECT_EQ(lines.empty(), well) << Text(lines);
      EXPECT_EQ(NeedsAdvice(job), !well);
      if (well) continue;
      EXPECT_FALSE(Under(lines, "Next").empty()) << Text(lines);
      EXPECT_FALSE(Under(lines, "Known").empty()) << Text(lines);
    }
  }
}

TEST(Advice, ClaimsNothingThatWasNotObserved) {
  for (const storage::Job& job : EveryEnd()) {
    const auto lines = Tell(job, true);
    if (lines.empty()) continue;
    const std::string known = Text(Under(lines, "Known"));
    const std::string unknown = Text(Under(lines, "Not known"));
    const bool wrote = job.write_started_us != 0;
    if (!wrote) {
      EXPECT_THAT(known, HasSubstr("othing was written")) << Text(lines);
      continue;
    }
    EXPECT_THAT(known, Not(HasSubstr("othing was written"))) << Text(lines);
    const bool both = job.memory == "all" && job.kind == "convert";
    const bool eeprom_written = job.memory == "eeprom" || both;
    const bool eeprom_read = job.eeprom_check == "EQUAL" || job.eeprom_check == "VOLATILE_ONLY";
    if (!eeprom_written && !eeprom_read) {
      EXPECT_THAT(known, Not(HasSubstr("EEPROM is as it was"))) << Text(lines);
    }
    if (!eeprom_written && (job.eeprom_check.empty() || job.eeprom_check == "NOT_READ")) {
      EXPECT_THAT(unknown, HasSubstr("EEPROM is as it was")) << Text(lines);
    }
    if (both && !eeprom_read) {
      EXPECT_THAT(known, Not(HasSubstr("the EEPROM were read back"))) << Text(lines);
    }
    if (both && (job.eeprom_check.empty() || job.eeprom_check == "NOT_READ")) {
      EXPECT_THAT(unknown, HasSubstr("the EEPROM holds now")) << Text(lines);
    }
    if (job.outcome != "CHANGED_VERIFIED") {
      EXPECT_THAT(known, Not(HasSubstr("is what was to be written"))) << Text(lines);
    }
    if (job.outcome != "NO_EFFECT") {
      EXPECT_THAT(known, Not(HasSubstr("is what it was before."))) << Text(lines);
    }
    if (job.outcome == "UNKNOWN" && job.drive_state != "partly_written") {
      EXPECT_THAT(unknown, HasSubstr("holds now")) << Text(lines);
    }
  }
}

TEST(Advice, IsMadeOfSentencesAndOfCommandsAlone) {
  for (const storage::Job& job : EveryEnd()) {
    for (const std::string& line : Tell(job, true)) {
      EXPECT_THAT(line, AnyOf(StartsWith("What happened: "), StartsWith("Known: "),
                              StartsWith("Not known: "), StartsWith("Next: ")));
      const bool command = line.find(": firmbench ") != std::string::npos;
      EXPECT_TRUE(command != (line.back() == '.')) << line;
      EXPECT_THAT(line, Not(HasSubstr("..")));
      EXPECT_THAT(line, Not(HasSubstr("  ")));
    }
  }
}

TEST(Advice, KeepsItsOrder) {
  const std::vector<std::string> order = {"What happened", "Known", "Not known", "Next"};
  for (const storage::Job& job : EveryEnd()) {
    size_t at = 0;
    for (const std::string& line : Tell(job, true)) {
      const auto label = std::find(order.begin(), order.end(), line.substr(0, line.find(':')));
      ASSERT_NE(label, order.end());
      const auto here = static_cast<size_t>(label - order.begin());
      EXPECT_GE(here, at);
      at = here;
    }
  }
}

TEST(Advice, NamesTheCommandThatBringsTheDriveBack) {
  EXPECT_THAT(Tell(CutFlash(), true), Contains("Next: firmbench job recover jobs/JOB"));
  // Of a recovery that was cut too, the job that it is about.
  storage::Job recovery = CutFlash();
  recovery.kind = "recover";
  recovery.recovers = "CUT";
  const auto lines = Tell(recovery, true);
  EXPECT_THAT(lines, Contains("Next: firmbench job recover jobs/CUT"));
  EXPECT_THAT(Text(lines), HasSubstr("the backup from before the cut is the one of jobs/CUT"));
  EXPECT_THAT(Text(lines), Not(HasSubstr("held before is safe")));
}

TEST(Advice, OfADriveThatWasBroughtBackSaysSoAndNothingOfNow) {
  const auto lines = Tell(CutFlash(), false, "RECOVERY");
  EXPECT_THAT(Under(lines, "Not known"), IsEmpty());
  EXPECT_THAT(Under(lines, "Next"),
              ::testing::ElementsAre("Next: Nothing: jobs/RECOVERY brought the drive back."));
}

TEST(Advice, TakesTheNewestBackupOfAJobThatBeganAnew) {
  const auto lines = Tell(CutFlash(), true, "",
                          {DumpOf("NEW", "firmware", "before_write", kEveningUs + 1),
                           DumpOf("OLD", "firmware", "before_write", kEveningUs)});
  EXPECT_THAT(Text(lines), HasSubstr("(dumps/NEW)"));
  EXPECT_THAT(Text(lines), Not(HasSubstr("OLD")));
}

TEST(Advice, IsSilentWhileAJobIsOpen) {
  for (const char* state : {"QUEUED", "AWAITING_APPROVAL", "WRITING", "READBACK"}) {
    storage::Job job = CutFlash();
    job.state = state;
    job.result.clear();
    EXPECT_THAT(Tell(job), IsEmpty());
  }
}

// The usual ends, as a person reads them.
std::string Usual() {
  std::string text;
  const auto add = [&](const std::string& title, const std::vector<std::string>& lines) {
    text += "== " + title + "\n" + Text(lines) + "\n";
  };
  storage::Job job = CutFlash();
  add("a flash was cut, and the drive answers", Tell(job, true));
  job.eeprom_check = "NOT_READ";
  add("a flash was cut, and the drive does not answer", Tell(job, true));
  add("the same, brought back", Tell(job, false, "RECOVERY"));
  storage::JobStep step;
  job = CutFlash();
  job.error_reason = "WRITE_MISMATCH";
  job.error_message = "what was read back is neither the old nor the new firmware";
  step.name = "write firmware";
  step.outcome = "UNKNOWN";
  step.note = "the drive's register 7 stayed at ff";
  add("the power of the drive failed, the daemon lived", Tell(job, true, "", Backups(), {step}));
  job = CutFlash();
  job.eeprom_check = "NOT_READ";
  job.outcome = "UNKNOWN";
  job.drive_state = "unknown";
  job.error_message =
      "the daemon stopped while the drive was being written; what the drive holds could not be "
      "looked at: it is not attached any more";
  add("a flash was cut, and the drive is gone", Tell(job, true));
  job.error_message =
      "the daemon stopped while the drive was being written; 3 of 128 blocks that were to change "
      "hold the new firmware, 40 the old one, 85 neither; 700 other places changed";
  add("what was read cannot be", Tell(job, true));
  job = CutFlash();
  job.outcome = "NO_EFFECT";
  job.drive_state = "untouched";
  job.error_message =
      "the daemon stopped while the drive was being written; the firmware is the old one, whole";
  job.error_remedy = "nothing is lost: start the job again";
  add("cut before anything had changed", Tell(job));
  job = CutFlash();
  job.outcome = "CHANGED_VERIFIED";
  job.eeprom_check = "CHANGED";
  job.drive_state = "unknown";
  job.error_message = "the EEPROM is not what it was before the firmware write";
  add("the EEPROM changed", Tell(job, true));
  job = CutFlash();
  job.drive_state = "unknown";
  job.error_message = "the firmware could not be read back: no answer";
  add("not read back", Tell(job, true));
  job = CutFlash();
  job.write_started_us = 0;
  job.outcome = "UNCHANGED";
  job.drive_state = "untouched";
  job.error_message = "reads of the firmware disagree";
  job.error_remedy = "check cable and power, then start again";
  step = {};
  step.name = "read firmware, 2 of 2";
  step.note = job.error_message;
  add("reads disagree", Tell(job, false, "", {}, {step}));
  job.result = "CANCELLED";
  job.error_message = "the job was cancelled";
  job.error_remedy.clear();
  add("cancelled", Tell(job, false, "", {}));
  job = CutFlash();
  job.kind = "eeprom_restore";
  job.memory = "eeprom";
  job.eeprom_check = "CHANGED";
  job.error_message =
      "the daemon stopped while the drive was being written; 4 of 64 blocks that were to change "
      "hold the new eeprom, 60 the old one";
  add("the write of an EEPROM was cut", Tell(job, true));
  job.kind = "convert";
  job.memory = "all";
  job.eeprom_check = "EQUAL";
  job.error_message =
      "the daemon stopped while the drive was being written; the firmware is the old one, whole, "
      "and the EEPROM is the new one, whole";
  add("a conversion was cut between its two writes", Tell(job, true));
  job.outcome = "UNKNOWN";
  job.drive_state = "unknown";
  job.eeprom_check = "NOT_READ";
  job.error_message =
      "the daemon stopped while the drive was being written; 40 of 128 blocks that were to change "
      "hold the new firmware, 87 the old one, 1 is half written, and the EEPROM could not be read";
  add("a conversion was cut in its firmware, and the drive is dead", Tell(job, true));
  return text;
}

TEST(Advice, ReadsWell) {
  const std::string path = std::string(FIRMBENCH_SOURCE_DIR) + "/tests/golden/advice.txt";
  const std::string text = "# SPDX-License-Identifier: Apache-2.0\n" + Usual();
  if (std::getenv("FIRMBENCH_UPDATE_GOLDEN") != nullptr) {
    std::ofstream(path, std::ios::binary) << text;
    return;
  }
  std::ifstream in(path, std::ios::binary);
  ASSERT_TRUE(in) << path << " is missing";
  const std::string wanted((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  EXPECT_EQ(text, wanted) << "differs from " << path;
}

}  // namespace
}  // namespace firmbench::rpc
