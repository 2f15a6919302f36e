// SPDX-License-Identifier: Apache-2.0
#include "daemon/base/trace.h"

#include <fmt/format.h>

#include <algorithm>

#include "daemon/base/hash.h"
#include "daemon/base/hex_digits.h"

namespace firmbench {
namespace {

constexpr size_t kLeastMasked = 4;

// A line is a line, whatever a drive called itself.
std::string OneLine(std::string_view text) {
  std::string line(text);
  std::replace_if(
      line.begin(), line.end(), [](char c) { return c == '\n' || c == '\r'; }, ' ');
  return line;
}

void Line(std::string& out, std::string_view key, std::string_view value) {
  out += key;
  out += ": ";
  out += value;
  out += '\n';
}

void FormatPayload(std::string& out, std::string_view key, const TracePayload& payload,
                   TracePayloads how) {
  if (payload.data && how == TracePayloads::kFull) {
    return Line(out, key, fmt::format("{} {}", payload.bytes, ToHex(*payload.data)));
  }
  std::string hash = payload.sha256;
  if (hash.empty() && payload.data) hash = Sha256Hex(*payload.data);
  Line(out, key,
       hash.empty() ? std::to_string(payload.bytes)
                    : fmt::format("{} sha256:{}", payload.bytes, hash));
}

void FormatAnswers(std::string& out, const std::vector<uint16_t>& answers) {
  if (answers.empty()) return;
  out += "answers:";
  for (const uint16_t answer : answers) {
    out += ' ';
    AppendHex(answer, answer > 0xff ? 4 : 2, out);
  }
  out += '\n';
}

void FormatTogether(std::string& out, const TraceBlock& block, TracePayloads how) {
  if (!block.first.empty()) Line(out, "first", ToHex(block.first));
  if (block.polls) return Line(out, "polls", "yes");
  Line(out, "count", std::to_string(block.count));
  if (block.sent) FormatPayload(out, "sent", *block.sent, how);
  if (block.returned) FormatPayload(out, "returned", *block.returned, how);
}

void FormatSingle(std::string& out, const TraceBlock& block, TracePayloads how) {
  if (block.at_us) Line(out, "at", fmt::format("{} us", *block.at_us));
  if (block.took_us) Line(out, "took", fmt::format("{} us", *block.took_us));
  if (!block.cdb.empty()) Line(out, "cdb", ToHex(block.cdb));
  if (block.asked_bytes) Line(out, "asked", std::to_string(*block.asked_bytes));
  if (block.sent) FormatPayload(out, "sent", *block.sent, how);
  if (block.returned) FormatPayload(out, "returned", *block.returned, how);
  if (block.status) Line(out, "status", fmt::format("{:02x}", *block.status));
  if (block.sense) {
    Line(out, "sense",
         fmt::format("{:x}/{:02x}/{:02x}{}", block.sense->key, block.sense->asc, block.sense->ascq,
                     block.sense->deferred ? " deferred" : ""));
  }
  if (!block.script.empty()) Line(out, "script", OneLine(block.script));
  FormatAnswers(out, block.answers);
}

void FormatBlock(std::string& out, const TraceBlock& block, TracePayloads how) {
  out += '\n';
  Line(out, "command", OneLine(block.command));
  if (block.evidence) Line(out, "evidence", ToString(*block.evidence));
  if (block.together()) {
    FormatTogether(out, block, how);
  } else {
    FormatSingle(out, block, how);
  }
  if (!block.error.empty()) Line(out, "error", OneLine(block.error));
}

// Pairs of bytes exchanged, from an even position on: the order of IDENTIFY data.
Bytes Swapped(ByteView bytes) {
  Bytes swapped(bytes.begin(), bytes.end());
  for (size_t i = 0; i + 1 < swapped.size(); i += 2) std::swap(swapped[i], swapped[i + 1]);
  return swapped;
}

bool MaskBytes(ByteView text, Bytes& data) {
  bool found = false;
  for (auto at = data.begin();;) {
    at = std::search(at, data.end(), text.begin(), text.end());
    if (at == data.end()) return found;
    found = true;
    std::fill_n(at, text.size(), uint8_t{'X'});
    at += static_cast<std::ptrdiff_t>(text.size());
  }
}

void MaskText(std::string_view text, std::string& value) {
  for (size_t at = value.find(text); at != std::string::npos; at = value.find(text, at)) {
    value.replace(at, text.size(), text.size(), 'X');
    at += text.size();  // what is masked may look like what was sought
  }
}

// Words of the data register come low byte first.
void MaskAnswers(const std::vector<Bytes>& needles, std::vector<uint16_t>& answers) {
  Bytes bytes;
  for (const uint16_t answer : answers) {
    bytes.push_back(static_cast<uint8_t>(answer));
    bytes.push_back(static_cast<uint8_t>(answer >> 8));
  }
  bool found = false;
  for (const Bytes& needle : needles) found = MaskBytes(needle, bytes) || found;
  if (!found) return;
  for (size_t i = 0; i < answers.size(); ++i) {
    answers[i] = static_cast<uint16_t>(bytes[2 * i] | bytes[2 * i + 1] << 8);
  }
}

// VPD pages 80 and 83 and feature 0108.
bool AsksForSerial(ByteView cdb) {
  if (cdb.size() < 6) return false;
  if (cdb[0] == 0x12) return (cdb[1] & 1) != 0 && (cdb[2] == 0x80 || cdb[2] == 0x83);
  return cdb[0] == 0x46;
}

void MaskPayload(const std::vector<Bytes>& needles, TracePayload& payload) {
  if (!payload.data) return;
  bool found = false;
  for (const Bytes& needle : needles) found = MaskBytes(needle, *payload.data) || found;
  if (found) payload.sha256.clear();
}

void MaskBlock(const std::vector<Bytes>& needles, TraceBlock& block) {
  for (auto* payload : {&block.sent, &block.returned}) {
    if (!*payload) continue;
    if (!(*payload)->data && AsksForSerial(block.cdb)) (*payload)->sha256.clear();
    MaskPayload(needles, **payload);
  }
  MaskAnswers(needles, block.answers);
}

}  // namespace

std::string_view Trace::Head(std::string_view key) const {
  for (const auto& [name, value] : head) {
    if (name == key) return value;
  }
  return {};
}

std::string FormatTrace(const Trace& trace, TracePayloads payloads) {
  std::string out = "trace: 2\n";
  for (const auto& [key, value] : trace.head) Line(out, OneLine(key), OneLine(value));
  for (const TraceStep& step : trace.steps) {
    out += '\n';
    Line(out, "step", OneLine(step.name));
    for (const TraceBlock& block : step.blocks) FormatBlock(out, block, payloads);
  }
  return out;
}

void MaskInTrace(const std::vector<std::string>& texts, Trace& trace) {
  std::vector<Bytes> needles;
  for (const std::string& text : texts) {
    if (text.size() < kLeastMasked) continue;
    for (auto& [key, value] : trace.head) MaskText(text, value);
    const ByteView bytes = AsBytes(text);
    needles.emplace_back(bytes.begin(), bytes.end());
    // A field of blanks around it gives the odd end its pair.
    std::string padded = text;
    if (padded.size() % 2 != 0) padded.pop_back();
    needles.push_back(Swapped(AsBytes(padded)));
  }
  for (TraceStep& step : trace.steps) {
    for (TraceBlock& block : step.blocks) MaskBlock(needles, block);
  }
}

}  // namespace firmbench
