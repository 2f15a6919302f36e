// SPDX-License-Identifier: Apache-2.0
#include "daemon/images/hex_text.h"

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "daemon/images/liteon_geometry.h"

namespace firmbench::images {
namespace {

// Count, offset (2), type and checksum stand around a record's data.
constexpr size_t kFrameBytes = 5;
constexpr size_t kMaxRecordBytes = kFrameBytes + 255;
constexpr uint8_t kTypeData = 0x00;
constexpr uint8_t kTypeEnd = 0x01;
constexpr uint8_t kTypeNextBank = 0x55;
// Intel's own types for addresses beyond 64 KB and for start addresses.
constexpr uint8_t kTypeIntelFirst = 0x02;
constexpr uint8_t kTypeIntelLast = 0x05;
// MS-DOS editors end a text with it.
constexpr char kDosEnd = '\x1a';

constexpr std::string_view kBlanks = " \t\r";

std::string_view Trim(std::string_view line) {
  const size_t begin = line.find_first_not_of(kBlanks);
  if (begin == std::string_view::npos) return {};
  return line.substr(begin, line.find_last_not_of(kBlanks) - begin + 1);
}

class Parser {
 public:
  Status Line(std::string_view line);
  bool ended() const { return ended_; }
  size_t line_number() const { return line_; }
  Result<HexText> Finish();

  Error Bad(const char* reason, std::string message) const {
    return InvalidArgument(reason, fmt::format("line {}: {}", line_, message))
        .WithRemedy(
            "The text was damaged or is of another tool. Copy it again in binary mode, or save "
            "the firmware as a binary file.")
        .With("line", fmt::format("{}", line_));
  }

 private:
  Status Record(ByteView record);
  Status Data(uint32_t offset, ByteView data);

  HexText text_;
  std::vector<bool> named_;  // of the bank under way
  size_t line_ = 0;
  bool bank_open_ = false;
  bool ended_ = false;
};

Status Parser::Line(std::string_view line) {
  ++line_;
  line = Trim(line);
  if (line.empty() || line == std::string_view(&kDosEnd, 1)) return Ok();
  if (ended_) return Bad("HEX_TEXT_INVALID", "something follows the end line");
  if (line[0] != ':') return Bad("HEX_TEXT_INVALID", "a record begins with a colon");
  if (line.size() > 1 + 2 * kMaxRecordBytes) return Bad("HEX_TEXT_INVALID", "the line is too long");
  const auto record = FromHex(line.substr(1));
  if (!record) return Bad("HEX_TEXT_INVALID", "the line is not made of pairs of hex digits");
  return Record(*record);
}

Status Parser::Record(ByteView record) {
  if (record.size() < kFrameBytes || record.size() != kFrameBytes + record[0]) {
    return Bad("HEX_TEXT_INVALID", "the line is not as long as its first byte says");
  }
  uint8_t sum = 0;
  for (const uint8_t byte : record) sum = static_cast<uint8_t>(sum + byte);
  if (sum != 0) return Bad("HEX_TEXT_CHECKSUM", "the checksum is wrong");
  const uint16_t offset = LoadBe16(&record[1]);
  const uint8_t type = record[3];
  const ByteView data = record.subspan(4, record[0]);
  if (type == kTypeData) return Data(offset, data);
  if (type == kTypeEnd && data.empty()) {
    ended_ = true;
    return Ok();
  }
  if (type == kTypeNextBank && data.empty() && offset == 1) {
    // A bank that no record named is blank, and there all the same: its number counts.
    if (!bank_open_) RETURN_IF_ERROR(Data(0, {}));
    bank_open_ = false;
    return Ok();
  }
  if (type >= kTypeIntelFirst && type <= kTypeIntelLast) {
    return Bad("HEX_TEXT_OTHER_KIND",
               fmt::format("a record of type {:02x}: this is plain Intel HEX with addresses beyond "
                           "64 KB, not the text of MTKFLASH",
                           type));
  }
  return Bad("HEX_TEXT_OTHER_KIND", fmt::format("records of type {:02x} are not known", type));
}

Status Parser::Data(uint32_t offset, ByteView data) {
  if (!bank_open_) {
    if (text_.banks == kMaxHexBanks) {
      return Bad("HEX_TEXT_TOO_LARGE", fmt::format("more than {} banks", kMaxHexBanks));
    }
    ++text_.banks;
    text_.bytes.resize(size_t{text_.banks} * kBankBytes, 0xff);
    named_.assign(kBankBytes, false);
    bank_open_ = true;
  }
  if (data.size() > kBankBytes || offset > kBankBytes - data.size()) {
    return Bad("HEX_TEXT_INVALID", "the record reaches beyond its bank");
  }
  uint8_t* bank = text_.bytes.data() + size_t{text_.banks - 1} * kBankBytes;
  for (size_t i = 0; i < data.size(); ++i) {
    const size_t at = offset + i;
    if (named_[at] && bank[at] != data[i]) {
      return Bad("HEX_TEXT_OVERLAP", fmt::format("byte {:04x} was given another value before", at));
    }
    text_.named_bytes += named_[at] ? 0 : 1;
    named_[at] = true;
    bank[at] = data[i];
  }
  text_.records += data.empty() ? 0 : 1;
  return Ok();
}

Result<HexText> Parser::Finish() {
  if (!ended_) {
    return InvalidArgument("HEX_TEXT_TRUNCATED", "the text has no end line (:00000001FF)")
        .WithRemedy("It was cut off. Copy or save it again.")
        .With("line", fmt::format("{}", line_));
  }
  if (text_.named_bytes == 0) {
    return InvalidArgument("HEX_TEXT_INVALID", "the text names no bytes")
        .WithRemedy("Save the firmware again.")
        .With("line", fmt::format("{}", line_));
  }
  return std::move(text_);
}

}  // namespace

bool LooksLikeHexText(ByteView bytes) {
  const std::string_view text = AsText(bytes);
  // A limit, so that a file of nothing but blanks costs nothing.
  constexpr size_t kMostBlanks = 256;
  const size_t begin = text.substr(0, kMostBlanks).find_first_not_of(" \t\r\n");
  constexpr size_t kHeadDigits = 8;
  if (begin == std::string_view::npos || text[begin] != ':') return false;
  const std::string_view head = text.substr(begin + 1, kHeadDigits);
  return head.size() == kHeadDigits && FromHex(head).has_value();
}

Result<HexText> ParseHexText(ByteView bytes) {
  Parser parser;
  std::string_view text = AsText(bytes);
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    RETURN_IF_ERROR(parser.Line(text.substr(0, end)));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return parser.Finish();
}

}  // namespace firmbench::images
