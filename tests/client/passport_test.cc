// SPDX-License-Identifier: Apache-2.0
// The pages of a passport: what stands in them, and what never does.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "client/cli/json.h"
#include "client/cli/render/page/byte_map.h"
#include "client/cli/render/page/history.h"
#include "client/cli/render/page/html.h"
#include "client/cli/render/page/passport.h"
#include "client/cli/render/page/qr.h"
#include "client/cli/render/proof.h"
#include "tests/client/golden.h"

namespace firmbench::cli::render {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kHash[] = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";

void At(google::protobuf::Timestamp* time, int64_t hours) {
  time->set_seconds(1'795'300'000 + hours * 3600);
}

void Prove(v1::Dump* dump, v1::Proof::Kind kind, const char* text) {
  v1::Proof* proof = dump->add_proofs();
  proof->set_kind(kind);
  proof->set_text(text);
}

void AddDump(v1::UnitPassport& passport, v1::Memory memory, const char* purpose,
             const char* revision) {
  v1::Dump* dump = passport.add_dumps();
  dump->set_name("dumps/01jd9rd3q5e8n2x4z7w0k6m1hd");
  dump->set_memory(memory);
  dump->set_job("jobs/01jd9rd3q5e8n2x4z7w0k6m1hf");
  dump->set_purpose(purpose);
  dump->set_firmware_revision(revision);
  dump->set_size_bytes(memory == v1::MEMORY_EEPROM ? 1024 : 512 * 1024);
  dump->set_sha256(kHash);
  dump->set_agreeing_reads(2);
  At(dump->mutable_create_time(), 2);
  Prove(dump, v1::Proof::KIND_READS_AGREE, "reads agree (2)");
}

v1::UnitPassport Sample() {
  v1::UnitPassport passport;
  passport.set_format("firmbench unit passport 1");
  At(passport.mutable_create_time(), 5);
  passport.mutable_bench()->set_name("benches/01jd9rd3q5e8n2x4z7w0k6m1hb");
  passport.mutable_bench()->set_version("0.1.0");
  v1::Unit& unit = *passport.mutable_unit();
  unit.set_name("units/01jd9rd3q5e8n2x4z7w0k6m1hc");
  unit.set_number("U-0001");
  unit.set_label("A-4711");
  unit.set_model("LTR-48246S");
  unit.set_family("mediatek_liteon");
  unit.set_firmware_revision("SS0E");
  unit.set_serial("3B14920077");
  At(unit.mutable_create_time(), 0);
  v1::UnitEvidence* evidence = unit.add_evidence();
  evidence->set_kind("vpd_serial");
  evidence->set_value("3B14920077");
  At(evidence->mutable_seen_time(), 0);
  unit.mutable_eeprom()->set_size_bytes(1024);
  unit.mutable_eeprom()->set_use_known(true);
  unit.mutable_eeprom()->set_text("which bytes change with use: seen in 12 units");
  v1::EepromRange* range = unit.mutable_eeprom()->add_changes_with_use();
  range->set_offset_bytes(0x1C0);
  range->set_length_bytes(9);
  v1::Job* job = passport.add_jobs();
  job->set_name("jobs/01jd9rd3q5e8n2x4z7w0k6m1hf");
  job->set_kind("flash");
  job->set_principal("ann");
  job->set_result(v1::Job::RESULT_SUCCEEDED);
  job->set_outcome(v1::OUTCOME_CHANGED_VERIFIED);
  job->set_eeprom_check(v1::EEPROM_CHECK_EQUAL);
  At(job->mutable_create_time(), 1);
  v1::UnitEvent* event = passport.add_unit_events();
  event->set_kind("outside");
  event->set_tool("MTKFLASH 1.83");
  event->set_text("flashed at a friend's");
  event->set_principal("bert");
  At(event->mutable_event_time(), 3);
  AddDump(passport, v1::MEMORY_FIRMWARE, "readback", "SS0E");
  AddDump(passport, v1::MEMORY_FIRMWARE, "before_write", "SS0B");
  Prove(passport.mutable_dumps(1), v1::Proof::KIND_REHEARSED,
        "rehearsed on the simulator: proves only our simulator");
  AddDump(passport, v1::MEMORY_EEPROM, "before_write", "SS0B");
  passport.mutable_checkpoint()->set_tree_size(118);
  passport.mutable_checkpoint()->set_root_hash(kHash);
  return passport;
}

std::string Page(const v1::UnitPassport& passport) {
  const Result<std::string> html = PassportHtml(passport);
  return html ? *html : html.error().ToString();
}

TEST(Passport, IsOnePageAndAsJsonTheSame) {
  ExpectGolden("passport.html", Page(Sample()));
  ExpectGolden("passport.json", ToJson(Sample()));
}

TEST(Passport, SaysWhatHappenedInTheOrderOfTime) {
  const std::string page = Page(Sample());
  const size_t flash = page.find("flash, SS0B to SS0E");
  const size_t outside = page.find("outside with MTKFLASH 1.83: flashed at a friend&#39;s");
  ASSERT_NE(flash, std::string::npos);
  ASSERT_NE(outside, std::string::npos);
  EXPECT_LT(flash, outside);
  EXPECT_THAT(page, HasSubstr("every byte is the same as before"));
}

TEST(Passport, NamesAJobOnceAlthoughAnEventTellsOfIt) {
  v1::UnitPassport passport = Sample();
  v1::UnitEvent* event = passport.add_unit_events();
  event->set_kind("flash");
  event->set_text("the flash as an event");
  event->set_job(passport.jobs(0).name());
  EXPECT_THAT(Page(passport), Not(HasSubstr("the flash as an event")));
}

TEST(Passport, ShowsARehearsalApart) {
  EXPECT_THAT(Page(Sample()),
              HasSubstr("<span class=\"apart\">rehearsed on the simulator: proves only our "
                        "simulator</span>"));
  EXPECT_EQ(ProofText(Sample().dumps(1)), "reads agree (2)");
  EXPECT_EQ(ProofCell(Sample().dumps(1)), "agree(2),(rehearsed)");
}

TEST(Passport, LetsNothingFromTheBenchRun) {
  const std::string evil = "<script>alert('x')</script>\"&\x1b[2J\xE2\x80\xAE";
  v1::UnitPassport passport = Sample();
  passport.mutable_unit()->set_label(evil);
  passport.mutable_unit()->set_model(evil);
  passport.mutable_unit()->set_note(evil);
  passport.mutable_unit()->set_serial(evil);
  passport.mutable_unit()->mutable_evidence(0)->set_kind(evil);
  passport.mutable_unit()->mutable_evidence(0)->set_value(evil);
  passport.mutable_unit()->mutable_eeprom()->set_text(evil);
  passport.mutable_bench()->set_version(evil);
  passport.mutable_jobs(0)->set_kind(evil);
  passport.mutable_jobs(0)->set_principal(evil);
  passport.mutable_jobs(0)->mutable_error()->set_reason(evil);
  passport.mutable_unit_events(0)->set_text(evil);
  passport.mutable_dumps(0)->set_purpose(evil);
  passport.mutable_dumps(0)->set_firmware_revision(evil);
  passport.mutable_dumps(0)->set_sha256(evil);
  passport.mutable_dumps(0)->mutable_proofs(0)->set_text(evil);
  passport.mutable_checkpoint()->set_root_hash(evil);
  const std::string page = Page(passport);
  EXPECT_THAT(page, Not(HasSubstr("<script")));
  EXPECT_THAT(page, Not(HasSubstr("\x1b")));
  EXPECT_THAT(page, Not(HasSubstr("\xE2\x80\xAE")));
  EXPECT_THAT(page, HasSubstr("&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&quot;&amp;"));
  // Nothing is fetched from anywhere.
  for (const char* fetch : {"http:", "https:", "src=", "url(", "@import", "<link"}) {
    EXPECT_THAT(page, Not(HasSubstr(fetch))) << fetch;
  }
}

TEST(Escape, ReplacesWhatIsNoText) {
  EXPECT_EQ(Escape("a<b>&\"'"), "a&lt;b&gt;&amp;&quot;&#39;");
  EXPECT_EQ(Escape("Grün 日本 🙂"), "Grün 日本 🙂");
  for (const char* bad : {"\xFF", "\x80", "\xC0", "\x01", "\x7F", "\xE2\x80\xAE", "\xEF\xBB\xBF"}) {
    EXPECT_EQ(Escape(bad), "\xEF\xBF\xBD") << bad;
  }
  // Overlong, surrogate, too large, cut off: no byte of them comes through.
  for (const char* bad :
       {"\xC0\xBC", "\xE0\x80\xBC", "\xED\xA0\x80", "\xF4\x90\x80\x80", "\xE2\x82"}) {
    EXPECT_THAT(Escape(bad), Not(HasSubstr("<")));
    EXPECT_EQ(Escape(bad).find_first_not_of("\xEF\xBF\xBD"), std::string::npos);
  }
}

TEST(ByteMap, KnowsWhatChangesAndWhatNobodyKnows) {
  v1::EepromKnowledge eeprom;
  EXPECT_TRUE(UsesOf(eeprom).empty());
  EXPECT_EQ(ByteMapSvg({}), "");
  eeprom.set_size_bytes(4);
  EXPECT_EQ(UsesOf(eeprom), std::vector<ByteUse>(4, ByteUse::kNotKnown));
  eeprom.add_same_in_all()->set_length_bytes(2);
  v1::EepromRange* range = eeprom.add_changes_with_use();
  range->set_offset_bytes(1);
  range->set_length_bytes(1);
  EXPECT_EQ(UsesOf(eeprom), (std::vector<ByteUse>{ByteUse::kConstant, ByteUse::kChanges,
                                                  ByteUse::kNotKnown, ByteUse::kNotKnown}));
  eeprom.set_use_known(true);
  EXPECT_EQ(UsesOf(eeprom)[3], ByteUse::kConstant);
}

TEST(ByteMap, CutsRangesThatAreNone) {
  v1::EepromKnowledge eeprom;
  eeprom.set_size_bytes(4);
  for (const auto& [offset, length] : std::vector<std::pair<int64_t, int64_t>>{
           {-5, 100}, {3, std::numeric_limits<int64_t>::max()}, {100, 1}, {1, -1}}) {
    v1::EepromRange* range = eeprom.add_changes_with_use();
    range->set_offset_bytes(offset);
    range->set_length_bytes(length);
  }
  EXPECT_EQ(UsesOf(eeprom).size(), 4U);
  for (const int64_t size : {int64_t{-1}, int64_t{1} << 40}) {
    eeprom.set_size_bytes(size);
    EXPECT_TRUE(UsesOf(eeprom).empty());
  }
}

TEST(ByteMap, ShowsTheWorstOfACellOfSeveralBytes) {
  std::vector<ByteUse> uses(2048, ByteUse::kConstant);
  uses[1] = ByteUse::kChanges;
  const std::string svg = ByteMapSvg(uses);
  EXPECT_THAT(svg, HasSubstr("<rect class=\"use-changes\" x=\"36\" y=\"0\" width=\"10\""));
  EXPECT_THAT(svg, HasSubstr(">700</text>"));
}

TEST(Qr, HoldsWhatIsToBeKeptAndNoMore) {
  EXPECT_EQ(PassportQrText(Sample()),
            std::string("firmbench U-0001\nunits/01jd9rd3q5e8n2x4z7w0k6m1hc\n"
                        "benches/01jd9rd3q5e8n2x4z7w0k6m1hb\ncheckpoint 118 ") +
                kHash);
  EXPECT_TRUE(QrSvg("U-0001"));
  EXPECT_FALSE(QrSvg(""));
  EXPECT_FALSE(QrSvg(std::string(1001, 'x')));
}

}  // namespace
}  // namespace firmbench::cli::render
