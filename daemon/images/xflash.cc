// SPDX-License-Identifier: Apache-2.0
#include "daemon/images/xflash.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <functional>
#include <numeric>

#include "daemon/images/hex_text.h"
#include "daemon/images/recognise.h"

namespace firmbench::images {
namespace {

using std::string_view_literals::operator""sv;

constexpr size_t kMembers = 4;
constexpr size_t kDigits = 10;
constexpr size_t kNameBytes = 7;
// The count stands a little before the table; how far is not said, so this bounds the search.
constexpr size_t kMostBefore = 4096;
// A file made to cost time holds many beginnings of a table.
constexpr int kMostCandidates = 64;
// The largest firmware of a drive of this maker has 1 MB.
constexpr uint64_t kMostMemberBytes = 2 << 20;
constexpr uint64_t kLeastMemberBytes = 0x4000;

constexpr size_t kKeyBytes = 0x400;
constexpr uint64_t kAllKeys = kMembers * kKeyBytes;
constexpr size_t kSwappedBytes = 0x8000;
constexpr size_t kInvertedBytes = 0x400;
constexpr size_t kFillingBytes = 0x1000;

// Numbers as the program writes them: 2.0.5 is 20005.
constexpr uint32_t kFirstScrambled = 20005;
constexpr uint32_t kFirstWithKeys = 20100;
constexpr uint32_t kFirstWithoutCount = 20200;

Error NotUnpackable(std::string message) {
  return InvalidArgument("CONTAINER_NOT_UNPACKABLE", std::move(message))
      .WithRemedy(
          "Extract the firmware with a tool made for that updater, compare its MD5 or CRC-32 with "
          "a list that you trust, and add the extracted file.");
}

Error Broken(std::string message) {
  return InvalidArgument("CONTAINER_BROKEN", std::move(message))
      .WithRemedy("Download or copy the updater again; it is cut off or was changed.");
}

// Reads one text after the other.
class Cursor {
 public:
  Cursor(std::string_view text, size_t at) : text_(text), at_(at) {}
  bool Skip(std::string_view expected) {
    if (text_.substr(std::min(at_, text_.size()), expected.size()) != expected) return false;
    at_ += expected.size();
    return true;
  }
  std::optional<std::string_view> Take(size_t count) {
    if (at_ > text_.size() || text_.size() - at_ < count) return std::nullopt;
    const std::string_view taken = text_.substr(at_, count);
    at_ += count;
    return taken;
  }
  size_t position() const { return at_; }

 private:
  std::string_view text_;
  size_t at_;
};

std::optional<uint64_t> Decimal(std::string_view digits) {
  uint64_t number = 0;
  for (const char c : digits) {
    if (c < '0' || c > '9') return std::nullopt;
    number = number * 10 + static_cast<uint64_t>(c - '0');
  }
  return number;
}

struct Table {
  std::array<uint64_t, kMembers> start{};
  std::array<uint64_t, kMembers> size{};
  std::array<std::string, kMembers> name;
  size_t end = 0;
  uint64_t count = kMembers;  // what the field in front says
};

bool TakeNumbers(Cursor& cursor, std::string_view key, std::array<uint64_t, kMembers>& out) {
  for (size_t i = 0; i < kMembers; ++i) {
    if (!cursor.Skip(fmt::format("{}{}=", key, i + 1))) return false;
    const auto digits = cursor.Take(kDigits);
    const auto number = digits ? Decimal(*digits) : std::nullopt;
    if (!number || !cursor.Skip("\0"sv)) return false;
    out[i] = *number;
  }
  return true;
}

std::optional<Table> TableAt(std::string_view text, size_t at) {
  Table table;
  Cursor cursor(text, at);
  if (!TakeNumbers(cursor, "BIN_START", table.start)) return std::nullopt;
  if (!TakeNumbers(cursor, "BIN_SIZE", table.size)) return std::nullopt;
  for (size_t i = 0; i < kMembers; ++i) {
    if (!cursor.Skip(fmt::format("NEW_FW{}=", i + 1))) return std::nullopt;
    const auto name = cursor.Take(kNameBytes);
    if (!name || !cursor.Skip("\0"sv)) return std::nullopt;
    table.name[i] = CleanField(AsBytes(name->substr(0, 4)));
  }
  table.end = cursor.position();
  return table;
}

// The number behind HOW_MANY_BIN= or PARA_OPT= in front of the table.
std::optional<uint64_t> CountBefore(std::string_view text, size_t table_at) {
  const size_t from = table_at > kMostBefore ? table_at - kMostBefore : 0;
  const std::string_view before = text.substr(from, table_at - from);
  for (const std::string_view key : {"HOW_MANY_BIN="sv, "PARA_OPT="sv}) {
    const size_t at = before.rfind(key);
    if (at == std::string_view::npos) continue;
    size_t end = at + key.size();
    while (end < before.size() && before[end] >= '0' && before[end] <= '9') ++end;
    const std::string_view digits = before.substr(at + key.size(), end - at - key.size());
    if (digits.empty() || digits.size() > kDigits) continue;
    if (end < before.size() && before[end] == '\0') return Decimal(digits);
  }
  return std::nullopt;
}

std::optional<Table> FindTable(std::string_view text) {
  constexpr std::string_view kStart = "BIN_START1=";
  int candidates = 0;
  for (size_t at = text.find(kStart); at != std::string_view::npos && candidates < kMostCandidates;
       at = text.find(kStart, at + 1), ++candidates) {
    auto table = TableAt(text, at);
    const auto count = table ? CountBefore(text, at) : std::nullopt;
    if (!count) continue;
    table->count = *count;
    return table;
  }
  return std::nullopt;
}

struct Version {
  std::string text;  // "" when unknown
  uint32_t number = 0;
};

// "X.Y.Z" with one digit, then one or two each, and two NULs behind.
Version VersionAt(std::string_view text, size_t at) {
  std::array<uint32_t, 3> parts{};
  size_t end = at;
  for (size_t i = 0; i < parts.size(); ++i) {
    if (i > 0 && (end >= text.size() || text[end++] != '.')) return {};
    const size_t most = i == 0 ? 1 : 2;
    size_t digits = 0;
    for (; digits < most && end < text.size() && text[end] >= '0' && text[end] <= '9'; ++digits) {
      parts[i] = parts[i] * 10 + static_cast<uint32_t>(text[end++] - '0');
    }
    if (digits == 0) return {};
  }
  if (text.substr(end, 2) != "\0\0"sv) return {};
  return {std::string(text.substr(at, end - at)), parts[0] * 10000 + parts[1] * 100 + parts[2]};
}

// Behind "Ver ", or behind "rr", any byte, NUL and "v": as it stands in these programs [C].
Version FindVersion(std::string_view text) {
  int candidates = 0;
  for (size_t at = text.find("Ver "); at != std::string_view::npos && candidates < kMostCandidates;
       at = text.find("Ver ", at + 1), ++candidates) {
    Version version = VersionAt(text, at + 4);
    if (!version.text.empty()) return version;
  }
  candidates = 0;
  for (size_t at = text.find("\0v"sv); at != std::string_view::npos;
       at = text.find("\0v"sv, at + 1)) {
    if (at < 3 || text.substr(at - 3, 2) != "rr") continue;
    Version version = VersionAt(text, at + 2);
    if (!version.text.empty()) return version;
    if (++candidates == kMostCandidates) break;
  }
  return {};
}

// A run of bytes that the program's code holds; -1 stands for any byte.
using Pattern = std::span<const int16_t>;
bool Holds(ByteView file, Pattern pattern) {
  const auto at =
      std::search(file.begin(), file.end(), pattern.begin(), pattern.end(),
                  [](uint8_t byte, int16_t wanted) { return wanted < 0 || byte == wanted; });
  return at != file.end();
}

// The loops that undo the scrambling, as the public tools tell the variants apart [C].
bool HasFibonacciLoop(ByteView file) {
  std::array<int16_t, 4 + 12 + 4 + 25 + 2> pattern;
  pattern.fill(-1);
  constexpr int16_t kHead[] = {0x30, 0x02, 0xeb, 0x2b};
  constexpr int16_t kMiddle[] = {0x80, 0x34, 0x02, 0xff};
  constexpr int16_t kTail[] = {0x30, 0x10};
  std::copy(std::begin(kHead), std::end(kHead), pattern.begin());
  std::copy(std::begin(kMiddle), std::end(kMiddle), pattern.begin() + 16);
  std::copy(std::begin(kTail), std::end(kTail), pattern.begin() + 45);
  return Holds(file, pattern);
}

bool HasPositionLoop(ByteView file) {
  constexpr int16_t kLong[] = {0x0f, 0xb6, 0x04, 0x08, 0x25, -1,   0x00, 0x00,
                               0x80, 0x79, 0x05, 0x48, 0x83, 0xc8, -1,   0x40};
  constexpr int16_t kShort[] = {0x33, 0xc0, 0x8a, 0x04, 0x0a, 0x25, -1, 0x00, 0x00,
                                0x80, 0x79, 0x05, 0x48, 0x83, 0xc8, -1, 0x40};
  return Holds(file, kLong) || Holds(file, kShort);
}

Result<XflashVariant> VariantOf(ByteView file, const Version& version) {
  if (version.number < kFirstScrambled) return XflashVariant::kPlain;
  if (version.number == kFirstScrambled) return XflashVariant::kSwapped;
  if (version.number < kFirstWithKeys) {
    return NotUnpackable(fmt::format(
        "XFlash {} scrambles its firmware in a way that nobody has published", version.text));
  }
  if (HasFibonacciLoop(file)) return XflashVariant::kFibonacci;
  if (HasPositionLoop(file)) {
    return NotUnpackable(fmt::format(
        "XFlash {} scrambles by position, with a key that the file does not hold; public tools "
        "guess it, and firmbench does not guess firmware",
        version.text));
  }
  constexpr size_t kBlankRun = 256;
  const std::string blank(kBlankRun, '\xff');
  if (AsText(file).find(blank) != std::string_view::npos) return XflashVariant::kSwapped;
  return NotUnpackable(
      fmt::format("this XFlash {} scrambles its firmware in an unknown way", version.text));
}

// The file's own name for what it is, where it is none with a table.
Error WithoutTable(ByteView file, const Version& version) {
  const std::string_view text = AsText(file);
  if (text.find("BIN-START-AD") != std::string_view::npos) {
    return NotUnpackable(
        "this is an updater older than XFlash (it marks its firmware by BIN-START-AD)");
  }
  // The packer's names of sections stand in the first KB; some updaters have its tail only.
  const std::string_view head = text.substr(0, 0x1000);
  if (head.find("UPX") != std::string_view::npos) {
    return NotUnpackable("this is a Windows program packed with UPX");
  }
  if (!version.text.empty()) {
    return NotUnpackable(
        fmt::format("this updater (version {}) holds no table of its firmware; it "
                    "is probably packed with a changed UPX",
                    version.text));
  }
  return NotUnpackable("this is a Windows program without a table of firmware that is known here");
}

// What a member takes in the file beyond its own size, and how far behind its place it begins.
uint64_t FillingOf(const XflashReport& report) { return report.inverted_head ? kFillingBytes : 0; }
uint64_t LeadOf(const XflashReport& report) {
  return report.variant == XflashVariant::kFibonacci ? kAllKeys : 0;
}

bool Fits(ByteView file, const XflashReport& report, const XflashMember& member) {
  const uint64_t needed = member.size_bytes + FillingOf(report);
  if (member.offset > file.size() || file.size() - member.offset < needed) return false;
  const bool keys = report.variant != XflashVariant::kFibonacci ||
                    (member.size_bytes % kKeyBytes == 0 && report.table_end <= file.size() &&
                     file.size() - report.table_end >= kAllKeys);
  const bool swaps =
      report.variant != XflashVariant::kSwapped || member.size_bytes >= 2 * kSwappedBytes;
  return keys && swaps && member.number < kMembers && member.size_bytes >= kLeastMemberBytes &&
         member.size_bytes <= kMostMemberBytes;
}

Bytes Unswap(ByteView stored, bool inverted_head) {
  Bytes bytes(stored.begin(), stored.end());
  if (inverted_head) {
    for (size_t i = 0; i < kInvertedBytes; ++i) bytes[i] = static_cast<uint8_t>(~bytes[i]);
    bytes.erase(bytes.begin() + kInvertedBytes, bytes.begin() + kInvertedBytes + kFillingBytes);
  }
  const auto head_end = bytes.begin() + kSwappedBytes;
  const auto tail = bytes.end() - static_cast<ptrdiff_t>(kSwappedBytes);
  std::swap_ranges(bytes.begin(), head_end, tail);
  std::reverse(bytes.begin(), head_end);
  std::reverse(tail, bytes.end());
  return bytes;
}

// One byte in each of as many equal parts as the key has bytes. Where in its part, and by what it
// is changed, follows from the key, from Fibonacci numbers and from the sum of the revision's
// letters. The same again undoes it.
void Fibonacci(Bytes& bytes, ByteView key, std::string_view revision) {
  constexpr uint64_t kRestartAbove = 0x2af90c18;
  const auto sum = static_cast<uint8_t>(
      std::accumulate(revision.begin(), revision.end(), 0U,
                      [](unsigned total, char c) { return total + static_cast<uint8_t>(c); }));
  const size_t part = bytes.size() / key.size();
  uint64_t previous = 0;
  uint64_t current = 1;
  for (size_t i = 0; i < key.size(); ++i) {
    const uint8_t k = key[i];
    const size_t place = (i + 1) % 3 == 0 ? k & 7U : (i + 1) % 3 == 1 ? k % 7U : k % 5U;
    previous = std::exchange(current, current + previous);
    const uint64_t rest = current % 9;
    const uint8_t change = rest == 1 ? sum : rest == 2 ? uint8_t{0xff} : k;
    // A part has at least 16 bytes, see Fits, and the largest place is 7.
    bytes[i * part + place] ^= change;
    if (current > kRestartAbove) {
      current = 1;
      previous = 0;
    }
  }
}

std::string Revisions(const XflashReport& report) {
  std::string list;
  for (const XflashMember& member : report.members) {
    list += (list.empty() ? "" : ", ") + member.revision;
  }
  return list;
}

Result<const XflashMember*> Choose(const XflashReport& report, std::string_view revision) {
  const XflashMember* found = nullptr;
  for (const XflashMember& member : report.members) {
    if (!revision.empty() && member.revision != revision) continue;
    if (found != nullptr) {
      return InvalidArgument(
                 "CONTAINER_HOLDS_SEVERAL",
                 fmt::format("the updater holds several firmwares: {}", Revisions(report)))
          .WithRemedy("say which one by its revision: `firmbench image add FILE --member REVISION`")
          .With("revisions", Revisions(report));
    }
    found = &member;
  }
  if (found != nullptr) return found;
  return NotFound("CONTAINER_MEMBER_NOT_FOUND",
                  fmt::format("the updater holds {}, but not what was asked for",
                              report.members.empty() ? "no firmware" : Revisions(report)))
      .WithRemedy("name one of the revisions that it holds");
}

Result<Unpacked> UnpackHexText(ByteView file) {
  ASSIGN_OR_RETURN(HexText text, ParseHexText(file));
  Unpacked unpacked;
  unpacked.container = "hex_text";
  if (text.named_bytes < text.bytes.size()) {
    unpacked.warnings.push_back(
        fmt::format("the text names {} of {} bytes; the others were taken as FF, as its format "
                    "has it",
                    text.named_bytes, text.bytes.size()));
  }
  unpacked.bytes = std::move(text.bytes);
  return unpacked;
}

}  // namespace

std::string_view ToString(XflashVariant variant) {
  switch (variant) {
    case XflashVariant::kPlain:
      return "plain";
    case XflashVariant::kSwapped:
      return "swapped";
    case XflashVariant::kFibonacci:
      return "fibonacci";
  }
  return "";
}

bool LooksLikeUpdater(ByteView file) {
  return AsText(file).starts_with("MZ") || FindTable(AsText(file)).has_value();
}

Result<XflashReport> ReadXflash(ByteView file) {
  const std::string_view text = AsText(file);
  const Version version = FindVersion(text);
  const std::optional<Table> table = FindTable(text);
  if (!table) return WithoutTable(file, version);
  XflashReport report;
  report.version = version.text;
  report.table_end = table->end;
  ASSIGN_OR_RETURN(report.variant, VariantOf(file, version));
  report.inverted_head =
      report.variant == XflashVariant::kSwapped && version.number >= kFirstWithKeys;
  if (version.number < kFirstWithoutCount && table->count > kMembers) {
    return Broken(fmt::format("the updater says that it holds {} firmwares", table->count));
  }
  const uint64_t count = version.number < kFirstWithoutCount ? table->count : kMembers;
  for (uint32_t i = 0; i < count; ++i) {
    if (table->size[i] == 0) continue;
    XflashMember member;
    member.revision = table->name[i];
    member.number = i;
    member.offset = table->end + table->start[i] + LeadOf(report);
    member.size_bytes = static_cast<uint32_t>(std::min<uint64_t>(table->size[i], UINT32_MAX));
    if (!Fits(file, report, member)) {
      return Broken(
          fmt::format("firmware {} of the updater ({} bytes at {}) does not lie inside "
                      "the file, or has no size of a firmware",
                      i + 1, table->size[i], member.offset));
    }
    report.members.push_back(std::move(member));
  }
  return report;
}

Result<Bytes> ExtractXflash(ByteView file, const XflashReport& report, const XflashMember& member) {
  if (!Fits(file, report, member)) return Broken("the table is not of this file");
  const ByteView stored =
      file.subspan(member.offset, member.size_bytes + static_cast<size_t>(FillingOf(report)));
  switch (report.variant) {
    case XflashVariant::kPlain:
      return Bytes(stored.begin(), stored.end());
    case XflashVariant::kSwapped:
      return Unswap(stored, report.inverted_head);
    case XflashVariant::kFibonacci:
      break;
  }
  Bytes bytes(stored.begin(), stored.end());
  const ByteView key =
      file.subspan(report.table_end + size_t{member.number} * kKeyBytes, kKeyBytes);
  Fibonacci(bytes, key, member.revision);
  return bytes;
}

Result<Unpacked> Unpack(ByteView file, std::string_view revision) {
  Unpacked unpacked;
  if (!LooksLikeUpdater(file)) {
    if (revision.empty() && LooksLikeHexText(file)) return UnpackHexText(file);
    if (revision.empty()) return unpacked;
    return InvalidArgument("CONTAINER_MEMBER_NOT_FOUND",
                           "this file is no updater that holds several")
        .WithRemedy("leave the revision away");
  }
  ASSIGN_OR_RETURN(const XflashReport report, ReadXflash(file));
  ASSIGN_OR_RETURN(const XflashMember* member, Choose(report, revision));
  ASSIGN_OR_RETURN(Bytes bytes, ExtractXflash(file, report, *member));
  const std::string version = report.version.empty() ? "of unknown version" : report.version;
  unpacked.container = "xflash";
  unpacked.warnings.push_back(fmt::format(
      "unpacked from an XFlash updater {} ({}); compare its MD5 or CRC-32 with a list before you "
      "trust it: such firmware holds no checksum of its own",
      version, ToString(report.variant)));
  const ImageReport inside = Recognise(bytes);
  if (inside.ok() && inside.revision != member->revision) {
    unpacked.warnings.push_back(fmt::format("the updater calls it {}, the firmware itself {}",
                                            member->revision, inside.revision));
  }
  unpacked.bytes = std::move(bytes);
  return unpacked;
}

}  // namespace firmbench::images
