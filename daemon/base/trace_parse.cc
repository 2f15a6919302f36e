// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "daemon/base/trace.h"

namespace firmbench {
namespace {

constexpr size_t kLongestName = 1000;
constexpr size_t kLongestCdb = 16;
constexpr int kVersion = 2;

template <typename T>
std::optional<T> Number(std::string_view text, int base = 10) {
  T value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (error != std::errc() || end != text.data() + text.size() || text.empty()) return {};
  return value;
}

std::optional<int64_t> Micros(std::string_view text) {
  if (!text.ends_with(" us")) return {};
  const auto value = Number<int64_t>(text.substr(0, text.size() - 3));
  return value && *value >= 0 ? value : std::nullopt;
}

std::optional<Bytes> Hex(std::string_view text, size_t least, size_t most) {
  auto bytes = FromHex(text);
  if (!bytes || bytes->size() < least || bytes->size() > most) return {};
  return std::move(*bytes);
}

std::optional<TracePayload> Payload(std::string_view text) {
  constexpr std::string_view kHash = "sha256:";
  constexpr size_t kHashDigits = 64;
  TracePayload payload;
  const size_t blank = text.find(' ');
  const auto bytes = Number<uint64_t>(text.substr(0, blank));
  if (!bytes) return {};
  payload.bytes = *bytes;
  if (blank == std::string_view::npos) return payload;
  const std::string_view rest = text.substr(blank + 1);
  if (rest.starts_with(kHash)) {
    payload.sha256 = rest.substr(kHash.size());
    if (payload.sha256.size() != kHashDigits || !FromHex(payload.sha256)) return {};
    return payload;
  }
  auto data = FromHex(rest);
  if (!data || data->size() != payload.bytes) return {};
  payload.data = std::move(*data);
  return payload;
}

std::optional<SenseInfo> Sense(std::string_view text) {
  constexpr std::string_view kDeferred = " deferred";
  SenseInfo sense;
  if (text.ends_with(kDeferred)) {
    sense.deferred = true;
    text.remove_suffix(kDeferred.size());
  }
  if (text.size() != 7 || text[1] != '/' || text[4] != '/') return {};
  const auto key = Number<uint8_t>(text.substr(0, 1), 16);
  const auto asc = Number<uint8_t>(text.substr(2, 2), 16);
  const auto ascq = Number<uint8_t>(text.substr(5, 2), 16);
  if (!key || !asc || !ascq) return {};
  sense.key = *key;
  sense.asc = *asc;
  sense.ascq = *ascq;
  return sense;
}

std::optional<Evidence> Grade(std::string_view text) {
  for (const Evidence grade : {Evidence::kHypothetical, Evidence::kSecondHand,
                               Evidence::kReadInCode, Evidence::kDocumented, Evidence::kObserved}) {
    if (text == ToString(grade)) return grade;
  }
  return {};
}

bool Answers(std::string_view text, std::vector<uint16_t>& answers) {
  while (!text.empty()) {
    const size_t blank = std::min(text.find(' '), text.size());
    const auto value = Number<uint16_t>(text.substr(0, blank), 16);
    if (!value) return false;
    answers.push_back(*value);
    text.remove_prefix(std::min(blank + 1, text.size()));
  }
  return true;
}

// Takes `value` where it could be read.
template <typename T, typename U>
bool Take(std::optional<U> value, T& target) {
  if (!value) return false;
  target = std::move(*value);
  return true;
}

bool TakeField(std::string_view key, std::string_view value, TraceBlock& block) {
  if (key == "evidence") return Take(Grade(value), block.evidence);
  if (key == "at") return Take(Micros(value), block.at_us);
  if (key == "took") return Take(Micros(value), block.took_us);
  if (key == "cdb") return Take(Hex(value, 1, kLongestCdb), block.cdb);
  if (key == "first") return Take(Hex(value, 1, kLongestCdb), block.first);
  if (key == "asked") return Take(Number<uint64_t>(value), block.asked_bytes);
  if (key == "sent") return Take(Payload(value), block.sent);
  if (key == "returned") return Take(Payload(value), block.returned);
  if (key == "status") return Take(Number<uint8_t>(value, 16), block.status);
  if (key == "sense") return Take(Sense(value), block.sense);
  if (key == "answers") return block.answers.empty() && Answers(value, block.answers);
  if (key == "count") return Take(Number<uint64_t>(value), block.count) && block.count > 0;
  if (key == "script") {
    block.script = value;
    return !value.empty();
  }
  if (key == "error") {
    block.error = value;
    return !value.empty() && value.size() <= kLongestName;
  }
  if (key == "polls") {
    block.polls = true;
    return value == "yes";
  }
  return false;
}

// Goes through the text line by line.
class Reader {
 public:
  explicit Reader(std::string_view text) : rest_(text) {}

  Result<Trace> Read() {
    while (!rest_.empty()) {
      ++line_;
      const size_t end = std::min(rest_.find('\n'), rest_.size());
      std::string_view line = rest_.substr(0, end);
      rest_.remove_prefix(std::min(end + 1, rest_.size()));
      if (line.ends_with('\r')) line.remove_suffix(1);
      if (line.empty() || line.front() == '#') continue;
      // Another line's beginning to some readers, a part of this one to others.
      if (line.find('\r') != std::string_view::npos) return Wrong("a line break within the line");
      RETURN_IF_ERROR(TakeLine(line));
    }
    if (!versioned_) return Wrong("it does not begin with 'trace: 2'");
    return std::move(trace_);
  }

 private:
  Error Wrong(std::string what) const {
    return InvalidArgument("TRACE_INVALID",
                           fmt::format("this is no trace: line {}: {}", line_, what))
        .With("line", std::to_string(line_))
        .WithRemedy("take a file that firmbench wrote, as it wrote it");
  }

  Status TakeLine(std::string_view line) {
    const size_t colon = line.find(": ");
    if (colon == std::string_view::npos || colon == 0) return Wrong("no 'key: value'");
    const std::string_view key = line.substr(0, colon);
    const std::string_view value = line.substr(colon + 2);
    if (!versioned_) return TakeVersion(key, value);
    const bool part = trace_.steps.empty() || key == "step" || key == "command";
    if (part && ++parts_ > kMostTraceBlocks) return Wrong("it is too long");
    if (key == "step") {
      if (value.size() > kLongestName) return Wrong("the name is too long");
      trace_.steps.push_back({std::string(value), {}});
      in_block_ = false;
      return Ok();
    }
    if (key == "command") return TakeCommand(value);
    if (trace_.steps.empty()) {
      trace_.head.emplace_back(key, value);
      return Ok();
    }
    if (!in_block_) return Wrong("it stands in no command");
    TraceBlock& block = trace_.steps.back().blocks.back();
    if (!TakeField(key, value, block)) return Wrong("it cannot be read");
    if (!block.cdb.empty() && !block.script.empty()) return Wrong("a CDB and a script at once");
    return Ok();
  }

  Status TakeVersion(std::string_view key, std::string_view value) {
    const auto version = Number<int>(value);
    if (key != "trace" || !version || *version < 1) return Wrong("not 'trace: 2'");
    if (*version > kVersion) {
      return InvalidArgument("TRACE_NEWER", "the trace was written by a newer firmbench")
          .WithRemedy("read it with that version or a later one");
    }
    if (*version < kVersion) return Wrong("an older format");
    versioned_ = true;
    return Ok();
  }

  Status TakeCommand(std::string_view name) {
    if (trace_.steps.empty()) return Wrong("a command outside of all steps");
    if (name.size() > kLongestName) return Wrong("the name is too long");
    trace_.steps.back().blocks.emplace_back().command = name;
    in_block_ = true;
    return Ok();
  }

  std::string_view rest_;
  size_t line_ = 0;
  size_t parts_ = 0;
  bool versioned_ = false;
  bool in_block_ = false;
  Trace trace_;
};

}  // namespace

Result<Trace> ParseTrace(std::string_view text) {
  if (text.size() > kLongestTrace) {
    return InvalidArgument("TRACE_INVALID", "this is no trace: it is too long").With("line", "0");
  }
  return Reader(text).Read();
}

}  // namespace firmbench
