// SPDX-License-Identifier: Apache-2.0
#include "client/cli/unit.h"

#include <fmt/format.h>

#include "client/cli/render/unit.h"
#include "client/cli/resolve.h"
#include "client/cli/screen.h"

namespace firmbench::cli {
namespace {

constexpr int kMostRows = 100'000;

// What a decision left behind, in one line.
void Say(Context& context, const v1::Unit& unit, const std::string& what) {
  context.Print(unit, [&] {
    return render::Clean(fmt::format("{} {}: {}", unit.number(), unit.name(), what)) + "\n";
  });
}

std::string Dumps(const v1::Unit& unit) {
  return fmt::format("{} {}", unit.dump_count(), unit.dump_count() == 1 ? "dump" : "dumps");
}

}  // namespace

Ending RunUnitList(Context& context, const UnitListOptions& options) {
  v1::ListUnitsRequest request;
  request.set_show_archived(options.all);
  ASSIGN_OR_RETURN(const v1::ListUnitsResponse units,
                   CallList(context.client.units(), &v1::UnitService::Stub::ListUnits, request,
                            &v1::ListUnitsResponse::mutable_units, options.limit));
  PrintScreen(context, units, [&] { return render::UnitTable(units, context.wide()); });
  context.SayIfMore(units.next_page_token());
  return ExitCode::kOk;
}

Ending RunUnitShow(Context& context, const UnitShowOptions& options) {
  ASSIGN_OR_RETURN(const v1::Unit unit, ResolveUnit(context.client, options.unit));
  v1::ListDumpsResponse dumps;
  v1::ListUnitEventsResponse events;
  if (!context.json()) {
    v1::ListDumpsRequest of_unit;
    of_unit.set_unit(unit.name());
    ASSIGN_OR_RETURN(dumps, CallList(context.client.dumps(), &v1::DumpService::Stub::ListDumps,
                                     of_unit, &v1::ListDumpsResponse::mutable_dumps, kMostRows));
    v1::ListUnitEventsRequest history;
    history.set_unit(unit.name());
    ASSIGN_OR_RETURN(
        events, CallList(context.client.units(), &v1::UnitService::Stub::ListUnitEvents, history,
                         &v1::ListUnitEventsResponse::mutable_unit_events, kMostRows));
  }
  PrintScreen(context, unit, [&] { return render::UnitDetails(unit, events, dumps); });
  return ExitCode::kOk;
}

Ending RunUnitLabel(Context& context, const UnitLabelOptions& options) {
  if (options.label.empty() != options.remove) {
    return InvalidArgument(kReasonUsage, "either a label or --remove is wanted")
        .WithRemedy("read `firmbench unit label --help`");
  }
  ASSIGN_OR_RETURN(const v1::Unit unit, ResolveUnit(context.client, options.unit));
  v1::LabelUnitRequest request;
  request.set_name(unit.name());
  request.set_label(options.label);
  ASSIGN_OR_RETURN(const v1::Unit labelled,
                   Call(context.client.units(), &v1::UnitService::Stub::LabelUnit, request));
  Say(context, labelled, options.remove ? "label taken off" : "label " + labelled.label());
  return ExitCode::kOk;
}

Ending RunUnitNote(Context& context, const UnitNoteOptions& options) {
  ASSIGN_OR_RETURN(const v1::Unit unit, ResolveUnit(context.client, options.unit));
  v1::AddUnitNoteRequest request;
  request.set_name(unit.name());
  request.set_text(options.text);
  request.set_outside_tool(options.tool);
  ASSIGN_OR_RETURN(const v1::Unit noted,
                   Call(context.client.units(), &v1::UnitService::Stub::AddUnitNote, request));
  Say(context, noted, options.tool.empty() ? "noted" : "foreign work noted");
  return ExitCode::kOk;
}

Ending RunUnitArchive(Context& context, const UnitArchiveOptions& options) {
  ASSIGN_OR_RETURN(const v1::Unit unit, ResolveUnit(context.client, options.unit));
  v1::ArchiveUnitRequest request;
  request.set_name(unit.name());
  request.set_reason(options.reason);
  request.set_unarchive(options.undo);
  ASSIGN_OR_RETURN(const v1::Unit put,
                   Call(context.client.units(), &v1::UnitService::Stub::ArchiveUnit, request));
  Say(context, put, put.archived() ? "put away" : "taken out again");
  return ExitCode::kOk;
}

Ending RunUnitMerge(Context& context, const UnitMergeOptions& options) {
  ASSIGN_OR_RETURN(const v1::Unit from, ResolveUnit(context.client, options.from));
  ASSIGN_OR_RETURN(const v1::Unit into, ResolveUnit(context.client, options.into));
  v1::MergeUnitsRequest request;
  request.set_from(from.name());
  request.set_into(into.name());
  request.set_reason(options.reason);
  ASSIGN_OR_RETURN(const v1::Unit merged,
                   Call(context.client.units(), &v1::UnitService::Stub::MergeUnits, request));
  Say(context, merged, fmt::format("{} is this unit; {} in all", from.number(), Dumps(merged)));
  return ExitCode::kOk;
}

Ending RunUnitSplit(Context& context, const UnitSplitOptions& options) {
  ASSIGN_OR_RETURN(const v1::Unit unit, ResolveUnit(context.client, options.unit));
  v1::SplitUnitRequest request;
  request.set_name(unit.name());
  request.set_reason(options.reason);
  for (const std::string& dump : options.dumps) {
    ASSIGN_OR_RETURN(*request.add_dumps(), ResourceName("dumps", dump));
  }
  ASSIGN_OR_RETURN(const v1::Unit made,
                   Call(context.client.units(), &v1::UnitService::Stub::SplitUnit, request));
  Say(context, made, fmt::format("a new unit, with {} of {}", Dumps(made), unit.number()));
  return ExitCode::kOk;
}

Ending RunUnitAttribute(Context& context, const UnitAttributeOptions& options) {
  v1::AttributeDumpRequest request;
  ASSIGN_OR_RETURN(*request.mutable_dump(), ResourceName("dumps", options.dump));
  request.set_kind(options.chip ? "chip" : options.unidentified ? "unidentified" : "unit");
  request.set_reason(options.reason);
  if (!options.unit.empty()) {
    ASSIGN_OR_RETURN(const v1::Unit unit, ResolveUnit(context.client, options.unit));
    request.set_unit(unit.name());
  }
  ASSIGN_OR_RETURN(const v1::Unit unit,
                   Call(context.client.units(), &v1::UnitService::Stub::AttributeDump, request));
  if (unit.name().empty()) {
    context.Print(unit, [&] {
      return render::Clean(request.dump() + " is of no unit: " + request.kind()) + "\n";
    });
  } else {
    Say(context, unit, request.dump() + " is of this unit");
  }
  return ExitCode::kOk;
}

Ending RunUnitCustomer(Context& context, const UnitCustomerOptions& options) {
  ASSIGN_OR_RETURN(const v1::Unit unit, ResolveUnit(context.client, options.unit));
  v1::SetCustomerRequest request;
  request.set_name(unit.name());
  request.set_customer(options.customer);
  request.set_ticket(options.ticket);
  ASSIGN_OR_RETURN(const v1::Unit changed,
                   Call(context.client.units(), &v1::UnitService::Stub::SetCustomer, request));
  Say(context, changed,
      fmt::format("customer {}, ticket {}",
                  changed.customer().empty() ? "none" : changed.customer(),
                  changed.ticket().empty() ? "none" : changed.ticket()));
  return ExitCode::kOk;
}

Ending RunUnitErase(Context& context, const UnitEraseOptions& options) {
  ASSIGN_OR_RETURN(const v1::Unit unit, ResolveUnit(context.client, options.unit));
  if (!options.yes) {
    return InvalidArgument(kReasonConfirmationNeeded,
                           fmt::format("customers, tickets and notes of {} would be erased for "
                                       "good",
                                       unit.number()))
        .WithRemedy("say --yes when that is meant");
  }
  v1::EraseCustomerDataRequest request;
  request.set_name(unit.name());
  request.set_reason(options.reason);
  ASSIGN_OR_RETURN(const v1::Unit erased, Call(context.client.units(),
                                               &v1::UnitService::Stub::EraseCustomerData, request));
  Say(context, erased, "the customer's data is erased; dumps and the audit log stay");
  return ExitCode::kOk;
}

}  // namespace firmbench::cli
