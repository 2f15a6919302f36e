// SPDX-License-Identifier: Apache-2.0
#include "client/cli/hex_text.h"

#include <fmt/format.h>

#include <iterator>
#include <string_view>

namespace firmbench::cli {
namespace {

constexpr size_t kBankBytes = 0x10000;
// The task file has address lines for 1 MB (drive-protocols 1.3 [I]).
constexpr size_t kMostBanks = 16;
constexpr size_t kRowBytes = 16;
// A row with its frame is 45 characters.
constexpr size_t kRowCharacters = 45;

constexpr std::string_view kNextBank = ":00000155AA\r\n";
constexpr std::string_view kEnd = ":00000001FF\r\n";

void AddRow(std::string& text, size_t offset, ByteView row) {
  const auto high = static_cast<uint8_t>(offset >> 8);
  const auto low = static_cast<uint8_t>(offset);
  auto sum = static_cast<uint8_t>(row.size() + high + low);
  fmt::format_to(std::back_inserter(text), ":{:02X}{:02X}{:02X}00", row.size(), high, low);
  for (const uint8_t byte : row) {
    sum = static_cast<uint8_t>(sum + byte);
    fmt::format_to(std::back_inserter(text), "{:02X}", byte);
  }
  fmt::format_to(std::back_inserter(text), "{:02X}\r\n", static_cast<uint8_t>(-sum));
}

}  // namespace

Result<std::string> MakeHexText(ByteView bytes) {
  if (bytes.empty() || bytes.size() % kBankBytes != 0 || bytes.size() / kBankBytes > kMostBanks) {
    return InvalidArgument("HEX_TEXT_NOT_POSSIBLE",
                           fmt::format("the text of MTKFLASH holds 1 to {} banks of 64 KB, and "
                                       "these are {} bytes",
                                       kMostBanks, bytes.size()))
        .WithRemedy("say /B for a binary file");
  }
  std::string text;
  text.reserve(bytes.size() / kRowBytes * kRowCharacters + kMostBanks * kNextBank.size());
  for (size_t at = 0; at < bytes.size(); at += kRowBytes) {
    const size_t offset = at % kBankBytes;
    if (offset == 0 && at != 0) text += kNextBank;
    AddRow(text, offset, bytes.subspan(at, kRowBytes));
  }
  text += kEnd;
  return text;
}

bool BeginsLikeHexText(ByteView file) {
  const std::string_view text = AsText(file);
  const size_t begin = text.find_first_not_of(" \t\r\n");
  return begin != std::string_view::npos && text[begin] == ':';
}

}  // namespace firmbench::cli
