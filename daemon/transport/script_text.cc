// SPDX-License-Identifier: Apache-2.0
#include "daemon/transport/script_text.h"

#include <algorithm>

#include "daemon/base/hex_digits.h"

namespace firmbench::transport {
namespace {

using Kind = ata::Access::Kind;

bool Sees(const ata::Access& access) {
  return access.kind != Kind::kWrite && access.kind != Kind::kWriteData16;
}

// `letter`, the register's offset, and the value where there is one.
void AppendAccess(char letter, const ata::Access& access, bool value, std::string& text) {
  text += letter;
  text += static_cast<char>('0' + static_cast<int>(access.reg));
  if (!value) return;
  text += '=';
  AppendHex(access.value, 2, text);
}

}  // namespace

std::string ScriptText(std::span<const ata::Access> script) {
  constexpr size_t kLongestAccess = 7;  // "D=0000 "
  std::string text;
  text.reserve(script.size() * kLongestAccess);
  for (const ata::Access& access : script) {
    if (!text.empty()) text += ' ';
    switch (access.kind) {
      case Kind::kWrite:
        AppendAccess('w', access, true, text);
        break;
      case Kind::kRead:
        AppendAccess('r', access, false, text);
        break;
      case Kind::kReadData16:
        text += 'd';
        break;
      case Kind::kWriteData16:
        text += "D=";
        AppendHex(access.value16, 4, text);
        break;
      case Kind::kWaitEqual:
        AppendAccess('e', access, true, text);
        break;
      case Kind::kWaitClear:
        AppendAccess('c', access, true, text);
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
