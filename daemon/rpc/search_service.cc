// SPDX-License-Identifier: Apache-2.0
#include "daemon/rpc/search_service.h"

#include <fmt/format.h>

#include <algorithm>

#include "daemon/rpc/convert.h"

namespace firmbench::rpc {
namespace {

const char* CollectionOf(const std::string& kind) {
  if (kind == "unit") return "units";
  if (kind == "dump") return "dumps";
  if (kind == "image") return "images";
  return "jobs";
}

std::string UnitTitle(const storage::Unit& unit) {
  std::string title = fmt::format("{}, {}", UnitNumber(unit.number), unit.model);
  if (!unit.label.empty()) title += fmt::format(", labelled {}", unit.label);
  return title;
}

std::string DumpTitle(storage::Ledger& ledger, const storage::Dump& dump) {
  const std::string unit = NumberOfUnit(ledger, dump.unit_id);
  return fmt::format("{} of {}, {} {}", dump.memory, unit.empty() ? "an unknown unit" : unit,
                     dump.model, dump.revision);
}

}  // namespace

std::string TitleOf(storage::Ledger& ledger, const storage::SearchHit& hit) {
  if (hit.kind == "unit") {
    const auto unit = ledger.GetUnit(hit.subject_id);
    return unit ? UnitTitle(*unit) : std::string();
  }
  if (hit.kind == "dump") {
    const auto dump = ledger.GetDump(hit.subject_id);
    return dump ? DumpTitle(ledger, *dump) : std::string();
  }
  if (hit.kind == "image") {
    const auto image = ledger.GetImage(hit.subject_id);
    return image ? fmt::format("{}, {} {}", image->file_name, image->model, image->revision)
                 : std::string();
  }
  const auto job = ledger.GetJob(hit.subject_id);
  return job ? fmt::format("{} of {}, {}", job->kind, job->model,
                           job->result.empty() ? job->state : job->result)
             : std::string();
}

grpc::ServerUnaryReactor* SearchService::Search(grpc::CallbackServerContext* context,
                                                const v1::SearchRequest* request,
                                                v1::SearchResponse* response) {
  return Unary(
      bench_, context, request, response, [&](const Caller&) -> Result<v1::SearchResponse> {
        constexpr int kDefault = 100;
        constexpr int kMost = 1000;
        const int limit = request->limit() <= 0 ? kDefault : std::min(request->limit(), kMost);
        ASSIGN_OR_RETURN(const auto hits, bench_.ledger.Search(request->text(), limit));
        v1::SearchResponse found;
        for (const storage::SearchHit& hit : hits) {
          v1::SearchHit* out = found.add_hits();
          out->set_name(Name(CollectionOf(hit.kind), hit.subject_id));
          out->set_title(TitleOf(bench_.ledger, hit));
          out->set_field(hit.field);
          out->set_text(hit.text);
        }
        found.set_truncated(found.hits_size() >= limit);
        return found;
      });
}

}  // namespace firmbench::rpc
