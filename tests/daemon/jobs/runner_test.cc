// SPDX-License-Identifier: Apache-2.0
// The runner with a model row of the test's own, for what no row says yet.
#include "daemon/jobs/runner.h"

#include "daemon/base/hash.h"
#include "daemon/base/ids.h"
#include "tests/support/bench_fixture.h"

namespace firmbench::jobs {
namespace {

using test::BenchFixture;
using test::Must;

constexpr families::ByteRange kBurnLog[] = {{0x300, 0x40}};

// Carries a flash out as the engine would, on a drive whose row names its burn log.
class KnownBurnLog : public testing::Test {
 protected:
  KnownBurnLog() : model_(*bench_.snapshot()->model) { model_.volatile_eeprom = kBurnLog; }

  storage::Job Flash(ByteView image, const std::function<void(storage::Job&)>& on_write) {
    inventory::DriveBinding binding = Must(bench_.inventory().Bind(bench_.drive_id()));
    inventory::DriveSnapshot drive = *binding.snapshot;
    drive.model = &model_;
    drive.eeprom_stable_sha256 =
        Sha256Hex(inventory::StablePart(bench_.drive().EepromBytes(), kBurnLog));
    binding.snapshot = std::make_shared<const inventory::DriveSnapshot>(drive);

    PlanInputs inputs;
    inputs.drive = binding.snapshot;
    const JobSpec spec = bench_.FlashOf("bay 1", bench_.AddImage(image));
    inputs.image = Must(bench_.ledger().GetImage(spec.image_id));
    inputs.payload.assign(image.begin(), image.end());
    const Plan plan = MakePlan(spec, inputs);
    EXPECT_TRUE(plan.problems.empty());

    auto job = std::make_shared<LiveJob>(StoreRow(plan), plan);
    const auto hook = bench_.hub().Subscribe([&](const std::string&) {
      storage::Job row = job->row();
      if (row.state == "WRITING" && !written_) {
        written_ = true;
        on_write(row);
      }
    });
    bool done = false;
    binding.lane->Post([&] {
      Runner(bench_.services(), job, binding).Run();
      done = true;
    });
    // Whatever is posted after it runs after it.
    Mutex mutex;
    CondVar changed;
    bool passed = false;
    binding.lane->Post([&] {
      MutexLock lock(mutex);
      passed = true;
      changed.NotifyAll();
    });
    MutexLock lock(mutex);
    while (!passed) changed.Wait(mutex);
    EXPECT_TRUE(done);
    return job->row();
  }

  storage::Job StoreRow(const Plan& plan) {
    storage::Job row;
    row.id = NewId(RealClock());
    row.kind = "flash";
    row.drive_id = bench_.drive_id();
    row.topology = "sim/0";
    row.family = model_.family;
    row.model = model_.model;
    row.memory = plan.spec.memory;
    row.image_id = plan.spec.image_id;
    row.plan_digest = plan.digest;
    row.plan_json = plan.json;
    row.request_digest = std::string(64, 'a');
    row.principal = "user/anna";
    row.tool_version = "1";
    row.simulated = true;
    row.created_us = RealClock().WallMicros();
    row.state = "QUEUED";
    row.drive_state = "untouched";
    Must(bench_.ledger().Commit([&](storage::Transaction& tx) { return tx.InsertJob(row); }));
    return row;
  }

  BenchFixture bench_{"LTR-52327S"};
  families::ModelInfo model_;
  bool written_ = false;
};

TEST_F(KnownBurnLog, ABurnDuringTheJobIsVolatileOnly) {
  const Bytes target = bench_.NewFirmware();
  const storage::Job row = Flash(target, [&](storage::Job&) { bench_.drive().Use(); });
  EXPECT_TRUE(written_);
  EXPECT_EQ(row.result, "SUCCEEDED") << row.error_message;
  EXPECT_EQ(row.eeprom_check, "VOLATILE_ONLY");
  EXPECT_EQ(row.outcome, "CHANGED_VERIFIED");
  EXPECT_TRUE(bench_.QuarantinesInForce().empty());
}

TEST_F(KnownBurnLog, AnyOtherByteIsAChange) {
  const storage::Job row = Flash(bench_.NewFirmware(), [&](storage::Job&) {
    bench_.drive().Use();
    bench_.drive().PokeEeprom(0x2ff, Bytes{0x5a});
  });
  EXPECT_EQ(row.result, "FAILED");
  EXPECT_EQ(row.eeprom_check, "CHANGED");
}

TEST_F(KnownBurnLog, NothingIsEqual) {
  const storage::Job row = Flash(bench_.NewFirmware(), [](storage::Job&) {});
  EXPECT_EQ(row.eeprom_check, "EQUAL");
  // The stable part's hash is stored with the dumps now that it is known.
  const auto dumps = Must(bench_.ledger().ListDumps({.job_id = row.id, .memory = "eeprom"}, {}));
  ASSERT_EQ(dumps.rows.size(), 2u);
  EXPECT_EQ(dumps.rows[0].stable_sha256.size(), 64u);
  EXPECT_EQ(dumps.rows[0].stable_sha256, dumps.rows[1].stable_sha256);
}

}  // namespace
}  // namespace firmbench::jobs
