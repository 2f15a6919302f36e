// SPDX-License-Identifier: Apache-2.0
#include "daemon/rpc/audit_service.h"

#include <fmt/format.h>

#include <charconv>
#include <string_view>

#include "daemon/rpc/convert.h"

namespace firmbench::rpc {
namespace {

// Both requests carry the same filters.
template <typename Request>
Result<storage::AuditFilter> FilterOf(storage::Ledger& ledger, const Request& request) {
  storage::AuditFilter filter{
      .resource = request.resource(), .principal = request.principal(), .action = request.action()};
  if (!request.unit().empty()) {
    ASSIGN_OR_RETURN(filter.unit_id, IdFrom("units", request.unit()));
    RETURN_IF_ERROR(ledger.GetUnit(filter.unit_id));
  }
  ASSIGN_OR_RETURN(filter.from_us, MicrosOf(request.has_from_time(), request.from_time()));
  ASSIGN_OR_RETURN(filter.until_us, MicrosOf(request.has_until_time(), request.until_time()));
  return filter;
}

// Sends the entries that were there when it began, a few hundred at a time. gRPC owns it through
// its callbacks; it deletes itself in OnDone.
class ExportStream final : public grpc::ServerWriteReactor<v1::ExportAuditEntriesResponse> {
 public:
  ExportStream(const Context& bench, Caller caller, const v1::ExportAuditEntriesRequest& request)
      : ledger_(bench.ledger), access_(bench.access), caller_(std::move(caller)) {
    const Status begun = Begin(request);
    if (begun) {
      Next();
    } else {
      Finish(ToGrpc(begun.error()));
    }
  }

  void OnWriteDone(bool ok) override {
    if (ok) {
      Next();
    } else {
      Finish(grpc::Status::CANCELLED);
    }
  }
  void OnDone() override { delete this; }

 private:
  static constexpr int kPiece = 500;

  Status Begin(const v1::ExportAuditEntriesRequest& request) {
    ASSIGN_OR_RETURN(filter_, FilterOf(ledger_, request));
    ASSIGN_OR_RETURN(end_, ledger_.AuditSize());
    return Ok();
  }

  void Next() {
    if (const Status standing = access_.CheckStanding(caller_); !standing) {
      Finish(ToGrpc(standing.error()));
      return;
    }
    const auto entries = ledger_.ExportAudit(filter_, next_, kPiece);
    if (!entries) {
      Finish(ToGrpc(entries.error()));
      return;
    }
    piece_.Clear();
    for (const storage::AuditEntry& entry : *entries) {
      if (entry.sequence >= end_) break;
      *piece_.add_audit_entries() = ToProto(entry, ledger_.bench_id());
      next_ = entry.sequence + 1;
    }
    if (piece_.audit_entries().empty()) {
      Finish(grpc::Status::OK);
    } else {
      StartWrite(&piece_);
    }
  }

  storage::Ledger& ledger_;
  Access& access_;
  const Caller caller_;
  storage::AuditFilter filter_;
  int64_t next_ = 0;
  int64_t end_ = 0;
  v1::ExportAuditEntriesResponse piece_;
};

Result<v1::Checkpoint> CheckpointFor(const Context& bench, int64_t old_size) {
  ASSIGN_OR_RETURN(const storage::Checkpoint signed_now, bench.signer.Sign());
  ASSIGN_OR_RETURN(const auto key, bench.signer.Key());
  v1::Checkpoint out;
  out.set_bench(Name("benches", bench.ledger.bench_id()));
  out.set_tree_size(signed_now.tree_size);
  out.set_root_hash(signed_now.root_hash);
  out.set_note(signed_now.text);
  out.set_public_key_pem(storage::audit::PublicKeyPem(key));
  out.set_key_hash(storage::audit::KeyHash(storage::audit::OriginOf(bench.ledger.bench_id()), key));
  SetTime(out.mutable_create_time(), signed_now.created_us);
  // A tree that is smaller than the older one is shown as it is: the caller sees that it shrank.
  if (old_size > signed_now.tree_size) return out;
  ASSIGN_OR_RETURN(const auto proof, bench.ledger.ProveConsistency(old_size, signed_now.tree_size));
  for (const std::string& hash : proof) out.add_consistency_proof(hash);
  return out;
}

}  // namespace

Result<int64_t> MicrosOf(bool set, const google::protobuf::Timestamp& time) {
  constexpr int64_t kLast = 253402300799;  // 9999-12-31T23:59:59Z
  if (!set) return int64_t{0};
  if (time.seconds() < 0 || time.seconds() > kLast || time.nanos() < 0 ||
      time.nanos() > 999'999'999) {
    return InvalidArgument("TIME_INVALID", "a time must lie between 1970 and 9999");
  }
  // 0 filters nothing, and nothing is older than that.
  return time.seconds() * 1'000'000 + time.nanos() / 1000;
}

Result<int64_t> EntryNumber(const std::string& name) {
  constexpr std::string_view kCollection = "auditEntries/";
  int64_t number = -1;
  const char* const end = name.data() + name.size();
  if (name.starts_with(kCollection)) {
    const auto parsed = std::from_chars(name.data() + kCollection.size(), end, number);
    if (parsed.ec != std::errc() || parsed.ptr != end) number = -1;
  }
  if (number < 0) {
    return InvalidArgument("NAME_INVALID", "an audit entry's name is auditEntries/NUMBER");
  }
  return number;
}

grpc::ServerUnaryReactor* AuditService::ListAuditEntries(grpc::CallbackServerContext* context,
                                                         const v1::ListAuditEntriesRequest* request,
                                                         v1::ListAuditEntriesResponse* response) {
  return Unary(bench_, context, request, response,
               [&](const Caller&) -> Result<v1::ListAuditEntriesResponse> {
                 ASSIGN_OR_RETURN(const storage::Page page,
                                  PageOf(request->page_size(), request->page_token()));
                 ASSIGN_OR_RETURN(const storage::AuditFilter filter,
                                  FilterOf(bench_.ledger, *request));
                 ASSIGN_OR_RETURN(const auto listed, bench_.ledger.ListAudit(filter, page));
                 v1::ListAuditEntriesResponse list;
                 for (const storage::AuditEntry& entry : listed.rows) {
                   *list.add_audit_entries() = ToProto(entry, bench_.ledger.bench_id());
                 }
                 list.set_next_page_token(listed.next);
                 return list;
               });
}

grpc::ServerWriteReactor<v1::ExportAuditEntriesResponse>* AuditService::ExportAuditEntries(
    grpc::CallbackServerContext* context, const v1::ExportAuditEntriesRequest* request) {
  return Stream<v1::ExportAuditEntriesResponse>(
      bench_, context, request,
      [&](const Caller& caller) { return new ExportStream(bench_, caller, *request); });
}

grpc::ServerUnaryReactor* AuditService::GetCheckpoint(grpc::CallbackServerContext* context,
                                                      const v1::GetCheckpointRequest* request,
                                                      v1::Checkpoint* response) {
  return Unary(bench_, context, request, response,
               [&](const Caller&) { return CheckpointFor(bench_, request->old_tree_size()); });
}

grpc::ServerUnaryReactor* AuditService::ProveEntry(grpc::CallbackServerContext* context,
                                                   const v1::ProveEntryRequest* request,
                                                   v1::ProveEntryResponse* response) {
  return Unary(
      bench_, context, request, response, [&](const Caller&) -> Result<v1::ProveEntryResponse> {
        ASSIGN_OR_RETURN(const int64_t sequence, EntryNumber(request->name()));
        ASSIGN_OR_RETURN(const storage::AuditEntry entry, bench_.ledger.GetAuditEntry(sequence));
        int64_t size = request->tree_size();
        if (size == 0) {
          ASSIGN_OR_RETURN(size, bench_.ledger.AuditSize());
        }
        ASSIGN_OR_RETURN(const auto proof, bench_.ledger.ProveInclusion(sequence, size));
        v1::ProveEntryResponse out;
        *out.mutable_audit_entry() = ToProto(entry, bench_.ledger.bench_id());
        out.set_tree_size(size);
        ASSIGN_OR_RETURN(*out.mutable_root_hash(), bench_.ledger.AuditRoot(size));
        for (const std::string& hash : proof) out.add_inclusion_proof(hash);
        return out;
      });
}

grpc::ServerUnaryReactor* AuditService::VerifyLedger(grpc::CallbackServerContext* context,
                                                     const v1::VerifyLedgerRequest* request,
                                                     v1::VerifyLedgerResponse* response) {
  return SlowUnary(bench_, context, request, response,
                   [ledger = &bench_.ledger](const Caller&) -> Result<v1::VerifyLedgerResponse> {
                     ASSIGN_OR_RETURN(const storage::AuditReport report, ledger->Verify());
                     v1::VerifyLedgerResponse out;
                     out.set_ok(report.problems.empty());
                     out.set_entry_count(report.entries);
                     out.set_root_hash(report.root_hash);
                     out.set_blob_count(report.blobs);
                     out.set_blob_bytes(report.blob_bytes);
                     out.set_checkpoint_count(report.checkpoints);
                     for (const std::string& problem : report.problems) out.add_problems(problem);
                     for (const std::string& note : report.notes) out.add_notes(note);
                     return out;
                   });
}

}  // namespace firmbench::rpc
