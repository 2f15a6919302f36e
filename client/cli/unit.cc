// SPDX-License-Identifier: Apache-2.0
#include "client/cli/unit.h"

#include "client/cli/render/records.h"
#include "client/cli/resolve.h"
#include "client/cli/screen.h"

namespace firmbench::cli {

Ending RunUnitList(Context& context, const UnitListOptions& options) {
  ASSIGN_OR_RETURN(
      const v1::ListUnitsResponse units,
      CallList(context.client.units(), &v1::UnitService::Stub::ListUnits, v1::ListUnitsRequest(),
               &v1::ListUnitsResponse::mutable_units, options.limit));
  PrintScreen(context, units, [&] { return render::UnitTable(units, context.wide()); });
  context.SayIfMore(units.next_page_token());
  return ExitCode::kOk;
}

Ending RunUnitShow(Context& context, const UnitShowOptions& options) {
  constexpr int kMostDumps = 1000;
  ASSIGN_OR_RETURN(const v1::Unit unit, ResolveUnit(context.client, options.unit));
  v1::ListDumpsResponse dumps;
  if (!context.json()) {
    v1::ListDumpsRequest request;
    request.set_unit(unit.name());
    ASSIGN_OR_RETURN(dumps, CallList(context.client.dumps(), &v1::DumpService::Stub::ListDumps,
                                     request, &v1::ListDumpsResponse::mutable_dumps, kMostDumps));
  }
  PrintScreen(context, unit, [&] { return render::UnitDetails(unit, dumps); });
  return ExitCode::kOk;
}

}  // namespace firmbench::cli
