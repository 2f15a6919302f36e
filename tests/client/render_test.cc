// SPDX-License-Identifier: Apache-2.0
// Screens, compared with golden files; and the pieces they are made of.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "client/cli/render/compare.h"
#include "client/cli/render/drive.h"
#include "client/cli/render/image.h"
#include "client/cli/render/job.h"
#include "client/cli/render/problem.h"
#include "client/cli/render/records.h"
#include "client/cli/render/unit.h"
#include "tests/client/golden.h"
#include "tests/client/samples.h"

namespace firmbench::cli::render {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

v1::ListDrivesResponse BothDrives() {
  v1::ListDrivesResponse drives;
  *drives.add_drives() = SampleDrive();
  *drives.add_drives() = SampleDriveAlien();
  drives.mutable_drives(1)->mutable_flash_chip()->set_part("SST39VF040");
  drives.mutable_drives(1)->mutable_flash_chip()->set_assumed(true);
  return drives;
}

TEST(RenderDrive, ListsOneRowForEachWithoutBlanksInValues) {
  ExpectGolden("drive_list.txt", DriveTable(BothDrives(), false).Render());
  ExpectGolden("drive_list_wide.txt", DriveTable(BothDrives(), true).Render());
}

TEST(RenderDrive, ShowsWhatCanBeDoneWithEachMemoryAndWhy) {
  ExpectGolden("drive_show.txt", DriveDetails(SampleDrive(), {}));
}

TEST(RenderDrive, ShowsADriveThatNobodyKnows) {
  ExpectGolden("drive_show_unknown.txt", DriveDetails(SampleDriveAlien(), {}));
}

TEST(RenderDrive, LetsNoEscapeSequenceOfADriveThrough) {
  EXPECT_THAT(DriveDetails(SampleDriveAlien(), {}), Not(HasSubstr("\x1b")));
  EXPECT_THAT(DriveTable(BothDrives(), true).Render(), Not(HasSubstr("\x1b")));
}

TEST(RenderJob, ShowsPlanJobAndList) {
  ExpectGolden("plan.txt", PlanText(SamplePlan(), DriveTitle(SampleDrive()), {}));
  ExpectGolden("job_show.txt", JobDetails(SampleJob(), {}));
  v1::ListJobsResponse jobs;
  *jobs.add_jobs() = SampleJob();
  ExpectGolden("job_list.txt", JobTable(jobs, false).Render());
}

TEST(RenderJob, SaysFirstWhatIsKnownOfACutJob) {
  const std::string text = JobDetails(SampleCutJob(), {});
  ExpectGolden("job_show_cut.txt", text);
  EXPECT_LT(text.find("  Known  "), text.find("kind  "));
  // Said once: in the advice.
  EXPECT_THAT(text, Not(HasSubstr("error:")));
  EXPECT_THAT(text, HasSubstr("reason       DAEMON_STOPPED"));
}

TEST(RenderJob, ShowsWhatARecoveryBringsBack) {
  v1::Job job = SampleJob();
  job.set_kind("recover");
  job.set_recovers(kJob);
  job.set_recover_to("old");
  job.set_attempts(2);
  const std::string text = JobDetails(job, {});
  EXPECT_THAT(text,
              HasSubstr(std::string("brings back  ") + kJob + ", to what the drive held before\n"));
  EXPECT_THAT(text, HasSubstr("begun anew   2 times, because the daemon stopped\n"));
}

TEST(RenderJob, ShowsThePlaceInTheQueue) {
  v1::ListJobsResponse jobs;
  *jobs.add_jobs() = SampleJob();
  jobs.mutable_jobs(0)->set_state(v1::Job::STATE_QUEUED);
  jobs.mutable_jobs(0)->set_queue_position(2);
  EXPECT_THAT(JobTable(jobs, false).Render(), HasSubstr("  QUEUED(2)  "));
}

TEST(RenderDrive, SaysWhoUsesItAndWhyItIsInQuarantine) {
  v1::ListDrivesResponse drives = BothDrives();
  v1::Drive& drive = *drives.mutable_drives(0);
  drive.mutable_claim()->set_principal("ann");
  drive.mutable_claim()->mutable_expire_time()->set_seconds(1795348800);
  drive.set_quarantine_reason("a write to it did not end well");
  EXPECT_THAT(DriveTable(drives, false).Render(), HasSubstr("W29C040              ann\n"));
  const std::string text = DriveDetails(drive, {});
  EXPECT_THAT(text, HasSubstr("claim       in use by ann until 2026-11-22T12:00:00Z\n"));
  EXPECT_THAT(text, HasSubstr("quarantine  a write to it did not end well\n"));
}

TEST(RenderJob, SaysOnlyOnceWhatUndoesIt) {
  v1::Job job = SamplePlan();
  job.mutable_plan()->add_lines("undone by: " + job.plan().undo_text());
  const std::string text = PlanText(job, "drive", {});
  EXPECT_THAT(text, HasSubstr("undone by: the dump"));
  EXPECT_THAT(text, Not(HasSubstr("what undoes it")));
}

TEST(RenderJob, EndsWithTheOutcomeWord) {
  EXPECT_EQ(OutcomeLine(SampleJob(), {}), "CHANGED_VERIFIED  eeprom EQUAL\n");
  v1::Job job;
  job.set_outcome(v1::OUTCOME_UNCHANGED);
  EXPECT_EQ(OutcomeLine(job, {}), "UNCHANGED\n");
  job.set_outcome(static_cast<v1::Outcome>(99));
  EXPECT_EQ(OutcomeLine(job, {}), "UNRECOGNISED\n");
}

TEST(RenderRecords, ShowsDumpsUnitsImages) {
  v1::ListDumpsResponse dumps;
  *dumps.add_dumps() = SampleDump();
  ExpectGolden("dump_list.txt", DumpTable(dumps, false).Render());
  ExpectGolden("dump_list_wide.txt", DumpTable(dumps, true).Render());
  ExpectGolden("dump_show.txt", DumpDetails(SampleDump()));
  v1::ListUnitEventsResponse events;
  *events.add_unit_events() = SampleUnitEvent();
  ExpectGolden("unit_show.txt", UnitDetails(SampleUnit(), events, dumps));
  ExpectGolden("image_show.txt", ImageDetails(SampleImage()));
}

TEST(RenderRecords, SaysOfAnUnknownFileThatItCannotBeFlashed) {
  v1::Image image = SampleImage();
  image.clear_format();
  EXPECT_THAT(ImageDetails(image), HasSubstr("not recognised"));
}

v1::CompareDumpsResponse Different() {
  v1::CompareDumpsResponse comparison;
  comparison.mutable_a()->set_text("firmware of U-0001");
  comparison.mutable_a()->set_size_bytes(262144);
  comparison.mutable_a()->set_sha256("aa");
  comparison.mutable_b()->set_name("uploads/x");
  comparison.mutable_b()->set_size_bytes(262144);
  comparison.mutable_b()->set_sha256("bb");
  comparison.set_differing_bytes(20);
  v1::DifferingRange* first = comparison.add_ranges();
  first->set_offset_bytes(16);
  first->set_length_bytes(4);
  first->set_meaning("ID block");
  first->set_a_sample("SS0B");
  first->set_b_sample("SS0D");
  v1::DifferingRange* second = comparison.add_ranges();
  second->set_offset_bytes(0x1fff0);
  second->set_length_bytes(16);
  second->set_meaning("not publicly known");
  second->set_a_sample(std::string(16, '\xff'));
  second->set_b_sample(std::string(16, '\0'));
  return comparison;
}

TEST(RenderCompare, AlignsTheRangesThatDiffer) {
  ExpectGolden("compare_different.txt", Comparison(Different()));
}

TEST(RenderCompare, SaysIdenticalWithSizeAndHash) {
  v1::CompareDumpsResponse same = Different();
  same.set_identical(true);
  EXPECT_THAT(Comparison(same), HasSubstr("identical: 256 KB (262144 bytes), SHA-256 aa\n"));
}

TEST(RenderCompare, ShowsBytesSideBySide) {
  v1::CompareDumpsResponse comparison;
  const auto add = [&](int64_t offset, const std::string& a, const std::string& b) {
    v1::ComparedLine* line = comparison.add_lines();
    line->set_offset_bytes(offset);
    line->set_a(a);
    line->set_b(b);
  };
  add(0x10, std::string(16, 'A'), std::string(16, 'A'));
  add(0x20, "0123456789abcdef", "0123456789abcdeF");
  add(0x100, std::string("\x1b[31m", 5), "");
  comparison.set_lines_truncated(true);
  ExpectGolden("compare_hex.txt", HexLines(comparison, false, {}));
  ExpectGolden("compare_hex_wide.txt", HexLines(comparison, true, {}));
  const std::string colored = HexLines(comparison, false, {.color = true});
  EXPECT_THAT(colored, HasSubstr("\x1b"));
  EXPECT_EQ(HexLines({}, true, {}), "");
}

TEST(RenderImages, ShowsFlagsFitsAndMarks) {
  v1::Image image = SampleImage();
  image.set_container("xflash");
  image.set_known_bad(true);
  image.set_bad_reason("no DVD-R");
  image.set_note("from the maker's site");
  image.set_archived(true);
  v1::ImageFit* good = image.add_fits();
  good->set_bay("bay 1");
  good->set_unit_number("U-0001");
  good->set_model("LTR-48246S");
  good->set_firmware_revision("SS0B");
  good->set_fits(true);
  v1::ImageFit* other = image.add_fits();
  other->set_drive(kDriveA);
  other->set_model("LDW-451S");
  other->set_reason("IMAGE_MODEL_MISMATCH");
  other->set_text("the file is for a LTR-48246S, this drive is a LDW-451S");
  v1::ListImageMarksResponse marks;
  v1::ImageMark* mark = marks.add_marks();
  mark->set_kind("known_bad");
  mark->set_text("no DVD-R");
  mark->set_principal("uid:1000");
  ExpectGolden("image_show_marked.txt", ImageDetails(image) + ImageMarks(marks));
  v1::ListImagesResponse list;
  *list.add_images() = image;
  *list.add_images() = SampleImage();
  ExpectGolden("image_list.txt", ImageTable(list, false).Render());
  EXPECT_EQ(ImageMarks({}), "");
}

TEST(RenderText, LetsNobodyTurnTheLineAround) {
  EXPECT_EQ(Clean("SS0\u202ECnib.exe"), "SS0?Cnib.exe");
  EXPECT_EQ(Clean("\u200Ea\u200Fb\u2066c\u2069d\u061Ce\u2028f\u2029g"), "?a?b?c?d?e?f?g");
  // Neighbours of those marks and other scripts stay.
  EXPECT_EQ(Clean("\u200D\u2027\u202F\u2065\u206A \u0627\u05D0\u00FC"),
            "\u200D\u2027\u202F\u2065\u206A \u0627\u05D0\u00FC");
  EXPECT_EQ(Clean("\xe2\x80"), "\xe2\x80");
}

TEST(RenderProblem, SaysWhatWhyAndWhatToDo) {
  const Error error = FailedPrecondition("IMAGE_MODEL_MISMATCH", "the file is for another model")
                          .WithRemedy("take a file for LTR-48246S")
                          .WithSense({.key = 5, .asc = 0x20, .ascq = 0})
                          .With("drive_state", "untouched");
  ExpectGolden("error.txt", ErrorText(error, {}));
}

TEST(RenderText, ScalesSizes) {
  EXPECT_EQ(Bytes(1), "1 byte");
  EXPECT_EQ(Bytes(1000), "1000 bytes");
  EXPECT_EQ(Bytes(524288), "512 KB");
  EXPECT_EQ(BytesCell(524288), "512KB");
  EXPECT_EQ(Bytes(1536 * 1024), "1.5 MB");
}

TEST(RenderText, ShowsTimes) {
  google::protobuf::Timestamp time;
  EXPECT_EQ(Time(time), "-");
  time.set_seconds(1795348800);
  EXPECT_EQ(Time(time), "2026-11-22T12:00:00Z");
  time.set_seconds(INT64_MAX);
  EXPECT_EQ(Time(time), "-");
  EXPECT_EQ(Clock(65), "1:05");
  EXPECT_EQ(Clock(3723), "1:02:03");
  EXPECT_EQ(Clock(-5), "0:00");
}

TEST(RenderText, CleansControlCharactersButKeepsLetters) {
  EXPECT_EQ(Clean("a\x1b[2Jb\n\x7f"), "a?[2Jb??");
  EXPECT_EQ(Clean("Pr\xc3\xbc"
                  "fstand \xc2\x9b"),
            "Pr\xc3\xbc"
            "fstand ?");
}

TEST(RenderText, WrapsAtBlanksAndKeepsLongWords) {
  const std::string word(60, 'x');
  EXPECT_EQ(Wrap(word + " " + word, 2, 0), word + "\n  " + word);
  EXPECT_EQ(Wrap(std::string(200, 'y'), 2, 0), std::string(200, 'y'));
}

TEST(RenderText, PaintsOnlyWhenToldTo) {
  EXPECT_EQ(Paint({}, Color::kRed, "x"), "x");
  EXPECT_EQ(Paint({.color = true}, Color::kRed, "x"), "\x1b[31mx\x1b[0m");
}

}  // namespace
}  // namespace firmbench::cli::render
