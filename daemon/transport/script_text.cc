// SPDX-License-Identifier: Apache-2.0
#include "daemon/transport/script_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace firmbench::transport {
namespace {

using Kind = ata::Access::Kind;

bool Sees(const ata::Access& access) {
  return access.kind != Kind::kWrite && access.kind != Kind::kWriteData16;
}

}  // namespace

std::string ScriptText(std::span<const ata::Access> script) {
  std::string text;
  const auto out = std::back_inserter(text);
  for (const ata::Access& access : script) {
    if (!text.empty()) text += ' ';
    const int reg = static_cast<int>(access.reg);
    switch (access.kind) {
      case Kind::kWrite:
        fmt::format_to(out, "w{}={:02x}", reg, access.value);
        break;
      case Kind::kRead:
        fmt::format_to(out, "r{}", reg);
        break;
      case Kind::kReadData16:
        text += 'd';
        break;
      case Kind::kWriteData16:
        fmt::format_to(out, "D={:04x}", access.value16);
        break;
      case Kind::kWaitEqual:
        fmt::format_to(out, "e{}={:02x}", reg, access.value);
        break;
      case Kind::kWaitClear:
        fmt::format_to(out, "c{}={:02x}", reg, access.value);
        break;
    }
  }
  return text;
}

std::vector<uint16_t> ScriptAnswers(std::span<const ata::Access> script) {
  std::vector<uint16_t> answers;
  for (const ata::Access& access : script) {
    if (Sees(access)) answers.push_back(access.value16);
  }
  return answers;
}

size_t AnswerCount(std::span<const ata::Access> script) {
  return static_cast<size_t>(std::count_if(script.begin(), script.end(), Sees));
}

}  // namespace firmbench::transport
