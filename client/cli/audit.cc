// SPDX-License-Identifier: Apache-2.0
#include "client/cli/audit.h"

#include <chrono>

#include "client/cli/render/records.h"
#include "client/cli/screen.h"

namespace firmbench::cli {

Ending RunAuditList(Context& context, const AuditListOptions& options) {
  v1::ListAuditEntriesRequest request;
  request.set_resource(options.resource);
  request.set_principal(options.principal);
  request.set_action(options.action);
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
  ASSIGN_OR_RETURN(const v1::VerifyLedgerResponse report,
                   Call(context.client.audit(), &v1::AuditService::Stub::VerifyLedger,
                        v1::VerifyLedgerRequest(), kLimit));
  context.Print(report, [&] { return render::LedgerReport(report); });
  return report.ok() ? ExitCode::kOk : ExitCode::kFailed;
}

}  // namespace firmbench::cli
