// SPDX-License-Identifier: Apache-2.0
#pragma once

// The columns of the rows that travel between ledgers, each list once for both directions: a
// visitor is called with every column's name and value. Only record_exchange.cc includes this.

#include "storage/records.h"

namespace firmbench::jobs {

template <typename Visitor>
void VisitFields(Visitor& visit, storage::Unit& row) {
  visit("id", row.id);
  visit("number", row.number);
  visit("label", row.label);
  visit("family", row.family);
  visit("model", row.model);
  visit("note", row.note);
  visit("archived", row.archived);
  visit("created_us", row.created_us);
  visit("merged_into", row.merged_into);
}

template <typename Visitor>
void VisitFields(Visitor& visit, storage::UnitEvent& row) {
  visit("id", row.id);
  visit("unit_id", row.unit_id);
  visit("kind", row.kind);
  visit("other_unit_id", row.other_unit_id);
  visit("tool", row.tool);
  visit("text", row.text);
  visit("principal", row.principal);
  visit("created_us", row.created_us);
  visit("erased_us", row.erased_us);
}

template <typename Visitor>
void VisitFields(Visitor& visit, storage::Customer& row) {
  visit("id", row.id);
  visit("unit_id", row.unit_id);
  visit("customer", row.customer);
  visit("ticket", row.ticket);
  visit("principal", row.principal);
  visit("created_us", row.created_us);
  visit("erased_us", row.erased_us);
}

template <typename Visitor>
void VisitFields(Visitor& visit, storage::UnitEvidence& row) {
  visit("id", row.id);
  visit("unit_id", row.unit_id);
  visit("kind", row.kind);
  visit("value", row.value);
  visit("job_id", row.job_id);
  visit("seen_us", row.seen_us);
}

template <typename Visitor>
void VisitFields(Visitor& visit, storage::Dump& row) {
  visit("id", row.id);
  visit("memory", row.memory);
  visit("job_id", row.job_id);
  visit("drive_id", row.drive_id);
  visit("purpose", row.purpose);
  visit("family", row.family);
  visit("model", row.model);
  visit("revision", row.revision);
  visit("size_bytes", row.size_bytes);
  visit("sha256", row.sha256);
  visit("md5", row.md5);
  visit("crc32", row.crc32);
  visit("stable_sha256", row.stable_sha256);
  visit("agreeing_reads", row.agreeing_reads);
  visit("evidence", row.evidence);
  visit("method", row.method);
  visit("simulated", row.simulated);
  visit("tool_version", row.tool_version);
  visit("created_us", row.created_us);
  visit("archived", row.archived);
}

template <typename Visitor>
void VisitFields(Visitor& visit, storage::DumpAttribution& row) {
  visit("id", row.id);
  visit("dump_id", row.dump_id);
  visit("kind", row.kind);
  visit("unit_id", row.unit_id);
  visit("principal", row.principal);
  visit("reason", row.reason);
  visit("created_us", row.created_us);
}

template <typename Visitor>
void VisitFields(Visitor& visit, storage::DumpFile& row) {
  visit("id", row.id);
  visit("dump_id", row.dump_id);
  visit("file_name", row.file_name);
  visit("modified_us", row.modified_us);
  visit("principal", row.principal);
  visit("created_us", row.created_us);
}

template <typename Visitor>
void VisitFields(Visitor& visit, storage::DumpProof& row) {
  visit("id", row.id);
  visit("dump_id", row.dump_id);
  visit("kind", row.kind);
  visit("job_id", row.job_id);
  visit("detail", row.detail);
  visit("created_us", row.created_us);
}

}  // namespace firmbench::jobs
