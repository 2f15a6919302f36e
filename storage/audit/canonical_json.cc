// SPDX-License-Identifier: Apache-2.0
#include "storage/audit/canonical_json.h"

#include <algorithm>

#include "daemon/base/utf8.h"

namespace firmbench::storage::audit {
namespace {

constexpr char kHexDigits[] = "0123456789abcdef";

// RFC 8785 3.2.2.2.
void AppendQuoted(std::string& out, std::string_view text) {
  out += '"';
  for (const char c : text) {
    switch (c) {
      case '"':
        out += "\\\"";
        break;
      case '\\':
        out += "\\\\";
        break;
      case '\b':
        out += "\\b";
        break;
      case '\t':
        out += "\\t";
        break;
      case '\n':
        out += "\\n";
        break;
      case '\f':
        out += "\\f";
        break;
      case '\r':
        out += "\\r";
        break;
      default:
        if (static_cast<unsigned char>(c) < 0x20) {
          out += "\\u00";
          out += kHexDigits[static_cast<unsigned char>(c) >> 4];
          out += kHexDigits[c & 15];
        } else {
          out += c;
        }
    }
  }
  out += '"';
}

void AppendValue(std::string& out, const Json& value) {
  if (value.is_null()) {
    out += "null";
  } else if (value.is_bool()) {
    out += value.AsBool(false) ? "true" : "false";
  } else if (value.is_integer()) {
    out += std::to_string(value.AsInteger(0));
  } else if (value.is_string()) {
    AppendQuoted(out, value.AsString(""));
  } else if (value.is_array()) {
    out += '[';
    for (const Json& item : value.items()) {
      if (&item != value.items().data()) out += ',';
      AppendValue(out, item);
    }
    out += ']';
  } else {
    out += '{';
    bool first = true;
    for (const auto& [key, field] : value.fields()) {
      if (!first) out += ',';
      first = false;
      AppendQuoted(out, key);
      out += ':';
      AppendValue(out, field);
    }
    out += '}';
  }
}

Error Missing(std::string_view key) {
  return InvalidArgument("JSON_FIELD_MISSING", "field \"" + std::string(key) + "\" is missing");
}
Error WrongType(std::string_view key, std::string_view wanted) {
  return InvalidArgument("JSON_FIELD_TYPE",
                         "field \"" + std::string(key) + "\" is not " + std::string(wanted));
}

}  // namespace

bool SortsBefore(std::string_view a, std::string_view b) {
  const auto [at_a, at_b] = std::mismatch(a.begin(), a.end(), b.begin(), b.end());
  if (at_a == a.end() || at_b == b.end()) return a.size() < b.size();
  const auto byte_a = static_cast<unsigned char>(*at_a);
  const auto byte_b = static_cast<unsigned char>(*at_b);
  // Characters above U+FFFF (lead byte F0 and up) are surrogates D800..DFFF in UTF-16 and so sort
  // before U+E000..U+FFFF (lead bytes EE and EF).
  if (byte_a >= 0xF0 && (byte_b == 0xEE || byte_b == 0xEF)) return true;
  if (byte_b >= 0xF0 && (byte_a == 0xEE || byte_a == 0xEF)) return false;
  return byte_a < byte_b;
}

Json::Json(std::string_view text) : value_(ReplaceInvalidUtf8(text)) {}

Json Json::FromInteger(bool fits, int64_t value, const std::string& digits) {
  if (fits && value >= -kMaxInteger && value <= kMaxInteger) return Json(Value(value));
  return Json(Value(digits));
}

Json& Json::Set(std::string_view key, Json value) & {
  if (!is_object()) value_ = Fields();
  auto& fields = *std::get_if<Fields>(&value_);
  std::string clean = ReplaceInvalidUtf8(key);
  const auto at = std::lower_bound(fields.begin(), fields.end(), clean,
                                   [](const auto& field, const std::string& wanted) {
                                     return SortsBefore(field.first, wanted);
                                   });
  if (at != fields.end() && at->first == clean) {
    at->second = std::move(value);
  } else {
    fields.emplace(at, std::move(clean), std::move(value));
  }
  return *this;
}

Json& Json::Append(Json value) & {
  if (!is_array()) value_ = std::vector<Json>();
  std::get_if<std::vector<Json>>(&value_)->push_back(std::move(value));
  return *this;
}

bool Json::AsBool(bool fallback) const {
  const auto* value = std::get_if<bool>(&value_);
  return value == nullptr ? fallback : *value;
}
int64_t Json::AsInteger(int64_t fallback) const {
  const auto* value = std::get_if<int64_t>(&value_);
  return value == nullptr ? fallback : *value;
}
std::string Json::AsString(std::string_view fallback) const {
  const auto* value = std::get_if<std::string>(&value_);
  return value == nullptr ? std::string(fallback) : *value;
}

const std::vector<Json>& Json::items() const {
  static const std::vector<Json> kNone;
  const auto* items = std::get_if<std::vector<Json>>(&value_);
  return items == nullptr ? kNone : *items;
}
const Json::Fields& Json::fields() const {
  static const Fields kNone;
  const auto* fields = std::get_if<Fields>(&value_);
  return fields == nullptr ? kNone : *fields;
}

const Json* Json::Find(std::string_view key) const {
  const Fields& all = fields();
  const auto at = std::lower_bound(
      all.begin(), all.end(), key,
      [](const auto& field, std::string_view wanted) { return SortsBefore(field.first, wanted); });
  return at != all.end() && at->first == key ? &at->second : nullptr;
}
const Json& Json::operator[](std::string_view key) const {
  static const Json kNull;
  const Json* found = Find(key);
  return found == nullptr ? kNull : *found;
}

Result<bool> Json::GetBool(std::string_view key) const {
  const Json* field = Find(key);
  if (field == nullptr) return Missing(key);
  if (!field->is_bool()) return WrongType(key, "a boolean");
  return field->AsBool(false);
}
Result<int64_t> Json::GetInteger(std::string_view key) const {
  const Json* field = Find(key);
  if (field == nullptr) return Missing(key);
  if (!field->is_integer()) return WrongType(key, "an integer");
  return field->AsInteger(0);
}
Result<std::string> Json::GetString(std::string_view key) const {
  const Json* field = Find(key);
  if (field == nullptr) return Missing(key);
  if (!field->is_string()) return WrongType(key, "a string");
  return field->AsString("");
}

std::string Json::Dump() const {
  std::string out;
  AppendValue(out, *this);
  return out;
}

}  // namespace firmbench::storage::audit
