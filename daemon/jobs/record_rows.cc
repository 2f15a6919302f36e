// SPDX-License-Identifier: Apache-2.0
#include "daemon/jobs/record_rows.h"

#include <algorithm>
#include <type_traits>
#include <utility>

#include <fmt/format.h>

#include "daemon/base/ids.h"
#include "daemon/jobs/record_fields.h"
#include "storage/audit/canonical_json.h"

namespace firmbench::jobs {
namespace {

using storage::audit::Json;

// More than any text that the ledger takes from a person.
constexpr size_t kLongestValue = 16 * 1024;

struct Writer {
  Json object = Json::Object();
  template <typename T>
  void operator()(const char* key, const T& value) {
    object.Set(key, value);
  }
};

struct Reader {
  const Json& object;
  std::string wrong;  // the first column that is not as it must be
  size_t columns = 0;

  template <typename T>
  void operator()(const char* key, T& value) {
    ++columns;
    const Json& field = object[key];
    bool right = false;
    if constexpr (std::is_same_v<T, std::string>) {
      right = field.is_string();
      value = field.AsString("");
      right = right && value.size() <= kLongestValue;
    } else if constexpr (std::is_same_v<T, bool>) {
      right = field.is_bool();
      value = field.AsBool(false);
    } else {
      static_assert(std::is_same_v<T, int64_t>);
      right = field.is_integer();
      value = field.AsInteger(0);
      right = right && value >= 0;
    }
    if (!right && wrong.empty()) wrong = key;
  }
};

template <typename Row>
std::string ToJson(Row row) {
  Writer writer;
  VisitFields(writer, row);
  return writer.object.Dump();
}

template <typename Row>
bool SameBut(Row a, Row b, std::string Row::*ignored) {
  if (ignored != nullptr) {
    a.*ignored = "";
    b.*ignored = "";
  }
  return ToJson(std::move(a)) == ToJson(std::move(b));
}

Error Invalid(size_t row, const std::string& what) {
  return InvalidArgument("RECORD_INVALID", fmt::format("record {}: {}", row, what))
      .WithRemedy("export it again; a record is never edited by hand")
      .With("row", fmt::format("{}", row));
}

template <typename Row>
Status Read(size_t number, const Json& object, Row& row) {
  Reader reader{object, {}, 0};
  VisitFields(reader, row);
  if (!reader.wrong.empty()) {
    return Invalid(number, "column " + reader.wrong + " is missing or not of its kind");
  }
  if (reader.columns != object.fields().size()) return Invalid(number, "it has unknown columns");
  if (!IsId(row.id)) return Invalid(number, "its id is none");
  return Ok();
}

bool IsIdOrEmpty(const std::string& text) { return text.empty() || IsId(text); }

class RowsReader {
 public:
  Status Take(size_t number, const RecordRow& row);
  Result<RecordSet> Finish() {
    if (!set_.unit && !set_.dump) return Invalid(0, "there is neither a unit nor a dump");
    return std::move(set_);
  }

 private:
  template <typename Row>
  Status Of(size_t number, const Json& object, const std::string& owner, std::string Row::*column,
            std::vector<Row>& rows) {
    Row row;
    RETURN_IF_ERROR(Read(number, object, row));
    if (owner.empty() || row.*column != owner) {
      return Invalid(number, "it does not belong to the record in front");
    }
    rows.push_back(std::move(row));
    return Ok();
  }
  Status TakeHead(size_t number, const std::string& table, const Json& object);

  RecordSet set_;
};

Status RowsReader::TakeHead(size_t number, const std::string& table, const Json& object) {
  if (number != 0) return Invalid(number, "only the first record is a unit or a dump");
  if (table == "unit") {
    set_.unit.emplace();
    RETURN_IF_ERROR(Read(number, object, *set_.unit));
    const bool itself = set_.unit->merged_into == set_.unit->id;
    if (!IsIdOrEmpty(set_.unit->merged_into) || itself) {
      return Invalid(number, "the unit that it was merged into is none");
    }
    return Ok();
  }
  set_.dump.emplace();
  return Read(number, object, *set_.dump);
}

Status RowsReader::Take(size_t number, const RecordRow& row) {
  const auto parsed = Json::Parse(row.json);
  if (!parsed) return Invalid(number, parsed.error().message());
  if (!parsed->is_object() || parsed->Dump() != row.json) {
    return Invalid(number, "it is not an object in canonical JSON");
  }
  if (row.table == "unit" || row.table == "dump") return TakeHead(number, row.table, *parsed);
  const std::string unit = set_.unit ? set_.unit->id : "";
  const std::string dump = set_.dump ? set_.dump->id : "";
  if (row.table == "unit_event") {
    return Of(number, *parsed, unit, &storage::UnitEvent::unit_id, set_.events);
  }
  if (row.table == "customer") {
    return Of(number, *parsed, unit, &storage::Customer::unit_id, set_.customers);
  }
  if (row.table == "unit_evidence") {
    return Of(number, *parsed, unit, &storage::UnitEvidence::unit_id, set_.evidence);
  }
  if (row.table == "dump_attribution") {
    return Of(number, *parsed, dump, &storage::DumpAttribution::dump_id, set_.attributions);
  }
  if (row.table == "dump_file") {
    return Of(number, *parsed, dump, &storage::DumpFile::dump_id, set_.files);
  }
  if (row.table == "dump_proof") {
    return Of(number, *parsed, dump, &storage::DumpProof::dump_id, set_.proofs);
  }
  return Invalid(number, "no such table");
}

template <typename Row>
void Append(const char* table, const std::vector<Row>& from, std::vector<RecordRow>& to) {
  for (const Row& row : from) to.push_back({table, ToJson(row)});
}

}  // namespace

std::vector<RecordRow> ToRows(const RecordSet& set) {
  std::vector<RecordRow> rows;
  if (set.unit) rows.push_back({"unit", ToJson(*set.unit)});
  Append("unit_event", set.events, rows);
  Append("customer", set.customers, rows);
  Append("unit_evidence", set.evidence, rows);
  if (set.dump) rows.push_back({"dump", ToJson(*set.dump)});
  Append("dump_attribution", set.attributions, rows);
  Append("dump_file", set.files, rows);
  Append("dump_proof", set.proofs, rows);
  return rows;
}

Result<RecordSet> FromRows(const std::vector<RecordRow>& rows) {
  RowsReader reader;
  for (size_t i = 0; i < rows.size(); ++i) RETURN_IF_ERROR(reader.Take(i, rows[i]));
  return reader.Finish();
}

// What was erased in one ledger and not in the other is the same row all the same.
bool SameRow(const storage::UnitEvent& a, const storage::UnitEvent& b) {
  storage::UnitEvent other = b;
  if ((a.erased_us != 0) != (b.erased_us != 0)) {
    other.text = a.text;
    other.erased_us = a.erased_us;
  }
  // A unit that is not in this ledger is left out.
  if (a.other_unit_id.empty() || b.other_unit_id.empty()) other.other_unit_id = a.other_unit_id;
  return SameBut<storage::UnitEvent>(a, std::move(other), nullptr);
}
bool SameRow(const storage::Customer& a, const storage::Customer& b) {
  storage::Customer other = b;
  if ((a.erased_us != 0) != (b.erased_us != 0)) {
    other.customer = a.customer;
    other.ticket = a.ticket;
    other.erased_us = a.erased_us;
  }
  return SameBut<storage::Customer>(a, std::move(other), nullptr);
}
bool SameRow(const storage::UnitEvidence& a, const storage::UnitEvidence& b) {
  return SameBut(a, b, &storage::UnitEvidence::job_id);
}
bool SameRow(const storage::Dump& a, const storage::Dump& b) {
  storage::Dump other = b;
  other.archived = a.archived;
  return SameBut(a, std::move(other), &storage::Dump::job_id);
}
bool SameRow(const storage::DumpAttribution& a, const storage::DumpAttribution& b) {
  return SameBut<storage::DumpAttribution>(a, b, nullptr);
}
bool SameRow(const storage::DumpFile& a, const storage::DumpFile& b) {
  return SameBut<storage::DumpFile>(a, b, nullptr);
}
bool SameRow(const storage::DumpProof& a, const storage::DumpProof& b) {
  return SameBut(a, b, &storage::DumpProof::job_id);
}

}  // namespace firmbench::jobs
