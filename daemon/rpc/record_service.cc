// SPDX-License-Identifier: Apache-2.0
#include "daemon/rpc/record_service.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "daemon/base/ids.h"
#include "daemon/jobs/record_exchange.h"
#include "daemon/rpc/convert.h"

namespace firmbench::rpc {
namespace {

constexpr int kMostRecords = 10'000;

Result<jobs::RecordSet> Load(storage::Ledger& ledger, const std::string& name) {
  if (!IdOf("dumps", name).empty()) {
    ASSIGN_OR_RETURN(const std::string id, IdFrom("dumps", name));
    return jobs::DumpRecords(ledger, id);
  }
  ASSIGN_OR_RETURN(const std::string id, IdFrom("units", name));
  return jobs::UnitRecords(ledger, id);
}

}  // namespace

grpc::ServerUnaryReactor* RecordService::GetRecords(grpc::CallbackServerContext* context,
                                                    const v1::GetRecordsRequest* request,
                                                    v1::GetRecordsResponse* response) {
  return Unary(bench_, context, request, response,
               [&](const Caller&) -> Result<v1::GetRecordsResponse> {
                 ASSIGN_OR_RETURN(const jobs::RecordSet set, Load(bench_.ledger, request->name()));
                 v1::GetRecordsResponse records;
                 for (jobs::RecordRow& row : jobs::ToRows(set)) {
                   if (records.records_size() == kMostRecords) break;
                   v1::Record* record = records.add_records();
                   record->set_table(std::move(row.table));
                   record->set_json(std::move(row.json));
                 }
                 return records;
               });
}

grpc::ServerUnaryReactor* RecordService::PutRecords(grpc::CallbackServerContext* context,
                                                    const v1::PutRecordsRequest* request,
                                                    v1::PutRecordsResponse* response) {
  return Unary(bench_, context, request, response,
               [&](const Caller& caller) -> Result<v1::PutRecordsResponse> {
                 jobs::PutOptions options;
                 options.principal = caller.principal;
                 if (!request->upload().empty()) {
                   ASSIGN_OR_RETURN(const std::string upload, IdFrom("uploads", request->upload()));
                   ASSIGN_OR_RETURN(Uploads::File sent, uploads_.Peek(upload));
                   uploads_.Remove(upload);
                   options.bytes = std::move(sent.bytes);
                 }
                 std::vector<jobs::RecordRow> rows;
                 for (const v1::Record& record : request->records()) {
                   rows.push_back({record.table(), record.json()});
                 }
                 ASSIGN_OR_RETURN(const jobs::RecordSet set, jobs::FromRows(rows));
                 ASSIGN_OR_RETURN(jobs::PutReport report,
                                  jobs::PutRecordSet(bench_.ledger, set, options));
                 v1::PutRecordsResponse put;
                 put.set_added_count(report.added);
                 put.set_present_count(report.present);
                 put.set_skipped_count(report.skipped);
                 for (std::string& note : report.notes) put.add_notes(std::move(note));
                 return put;
               });
}

}  // namespace firmbench::rpc
