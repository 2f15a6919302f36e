// SPDX-License-Identifier: Apache-2.0
#include "tests/storage/test_ledger.h"

#include <algorithm>
#include <cstdlib>
#include <random>
#include <system_error>

namespace firmbench::storage {

TempFolder::TempFolder() {
  std::string pattern = testing::TempDir() + "firmbench-ledger-XXXXXX";
  FB_CHECK(::mkdtemp(pattern.data()) != nullptr);
  path_ = pattern;
}
TempFolder::~TempFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

RawDatabase::RawDatabase(const std::string& path, bool drop_triggers) {
  FB_CHECK(sqlite3_open(path.c_str(), &handle_) == SQLITE_OK);
  sqlite3_busy_timeout(handle_, 10000);
  Exec("PRAGMA foreign_keys=OFF; PRAGMA ignore_check_constraints=ON; PRAGMA synchronous=OFF;");
  if (!drop_triggers) return;
  Exec("BEGIN");
  for (const auto& name : Query("SELECT name FROM sqlite_schema WHERE type = 'trigger'")) {
    FB_CHECK(Exec("DROP TRIGGER " + name).empty());
  }
  Exec("COMMIT");
}

std::string RawDatabase::Exec(const std::string& sql) {
  char* message = nullptr;
  sqlite3_exec(handle_, sql.c_str(), nullptr, nullptr, &message);
  const std::string text = message == nullptr ? "" : message;
  sqlite3_free(message);
  return text;
}

std::vector<std::string> RawDatabase::Query(const std::string& sql) {
  std::vector<std::string> rows;
  const auto add = [](void* to, int columns, char** values, char**) {
    std::string row;
    for (int i = 0; i < columns; ++i) {
      row += (i == 0 ? "" : "|") + std::string(values[i] == nullptr ? "NULL" : values[i]);
    }
    static_cast<std::vector<std::string>*>(to)->push_back(row);
    return 0;
  };
  char* message = nullptr;
  sqlite3_exec(handle_, sql.c_str(), add, &rows, &message);
  EXPECT_EQ(message, nullptr) << message << " in " << sql;
  sqlite3_free(message);
  return rows;
}

Unit SampleUnit(Transaction& tx) {
  Unit unit;
  unit.id = tx.NewId();
  unit.label = "shelf 3";
  unit.family = "mediatek_liteon";
  unit.model = "SHM-165P6S";
  unit.note = "came with a bent tray";
  unit.created_us = tx.now_us();
  return unit;
}

Job SampleJob(Transaction& tx) {
  Job job;
  job.id = tx.NewId();
  job.kind = "backup";
  job.drive_id = "drive1";
  job.topology = "sim/0";
  job.family = "mediatek_liteon";
  job.model = "SHM-165P6S";
  job.memory = "all";
  job.plan_digest = std::string(64, 'a');
  job.plan_json = "{}";
  job.request_digest = std::string(64, 'b');
  job.principal = "user/anna";
  job.tool_version = "0.1.0";
  job.simulated = true;
  job.created_us = tx.now_us();
  job.state = "QUEUED";
  job.drive_state = "untouched";
  return job;
}

Dump SampleDump(Transaction& tx, const std::string& sha256, size_t size) {
  Dump dump;
  dump.id = tx.NewId();
  dump.memory = "firmware";
  dump.drive_id = "drive1";
  dump.purpose = "backup";
  dump.family = "mediatek_liteon";
  dump.model = "SHM-165P6S";
  dump.revision = "MS0R";
  dump.size_bytes = static_cast<int64_t>(size);
  dump.sha256 = sha256;
  dump.md5 = std::string(32, '0');
  dump.crc32 = std::string(8, '0');
  dump.agreeing_reads = 2;
  dump.evidence = "read in code";
  dump.method = "vendor mode, op 00";
  dump.simulated = true;
  dump.tool_version = "0.1.0";
  dump.created_us = tx.now_us();
  return dump;
}

Image SampleImage(Transaction& tx, const std::string& sha256, size_t size) {
  Image image;
  image.id = tx.NewId();
  image.file_name = "MS0R.bin";
  image.size_bytes = static_cast<int64_t>(size);
  image.sha256 = sha256;
  image.format = "mediatek_liteon";
  image.vendor = "LITE-ON";
  image.product = "DVDRW SHM-165P6S";
  image.revision = "MS0R";
  image.model = "SHM-165P6S";
  image.layout = "plain";
  image.principal = "user/anna";
  image.created_us = tx.now_us();
  return image;
}

Credential SampleCredential(Transaction& tx) {
  return {.id = tx.NewId(),
          .kind = "token",
          .principal = "anna",
          .role = "technician",
          .secret_sha256 = std::string(64, 'a'),
          .note = "nightly backups",
          .created_by = "anna",
          .created_us = tx.now_us(),
          .expires_us = tx.now_us() + 3'600'000'000};
}

Claim SampleClaim(Transaction& tx) {
  return {.id = tx.NewId(),
          .drive_id = "drive1",
          .principal = "user/anna",
          .note = "waiting for a part",
          .since_us = tx.now_us(),
          .expires_us = tx.now_us() + 3'600'000'000};
}

AuditFact SampleFact(const std::string& resource) {
  return {.principal = "user/anna",
          .action = "job.create",
          .resource = resource,
          .outcome = "ok",
          .details = {{"kind", "backup"}, {"drive", "drives/1"}}};
}

Bytes Noise(size_t size, uint32_t seed) {
  std::mt19937 random(seed);
  Bytes bytes(size);
  for (uint8_t& byte : bytes) byte = static_cast<uint8_t>(random());
  return bytes;
}

namespace {

Status FillJobs(Transaction& tx, const Unit& unit, const Image& image, const Dump& dump) {
  Job job = SampleJob(tx);
  job.unit_id = unit.id;
  job.image_id = image.id;
  job.dump_id = dump.id;
  job.request_id = "request 1";
  RETURN_IF_ERROR(tx.InsertJob(job));
  ASSIGN_OR_RETURN(const std::string trace, tx.PutBlob(AsBytes("trace: 2\n")));
  RETURN_IF_ERROR(tx.InsertJobTrace({.id = tx.NewId(),
                                     .job_id = job.id,
                                     .sha256 = trace,
                                     .commands = 0,
                                     .created_us = tx.now_us()}));
  RETURN_IF_ERROR(tx.InsertApproval({.id = tx.NewId(),
                                     .job_id = job.id,
                                     .principal = "bert",
                                     .reason = "saw the board",
                                     .created_us = tx.now_us()}));
  RETURN_IF_ERROR(tx.PutStep({.job_id = job.id,
                              .index = 0,
                              .name = "dump firmware",
                              .memory = "firmware",
                              .outcome = "UNCHANGED",
                              .note = "two reads agree"}));
  RETURN_IF_ERROR(tx.AppendEvent({.job_id = job.id,
                                  .type = "state",
                                  .state = "PREFLIGHT",
                                  .detail_json = "{}",
                                  .time_us = tx.now_us()}));
  const UnitEvidence serial{.id = tx.NewId(),
                            .unit_id = unit.id,
                            .kind = "vpd_serial",
                            .value = "A1",
                            .job_id = job.id,
                            .seen_us = tx.now_us()};
  RETURN_IF_ERROR(tx.InsertEvidence(serial));
  RETURN_IF_ERROR(tx.InsertEvidenceMove({.id = tx.NewId(),
                                         .evidence_id = serial.id,
                                         .unit_id = unit.id,
                                         .principal = "user/anna",
                                         .reason = "its own",
                                         .created_us = tx.now_us()}));
  RETURN_IF_ERROR(tx.InsertDumpProof({.id = tx.NewId(),
                                      .dump_id = dump.id,
                                      .kind = "written_back",
                                      .job_id = job.id,
                                      .detail = "on this drive",
                                      .created_us = tx.now_us()}));
  return tx.InsertQuarantine({.id = tx.NewId(),
                              .subject_kind = "unit",
                              .subject_id = unit.id,
                              .reason = "EEPROM_CHANGED",
                              .job_id = job.id,
                              .since_us = tx.now_us()});
}

Status FillWhatPeopleSay(Transaction& tx, const Unit& unit, const Image& image, const Dump& dump) {
  RETURN_IF_ERROR(tx.InsertUnitEvent({.id = tx.NewId(),
                                      .unit_id = unit.id,
                                      .kind = "outside",
                                      .other_unit_id = unit.id,
                                      .tool = "MTKFLASH 1.83",
                                      .text = "wrote MS0P",
                                      .principal = "user/anna",
                                      .created_us = tx.now_us()}));
  RETURN_IF_ERROR(tx.InsertCustomer({.id = tx.NewId(),
                                     .unit_id = unit.id,
                                     .customer = "Mrs Miller",
                                     .ticket = "T-77",
                                     .principal = "user/anna",
                                     .created_us = tx.now_us()}));
  RETURN_IF_ERROR(tx.InsertDumpFile({.id = tx.NewId(),
                                     .dump_id = dump.id,
                                     .file_name = "backup old.bin",
                                     .modified_us = 77,
                                     .principal = "user/anna",
                                     .created_us = tx.now_us()}));
  RETURN_IF_ERROR(tx.InsertArchiving({.id = tx.NewId(),
                                      .subject_kind = "image",
                                      .subject_id = image.id,
                                      .archived = false,
                                      .principal = "user/anna",
                                      .reason = "in use again",
                                      .created_us = tx.now_us()}));
  RETURN_IF_ERROR(tx.InsertImageMark({.id = tx.NewId(),
                                      .image_id = image.id,
                                      .kind = "note",
                                      .text = "from the vendor's site",
                                      .principal = "user/anna",
                                      .created_us = tx.now_us()}));
  return tx.InsertCopy(
      {.id = tx.NewId(), .sha256 = dump.sha256, .place = "second", .created_us = tx.now_us()});
}

Status Fill(Transaction& tx) {
  Bytes content = Noise(100'000);
  std::fill_n(content.begin(), 65'536, uint8_t{0xFF});
  ASSIGN_OR_RETURN(const std::string sha256, tx.PutBlob(content));
  const Unit unit = SampleUnit(tx);
  RETURN_IF_ERROR(tx.InsertUnit(unit));
  const Image image = SampleImage(tx, sha256, content.size());
  RETURN_IF_ERROR(tx.InsertImage(image));
  const Dump dump = SampleDump(tx, sha256, content.size());
  RETURN_IF_ERROR(tx.InsertDump(dump));
  RETURN_IF_ERROR(tx.InsertAttribution({.id = tx.NewId(),
                                        .dump_id = dump.id,
                                        .kind = "unit",
                                        .unit_id = unit.id,
                                        .principal = "user/anna",
                                        .reason = "read from it",
                                        .created_us = tx.now_us()}));
  RETURN_IF_ERROR(FillJobs(tx, unit, image, dump));
  RETURN_IF_ERROR(FillWhatPeopleSay(tx, unit, image, dump));
  RETURN_IF_ERROR(tx.InsertClaim(SampleClaim(tx)));
  const Credential credential = SampleCredential(tx);
  RETURN_IF_ERROR(tx.InsertCredential(credential));
  RETURN_IF_ERROR(tx.InsertSpilled({.id = tx.NewId(), .job_id = "job1", .taken_us = tx.now_us()}));
  for (int i = 0; i < 5; ++i) {
    RETURN_IF_ERROR(tx.AppendAudit(SampleFact("jobs/" + std::to_string(i))));
  }
  return Ok();
}

}  // namespace

void SignTree(Ledger& ledger, const audit::SigningKey& key) {
  ASSERT_OK(ledger.Commit([&](Transaction& tx) -> Status {
    RETURN_IF_ERROR(tx.AppendAudit({.principal = "firmbenchd",
                                    .action = kAuditKeyAction,
                                    .resource = "benches/" + ledger.bench_id(),
                                    .outcome = "ok",
                                    .details = {{kPublicKeyDetail, ToHex(key.public_key())}}}));
    return Ok();
  }));
  audit::TreeHead head{.origin = audit::OriginOf(ledger.bench_id()),
                       .size = ledger.AuditSize().value()};
  const std::string root = ledger.AuditRoot(head.size).value();
  const Bytes bytes = FromHex(root).value();
  std::copy(bytes.begin(), bytes.end(), head.root.begin());
  ASSERT_OK(ledger.Commit([&](Transaction& tx) {
    return tx.InsertCheckpoint({.tree_size = head.size,
                                .root_hash = root,
                                .text = audit::SignCheckpoint(head, key).value(),
                                .created_us = tx.now_us()});
  }));
}

void FillEveryTable(Ledger& ledger) {
  ASSERT_OK(ledger.Commit(Fill));
  SignTree(ledger, audit::SigningKey::Make().value());
}

void LedgerTest::Open() {
  auto opened = OpenLedger(
      {.path = path(), .clock = &clock_, .clock_synchronised = [this] { return synchronised_; }});
  ASSERT_OK(opened);
  ledger_ = std::move(*opened);
}

}  // namespace firmbench::storage
