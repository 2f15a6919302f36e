// SPDX-License-Identifier: Apache-2.0
#include "tests/support/updater_builder.h"

#include <fmt/format.h>

#include <algorithm>

namespace firmbench::test {
namespace {

constexpr size_t kSwapped = 0x8000;

void Append(Bytes& to, std::string_view text) { to.insert(to.end(), text.begin(), text.end()); }

// First and last 32 KB trade places and run backwards; the newer way also inverts the first KB and
// puts 4 KB behind it.
Bytes Swapped(const Bytes& plain, bool inverted) {
  Bytes out = plain;
  for (size_t i = 0; i < kSwapped; ++i) {
    out[i] = plain[plain.size() - 1 - i];
    out[plain.size() - 1 - i] = plain[i];
  }
  if (!inverted) return out;
  for (size_t i = 0; i < 0x400; ++i) out[i] ^= 0xff;
  out.insert(out.begin() + 0x400, 0x1000, 0xff);
  return out;
}

Bytes Key(size_t number) {
  Bytes key(0x400);
  for (size_t i = 0; i < key.size(); ++i) key[i] = static_cast<uint8_t>(i * 37 + number * 11 + 5);
  return key;
}

// The places and changes as a table, so that the rule is not the program's own code again.
Bytes ByKey(Bytes bytes, const Bytes& key, const std::string& revision) {
  unsigned sum = 0;
  for (const char c : revision) sum += static_cast<uint8_t>(c);
  std::vector<uint64_t> numbers = {1, 1};
  while (numbers.back() <= 0x2af90c18) {
    numbers.push_back(numbers.back() + numbers[numbers.size() - 2]);
  }
  // The row starts again behind the first number above the limit, at 1, 2, 3 ...
  numbers.erase(numbers.begin());
  for (size_t i = 0; i < key.size(); ++i) {
    const size_t place = i % 3 == 2 ? key[i] % 8 : i % 3 == 0 ? key[i] % 7 : key[i] % 5;
    const uint64_t rest = numbers[i % numbers.size()] % 9;
    const unsigned change = rest == 1 ? sum : rest == 2 ? 0xffU : key[i];
    bytes[i * (bytes.size() / key.size()) + place] ^= static_cast<uint8_t>(change);
  }
  return bytes;
}

}  // namespace

Bytes BuildUpdater(const UpdaterSpec& spec) {
  const bool keys = spec.fibonacci;
  const bool plain = spec.version < "2.0.5";
  const bool inverted = !plain && spec.version != "2.0.5";
  Bytes file;
  Append(file, "MZ");
  file.resize(0x1000, 0x90);
  if (keys) {
    Append(file, "\x30\x02\xeb\x2b");
    file.resize(file.size() + 12, 0x11);
    Append(file, "\x80\x34\x02\xff");
    file.resize(file.size() + 25, 0x22);
    Append(file, "\x30\x10");
  }
  if (!spec.version.empty()) Append(file, "Ver " + spec.version + std::string(2, '\0'));
  Append(file, fmt::format("HOW_MANY_BIN={}", spec.members.size()) + std::string(6, '\0'));
  std::string starts;
  std::string sizes;
  std::string names;
  Bytes data;
  for (size_t i = 0; i < 4; ++i) {
    const bool used = i < spec.members.size();
    const std::string nul(1, '\0');
    starts += fmt::format("BIN_START{}={:010}", i + 1, used ? data.size() : 0) + nul;
    sizes += fmt::format("BIN_SIZE{}={:010}", i + 1, used ? spec.members[i].bytes.size() : 0) + nul;
    std::string name = used ? spec.members[i].revision : "";
    name.resize(8, '\0');
    names += fmt::format("NEW_FW{}=", i + 1) + name;
    if (!used) continue;
    const UpdaterMember& member = spec.members[i];
    const Bytes stored = keys    ? ByKey(member.bytes, Key(i), member.revision)
                         : plain ? member.bytes
                                 : Swapped(member.bytes, inverted);
    data.insert(data.end(), stored.begin(), stored.end());
  }
  Append(file, starts + sizes + names);
  for (size_t i = 0; keys && i < 4; ++i) {
    const Bytes key = Key(i);
    file.insert(file.end(), key.begin(), key.end());
  }
  file.insert(file.end(), data.begin(), data.end());
  return file;
}

Bytes BuildUpdater(const std::string& revision, const Bytes& firmware) {
  UpdaterSpec spec;
  spec.members = {{revision, firmware}};
  return BuildUpdater(spec);
}

}  // namespace firmbench::test
