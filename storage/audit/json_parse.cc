// SPDX-License-Identifier: Apache-2.0
// The parser of canonical_json.h. Its input may come from a client or from a damaged file: every
// read is checked against the end, and depth and size are bounded before anything is allocated.

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "daemon/base/utf8.h"
#include "storage/audit/canonical_json.h"

namespace firmbench::storage::audit {
namespace {

constexpr bool IsDigit(char c) { return c >= '0' && c <= '9'; }

class Parser {
 public:
  Parser(std::string_view text, int max_depth) : text_(text), max_depth_(max_depth) {}

  Result<Json> Document() {
    ASSIGN_OR_RETURN(Json value, Value(0));
    SkipBlanks();
    if (at_ != text_.size()) return Bad("text after the value");
    return value;
  }

 private:
  Error Bad(std::string_view what) const {
    return InvalidArgument("JSON_INVALID", fmt::format("not JSON at byte {}: {}", at_, what));
  }
  bool More() const { return at_ < text_.size(); }
  char Peek() const { return More() ? text_[at_] : '\0'; }
  bool Take(char c) {
    if (!More() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  void SkipBlanks() {
    while (More() && (Peek() == ' ' || Peek() == '\t' || Peek() == '\n' || Peek() == '\r')) ++at_;
  }

  Result<Json> Value(int depth) {
    SkipBlanks();
    if (!More()) return Bad("a value is missing");
    const char c = Peek();
    if (c == '{' || c == '[') {
      if (depth >= max_depth_) {
        return InvalidArgument("JSON_TOO_DEEP",
                               fmt::format("more than {} levels of JSON", max_depth_));
      }
      return c == '{' ? ObjectValue(depth + 1) : ArrayValue(depth + 1);
    }
    if (c == '"') {
      ASSIGN_OR_RETURN(const std::string text, String());
      return Json(text);
    }
    if (c == '-' || IsDigit(c)) return Integer();
    for (const auto& [word, value] : {std::pair<std::string_view, Json>{"true", Json(true)},
                                      {"false", Json(false)},
                                      {"null", Json()}}) {
      if (text_.substr(at_, word.size()) == word) {
        at_ += word.size();
        return value;
      }
    }
    return Bad("not a value");
  }

  Result<Json> ObjectValue(int depth) {
    Take('{');
    Json::Fields fields;
    SkipBlanks();
    if (Take('}')) return Json::Object();
    while (true) {
      SkipBlanks();
      ASSIGN_OR_RETURN(std::string key, String());
      SkipBlanks();
      if (!Take(':')) return Bad("':' is missing");
      ASSIGN_OR_RETURN(Json value, Value(depth));
      fields.emplace_back(std::move(key), std::move(value));
      SkipBlanks();
      if (Take('}')) return Sorted(std::move(fields));
      if (!Take(',')) return Bad("',' or '}' is missing");
    }
  }

  // Sorted once: inserting one by one would let hostile text cost the square of its size.
  Result<Json> Sorted(Json::Fields fields) {
    std::sort(fields.begin(), fields.end(),
              [](const auto& a, const auto& b) { return SortsBefore(a.first, b.first); });
    Json object = Json::Object();
    for (size_t i = 0; i < fields.size(); ++i) {
      if (i > 0 && fields[i].first == fields[i - 1].first) return Bad("a field is there twice");
    }
    for (auto& [key, value] : fields) object.Set(key, std::move(value));
    return object;
  }

  Result<Json> ArrayValue(int depth) {
    Take('[');
    Json array = Json::Array();
    SkipBlanks();
    if (Take(']')) return array;
    while (true) {
      ASSIGN_OR_RETURN(Json value, Value(depth));
      array.Append(std::move(value));
      SkipBlanks();
      if (Take(']')) return array;
      if (!Take(',')) return Bad("',' or ']' is missing");
    }
  }

  Result<Json> Integer() {
    const bool negative = Take('-');
    if (!IsDigit(Peek())) return Bad("a digit is missing");
    const bool zero = Peek() == '0';
    int64_t value = 0;
    size_t digits = 0;
    for (; IsDigit(Peek()); ++at_, ++digits) {
      value = value * 10 + (Peek() - '0');
      if (value > Json::kMaxInteger) return Bad("an integer beyond 2^53-1");
    }
    if (zero && (digits > 1 || negative)) return Bad("a zero in front");
    if (Peek() == '.' || Peek() == 'e' || Peek() == 'E') return Bad("a fraction");
    return Json(negative ? -value : value);
  }

  std::optional<uint32_t> FourHexDigits() {
    if (text_.size() - at_ < 4) return std::nullopt;
    uint32_t value = 0;
    for (size_t i = 0; i < 4; ++i) {
      const char c = text_[at_ + i];
      const char lower = static_cast<char>(c | 0x20);
      if (IsDigit(c)) {
        value = value << 4 | static_cast<uint32_t>(c - '0');
      } else if (lower >= 'a' && lower <= 'f') {
        value = value << 4 | static_cast<uint32_t>(lower - 'a' + 10);
      } else {
        return std::nullopt;
      }
    }
    at_ += 4;
    return value;
  }

  // After "\u": one code unit, or two that are a surrogate pair.
  Status UnicodeEscape(std::string& out) {
    const std::optional<uint32_t> unit = FourHexDigits();
    if (!unit) return Bad("\\u without four hex digits");
    uint32_t code_point = *unit;
    if (code_point >= 0xD800 && code_point < 0xE000) {
      const bool pair = code_point < 0xDC00 && Take('\\') && Take('u');
      const std::optional<uint32_t> low = pair ? FourHexDigits() : std::nullopt;
      if (!low || *low < 0xDC00 || *low > 0xDFFF) return Bad("half a surrogate pair");
      code_point = 0x10000 + ((code_point - 0xD800) << 10) + (*low - 0xDC00);
    }
    AppendUtf8(out, code_point);
    return Ok();
  }

  Status Escape(std::string& out) {
    constexpr std::string_view kFrom = "\"\\/bfnrt";
    constexpr std::string_view kTo = "\"\\/\b\f\n\r\t";
    if (Take('u')) return UnicodeEscape(out);
    const size_t which = More() ? kFrom.find(Peek()) : std::string_view::npos;
    if (which == std::string_view::npos) return Bad("an unknown escape");
    ++at_;
    out += kTo[which];
    return Ok();
  }

  Result<std::string> String() {
    if (!Take('"')) return Bad("'\"' is missing");
    std::string out;
    while (More()) {
      if (Take('"')) return out;
      if (Take('\\')) {
        RETURN_IF_ERROR(Escape(out));
        continue;
      }
      if (static_cast<unsigned char>(Peek()) < 0x20) return Bad("a control character");
      const size_t length = Utf8Length(text_, at_);
      if (length == 0) return Bad("not UTF-8");
      out.append(text_.substr(at_, length));
      at_ += length;
    }
    return Bad("a string without end");
  }

  const std::string_view text_;
  const int max_depth_;
  size_t at_ = 0;
};

}  // namespace

Result<Json> Json::Parse(std::string_view text, const Limits& limits) {
  if (text.size() > limits.max_bytes) {
    return InvalidArgument(
        "JSON_TOO_LARGE",
        fmt::format("{} bytes of JSON, at most {} are accepted", text.size(), limits.max_bytes));
  }
  return Parser(text, limits.max_depth).Document();
}

}  // namespace firmbench::storage::audit
