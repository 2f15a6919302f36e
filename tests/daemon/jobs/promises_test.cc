// SPDX-License-Identifier: Apache-2.0
// The promises of the design that one process can show, on each model. Those about restarts are in
// recovery_test.cc, about the ledger's disk in ledger_trouble_test.cc, about locks and lanes in
// tests/daemon/inventory.
#include <algorithm>

#include "daemon/base/hash.h"
#include "tests/support/bench_fixture.h"
#include "tests/support/image_builder.h"

namespace firmbench::jobs {
namespace {

using test::BenchFixture;
using test::Must;
using test::ReasonOf;

// Where `what` stands in `list` for the first time; its end when it does not.
size_t At(const std::vector<std::string>& list, const std::string& what) {
  return static_cast<size_t>(std::find(list.begin(), list.end(), what) - list.begin());
}

class Promises : public testing::TestWithParam<std::string> {};
INSTANTIATE_TEST_SUITE_P(Models, Promises, testing::ValuesIn(test::ThreeModels()), test::TestName);

TEST_P(Promises, Promise1NothingDestructiveBeforeWhatUndoesItIsDurableAndReadBack) {
  BenchFixture bench(GetParam());
  const Bytes old_firmware = bench.drive().FlashBytes();
  const Bytes old_eeprom = bench.drive().EepromBytes();
  std::vector<std::string> before_write;
  uint64_t destructive_at_start = 1;
  Bytes firmware_in_ledger;
  Bytes eeprom_in_ledger;
  bench.When(State::kWriting, [&](const std::string& id) {
    before_write = bench.ledger().committed();
    destructive_at_start = bench.drive().counters().destructive_commands;
    const JobView job = Must(bench.engine().Get(id));
    firmware_in_ledger =
        Must(bench.ledger().ReadBlob(bench.DumpsOf(job, "firmware", "before_write").at(0).sha256));
    eeprom_in_ledger =
        Must(bench.ledger().ReadBlob(bench.DumpsOf(job, "eeprom", "before_write").at(0).sha256));
  });
  bench.ledger().Forget();
  const JobView job = bench.Flash("bay 1", bench.NewFirmware());
  ASSERT_EQ(job.row.outcome, "CHANGED_VERIFIED") << job.row.error_message;

  EXPECT_EQ(destructive_at_start, 0u);
  EXPECT_EQ(firmware_in_ledger, old_firmware);
  EXPECT_EQ(eeprom_in_ledger, old_eeprom);
  // Both dumps and their audit entry are there, then read back, then the state says so.
  EXPECT_LT(At(before_write, "dump eeprom before_write"), At(before_write, "audit dump.commit"));
  EXPECT_LT(At(before_write, "dump firmware before_write"), At(before_write, "audit dump.commit"));
  EXPECT_LT(At(before_write, "audit dump.commit"), At(before_write, "event state DUMP_COMMITTED"));
  const auto read_back = std::count(
      before_write.begin() + static_cast<ptrdiff_t>(At(before_write, "audit dump.commit")),
      before_write.begin() + static_cast<ptrdiff_t>(At(before_write, "event state DUMP_COMMITTED")),
      "read blob");
  EXPECT_EQ(read_back, 2);
  EXPECT_LT(At(before_write, "event state DUMP_COMMITTED"),
            At(before_write, "audit job.write_started"));
  EXPECT_LT(At(before_write, "audit job.write_started"), before_write.size());

  const auto counters = bench.drive().counters();
  EXPECT_GT(counters.destructive_commands, 0u);
  EXPECT_EQ(counters.destructive_before_write_started, 0u);
  const auto dumps = bench.DumpsOf(job, "firmware", "before_write");
  ASSERT_EQ(dumps.size(), 1u);
  EXPECT_EQ(dumps[0].agreeing_reads, 2);
  EXPECT_LE(dumps[0].created_us, job.row.write_started_us);
  EXPECT_EQ(bench.DumpsOf(job, "eeprom", "before_write").at(0).agreeing_reads, 3);
}

TEST_P(Promises, Promise2TheAuditLogTellsTheWholeStoryInOrder) {
  BenchFixture bench(GetParam());
  bench.ledger().Forget();
  const JobView job = bench.Flash("bay 1", bench.NewFirmware());
  std::vector<std::string> actions;
  for (const auto& entry : bench.Audit()) {
    if (entry.resource != "jobs/" + job.row.id) continue;
    if (!entry.action.starts_with("job.prompt")) actions.push_back(entry.action);
  }
  EXPECT_EQ(actions, (std::vector<std::string>{"job.create", "job.start", "unit.create",
                                               "dump.commit", "job.write_started", "job.close"}));
  // The states, each durable before the next one begins.
  std::vector<std::string> states;
  for (const auto& what : bench.ledger().committed()) {
    if (what.starts_with("event state ")) states.push_back(what.substr(12));
  }
  EXPECT_EQ(states, (std::vector<std::string>{"QUEUED", "PREFLIGHT", "DUMPING", "DUMP_COMMITTED",
                                              "ENTERING", "ARMED", "WRITING", "RESETTING",
                                              "READBACK", "CLOSED"}));
  EXPECT_TRUE(Must(bench.ledger().Verify()).problems.empty());
}

TEST_P(Promises, Promise4TheEepromIsNotWrittenAndThatIsProven) {
  BenchFixture bench(GetParam());
  const Bytes before = bench.drive().EepromBytes();
  const JobView job = bench.Flash("bay 1", bench.NewFirmware());
  EXPECT_EQ(job.row.result, "SUCCEEDED") << job.row.error_message;
  EXPECT_EQ(job.row.eeprom_check, "EQUAL");
  EXPECT_EQ(bench.drive().EepromBytes(), before);
  EXPECT_EQ(bench.drive().counters().eeprom_writes, 0u);
  // The proof is in the ledger.
  const auto after = bench.DumpsOf(job, "eeprom", "readback");
  ASSERT_EQ(after.size(), 1u);
  EXPECT_EQ(after[0].sha256, Sha256Hex(before));
  EXPECT_EQ(bench.DumpsOf(job, "eeprom", "before_write").at(0).sha256, Sha256Hex(before));
}

TEST_P(Promises, Promise6AStaleTargetOrPlanIsRefused) {
  BenchFixture bench(GetParam());
  const JobSpec spec = bench.FlashOf("bay 1", bench.AddImage(bench.NewFirmware()));
  const CreateRequest good = bench.Request(spec);
  const auto reason_of = [&](const std::function<void(CreateRequest&)>& spoil) {
    CreateRequest request = good;
    spoil(request);
    return ReasonOf(bench.engine().Create(request));
  };
  EXPECT_EQ(reason_of([](auto& r) { r.etag = "0123456789abcdef"; }), "ETAG_STALE");
  EXPECT_EQ(reason_of([](auto& r) { r.plan_digest = std::string(64, 'a'); }), "PLAN_STALE");
  EXPECT_EQ(reason_of([](auto& r) { r.etag.clear(); }), "ETAG_REQUIRED");
  EXPECT_EQ(reason_of([](auto& r) { r.plan_digest.clear(); }), "PLAN_DIGEST_REQUIRED");
  EXPECT_EQ(reason_of([](auto& r) { r.request_id.clear(); }), "REQUEST_ID_REQUIRED");
  // Plugged anew: it may be another drive by now.
  bench.drive().Unplug();
  bench.drive().Plug();
  ASSERT_TRUE(bench.inventory().WaitUntilIdentified(std::chrono::minutes(1)));
  EXPECT_EQ(reason_of([](auto&) {}), "ETAG_STALE");
  EXPECT_EQ(bench.drive().counters().destructive_commands, 0u);
  // Refusals are audited, too.
  const auto audit = bench.Audit();
  EXPECT_EQ(std::count_if(audit.begin(), audit.end(),
                          [](const auto& entry) { return entry.action == "job.refuse"; }),
            6);
}

TEST_P(Promises, Promise6ContentIsCheckedAgainJustBeforeTheFirstWrite) {
  BenchFixture bench(GetParam());
  // The flash becomes another one after it was dumped: the samples say so.
  bench.When(State::kDumpCommitted,
             [&](const std::string&) { bench.drive().PokeFlash(0x30000, Bytes(256, 0x11)); });
  const JobView job = bench.Flash("bay 1", bench.NewFirmware());
  EXPECT_EQ(job.row.result, "FAILED");
  EXPECT_EQ(job.row.error_reason, "TARGET_CHANGED");
  EXPECT_EQ(job.row.outcome, "UNCHANGED");
  EXPECT_EQ(job.row.write_started_us, 0);
  EXPECT_EQ(bench.drive().counters().destructive_commands, 0u);
  EXPECT_EQ(bench.drive().state(), simulator::RunState::kRun) << "it was left as a drive";
}

TEST_P(Promises, Promise8AClientMayVanish) {
  BenchFixture bench(test::DriveToml{.model = GetParam(), .alone = true});
  const Bytes target = bench.NewFirmware();
  std::string job_id;
  {
    // Whoever asked for the job watches it for a moment and is gone.
    const auto watching = bench.hub().Subscribe([](const std::string&) {});
    job_id = Must(bench.Submit(bench.FlashOf("bay 1", bench.AddImage(target)))).row.id;
  }
  // Somebody else answers what the job asks, if it asks.
  std::string answered;
  EXPECT_TRUE(bench.WaitUntil([&] {
    const auto live = bench.engine().Live(job_id);
    if (live == nullptr) return true;
    const auto prompt = live->prompt();
    if (prompt && prompt->id != answered) {
      bench.drive().HoldEject(prompt->kind == "hold_eject");
      Must(bench.engine().Answer(job_id, prompt->id, "done", "user/bert"));
      answered = prompt->id;
    }
    return false;
  }));
  const JobView job = bench.WaitClosed(job_id);
  EXPECT_EQ(job.row.outcome, "CHANGED_VERIFIED") << job.row.error_message;
  EXPECT_EQ(bench.drive().FlashBytes(), target);
  EXPECT_EQ(answered.empty(), GetParam() != "LDW-451S");
  for (const auto& entry : bench.Audit()) {
    if (entry.action == "job.prompt_answered") {
      EXPECT_EQ(entry.principal, "user/bert");
    }
  }
}

TEST(Promise9, NoSerialIsInTheAuditLog) {
  BenchFixture bench(test::DriveToml{.model = "LTR-48246S", .keys = "serial = \"SECRET4711\""});
  bench.Flash("bay 1", bench.NewFirmware());
  ASSERT_EQ(bench.snapshot()->identity.serial(), "SECRET4711");
  for (const auto& entry : bench.Audit()) {
    EXPECT_EQ(entry.json.find("SECRET4711"), std::string::npos) << entry.json;
  }
}

TEST(Promise7, AGuessNeverReachesRealHardware) {
  // The same drives, said to be real: writing to them rests on guesses, so it is refused.
  for (const std::string& model : test::ThreeModels()) {
    BenchFixture bench(
        model, [](inventory::Attachment& attachment) { attachment.connection.simulated = false; });
    const auto request = bench.Request(bench.FlashOf("bay 1", bench.AddImage(bench.NewFirmware())));
    EXPECT_EQ(ReasonOf(bench.engine().Create(request)), "MEMORY_NOT_WRITABLE") << model;
    EXPECT_EQ(bench.drive().counters().destructive_commands, 0u);
  }
}

}  // namespace
}  // namespace firmbench::jobs
