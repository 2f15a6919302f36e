// SPDX-License-Identifier: Apache-2.0
#include "daemon/rpc/unit_service.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "daemon/inventory/evidence.h"
#include "daemon/inventory/unit_match.h"
#include "daemon/rpc/convert.h"

namespace firmbench::rpc {
namespace {

bool IsSerial(const std::string& kind) {
  return kind == "vpd_serial" || kind == "mmc_serial" || kind == "ata_serial";
}

void AddRanges(google::protobuf::RepeatedPtrField<v1::EepromRange>* to,
               const std::vector<families::ByteRange>& ranges) {
  for (const families::ByteRange& range : ranges) {
    v1::EepromRange* out = to->Add();
    out->set_offset_bytes(range.offset);
    out->set_length_bytes(range.length);
  }
}

// The place in a list that is made anew for each call.
Result<size_t> PlaceOf(const std::string& page_token, size_t size) {
  if (page_token.empty()) return size_t{0};
  size_t place = 0;
  const char* const end = page_token.data() + page_token.size();
  const auto [stop, error] = std::from_chars(page_token.data(), end, place);
  if (error == std::errc() && stop == end && place <= size) return place;
  return InvalidArgument("PAGE_TOKEN_INVALID", "this page token was not given by this daemon");
}

}  // namespace

v1::UnitEvent ToProto(const inventory::HistoryItem& item) {
  v1::UnitEvent to;
  SetTime(to.mutable_event_time(), item.at_us);
  to.set_kind(item.kind);
  to.set_text(item.text);
  to.set_principal(item.principal);
  to.set_job(Name("jobs", item.job_id));
  to.set_dump(Name("dumps", item.dump_id));
  to.set_other_unit(Name("units", item.other_unit_id));
  to.set_tool(item.tool);
  to.set_erased(item.erased);
  return to;
}

Result<v1::Unit> UnitService::Show(const storage::Unit& unit) const {
  v1::Unit to = ToProto(unit, bench_.ledger.bench_id());
  to.set_merged_into(Name("units", unit.merged_into));
  ASSIGN_OR_RETURN(const auto evidence, bench_.ledger.ListEvidence(unit.id));
  const auto serial = std::find_if(evidence.begin(), evidence.end(),
                                   [](const auto& item) { return IsSerial(item.kind); });
  if (serial != evidence.end()) to.set_serial(serial->value);
  ASSIGN_OR_RETURN(const auto firmware, bench_.ledger.NewestDump(unit.id, "firmware"));
  ASSIGN_OR_RETURN(const auto eeprom, bench_.ledger.NewestDump(unit.id, "eeprom"));
  if (firmware) {
    to.set_newest_firmware_dump(Name("dumps", firmware->id));
    to.set_firmware_revision(firmware->revision);
  }
  if (eeprom) to.set_newest_eeprom_dump(Name("dumps", eeprom->id));
  int64_t dumps = 0;
  storage::DumpFilter filter;
  filter.unit_id = unit.id;
  filter.archived_too = true;
  storage::Page page{.size = 1000, .after = ""};
  do {
    ASSIGN_OR_RETURN(const auto listed, bench_.ledger.ListDumps(filter, page));
    dumps += static_cast<int64_t>(listed.rows.size());
    page.after = listed.next;
  } while (!page.after.empty());
  to.set_dump_count(dumps);
  for (const inventory::Snapshot& drive : bench_.inventory.List()) {
    if (drive->condition == inventory::DriveCondition::kGone) continue;
    if (drive->unit.unit_id == unit.id) {
      to.set_drive(Name("drives", drive->id));
      to.set_firmware_revision(drive->identity.revision);
    }
    const auto& candidates = drive->unit.candidates;
    if (std::find(candidates.begin(), candidates.end(), unit.id) != candidates.end()) {
      to.set_ambiguous(true);
    }
  }
  return to;
}

// Heaviest first, then newest first.
Status UnitService::AddEvidence(const std::string& unit_id, v1::Unit& to) const {
  ASSIGN_OR_RETURN(const auto evidence, bench_.ledger.ListEvidence(unit_id));
  struct Weighed {
    inventory::Weight weight;
    size_t units;
    const storage::UnitEvidence* item;
  };
  std::vector<Weighed> weighed;
  for (const storage::UnitEvidence& item : evidence) {
    size_t units = 0;
    if (IsSerial(item.kind)) {
      ASSIGN_OR_RETURN(units, bench_.inventory.UnitsWithSerial(item.value));
    }
    weighed.push_back({inventory::WeightOf(item.kind, item.value, units), units, &item});
  }
  std::stable_sort(weighed.begin(), weighed.end(),
                   [](const auto& a, const auto& b) { return a.weight > b.weight; });
  for (const auto& [weight, units, item] : weighed) {
    v1::UnitEvidence* out = to.add_evidence();
    out->set_kind(item->kind);
    out->set_value(item->value);
    SetTime(out->mutable_seen_time(), item->seen_us);
    out->set_job(Name("jobs", item->job_id));
    out->set_weight(std::string(inventory::ToString(weight)));
    out->set_unit_count(static_cast<int64_t>(units));
    const inventory::EvidenceKind* kind = inventory::FindEvidenceKind(item->kind);
    if (kind == nullptr) continue;
    std::string text = fmt::format("{}: {}", kind->name, kind->why);
    if (units > 1)
      text = fmt::format("{}: seen on {} units, so it says nothing", kind->name, units);
    out->set_text(text);
  }
  return Ok();
}

Result<std::string> UnitService::SinceLastEeprom(const std::string& unit_id, ByteView use) const {
  storage::DumpFilter filter;
  filter.unit_id = unit_id;
  filter.memory = "eeprom";
  filter.archived_too = true;
  ASSIGN_OR_RETURN(const auto listed, bench_.ledger.ListDumps(filter, {.size = 100, .after = ""}));
  std::vector<const storage::Dump*> dumps;
  for (const storage::Dump& dump : listed.rows) {
    if (dump.purpose != "disagreeing") dumps.push_back(&dump);
  }
  if (dumps.size() < 2) return std::string();
  ASSIGN_OR_RETURN(const Bytes before, bench_.ledger.ReadBlob(dumps[1]->sha256));
  ASSIGN_OR_RETURN(const Bytes after, bench_.ledger.ReadBlob(dumps[0]->sha256));
  return inventory::CompareWords(before, after, use);
}

Status UnitService::AddEeprom(const std::string& unit_id, v1::Unit& to) const {
  ASSIGN_OR_RETURN(const inventory::EepromKnowledge known, bench_.inventory.KnowledgeOf(unit_id));
  if (known.size_bytes == 0) return Ok();
  v1::EepromKnowledge* out = to.mutable_eeprom();
  out->set_size_bytes(static_cast<int64_t>(known.size_bytes));
  out->set_unit_count(static_cast<int64_t>(known.units));
  out->set_pair_count(static_cast<int64_t>(known.pairs));
  out->set_use_known(known.use_known);
  AddRanges(out->mutable_changes_with_use(), known.changes_with_use);
  AddRanges(out->mutable_same_in_all(), known.same_in_all);
  out->set_text(known.text);
  ASSIGN_OR_RETURN(*out->mutable_since_last_text(), SinceLastEeprom(unit_id, known.use));
  return Ok();
}

Result<v1::Unit> UnitService::ShowAll(const std::string& unit_id) const {
  ASSIGN_OR_RETURN(const storage::Unit unit, bench_.ledger.GetUnit(unit_id));
  ASSIGN_OR_RETURN(v1::Unit to, Show(unit));
  RETURN_IF_ERROR(AddEvidence(unit.id, to));
  RETURN_IF_ERROR(AddEeprom(unit.id, to));
  ASSIGN_OR_RETURN(const auto customers, bench_.ledger.ListCustomers(unit.id));
  if (!customers.empty()) {
    to.set_customer(customers.front().customer);
    to.set_ticket(customers.front().ticket);
  }
  return to;
}

grpc::ServerUnaryReactor* UnitService::ListUnits(grpc::CallbackServerContext* context,
                                                 const v1::ListUnitsRequest* request,
                                                 v1::ListUnitsResponse* response) {
  return Unary(
      bench_, context, request, response, [&](const Caller&) -> Result<v1::ListUnitsResponse> {
        ASSIGN_OR_RETURN(const storage::Page page,
                         PageOf(request->page_size(), request->page_token()));
        ASSIGN_OR_RETURN(const auto listed,
                         bench_.ledger.ListUnits({.archived_too = request->show_archived()}, page));
        v1::ListUnitsResponse list;
        for (const storage::Unit& unit : listed.rows) {
          ASSIGN_OR_RETURN(*list.add_units(), Show(unit));
        }
        list.set_next_page_token(listed.next);
        return list;
      });
}

grpc::ServerUnaryReactor* UnitService::GetUnit(grpc::CallbackServerContext* context,
                                               const v1::GetUnitRequest* request,
                                               v1::Unit* response) {
  return Unary(bench_, context, request, response, [&](const Caller&) -> Result<v1::Unit> {
    ASSIGN_OR_RETURN(const std::string id, IdFrom("units", request->name()));
    return ShowAll(id);
  });
}

grpc::ServerUnaryReactor* UnitService::ListUnitEvents(grpc::CallbackServerContext* context,
                                                      const v1::ListUnitEventsRequest* request,
                                                      v1::ListUnitEventsResponse* response) {
  return Unary(bench_, context, request, response,
               [&](const Caller&) -> Result<v1::ListUnitEventsResponse> {
                 ASSIGN_OR_RETURN(const std::string id, IdFrom("units", request->unit()));
                 ASSIGN_OR_RETURN(const storage::Page page,
                                  PageOf(request->page_size(), request->page_token()));
                 RETURN_IF_ERROR(bench_.ledger.GetUnit(id));
                 ASSIGN_OR_RETURN(const auto items, inventory::UnitHistory(bench_.ledger, id));
                 ASSIGN_OR_RETURN(const size_t first, PlaceOf(page.after, items.size()));
                 const size_t last = std::min(items.size(), first + static_cast<size_t>(page.size));
                 v1::ListUnitEventsResponse list;
                 for (size_t i = first; i < last; ++i) *list.add_unit_events() = ToProto(items[i]);
                 if (last < items.size()) list.set_next_page_token(std::to_string(last));
                 return list;
               });
}

grpc::ServerUnaryReactor* UnitService::LabelUnit(grpc::CallbackServerContext* context,
                                                 const v1::LabelUnitRequest* request,
                                                 v1::Unit* response) {
  return Unary(bench_, context, request, response, [&](const Caller& caller) -> Result<v1::Unit> {
    ASSIGN_OR_RETURN(const std::string id, IdFrom("units", request->name()));
    RETURN_IF_ERROR(desk_.Label(id, request->label(), caller.principal));
    ASSIGN_OR_RETURN(const storage::Unit unit, bench_.ledger.ResolveUnit(id));
    return ShowAll(unit.id);
  });
}

grpc::ServerUnaryReactor* UnitService::AddUnitNote(grpc::CallbackServerContext* context,
                                                   const v1::AddUnitNoteRequest* request,
                                                   v1::Unit* response) {
  return Unary(bench_, context, request, response, [&](const Caller& caller) -> Result<v1::Unit> {
    ASSIGN_OR_RETURN(const std::string id, IdFrom("units", request->name()));
    RETURN_IF_ERROR(
        request->outside_tool().empty()
            ? desk_.Note(id, request->text(), caller.principal)
            : desk_.NoteOutside(id, request->outside_tool(), request->text(), caller.principal));
    ASSIGN_OR_RETURN(const storage::Unit unit, bench_.ledger.ResolveUnit(id));
    return ShowAll(unit.id);
  });
}

grpc::ServerUnaryReactor* UnitService::MergeUnits(grpc::CallbackServerContext* context,
                                                  const v1::MergeUnitsRequest* request,
                                                  v1::Unit* response) {
  return Unary(bench_, context, request, response, [&](const Caller& caller) -> Result<v1::Unit> {
    ASSIGN_OR_RETURN(const std::string from, IdFrom("units", request->from()));
    ASSIGN_OR_RETURN(const std::string into, IdFrom("units", request->into()));
    ASSIGN_OR_RETURN(const storage::Unit unit,
                     desk_.Merge(from, into, request->reason(), caller.principal));
    return ShowAll(unit.id);
  });
}

grpc::ServerUnaryReactor* UnitService::SplitUnit(grpc::CallbackServerContext* context,
                                                 const v1::SplitUnitRequest* request,
                                                 v1::Unit* response) {
  return Unary(bench_, context, request, response, [&](const Caller& caller) -> Result<v1::Unit> {
    ASSIGN_OR_RETURN(const std::string id, IdFrom("units", request->name()));
    std::vector<std::string> dumps;
    for (const std::string& name : request->dumps()) {
      ASSIGN_OR_RETURN(dumps.emplace_back(), IdFrom("dumps", name));
    }
    ASSIGN_OR_RETURN(const storage::Unit unit,
                     desk_.Split(id, dumps, request->reason(), caller.principal));
    return ShowAll(unit.id);
  });
}

grpc::ServerUnaryReactor* UnitService::AttributeDump(grpc::CallbackServerContext* context,
                                                     const v1::AttributeDumpRequest* request,
                                                     v1::Unit* response) {
  return Unary(bench_, context, request, response, [&](const Caller& caller) -> Result<v1::Unit> {
    ASSIGN_OR_RETURN(const std::string dump, IdFrom("dumps", request->dump()));
    std::string id;
    if (!request->unit().empty()) {
      ASSIGN_OR_RETURN(id, IdFrom("units", request->unit()));
    }
    ASSIGN_OR_RETURN(
        const storage::Unit unit,
        desk_.Attribute(dump, request->kind(), id, request->reason(), caller.principal));
    if (unit.id.empty()) return v1::Unit();
    return ShowAll(unit.id);
  });
}

grpc::ServerUnaryReactor* UnitService::ArchiveUnit(grpc::CallbackServerContext* context,
                                                   const v1::ArchiveUnitRequest* request,
                                                   v1::Unit* response) {
  return Unary(bench_, context, request, response, [&](const Caller& caller) -> Result<v1::Unit> {
    ASSIGN_OR_RETURN(const std::string id, IdFrom("units", request->name()));
    RETURN_IF_ERROR(desk_.Archive(id, !request->unarchive(), request->reason(), caller.principal));
    ASSIGN_OR_RETURN(const storage::Unit unit, bench_.ledger.ResolveUnit(id));
    return ShowAll(unit.id);
  });
}

grpc::ServerUnaryReactor* UnitService::SetCustomer(grpc::CallbackServerContext* context,
                                                   const v1::SetCustomerRequest* request,
                                                   v1::Unit* response) {
  return Unary(bench_, context, request, response, [&](const Caller& caller) -> Result<v1::Unit> {
    ASSIGN_OR_RETURN(const std::string id, IdFrom("units", request->name()));
    RETURN_IF_ERROR(
        desk_.SetCustomer(id, request->customer(), request->ticket(), caller.principal));
    ASSIGN_OR_RETURN(const storage::Unit unit, bench_.ledger.ResolveUnit(id));
    return ShowAll(unit.id);
  });
}

grpc::ServerUnaryReactor* UnitService::EraseCustomerData(
    grpc::CallbackServerContext* context, const v1::EraseCustomerDataRequest* request,
    v1::Unit* response) {
  return Unary(bench_, context, request, response, [&](const Caller& caller) -> Result<v1::Unit> {
    ASSIGN_OR_RETURN(const std::string id, IdFrom("units", request->name()));
    RETURN_IF_ERROR(desk_.EraseCustomerData(id, request->reason(), caller.principal));
    ASSIGN_OR_RETURN(const storage::Unit unit, bench_.ledger.ResolveUnit(id));
    return ShowAll(unit.id);
  });
}

}  // namespace firmbench::rpc
