// SPDX-License-Identifier: Apache-2.0
#include "daemon/rpc/proof_words.h"

#include <fmt/format.h>

#include <map>

#include "daemon/rpc/convert.h"

namespace firmbench::rpc {
namespace {

v1::Proof::Kind HowRead(const storage::Dump& dump) {
  if (dump.job_id.empty() || dump.agreeing_reads < 1) return v1::Proof::KIND_FROM_FILE;
  if (dump.purpose == "disagreeing") return v1::Proof::KIND_READS_DISAGREE;
  return dump.agreeing_reads == 1 ? v1::Proof::KIND_READ_ONCE : v1::Proof::KIND_READS_AGREE;
}

v1::Proof::Kind KindOf(const storage::Dump& dump, const storage::DumpProof& row) {
  if (row.kind == "recognised") return v1::Proof::KIND_RECOGNISED;
  if (row.kind == "rehearsed") return v1::Proof::KIND_REHEARSED;
  if (row.kind != "written_back") return v1::Proof::KIND_UNSPECIFIED;
  return dump.simulated ? v1::Proof::KIND_REHEARSED : v1::Proof::KIND_WRITTEN_BACK;
}

std::string Words(v1::Proof::Kind kind, int64_t reads) {
  switch (kind) {
    case v1::Proof::KIND_READS_DISAGREE:
      return "reads disagree: one of several reads that were not the same";
    case v1::Proof::KIND_FROM_FILE:
      return "from a file: this bench did not read it";
    case v1::Proof::KIND_READ_ONCE:
      return "read once";
    case v1::Proof::KIND_READS_AGREE:
      return fmt::format("reads agree ({})", reads);
    case v1::Proof::KIND_RECOGNISED:
      return "recognised: it parses and its own checks hold";
    case v1::Proof::KIND_REHEARSED:
      return "rehearsed on the simulator: proves only our simulator";
    case v1::Proof::KIND_WRITTEN_BACK:
      return "written back on this drive, and read back equal";
    default:
      return {};
  }
}

}  // namespace

std::vector<v1::Proof> ProofsOf(const storage::Dump& dump,
                                const std::vector<storage::DumpProof>& rows) {
  // By kind: the enum's order is that of their worth.
  std::map<v1::Proof::Kind, v1::Proof> proofs;
  const auto add = [&](v1::Proof::Kind kind, const std::string& job_id, int64_t time_us) {
    v1::Proof proof;
    proof.set_kind(kind);
    proof.set_text(Words(kind, dump.agreeing_reads));
    proof.set_job(Name("jobs", job_id));
    SetTime(proof.mutable_proof_time(), time_us);
    proofs[kind] = std::move(proof);
  };
  add(HowRead(dump), dump.job_id, dump.created_us);
  std::map<v1::Proof::Kind, int64_t> newest;
  for (const storage::DumpProof& row : rows) {
    const v1::Proof::Kind kind = KindOf(dump, row);
    if (kind == v1::Proof::KIND_UNSPECIFIED) continue;
    const auto known = newest.find(kind);
    if (known != newest.end() && known->second > row.created_us) continue;
    newest[kind] = row.created_us;
    add(kind, row.job_id, row.created_us);
  }
  std::vector<v1::Proof> out;
  for (auto& [kind, proof] : proofs) out.push_back(std::move(proof));
  return out;
}

}  // namespace firmbench::rpc
