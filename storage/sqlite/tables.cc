// SPDX-License-Identifier: Apache-2.0
// The columns of every table that holds structs of storage.h.

#include "storage/sqlite/rows.h"

namespace firmbench::storage::sqlite {
namespace {

using enum ColumnKind;

constexpr bool kAddedLater = true;

constexpr Column<Unit> kUnit[] = {
    {"number", &Unit::number},
    {"id", &Unit::id, kKey},
    {"label", &Unit::label, kMutable},
    {"family", &Unit::family},
    {"model", &Unit::model},
    {"note", &Unit::note, kMutable},
    {"archived", &Unit::archived, kMutable},
    {"created_us", &Unit::created_us},
    {"merged_into", &Unit::merged_into, kMutableReference, kAddedLater},
};

constexpr Column<UnitEvidence> kEvidence[] = {
    {"id", &UnitEvidence::id, kKey},
    {"unit_id", &UnitEvidence::unit_id, kReference},
    {"kind", &UnitEvidence::kind},
    {"value", &UnitEvidence::value},
    {"job_id", &UnitEvidence::job_id, kReference},
    {"seen_us", &UnitEvidence::seen_us},
};

constexpr Column<Dump> kDump[] = {
    {"id", &Dump::id, kKey},
    {"memory", &Dump::memory},
    {"job_id", &Dump::job_id, kReference},
    {"drive_id", &Dump::drive_id},
    {"purpose", &Dump::purpose},
    {"family", &Dump::family},
    {"model", &Dump::model},
    {"revision", &Dump::revision},
    {"size_bytes", &Dump::size_bytes},
    {"sha256", &Dump::sha256},
    {"md5", &Dump::md5},
    {"crc32", &Dump::crc32},
    {"stable_sha256", &Dump::stable_sha256},
    {"agreeing_reads", &Dump::agreeing_reads},
    {"evidence", &Dump::evidence},
    {"method", &Dump::method},
    {"simulated", &Dump::simulated},
    {"tool_version", &Dump::tool_version},
    {"created_us", &Dump::created_us},
};

constexpr Column<DumpAttribution> kAttribution[] = {
    {"id", &DumpAttribution::id, kKey},
    {"dump_id", &DumpAttribution::dump_id, kReference},
    {"kind", &DumpAttribution::kind},
    {"unit_id", &DumpAttribution::unit_id, kReference},
    {"principal", &DumpAttribution::principal},
    {"reason", &DumpAttribution::reason},
    {"created_us", &DumpAttribution::created_us},
};

constexpr Column<Image> kImage[] = {
    {"id", &Image::id, kKey},
    {"file_name", &Image::file_name},
    {"size_bytes", &Image::size_bytes},
    {"sha256", &Image::sha256},
    {"md5", &Image::md5},
    {"crc32", &Image::crc32},
    {"format", &Image::format},
    {"vendor", &Image::vendor},
    {"product", &Image::product},
    {"revision", &Image::revision},
    {"model", &Image::model},
    {"layout", &Image::layout},
    {"timestamp", &Image::timestamp},
    {"principal", &Image::principal},
    {"created_us", &Image::created_us},
    {"dump_id", &Image::dump_id, kReference, kAddedLater},
    {"container", &Image::container, kFixed, kAddedLater},
};

constexpr Column<Job> kJob[] = {
    {"id", &Job::id, kKey},
    {"kind", &Job::kind},
    {"drive_id", &Job::drive_id},
    {"topology", &Job::topology},
    {"unit_id", &Job::unit_id, kMutableReference},
    {"family", &Job::family},
    {"model", &Job::model},
    {"memory", &Job::memory},
    {"image_id", &Job::image_id, kReference},
    {"dump_id", &Job::dump_id, kReference},
    {"plan_digest", &Job::plan_digest},
    {"plan_json", &Job::plan_json},
    {"request_id", &Job::request_id, kReference},
    {"request_digest", &Job::request_digest},
    {"principal", &Job::principal},
    {"tool_version", &Job::tool_version},
    {"simulated", &Job::simulated},
    {"created_us", &Job::created_us},
    {"state", &Job::state, kMutable},
    {"result", &Job::result, kMutable},
    {"outcome", &Job::outcome, kMutable},
    {"eeprom_check", &Job::eeprom_check, kMutable},
    {"error_reason", &Job::error_reason, kMutable},
    {"error_message", &Job::error_message, kMutable},
    {"error_remedy", &Job::error_remedy, kMutable},
    {"drive_state", &Job::drive_state, kMutable},
    {"started_us", &Job::started_us, kMutable},
    {"write_started_us", &Job::write_started_us, kMutable},
    {"ended_us", &Job::ended_us, kMutable},
    {"attempts", &Job::attempts, kMutable, kAddedLater},
    {"cancelled_by", &Job::cancelled_by, kMutable, kAddedLater},
    {"recovers", &Job::recovers, kReference, kAddedLater},
    {"target_model", &Job::target_model, kFixed, kAddedLater},
};

constexpr Column<JobStep> kStep[] = {
    {"job_id", &JobStep::job_id, kKey},
    {"idx", &JobStep::index, kKey},
    {"name", &JobStep::name},
    {"memory", &JobStep::memory},
    {"outcome", &JobStep::outcome, kMutable},
    {"note", &JobStep::note, kMutable},
    {"started_us", &JobStep::started_us, kMutable},
    {"ended_us", &JobStep::ended_us, kMutable},
};

constexpr Column<JobEvent> kEvent[] = {
    {"sequence", &JobEvent::sequence, kKey},
    {"job_id", &JobEvent::job_id, kReference},
    {"type", &JobEvent::type},
    {"state", &JobEvent::state},
    {"detail_json", &JobEvent::detail_json},
    {"time_us", &JobEvent::time_us},
};

constexpr Column<Quarantine> kQuarantine[] = {
    {"id", &Quarantine::id, kKey},
    {"subject_kind", &Quarantine::subject_kind},
    {"subject_id", &Quarantine::subject_id},
    {"reason", &Quarantine::reason},
    {"job_id", &Quarantine::job_id, kReference},
    {"since_us", &Quarantine::since_us},
    {"lifted_us", &Quarantine::lifted_us, kMutable},
    {"lifted_by", &Quarantine::lifted_by, kMutable},
    {"lift_reason", &Quarantine::lift_reason, kMutable},
};

constexpr Column<Claim> kClaim[] = {
    {"id", &Claim::id, kKey},
    {"drive_id", &Claim::drive_id},
    {"principal", &Claim::principal},
    {"note", &Claim::note},
    {"since_us", &Claim::since_us},
    {"expires_us", &Claim::expires_us, kMutable},
    {"released_us", &Claim::released_us, kMutable},
    {"released_by", &Claim::released_by, kMutable},
};

constexpr Column<SpilledRecord> kSpilled[] = {
    {"id", &SpilledRecord::id, kKey},
    {"job_id", &SpilledRecord::job_id},
    {"taken_us", &SpilledRecord::taken_us},
};

constexpr Column<UnitEvent> kUnitEvent[] = {
    {"id", &UnitEvent::id, kKey},
    {"unit_id", &UnitEvent::unit_id, kReference},
    {"kind", &UnitEvent::kind},
    {"other_unit_id", &UnitEvent::other_unit_id, kReference},
    {"tool", &UnitEvent::tool},
    {"text", &UnitEvent::text, kMutable},
    {"principal", &UnitEvent::principal},
    {"created_us", &UnitEvent::created_us},
    {"erased_us", &UnitEvent::erased_us, kMutable},
};

constexpr Column<Customer> kCustomer[] = {
    {"id", &Customer::id, kKey},
    {"unit_id", &Customer::unit_id, kReference},
    {"customer", &Customer::customer, kMutable},
    {"ticket", &Customer::ticket, kMutable},
    {"principal", &Customer::principal},
    {"created_us", &Customer::created_us},
    {"erased_us", &Customer::erased_us, kMutable},
};

constexpr Column<EvidenceMove> kEvidenceMove[] = {
    {"id", &EvidenceMove::id, kKey},
    {"evidence_id", &EvidenceMove::evidence_id, kReference},
    {"unit_id", &EvidenceMove::unit_id, kReference},
    {"principal", &EvidenceMove::principal},
    {"reason", &EvidenceMove::reason},
    {"created_us", &EvidenceMove::created_us},
};

constexpr Column<DumpFile> kDumpFile[] = {
    {"id", &DumpFile::id, kKey},         {"dump_id", &DumpFile::dump_id, kReference},
    {"file_name", &DumpFile::file_name}, {"modified_us", &DumpFile::modified_us},
    {"principal", &DumpFile::principal}, {"created_us", &DumpFile::created_us},
};

constexpr Column<DumpProof> kDumpProof[] = {
    {"id", &DumpProof::id, kKey},   {"dump_id", &DumpProof::dump_id, kReference},
    {"kind", &DumpProof::kind},     {"job_id", &DumpProof::job_id, kReference},
    {"detail", &DumpProof::detail}, {"created_us", &DumpProof::created_us},
};

constexpr Column<Archiving> kArchiving[] = {
    {"id", &Archiving::id, kKey},           {"subject_kind", &Archiving::subject_kind},
    {"subject_id", &Archiving::subject_id}, {"archived", &Archiving::archived},
    {"principal", &Archiving::principal},   {"reason", &Archiving::reason},
    {"created_us", &Archiving::created_us},
};

constexpr Column<ImageMark> kImageMark[] = {
    {"id", &ImageMark::id, kKey},         {"image_id", &ImageMark::image_id, kReference},
    {"kind", &ImageMark::kind},           {"text", &ImageMark::text},
    {"principal", &ImageMark::principal}, {"created_us", &ImageMark::created_us},
};

constexpr Column<Checkpoint> kCheckpoint[] = {
    {"tree_size", &Checkpoint::tree_size, kKey},
    {"root_hash", &Checkpoint::root_hash},
    {"text", &Checkpoint::text},
    {"created_us", &Checkpoint::created_us},
};

constexpr Column<Copy> kCopy[] = {
    {"id", &Copy::id, kKey},
    {"sha256", &Copy::sha256},
    {"place", &Copy::place},
    {"created_us", &Copy::created_us},
};

constexpr Column<Credential> kCredential[] = {
    {"id", &Credential::id, kKey},
    {"kind", &Credential::kind},
    {"principal", &Credential::principal},
    {"role", &Credential::role},
    {"secret_sha256", &Credential::secret_sha256},
    {"note", &Credential::note},
    {"created_by", &Credential::created_by},
    {"created_us", &Credential::created_us},
    {"expires_us", &Credential::expires_us},
    {"made_from", &Credential::made_from, kReference},
    {"ended_us", &Credential::ended_us, kMutable},
    {"ended_by", &Credential::ended_by, kMutable},
    {"end_reason", &Credential::end_reason, kMutable},
};

constexpr Column<JobTrace> kJobTrace[] = {
    {"id", &JobTrace::id, kKey},           {"job_id", &JobTrace::job_id, kReference},
    {"sha256", &JobTrace::sha256},         {"commands", &JobTrace::commands},
    {"created_us", &JobTrace::created_us},
};

constexpr Column<Approval> kApproval[] = {
    {"id", &Approval::id, kKey},         {"job_id", &Approval::job_id, kReference},
    {"principal", &Approval::principal}, {"reason", &Approval::reason},
    {"solo", &Approval::solo},           {"created_us", &Approval::created_us},
};

}  // namespace

#define FB_TABLE(Row, table_name, columns)                   \
  template <>                                                \
  const Table<Row>& TableOf<Row>() {                         \
    static constexpr Table<Row> kTable{table_name, columns}; \
    return kTable;                                           \
  }
FB_TABLE(Unit, "units", kUnit)
FB_TABLE(UnitEvidence, "unit_evidence", kEvidence)
FB_TABLE(Dump, "dumps", kDump)
FB_TABLE(DumpAttribution, "dump_attributions", kAttribution)
FB_TABLE(Image, "images", kImage)
FB_TABLE(Job, "jobs", kJob)
FB_TABLE(JobStep, "job_steps", kStep)
FB_TABLE(JobEvent, "job_events", kEvent)
FB_TABLE(Quarantine, "quarantines", kQuarantine)
FB_TABLE(Claim, "claims", kClaim)
FB_TABLE(SpilledRecord, "spilled", kSpilled)
FB_TABLE(UnitEvent, "unit_events", kUnitEvent)
FB_TABLE(Customer, "customers", kCustomer)
FB_TABLE(EvidenceMove, "evidence_moves", kEvidenceMove)
FB_TABLE(DumpFile, "dump_files", kDumpFile)
FB_TABLE(DumpProof, "dump_proofs", kDumpProof)
FB_TABLE(Archiving, "archivings", kArchiving)
FB_TABLE(ImageMark, "image_marks", kImageMark)
FB_TABLE(Checkpoint, "checkpoints", kCheckpoint)
FB_TABLE(Copy, "copies", kCopy)
FB_TABLE(Credential, "credentials", kCredential)
FB_TABLE(Approval, "approvals", kApproval)
FB_TABLE(JobTrace, "job_traces", kJobTrace)
#undef FB_TABLE

}  // namespace firmbench::storage::sqlite
