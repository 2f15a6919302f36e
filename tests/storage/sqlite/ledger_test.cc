// SPDX-License-Identifier: Apache-2.0
// Every function of the interface, on a ledger of its own.

#include <set>

#include "tests/storage/test_ledger.h"

namespace firmbench::storage {
namespace {

// Commits one unit and returns it as the ledger has it.
Unit AddUnit(Ledger& ledger) {
  Unit unit;
  EXPECT_OK(ledger.Commit([&](Transaction& tx) -> Status {
    unit = SampleUnit(tx);
    ASSIGN_OR_RETURN(unit.number, tx.InsertUnit(unit));
    return Ok();
  }));
  return unit;
}
Job AddJob(Ledger& ledger, const std::string& drive_id = "drive1",
           const std::string& unit_id = "") {
  Job job;
  EXPECT_OK(ledger.Commit([&](Transaction& tx) {
    job = SampleJob(tx);
    job.drive_id = drive_id;
    job.unit_id = unit_id;
    return tx.InsertJob(job);
  }));
  return job;
}
// A dump of its own content, attributed to the unit unless that is "".
Dump AddDump(Ledger& ledger, const std::string& unit_id, const std::string& memory = "firmware",
             const std::string& purpose = "backup") {
  static uint32_t seed = 100;
  const Bytes content = Noise(1000, ++seed);
  Dump dump;
  EXPECT_OK(ledger.Commit([&](Transaction& tx) -> Status {
    ASSIGN_OR_RETURN(const std::string sha256, tx.PutBlob(content));
    dump = SampleDump(tx, sha256, content.size());
    dump.memory = memory;
    dump.purpose = purpose;
    RETURN_IF_ERROR(tx.InsertDump(dump));
    DumpAttribution attribution{.id = tx.NewId(),
                                .dump_id = dump.id,
                                .kind = unit_id.empty() ? "unidentified" : "unit",
                                .unit_id = unit_id,
                                .principal = "user/anna",
                                .reason = "read from it",
                                .created_us = tx.now_us()};
    return tx.InsertAttribution(attribution);
  }));
  return dump;
}
std::vector<std::string> IdsOf(const auto& rows) {
  std::vector<std::string> ids;
  for (const auto& row : rows) ids.push_back(row.id);
  return ids;
}

using Units = LedgerTest;
TEST_F(Units, AreNumberedFromOneAndReadBackWhole) {
  const Unit first = AddUnit(ledger());
  const Unit second = AddUnit(ledger());
  EXPECT_EQ(first.number, 1);
  EXPECT_EQ(second.number, 2);
  const auto read = ledger().GetUnit(first.id);
  ASSERT_OK(read);
  EXPECT_EQ(read->label, "shelf 3");
  EXPECT_EQ(read->family, "mediatek_liteon");
  EXPECT_EQ(read->model, "SHM-165P6S");
  EXPECT_EQ(read->note, "came with a bent tray");
  EXPECT_FALSE(read->archived);
  EXPECT_EQ(read->created_us, clock_.WallMicros());
  EXPECT_EQ(ReasonOf(ledger().GetUnit(NewId(clock_))), "UNIT_NOT_FOUND");
}

TEST_F(Units, OnlyTheMutableColumnsAreUpdated) {
  Unit unit = AddUnit(ledger());
  unit.label = "shelf 4";
  unit.archived = true;
  unit.model = "another";
  ASSERT_OK(ledger().Commit([&](Transaction& tx) { return tx.UpdateUnit(unit); }));
  const auto read = ledger().GetUnit(unit.id);
  ASSERT_OK(read);
  EXPECT_EQ(read->label, "shelf 4");
  EXPECT_TRUE(read->archived);
  EXPECT_EQ(read->model, "SHM-165P6S");
  unit.id = NewId(clock_);
  EXPECT_EQ(ReasonOf(ledger().Commit([&](Transaction& tx) { return tx.UpdateUnit(unit); })),
            "NOT_FOUND");
}

TEST_F(Units, AreListedPageByPageNewestFirst) {
  std::vector<std::string> newest_first;
  for (int i = 0; i < 5; ++i) newest_first.insert(newest_first.begin(), AddUnit(ledger()).id);
  // The clock going back must not mix up the order.
  clock_.Set(clock_.WallMicros() - 1'000'000'000);
  newest_first.insert(newest_first.begin(), AddUnit(ledger()).id);
  std::vector<std::string> listed;
  Page page{.size = 2, .after = ""};
  int pages = 0;
  do {
    const auto got = ledger().ListUnits({}, page);
    ASSERT_OK(got);
    for (const Unit& unit : got->rows) listed.push_back(unit.id);
    page.after = got->next;
    ++pages;
  } while (!page.after.empty());
  EXPECT_EQ(listed, newest_first);
  EXPECT_EQ(pages, 3);
  EXPECT_EQ(ReasonOf(ledger().ListUnits({}, {.size = 2, .after = "nobody"})), "PAGE_TOKEN_INVALID");
}

TEST_F(Units, EvidenceIsFoundByUnitAndByValue) {
  const Unit unit = AddUnit(ledger());
  const Job job = AddJob(ledger());
  ASSERT_OK(ledger().Commit([&](Transaction& tx) -> Status {
    RETURN_IF_ERROR(tx.InsertEvidence(
        {.id = tx.NewId(), .unit_id = unit.id, .kind = "vpd_serial", .value = "A1", .seen_us = 5}));
    return tx.InsertEvidence({.id = tx.NewId(),
                              .unit_id = unit.id,
                              .kind = "topology",
                              .value = "sim/0",
                              .job_id = job.id,
                              .seen_us = 6});
  }));
  const auto all = ledger().ListEvidence(unit.id);
  ASSERT_OK(all);
  ASSERT_EQ(all->size(), 2u);
  EXPECT_EQ(all->at(0).kind, "topology");
  EXPECT_EQ(all->at(0).job_id, job.id);
  EXPECT_EQ(all->at(1).job_id, "");
  EXPECT_EQ(all->at(1).seen_us, 5);
  EXPECT_EQ(ledger().FindEvidence("vpd_serial", "A1")->size(), 1u);
  EXPECT_EQ(ledger().FindEvidence("mmc_serial", "A1")->size(), 0u);
}

using Dumps = LedgerTest;
TEST_F(Dumps, AreReadBackWithTheirNewestAttribution) {
  const Unit unit = AddUnit(ledger());
  const Dump dump = AddDump(ledger(), "");
  auto read = ledger().GetDump(dump.id);
  ASSERT_OK(read);
  EXPECT_EQ(read->attribution, "unidentified");
  EXPECT_EQ(read->unit_id, "");
  EXPECT_EQ(read->evidence, "read in code");
  EXPECT_EQ(read->sha256, dump.sha256);
  EXPECT_TRUE(read->simulated);
  ASSERT_OK(ledger().Commit([&](Transaction& tx) {
    return tx.InsertAttribution({.id = tx.NewId(),
                                 .dump_id = dump.id,
                                 .kind = "unit",
                                 .unit_id = unit.id,
                                 .principal = "user/anna",
                                 .reason = "label on the tray",
                                 .created_us = tx.now_us()});
  }));
  read = ledger().GetDump(dump.id);
  ASSERT_OK(read);
  EXPECT_EQ(read->attribution, "unit");
  EXPECT_EQ(read->unit_id, unit.id);
  const auto history = ledger().ListAttributions(dump.id);
  ASSERT_OK(history);
  ASSERT_EQ(history->size(), 2u);
  EXPECT_EQ(history->at(0).reason, "label on the tray");
}

TEST_F(Dumps, OfAUnitAreThoseThatAreStillItsOwn) {
  const Unit one = AddUnit(ledger());
  const Unit other = AddUnit(ledger());
  const Dump kept = AddDump(ledger(), one.id);
  const Dump moved = AddDump(ledger(), one.id);
  ASSERT_OK(ledger().Commit([&](Transaction& tx) {
    return tx.InsertAttribution({.id = tx.NewId(),
                                 .dump_id = moved.id,
                                 .kind = "unit",
                                 .unit_id = other.id,
                                 .principal = "user/anna",
                                 .reason = "it was the other drive",
                                 .created_us = tx.now_us()});
  }));
  EXPECT_EQ(IdsOf(ledger().ListDumps({.unit_id = one.id}, {})->rows),
            (std::vector<std::string>{kept.id}));
  EXPECT_EQ(IdsOf(ledger().ListDumps({.unit_id = other.id}, {})->rows),
            (std::vector<std::string>{moved.id}));
}

TEST_F(Dumps, AreFilteredAndPaged) {
  const Unit unit = AddUnit(ledger());
  const Dump firmware = AddDump(ledger(), unit.id, "firmware");
  const Dump eeprom = AddDump(ledger(), unit.id, "eeprom");
  const Dump another = AddDump(ledger(), unit.id, "eeprom");
  EXPECT_EQ(IdsOf(ledger().ListDumps({.memory = "eeprom"}, {})->rows),
            (std::vector<std::string>{another.id, eeprom.id}));
  EXPECT_EQ(IdsOf(ledger().ListDumps({.sha256 = firmware.sha256}, {})->rows),
            (std::vector<std::string>{firmware.id}));
  EXPECT_EQ(IdsOf(ledger().ListDumps({.job_id = "nobody"}, {})->rows),
            (std::vector<std::string>{}));
  const auto page = ledger().ListDumps({.unit_id = unit.id}, {.size = 1, .after = another.id});
  ASSERT_OK(page);
  EXPECT_EQ(IdsOf(page->rows), (std::vector<std::string>{eeprom.id}));
  EXPECT_EQ(page->next, eeprom.id);
}

TEST_F(Dumps, TheNewestOneLeavesOutDisagreeingReads) {
  const Unit unit = AddUnit(ledger());
  EXPECT_FALSE(ledger().NewestDump(unit.id, "eeprom")->has_value());
  AddDump(ledger(), unit.id, "eeprom", "backup");
  const Dump newest = AddDump(ledger(), unit.id, "eeprom", "before_write");
  AddDump(ledger(), unit.id, "eeprom", "disagreeing");
  AddDump(ledger(), unit.id, "firmware", "backup");
  AddDump(ledger(), "", "eeprom", "backup");
  const auto found = ledger().NewestDump(unit.id, "eeprom");
  ASSERT_OK(found);
  ASSERT_TRUE(found->has_value());
  EXPECT_EQ((*found)->id, newest.id);
}

TEST_F(Dumps, NeedTheirBlob) {
  const Status missing = ledger().Commit(
      [&](Transaction& tx) { return tx.InsertDump(SampleDump(tx, std::string(64, '0'), 10)); });
  EXPECT_EQ(ReasonOf(missing), "NOT_FOUND");
  const Status other_size = ledger().Commit([&](Transaction& tx) -> Status {
    ASSIGN_OR_RETURN(const std::string sha256, tx.PutBlob(Noise(10)));
    return tx.InsertDump(SampleDump(tx, sha256, 11));
  });
  EXPECT_EQ(ReasonOf(other_size), "LEDGER_CONSTRAINT");
}

TEST_F(Dumps, OneLineOfSqlSaysWhichBelongToWhichUnit) {
  const Unit unit = AddUnit(ledger());
  ASSERT_OK(ledger().Commit([&](Transaction& tx) -> Status {
    for (const char* serial : {"OLD", "NEW"}) {
      RETURN_IF_ERROR(tx.InsertEvidence({.id = tx.NewId(),
                                         .unit_id = unit.id,
                                         .kind = "vpd_serial",
                                         .value = serial,
                                         .seen_us = 1}));
    }
    return Ok();
  }));
  const Dump dump = AddDump(ledger(), unit.id);
  AddDump(ledger(), "");
  const Unit silent = AddUnit(ledger());
  const Dump other = AddDump(ledger(), silent.id, "eeprom");
  RawDatabase raw(path());
  EXPECT_EQ(raw.Query("SELECT unit, unit_id, label, serial, model, memory, purpose, revision,"
                      " size_bytes, sha256, agreeing_reads, created, dump_id FROM unit_dumps"),
            (std::vector<std::string>{
                "U-0001|" + unit.id + "|shelf 3|NEW|SHM-165P6S|firmware|backup|MS0R|1000|" +
                    dump.sha256 + "|2|" + FormatRfc3339(dump.created_us) + "|" + dump.id,
                "U-0002|" + silent.id + "|shelf 3|NULL|SHM-165P6S|eeprom|backup|MS0R|1000|" +
                    other.sha256 + "|2|" + FormatRfc3339(other.created_us) + "|" + other.id}));
}

using Images = LedgerTest;
TEST_F(Images, AreFoundByIdByHashAndInTheList) {
  const Bytes content = Noise(70'000);
  Image image;
  ASSERT_OK(ledger().Commit([&](Transaction& tx) -> Status {
    ASSIGN_OR_RETURN(const std::string sha256, tx.PutBlob(content));
    image = SampleImage(tx, sha256, content.size());
    return tx.InsertImage(image);
  }));
  EXPECT_EQ(ledger().GetImage(image.id)->file_name, "MS0R.bin");
  EXPECT_EQ((*ledger().FindImageBySha256(image.sha256))->id, image.id);
  EXPECT_FALSE(ledger().FindImageBySha256(std::string(64, '0'))->has_value());
  EXPECT_EQ(IdsOf(ledger().ListImages({}, {})->rows), (std::vector<std::string>{image.id}));
  EXPECT_EQ(ReasonOf(ledger().GetImage("nobody")), "IMAGE_NOT_FOUND");
  const Status twice = ledger().Commit([&](Transaction& tx) {
    return tx.InsertImage(SampleImage(tx, image.sha256, content.size()));
  });
  EXPECT_EQ(ReasonOf(twice), "ALREADY_EXISTS");
}

using Jobs = LedgerTest;
TEST_F(Jobs, KeepWhatWasAskedAndChangeOnlyWhatHappens) {
  const Unit unit = AddUnit(ledger());
  Job job = AddJob(ledger());
  job.state = "WRITING";
  job.unit_id = unit.id;
  job.started_us = 1;
  job.write_started_us = 2;
  job.principal = "user/eve";
  ASSERT_OK(ledger().Commit([&](Transaction& tx) { return tx.UpdateJob(job); }));
  const auto read = ledger().GetJob(job.id);
  ASSERT_OK(read);
  EXPECT_EQ(read->state, "WRITING");
  EXPECT_EQ(read->unit_id, unit.id);
  EXPECT_EQ(read->write_started_us, 2);
  EXPECT_EQ(read->principal, "user/anna");
  EXPECT_EQ(read->image_id, "");
}

TEST_F(Jobs, RememberWhatTheyBringBackAndHowOftenTheyWereTried) {
  const Job cut = AddJob(ledger());
  Job recovery;
  ASSERT_OK(ledger().Commit([&](Transaction& tx) {
    recovery = SampleJob(tx);
    recovery.kind = "recover";
    recovery.recovers = cut.id;
    recovery.target_model = "SHM-165H6S";
    return tx.InsertJob(recovery);
  }));
  recovery.attempts = 2;
  recovery.cancelled_by = "user/bert";
  recovery.recovers = "";
  ASSERT_OK(ledger().Commit([&](Transaction& tx) { return tx.UpdateJob(recovery); }));
  const auto read = ledger().GetJob(recovery.id);
  ASSERT_OK(read);
  EXPECT_EQ(read->recovers, cut.id);
  EXPECT_EQ(read->target_model, "SHM-165H6S");
  EXPECT_EQ(read->attempts, 2);
  EXPECT_EQ(read->cancelled_by, "user/bert");
  EXPECT_EQ(IdsOf(ledger().ListJobs({.recovers = cut.id}, {})->rows),
            std::vector<std::string>{recovery.id});
  EXPECT_EQ(ledger().GetJob(cut.id)->recovers, "");
  const Status of_nothing = ledger().Commit([&](Transaction& tx) {
    Job job = SampleJob(tx);
    job.recovers = "nobody";
    return tx.InsertJob(job);
  });
  EXPECT_EQ(ReasonOf(of_nothing), "NOT_FOUND");
  EXPECT_TRUE(ledger().Verify()->problems.empty());
}

TEST_F(Jobs, AreFilteredByDriveUnitAndWhetherTheyAreOpen) {
  const Unit unit = AddUnit(ledger());
  Job closed = AddJob(ledger(), "drive1", unit.id);
  const Job open = AddJob(ledger(), "drive1");
  const Job elsewhere = AddJob(ledger(), "drive2", unit.id);
  closed.state = "CLOSED";
  closed.result = "SUCCEEDED";
  ASSERT_OK(ledger().Commit([&](Transaction& tx) { return tx.UpdateJob(closed); }));
  EXPECT_EQ(IdsOf(ledger().ListJobs({.drive_id = "drive1"}, {})->rows),
            (std::vector<std::string>{open.id, closed.id}));
  EXPECT_EQ(IdsOf(ledger().ListJobs({.unit_id = unit.id}, {})->rows),
            (std::vector<std::string>{elsewhere.id, closed.id}));
  EXPECT_EQ(IdsOf(ledger().ListJobs({.open_only = true}, {})->rows),
            (std::vector<std::string>{elsewhere.id, open.id}));
  EXPECT_EQ(IdsOf(ledger().ListJobs({.drive_id = "drive1", .open_only = true}, {})->rows),
            (std::vector<std::string>{open.id}));
}

TEST_F(Jobs, ARequestIsThereOnce) {
  Job job;
  ASSERT_OK(ledger().Commit([&](Transaction& tx) {
    job = SampleJob(tx);
    job.request_id = "request 1";
    return tx.InsertJob(job);
  }));
  EXPECT_EQ((*ledger().FindJobByRequest("request 1"))->id, job.id);
  EXPECT_FALSE(ledger().FindJobByRequest("request 2")->has_value());
  const Status twice = ledger().Commit([&](Transaction& tx) {
    Job again = SampleJob(tx);
    again.request_id = "request 1";
    return tx.InsertJob(again);
  });
  EXPECT_EQ(ReasonOf(twice), "ALREADY_EXISTS");
  // Without a request id there may be many.
  AddJob(ledger());
  AddJob(ledger());
}

TEST_F(Jobs, StepsAreReplacedInPlaceButNotByAnotherStep) {
  const Job job = AddJob(ledger());
  JobStep step{.job_id = job.id,
               .index = 1,
               .name = "dump firmware",
               .memory = "firmware",
               .outcome = "NOT_STARTED"};
  const auto put = [&] {
    return ledger().Commit([&](Transaction& tx) { return tx.PutStep(step); });
  };
  ASSERT_OK(put());
  step.outcome = "UNCHANGED";
  step.note = "two reads agree";
  step.ended_us = 9;
  ASSERT_OK(put());
  step.index = 0;
  step.name = "identify";
  ASSERT_OK(put());
  step.name = "something else";
  EXPECT_EQ(ReasonOf(put()), "ALREADY_EXISTS");
  const auto steps = ledger().ListSteps(job.id);
  ASSERT_OK(steps);
  ASSERT_EQ(steps->size(), 2u);
  EXPECT_EQ(steps->at(0).name, "identify");
  EXPECT_EQ(steps->at(1).outcome, "UNCHANGED");
  EXPECT_EQ(steps->at(1).note, "two reads agree");
  EXPECT_EQ(steps->at(1).ended_us, 9);
}

TEST_F(Jobs, EventsAreCountedBenchWideAndReadOldestFirst) {
  const Job one = AddJob(ledger());
  const Job two = AddJob(ledger());
  std::vector<int64_t> given;
  ASSERT_OK(ledger().Commit([&](Transaction& tx) -> Status {
    for (const Job& job : {one, two, one}) {
      ASSIGN_OR_RETURN(const int64_t sequence, tx.AppendEvent({.job_id = job.id,
                                                               .type = "state",
                                                               .state = "PREFLIGHT",
                                                               .detail_json = "{}",
                                                               .time_us = tx.now_us()}));
      given.push_back(sequence);
    }
    return Ok();
  }));
  EXPECT_EQ(given, (std::vector<int64_t>{1, 2, 3}));
  const auto of_one = ledger().ListEvents(one.id, 0, 10);
  ASSERT_OK(of_one);
  ASSERT_EQ(of_one->size(), 2u);
  EXPECT_EQ(of_one->at(1).sequence, 3);
  EXPECT_EQ(ledger().ListEvents("", 1, 1)->at(0).job_id, two.id);
  EXPECT_TRUE(ledger().ListEvents("", 3, 10)->empty());
}

using Quarantines = LedgerTest;
TEST_F(Quarantines, AreInForceUntilLifted) {
  std::string id;
  ASSERT_OK(ledger().Commit([&](Transaction& tx) {
    id = tx.NewId();
    return tx.InsertQuarantine({.id = id,
                                .subject_kind = "drive",
                                .subject_id = "drive1",
                                .reason = "EEPROM_CHANGED",
                                .since_us = tx.now_us()});
  }));
  EXPECT_EQ(ledger().ListQuarantines(true)->size(), 1u);
  const auto lift = [&](const std::string& which) {
    return ledger().Commit(
        [&](Transaction& tx) { return tx.LiftQuarantine(which, "user/boss", "checked by hand"); });
  };
  ASSERT_OK(lift(id));
  EXPECT_TRUE(ledger().ListQuarantines(true)->empty());
  const auto all = ledger().ListQuarantines(false);
  ASSERT_OK(all);
  ASSERT_EQ(all->size(), 1u);
  EXPECT_EQ(all->at(0).lifted_by, "user/boss");
  EXPECT_EQ(all->at(0).lift_reason, "checked by hand");
  EXPECT_EQ(all->at(0).lifted_us, clock_.WallMicros());
  EXPECT_EQ(all->at(0).reason, "EEPROM_CHANGED");
  EXPECT_EQ(ReasonOf(lift("nobody")), "NOT_FOUND");
  EXPECT_EQ(ReasonOf(lift(id)), "LEDGER_CONSTRAINT");
}

TEST_F(Quarantines, AreOfADriveAUnitAPortOrABridge) {
  const auto insert = [&](const std::string& kind) {
    return ReasonOf(ledger().Commit([&](Transaction& tx) {
      return tx.InsertQuarantine({.id = tx.NewId(),
                                  .subject_kind = kind,
                                  .subject_id = "usb/1-2",
                                  .reason = "READS_DISAGREE",
                                  .since_us = tx.now_us()});
    }));
  };
  for (const char* const kind : {"drive", "unit", "port", "bridge"}) EXPECT_EQ(insert(kind), "OK");
  EXPECT_EQ(insert("cable"), "LEDGER_CONSTRAINT");
}

using Claims = LedgerTest;
TEST_F(Claims, AreInForceUntilTheyExpireOrAreReleased) {
  Claim first;
  Claim second;
  ASSERT_OK(ledger().Commit([&](Transaction& tx) -> Status {
    first = SampleClaim(tx);
    RETURN_IF_ERROR(tx.InsertClaim(first));
    second = SampleClaim(tx);
    second.drive_id = "drive2";
    second.expires_us = second.since_us + 10;
    return tx.InsertClaim(second);
  }));
  const auto in_force = [&](const std::string& drive = "") {
    return IdsOf(*ledger().ListClaims(drive, true));
  };
  EXPECT_EQ(in_force(), (std::vector<std::string>{second.id, first.id}));
  EXPECT_EQ(in_force("drive2"), std::vector<std::string>{second.id});
  clock_.Set(second.expires_us);
  EXPECT_EQ(in_force(), std::vector<std::string>{first.id});
  EXPECT_TRUE(in_force("drive2").empty());
  first.released_us = clock_.WallMicros();
  first.released_by = "user/bert";
  first.note = "not what was noted first";
  ASSERT_OK(ledger().Commit([&](Transaction& tx) { return tx.UpdateClaim(first); }));
  EXPECT_TRUE(in_force().empty());
  const auto all = ledger().ListClaims("drive1", false);
  ASSERT_OK(all);
  ASSERT_EQ(all->size(), 1u);
  EXPECT_EQ(all->at(0).principal, "user/anna");
  EXPECT_EQ(all->at(0).note, "waiting for a part");
  EXPECT_EQ(all->at(0).released_by, "user/bert");
  EXPECT_EQ(ledger().ListClaims("", false)->size(), 2u);
  first.id = "nobody";
  EXPECT_EQ(ReasonOf(ledger().Commit([&](Transaction& tx) { return tx.UpdateClaim(first); })),
            "NOT_FOUND");
}

using Vocabulary = LedgerTest;
TEST_F(Vocabulary, WordsThatAreNotInItAreRefused) {
  const auto job_with = [&](auto set) {
    return ReasonOf(ledger().Commit([&](Transaction& tx) {
      Job job = SampleJob(tx);
      set(job);
      return tx.InsertJob(job);
    }));
  };
  EXPECT_EQ(job_with([](Job&) {}), "OK");
  EXPECT_EQ(job_with([](Job& job) { job.state = "THINKING"; }), "LEDGER_CONSTRAINT");
  EXPECT_EQ(job_with([](Job& job) { job.state = "CLOSED"; }), "LEDGER_CONSTRAINT");
  EXPECT_EQ(job_with([](Job& job) { job.result = "FAILED"; }), "LEDGER_CONSTRAINT");
  EXPECT_EQ(job_with([](Job& job) { job.memory = "region"; }), "LEDGER_CONSTRAINT");
  EXPECT_EQ(job_with([](Job& job) { job.outcome = "FINE"; }), "LEDGER_CONSTRAINT");
  EXPECT_EQ(job_with([](Job& job) { job.eeprom_check = "OK"; }), "LEDGER_CONSTRAINT");
  EXPECT_EQ(job_with([](Job& job) { job.drive_state = "fine"; }), "LEDGER_CONSTRAINT");
  EXPECT_EQ(job_with([](Job& job) { job.kind = "Flash it"; }), "LEDGER_CONSTRAINT");
  EXPECT_EQ(job_with([](Job& job) { job.unit_id = "nobody"; }), "NOT_FOUND");
  EXPECT_EQ(job_with([](Job& job) { job.image_id = "nobody"; }), "NOT_FOUND");
}

TEST_F(Vocabulary, TextsWithQuotesAndOddBytesComeBackAsTheyWere) {
  Unit unit;
  ASSERT_OK(ledger().Commit([&](Transaction& tx) -> Status {
    unit = SampleUnit(tx);
    unit.note = std::string("'); DROP TABLE units; --\0\xFF\n", 27);
    ASSIGN_OR_RETURN(unit.number, tx.InsertUnit(unit));
    return Ok();
  }));
  EXPECT_EQ(ledger().GetUnit(unit.id)->note, unit.note);
  EXPECT_TRUE(ledger().Verify()->problems.empty());
}

}  // namespace
}  // namespace firmbench::storage
