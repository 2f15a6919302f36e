// SPDX-License-Identifier: Apache-2.0
#include "daemon/web/frames.h"

#include <fmt/format.h>

#include <array>
#include <cstdint>

namespace firmbench::web {
namespace {

constexpr char kMessageFlag = 0;
constexpr char kEndFlag = static_cast<char>(0x80);
constexpr std::string_view kLetters =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr size_t kQuad = 4;  // letters that stand for up to three bytes
constexpr int kNoLetter = -1;

Error Invalid(std::string message) { return InvalidArgument("FRAME_INVALID", std::move(message)); }

std::string Frame(char flag, std::string_view bytes) {
  std::string frame;
  frame.reserve(kFrameHeader + bytes.size());
  frame += flag;
  for (const int shift : {24, 16, 8, 0}) {
    frame += static_cast<char>(static_cast<uint32_t>(bytes.size()) >> shift);
  }
  frame += bytes;
  return frame;
}

constexpr std::array<int, 256> MakeValues() {
  std::array<int, 256> values{};
  for (int& value : values) value = kNoLetter;
  for (size_t i = 0; i < kLetters.size(); ++i) {
    values[static_cast<uint8_t>(kLetters[i])] = static_cast<int>(i);
  }
  return values;
}
constexpr std::array<int, 256> kValues = MakeValues();

}  // namespace

Result<std::string> MessageIn(std::string_view body) {
  if (body.size() < kFrameHeader) return Invalid("the body is shorter than a frame's header");
  if (body[0] != kMessageFlag) {
    return Invalid("the body begins with something else than a plain message");
  }
  uint32_t length = 0;
  for (size_t i = 1; i < kFrameHeader; ++i) length = length << 8 | static_cast<uint8_t>(body[i]);
  if (body.size() - kFrameHeader != length) {
    return Invalid(fmt::format("the message is said to have {} bytes and has {}", length,
                               body.size() - kFrameHeader));
  }
  return std::string(body.substr(kFrameHeader));
}

Result<std::string> FromText(std::string_view text) {
  if (text.size() % kQuad != 0) return Invalid("the text is no base64: it is cut off");
  std::string bytes;
  bytes.reserve(text.size() / kQuad * 3);
  for (size_t at = 0; at < text.size(); at += kQuad) {
    size_t letters = kQuad;
    while (letters > 2 && text[at + letters - 1] == '=') --letters;
    uint32_t bits = 0;
    for (size_t i = 0; i < kQuad; ++i) {
      const int value = i < letters ? kValues[static_cast<uint8_t>(text[at + i])] : 0;
      if (value == kNoLetter) return Invalid("the text is no base64");
      bits = bits << 6 | static_cast<uint32_t>(value);
    }
    for (size_t i = 0; i + 1 < letters; ++i) bytes += static_cast<char>(bits >> (16 - 8 * i));
  }
  return bytes;
}

std::string ToText(std::string_view bytes) {
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * kQuad);
  for (size_t at = 0; at < bytes.size(); at += 3) {
    const size_t count = std::min<size_t>(3, bytes.size() - at);
    uint32_t bits = 0;
    for (size_t i = 0; i < 3; ++i) {
      bits = bits << 8 | (i < count ? static_cast<uint8_t>(bytes[at + i]) : 0U);
    }
    for (size_t i = 0; i < kQuad; ++i) {
      text += i <= count ? kLetters[bits >> (18 - 6 * i) & 0x3F] : '=';
    }
  }
  return text;
}

std::string MessageFrame(std::string_view message) { return Frame(kMessageFlag, message); }

std::string EndFrame(const CallEnd& end) {
  std::string trailers = fmt::format("grpc-status:{}\r\n", end.code);
  if (!end.message.empty()) {
    trailers += fmt::format("grpc-message:{}\r\n", PercentEncoded(end.message));
  }
  if (!end.details.empty()) {
    trailers += fmt::format("grpc-status-details-bin:{}\r\n", Unpadded(ToText(end.details)));
  }
  return Frame(kEndFlag, trailers);
}

std::string PercentEncoded(std::string_view message) {
  std::string text;
  for (const char c : message) {
    if (c >= ' ' && c <= '~' && c != '%') {
      text += c;
    } else {
      text += fmt::format("%{:02X}", static_cast<uint8_t>(c));
    }
  }
  return text;
}

std::string Unpadded(std::string_view base64) {
  while (base64.ends_with('=')) base64.remove_suffix(1);
  return std::string(base64);
}

}  // namespace firmbench::web
