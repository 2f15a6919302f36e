// SPDX-License-Identifier: Apache-2.0
#include "tests/client/samples.h"

namespace firmbench::cli {
namespace {

constexpr int64_t kNoon = 1795348800;  // 2026-11-22T12:00:00Z

void Set(v1::Ability* ability, bool possible, const char* why, const char* evidence,
         const char* would_help = "") {
  ability->set_possible(possible);
  ability->set_why(why);
  ability->set_evidence(evidence);
  ability->set_would_help(would_help);
}

void AddMemories(v1::Drive& drive) {
  v1::MemoryAbilities* firmware = drive.add_memories();
  firmware->set_memory(v1::MEMORY_FIRMWARE);
  firmware->set_size_bytes(512 * 1024);
  Set(firmware->mutable_read(), true, "through vendor mode, which needs the ATA registers",
      "read in code");
  Set(firmware->mutable_flash(), false,
      "the part is written page by page through vendor bytes, and nobody has published a recording "
      "of that on real hardware",
      "second hand", "a recorded trace of a drive with a W29C040");
  Set(firmware->mutable_restore(), false, "as for flash", "second hand");
  v1::MemoryAbilities* eeprom = drive.add_memories();
  eeprom->set_memory(v1::MEMORY_EEPROM);
  eeprom->set_size_bytes(1024);
  Set(eeprom->mutable_read(), true, "DF 89, 1 KB", "second hand");
  Set(eeprom->mutable_flash(), false, "an EEPROM is never flashed from a file", "documented");
  Set(eeprom->mutable_restore(), false, "the write command is not publicly known", "hypothetical",
      "a recorded trace of an EEPROM write");
}

}  // namespace

v1::Drive SampleDrive() {
  v1::Drive drive;
  drive.set_name(kDriveA);
  drive.set_bench("benches/b");
  drive.set_bay("bay 1");
  drive.mutable_connection()->set_text("simulated IDE, alone on its channel");
  drive.mutable_connection()->set_scsi(true);
  drive.mutable_connection()->set_task_file(true);
  drive.set_state(v1::Drive::STATE_READY);
  drive.set_vendor("LITE-ON");
  drive.set_product("LTR-48246S");
  drive.set_firmware_revision("SS0B");
  drive.set_unit(kUnit);
  drive.set_unit_number("U-0001");
  drive.set_family("mediatek_liteon");
  drive.set_model("LTR-48246S");
  drive.set_model_kind("CD-RW burner");
  drive.mutable_flash_chip()->set_part("W29C040");
  drive.mutable_flash_chip()->set_size_bytes(512 * 1024);
  drive.mutable_flash_chip()->set_evidence("second hand");
  AddMemories(drive);
  drive.mutable_recoverability()->set_grade("unproven");
  drive.mutable_recoverability()->set_why("vendor mode is said to work without a valid firmware");
  drive.set_etag("etag-1");
  drive.set_simulated(true);
  drive.set_provenance("forum posts with board photographs");
  drive.set_eeprom_volatile_text("not publicly known");
  return drive;
}

v1::Drive SampleDriveAlien() {
  v1::Drive drive;
  drive.set_name(kDriveB);
  drive.set_bay("bay 2");
  drive.set_state(v1::Drive::STATE_QUARANTINED);
  drive.set_vendor("ACME");
  drive.set_product("DVD\x1b[31m X1");
  drive.set_firmware_revision("1.00");
  drive.set_serial("A 17");
  v1::Problem* problem = drive.add_problems();
  problem->set_reason("EEPROM_CHANGED");
  problem->set_text("the EEPROM was not what it should be after the last job");
  problem->set_remedy("compare the dumps, then lift the quarantine");
  return drive;
}

v1::Job SamplePlan() {
  v1::Job job;
  job.set_kind("flash");
  job.set_drive(kDriveA);
  job.set_memory(v1::MEMORY_FIRMWARE);
  job.set_image(kImage);
  v1::Plan* plan = job.mutable_plan();
  plan->set_digest("d1");
  plan->set_etag("etag-1");
  plan->set_undo_text("the dump of the firmware that this job makes first");
  plan->mutable_estimate_duration()->set_seconds(185);
  v1::PlanStep* read = plan->add_steps();
  read->set_name("dump_firmware");
  read->set_memory(v1::MEMORY_FIRMWARE);
  read->set_text("read the firmware twice");
  read->set_size_bytes(1024 * 1024);
  read->mutable_estimate_duration()->set_seconds(60);
  v1::PlanStep* write = plan->add_steps();
  write->set_name("write_firmware");
  write->set_memory(v1::MEMORY_FIRMWARE);
  write->set_text("write 12 pages that differ");
  write->set_size_bytes(3072);
  write->mutable_estimate_duration()->set_nanos(500);
  v1::Problem* warning = plan->add_warnings();
  warning->set_reason("RECOVERY_UNPROVEN");
  warning->set_text("nobody has proven that a cut write can be repaired on this model");
  return job;
}

v1::Job SampleJob() {
  v1::Job job = SamplePlan();
  job.set_name(kJob);
  job.set_unit_number("U-0001");
  job.set_model("LTR-48246S");
  job.set_state(v1::Job::STATE_CLOSED);
  job.set_result(v1::Job::RESULT_SUCCEEDED);
  job.set_outcome(v1::OUTCOME_CHANGED_VERIFIED);
  job.set_eeprom_check(v1::EEPROM_CHECK_EQUAL);
  job.set_principal("uid:1000");
  job.mutable_create_time()->set_seconds(kNoon);
  job.mutable_start_time()->set_seconds(kNoon + 1);
  job.mutable_write_start_time()->set_seconds(kNoon + 70);
  job.mutable_end_time()->set_seconds(kNoon + 130);
  job.add_dumps(kDump);
  v1::JobStep* step = job.add_steps();
  step->set_name("dump firmware, second read");
  step->set_memory(v1::MEMORY_FIRMWARE);
  step->set_outcome(v1::OUTCOME_UNCHANGED);
  step->set_note("agrees with the first");
  step->mutable_start_time()->set_seconds(kNoon + 2);
  step->mutable_end_time()->set_seconds(kNoon + 67);
  return job;
}

v1::Job SampleCutJob() {
  v1::Job job = SampleJob();
  job.set_result(v1::Job::RESULT_FAILED);
  job.set_outcome(v1::OUTCOME_CHANGED_UNVERIFIED);
  job.mutable_error()->set_reason("DAEMON_STOPPED");
  job.mutable_error()->set_message("the daemon stopped while the drive was being written");
  job.mutable_error()->set_remedy("bring it back");
  job.mutable_error()->set_drive_state(v1::DRIVE_STATE_PARTLY_WRITTEN);
  job.set_needs_recovery(true);
  job.add_advice("What happened: The daemon stopped while the drive was being written.");
  job.add_advice(
      "Known: The firmware was read and compared: part of it is the new one, the rest is not. The "
      "EEPROM is as it was. The backup that this job made of the firmware is in the ledger.");
  job.add_advice("Not known: whether the drive starts with what it holds now.");
  job.add_advice(std::string("Next: firmbench job recover ") + kJob);
  job.add_advice("Next: It shows its plan, asks, and writes the backup back.");
  return job;
}

v1::Dump SampleDump() {
  v1::Dump dump;
  dump.set_name(kDump);
  dump.set_memory(v1::MEMORY_FIRMWARE);
  dump.set_unit(kUnit);
  dump.set_unit_number("U-0001");
  dump.set_attribution("unit");
  dump.set_job(kJob);
  dump.set_drive(kDriveA);
  dump.set_purpose("before_write");
  dump.set_family("mediatek_liteon");
  dump.set_model("LTR-48246S");
  dump.set_firmware_revision("SS0B");
  dump.set_size_bytes(6);
  dump.set_sha256("bef57ec7f53a6d40beb640a780a639c83bc29ac8a9816f1fc6c5c6dcd93c4721");
  dump.set_md5("e80b5017098950fc58aad83c8c14978e");
  dump.set_crc32("4b8e39ef");
  dump.set_agreeing_reads(2);
  dump.set_evidence("read in code");
  dump.set_method("vendor mode, op 00");
  dump.set_simulated(true);
  dump.set_tool_version("0.1.0");
  dump.mutable_create_time()->set_seconds(kNoon);
  const auto prove = [&](v1::Proof::Kind kind, const char* text) {
    v1::Proof* proof = dump.add_proofs();
    proof->set_kind(kind);
    proof->set_text(text);
  };
  prove(v1::Proof::KIND_READS_AGREE, "reads agree (2)");
  prove(v1::Proof::KIND_RECOGNISED, "recognised: it parses and its own checks hold");
  prove(v1::Proof::KIND_REHEARSED, "rehearsed on the simulator: proves only our simulator");
  dump.set_second_copy("pending");
  return dump;
}

v1::Image SampleImage() {
  v1::Image image;
  image.set_name(kImage);
  image.set_file_name("SS0D.bin");
  image.set_size_bytes(512 * 1024);
  image.set_sha256("aa00");
  image.set_md5("bb00");
  image.set_crc32("cc00");
  image.set_format("mediatek_liteon");
  image.set_layout("plain");
  image.set_vendor("LITE-ON");
  image.set_product("LTR-48246S");
  image.set_firmware_revision("SS0D");
  image.set_model("LTR-48246S");
  image.set_build_text("2003/11/05 12:00");
  image.set_principal("uid:1000");
  image.mutable_create_time()->set_seconds(kNoon);
  return image;
}

v1::Unit SampleUnit() {
  v1::Unit unit;
  unit.set_name(kUnit);
  unit.set_number("U-0001");
  unit.set_family("mediatek_liteon");
  unit.set_model("LTR-48246S");
  unit.set_firmware_revision("SS0B");
  unit.set_drive(kDriveA);
  unit.mutable_create_time()->set_seconds(kNoon);
  unit.set_dump_count(1);
  v1::UnitEvidence* evidence = unit.add_evidence();
  evidence->set_kind("topology");
  evidence->set_value("sim/0");
  evidence->mutable_seen_time()->set_seconds(kNoon);
  evidence->set_weight("weak");
  evidence->set_text("port: any drive can be put there");
  v1::EepromKnowledge* eeprom = unit.mutable_eeprom();
  eeprom->set_size_bytes(1024);
  eeprom->set_unit_count(2);
  eeprom->set_text("2 units of this model seen; which bytes change with use is not yet known");
  eeprom->set_since_last_text("all 1,024 bytes equal");
  return unit;
}

v1::UnitEvent SampleUnitEvent() {
  v1::UnitEvent event;
  event.mutable_event_time()->set_seconds(kNoon);
  event.set_kind("port");
  event.set_text("on another port: sim/1, before sim/0");
  return event;
}

v1::JobEvent ProgressEvent(const std::string& phase, double percent, int64_t done, int64_t total) {
  v1::JobEvent event;
  event.set_job_name(kJob);
  v1::Progress* progress = event.mutable_progress();
  progress->set_phase(phase);
  progress->set_percent(percent);
  progress->set_done_bytes(done);
  progress->set_total_bytes(total);
  progress->set_bytes_per_second(21.5 * 1024);
  progress->mutable_remaining_duration()->set_seconds(75);
  return event;
}

v1::JobEvent StateEvent(int64_t sequence, v1::Job::State state) {
  v1::JobEvent event;
  event.set_sequence(sequence);
  event.set_job_name(kJob);
  *event.mutable_job() = SampleJob();
  event.mutable_job()->set_state(state);
  event.mutable_job()->set_last_sequence(sequence);
  if (state != v1::Job::STATE_CLOSED) {
    event.mutable_job()->set_result(v1::Job::RESULT_UNSPECIFIED);
    event.mutable_job()->clear_dumps();
  }
  return event;
}

}  // namespace firmbench::cli
