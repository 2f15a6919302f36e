// SPDX-License-Identifier: Apache-2.0
#include "client/cli/audit.h"

#include <fmt/format.h>
#include <google/protobuf/util/time_util.h>

#include <chrono>

#include "client/cli/audit_checkpoint.h"
#include "client/cli/render/records.h"
#include "client/cli/render/text.h"
#include "client/cli/screen.h"

namespace firmbench::cli {

Result<google::protobuf::Timestamp> ParseTime(std::string_view text, const Clock& clock) {
  using google::protobuf::util::TimeUtil;
  constexpr size_t kDayLength = 10;  // "2026-11-22"
  if (const auto ago = ParseDuration(text)) {
    return TimeUtil::MicrosecondsToTimestamp(clock.WallMicros() -
                                             std::chrono::microseconds(*ago).count());
  }
  std::string full(text);
  if (full.size() == kDayLength) full += "T00:00:00Z";
  google::protobuf::Timestamp time;
  if (!TimeUtil::FromString(full, &time)) {
    return InvalidArgument("TIME_INVALID", fmt::format("'{}' is no time", render::Clean(text)))
        .WithRemedy("write 2026-11-22, 2026-11-22T15:49:07Z, or how long ago: 90m, 7d");
  }
  return time;
}

Ending RunAuditList(Context& context, const AuditListOptions& options) {
  v1::ListAuditEntriesRequest request;
  RETURN_IF_ERROR(SetFilter(context, options.filter, request));
  ASSIGN_OR_RETURN(
      const v1::ListAuditEntriesResponse entries,
      CallList(context.client.audit(), &v1::AuditService::Stub::ListAuditEntries, request,
               &v1::ListAuditEntriesResponse::mutable_audit_entries, options.limit));
  PrintScreen(context, entries, [&] { return render::AuditTable(entries, context.wide()); });
  context.SayIfMore(entries.next_page_token());
  return ExitCode::kOk;
}

Ending RunAuditVerify(Context& context) {
  // It reads every blob: minutes for a large ledger on a slow disk.
  constexpr std::chrono::minutes kLimit{30};
  // First, so that the checkpoint of this moment is among those that are verified.
  auto checked = TakeCheckpoint(context);
  ASSIGN_OR_RETURN(v1::VerifyLedgerResponse report,
                   Call(context.client.audit(), &v1::AuditService::Stub::VerifyLedger,
                        v1::VerifyLedgerRequest(), kLimit));
  if (!checked) {
    report.set_ok(false);
    report.add_problems(fmt::format("{}: {}", checked.error().reason(), checked.error().message()));
  }
  context.Print(report, [&] {
    return render::LedgerReport(report, checked ? CheckpointWords(*checked) : "");
  });
  if (!checked) return std::move(checked).error();
  return report.ok() ? ExitCode::kOk : ExitCode::kFailed;
}

}  // namespace firmbench::cli
