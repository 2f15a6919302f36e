// SPDX-License-Identifier: Apache-2.0
#pragma once

// Canonical JSON (RFC 8785) as a value: built, dumped, parsed and read back. Audit entries, plans
// and event details are made of it, so that the same content always has the same bytes and the
// same hash. There are no fractions: null, booleans, integers, strings, arrays and objects. A value
// is for one thread at a time; a const one may be read by several.
//
//   Json plan = Json::Object()
//                   .Set("kind", "flash")
//                   .Set("bytes", image.size())
//                   .Set("steps", Json::Array().Append("dump").Append("write"));
//   std::string text = plan.Dump();
//
//   ASSIGN_OR_RETURN(const Json read, Json::Parse(text));
//   ASSIGN_OR_RETURN(const std::string kind, read.GetString("kind"));
//   for (const Json& step : read["steps"].items()) Use(step.AsString(""));

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "daemon/base/result.h"

namespace firmbench::storage::audit {

class Json {
 public:
  using Fields = std::vector<std::pair<std::string, Json>>;

  // Bounds of Parse, for text from outside.
  struct Limits {
    size_t max_bytes = 1 << 20;
    int max_depth = 32;  // of arrays and objects inside one another
  };

  // Integers beyond this are not exact everywhere (RFC 7493 2.2); they become strings of digits.
  static constexpr int64_t kMaxInteger = (int64_t{1} << 53) - 1;

  Json() = default;  // null
  static Json Object() { return Json(Value(Fields())); }
  static Json Array() { return Json(Value(std::vector<Json>())); }
  Json(bool value) : value_(value) {}  // NOLINT: implicit
  // Any integer type; see kMaxInteger.
  template <std::integral T>
  requires(!std::same_as<T, bool>) Json(T value)
      : Json(FromInteger(std::in_range<int64_t>(value), static_cast<int64_t>(value),  // NOLINT
                         std::to_string(value))) {}
  // Bytes that are not UTF-8 are replaced by U+FFFD.
  Json(std::string_view text);                                     // NOLINT: implicit
  Json(const std::string& text) : Json(std::string_view(text)) {}  // NOLINT: implicit
  Json(const char* text) : Json(std::string_view(text)) {}         // NOLINT: implicit

  // Sets a field, or replaces the one of that name. On anything but an object: makes it one first.
  Json& Set(std::string_view key, Json value) &;
  Json&& Set(std::string_view key, Json value) && { return std::move(Set(key, std::move(value))); }
  // Adds an element. On anything but an array: makes it one first.
  Json& Append(Json value) &;
  Json&& Append(Json value) && { return std::move(Append(std::move(value))); }

  bool is_null() const { return value_.index() == 0; }
  bool is_bool() const { return std::holds_alternative<bool>(value_); }
  bool is_integer() const { return std::holds_alternative<int64_t>(value_); }
  bool is_string() const { return std::holds_alternative<std::string>(value_); }
  bool is_array() const { return std::holds_alternative<std::vector<Json>>(value_); }
  bool is_object() const { return std::holds_alternative<Fields>(value_); }

  // The value, or `fallback` when it is of another type.
  bool AsBool(bool fallback) const;
  int64_t AsInteger(int64_t fallback) const;
  std::string AsString(std::string_view fallback) const;

  // Elements of an array, in order; empty for anything else.
  const std::vector<Json>& items() const;
  // Fields of an object, sorted as RFC 8785 sorts them; empty for anything else.
  const Fields& fields() const;
  // The field, or nullptr. operator[] gives null instead.
  const Json* Find(std::string_view key) const;
  const Json& operator[](std::string_view key) const;

  // A field that must be there and of that type: JSON_FIELD_MISSING, JSON_FIELD_TYPE.
  Result<bool> GetBool(std::string_view key) const;
  Result<int64_t> GetInteger(std::string_view key) const;
  Result<std::string> GetString(std::string_view key) const;

  // Canonical text: no blanks, fields sorted by UTF-16 code units, shortest escapes, UTF-8.
  std::string Dump() const;

  // Strict: one value, nothing after it, UTF-8, no double field, no fraction or exponent, integers
  // within kMaxInteger. Blanks and any order of fields are accepted; a caller that needs canonical
  // text compares with Dump(). JSON_TOO_LARGE, JSON_TOO_DEEP, JSON_INVALID.
  static Result<Json> Parse(std::string_view text, const Limits& limits);
  static Result<Json> Parse(std::string_view text) { return Parse(text, Limits()); }

  friend bool operator==(const Json&, const Json&) = default;

 private:
  using Value = std::variant<std::monostate, bool, int64_t, std::string, std::vector<Json>, Fields>;
  explicit Json(Value value) : value_(std::move(value)) {}
  static Json FromInteger(bool fits, int64_t value, const std::string& digits);

  Value value_;
};

// Order of field names: by UTF-16 code units, which differs from byte order above U+D7FF.
bool SortsBefore(std::string_view a, std::string_view b);

}  // namespace firmbench::storage::audit
