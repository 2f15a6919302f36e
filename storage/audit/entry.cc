// SPDX-License-Identifier: Apache-2.0
#include "storage/audit/entry.h"

#include <sys/timex.h>

#include <string_view>

#include "daemon/base/clock.h"
#include "daemon/base/hash.h"
#include "storage/audit/canonical_json.h"
#include "storage/audit/merkle.h"

namespace firmbench::storage::audit {
namespace {

constexpr const char* kSynchronised = "synchronised";
constexpr const char* kNotSynchronised = "not synchronised";

Error Differs(const std::string& what) { return DataLoss("AUDIT_ENTRY_DIFFERS", what); }

Status CheckText(const Json& json, const char* field, const std::string& column) {
  ASSIGN_OR_RETURN(const std::string text, json.GetString(field));
  if (text != column) return Differs(std::string("its ") + field + " is not what its text says");
  return Ok();
}

}  // namespace

std::string EntryJson(const AuditFact& fact, int64_t sequence, int64_t time_us,
                      const std::string& bench_id, bool clock_synchronised) {
  Json details = Json::Object();
  for (const auto& [key, value] : fact.details) details.Set(key, value);
  return Json::Object()
      .Set("action", fact.action)
      .Set("bench", bench_id)
      .Set("clock", clock_synchronised ? kSynchronised : kNotSynchronised)
      .Set("details", std::move(details))
      .Set("outcome", fact.outcome)
      .Set("principal", fact.principal)
      .Set("resource", fact.resource)
      .Set("sequence", sequence)
      .Set("time", FormatRfc3339(time_us))
      .Dump();
}

Status CheckEntry(const AuditEntry& entry, const std::string& bench_id) {
  if (ToHex(LeafHash(AsBytes(entry.json))) != entry.leaf_hash) {
    return Differs("its leaf hash is not that of its text");
  }
  ASSIGN_OR_RETURN(const Json json, Json::Parse(entry.json));
  if (json.Dump() != entry.json) return Differs("its text is not canonical");
  RETURN_IF_ERROR(CheckText(json, "action", entry.action));
  RETURN_IF_ERROR(CheckText(json, "bench", bench_id));
  RETURN_IF_ERROR(CheckText(json, "outcome", entry.outcome));
  RETURN_IF_ERROR(CheckText(json, "principal", entry.principal));
  RETURN_IF_ERROR(CheckText(json, "resource", entry.resource));
  RETURN_IF_ERROR(CheckText(json, "time", FormatRfc3339(entry.time_us)));
  ASSIGN_OR_RETURN(const int64_t sequence, json.GetInteger("sequence"));
  if (sequence != entry.sequence) return Differs("its sequence is not what its text says");
  ASSIGN_OR_RETURN(const std::string clock, json.GetString("clock"));
  if (!json["details"].is_object() || json.fields().size() != 9 ||
      (clock != kSynchronised && clock != kNotSynchronised)) {
    return Differs("its text has another form");
  }
  return Ok();
}

bool KernelClockSynchronised() {
  struct timex state {};
  const int code = ::adjtimex(&state);
  return code >= 0 && code != TIME_ERROR && (state.status & STA_UNSYNC) == 0;
}

}  // namespace firmbench::storage::audit
