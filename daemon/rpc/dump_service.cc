// SPDX-License-Identifier: Apache-2.0
#include "daemon/rpc/dump_service.h"

#include "daemon/rpc/blob_stream.h"
#include "daemon/rpc/compare.h"
#include "daemon/rpc/convert.h"
#include "daemon/rpc/import.h"
#include "daemon/rpc/proof_words.h"

namespace firmbench::rpc {

NotCopied FindNotCopied(const Context& bench) {
  if (bench.second_copy == nullptr) return std::nullopt;
  return bench.second_copy->State().pending;
}

v1::Dump ShowDump(const Context& bench, const storage::Dump& dump, const NotCopied& not_copied) {
  UnitFacts facts;
  facts.number = NumberOfUnit(bench.ledger, dump.unit_id);
  if (!dump.unit_id.empty()) {
    if (const auto evidence = bench.ledger.ListEvidence(dump.unit_id)) {
      for (const auto& item : *evidence) {
        if (item.kind == "vpd_serial" || item.kind == "mmc_serial") facts.serial = item.value;
      }
    }
  }
  v1::Dump shown = ToProto(dump, bench.ledger.bench_id(), facts);
  const auto proofs = bench.ledger.ListDumpProofs(dump.id);
  for (v1::Proof& proof : ProofsOf(dump, proofs ? *proofs : std::vector<storage::DumpProof>())) {
    *shown.add_proofs() = std::move(proof);
  }
  if (not_copied) shown.set_second_copy(not_copied->count(dump.sha256) != 0 ? "pending" : "copied");
  return shown;
}

grpc::ServerUnaryReactor* DumpService::ListDumps(grpc::CallbackServerContext* context,
                                                 const v1::ListDumpsRequest* request,
                                                 v1::ListDumpsResponse* response) {
  return Unary(bench_, context, request, response,
               [&](const Caller&) -> Result<v1::ListDumpsResponse> {
                 ASSIGN_OR_RETURN(const storage::Page page,
                                  PageOf(request->page_size(), request->page_token()));
                 storage::DumpFilter filter;
                 if (!request->unit().empty()) {
                   ASSIGN_OR_RETURN(filter.unit_id, IdFrom("units", request->unit()));
                 }
                 if (!request->job().empty()) {
                   ASSIGN_OR_RETURN(filter.job_id, IdFrom("jobs", request->job()));
                 }
                 filter.memory = MemoryWord(request->memory());
                 filter.sha256 = request->sha256();
                 filter.archived_too = request->show_archived();
                 ASSIGN_OR_RETURN(const auto listed, bench_.ledger.ListDumps(filter, page));
                 v1::ListDumpsResponse list;
                 const NotCopied not_copied = FindNotCopied(bench_);
                 for (const storage::Dump& dump : listed.rows) {
                   *list.add_dumps() = ShowDump(bench_, dump, not_copied);
                 }
                 list.set_next_page_token(listed.next);
                 return list;
               });
}

grpc::ServerUnaryReactor* DumpService::GetDump(grpc::CallbackServerContext* context,
                                               const v1::GetDumpRequest* request,
                                               v1::Dump* response) {
  return Unary(bench_, context, request, response, [&](const Caller&) -> Result<v1::Dump> {
    ASSIGN_OR_RETURN(const std::string id, IdFrom("dumps", request->name()));
    ASSIGN_OR_RETURN(const storage::Dump dump, bench_.ledger.GetDump(id));
    return ShowDump(bench_, dump, FindNotCopied(bench_));
  });
}

grpc::ServerWriteReactor<v1::ReadDumpResponse>* DumpService::ReadDump(
    grpc::CallbackServerContext* context, const v1::ReadDumpRequest* request) {
  return Stream<v1::ReadDumpResponse>(bench_, context, request, [&](const Caller& caller) {
    const auto sha256 = [&]() -> Result<std::string> {
      ASSIGN_OR_RETURN(const std::string id, IdFrom("dumps", request->name()));
      ASSIGN_OR_RETURN(storage::Dump dump, bench_.ledger.GetDump(id));
      return std::move(dump.sha256);
    }();
    return new BlobStream<v1::ReadDumpResponse>(bench_, caller, sha256);
  });
}

grpc::ServerUnaryReactor* DumpService::ImportDump(grpc::CallbackServerContext* context,
                                                  const v1::ImportDumpRequest* request,
                                                  v1::ImportDumpResponse* response) {
  return Unary(bench_, context, request, response, [&](const Caller& caller) {
    return ImportUpload(bench_, uploads_, importer_, *request, caller.principal);
  });
}

grpc::ServerUnaryReactor* DumpService::CompareDumps(grpc::CallbackServerContext* context,
                                                    const v1::CompareDumpsRequest* request,
                                                    v1::CompareDumpsResponse* response) {
  return Unary(bench_, context, request, response,
               [&](const Caller&) -> Result<v1::CompareDumpsResponse> {
                 ASSIGN_OR_RETURN(const ComparedSide a, LoadSide(bench_, uploads_, request->a()));
                 ASSIGN_OR_RETURN(const ComparedSide b, LoadSide(bench_, uploads_, request->b()));
                 // A file that was only sent to be compared has served.
                 for (const v1::CompareSide* side : {&request->a(), &request->b()}) {
                   if (const auto id = IdFrom("uploads", side->upload())) uploads_.Remove(*id);
                 }
                 return CompareSides(a, b, request->with_lines());
               });
}

}  // namespace firmbench::rpc
