// SPDX-License-Identifier: Apache-2.0
#include "daemon/images/mediatek_liteon.h"

#include <algorithm>
#include <array>
#include <cctype>

#include <fmt/format.h>

#include "daemon/images/liteon_geometry.h"
#include "daemon/images/liteon_models.h"

namespace firmbench::images {
namespace {

using std::string_view_literals::operator""sv;

// ID block: 8 bytes of INQUIRY header, vendor 8, product 16, revision 4 (drive-protocols 5, 6 [C]).
constexpr size_t kIdHeader = 8;
constexpr size_t kIdBytes = kIdHeader + 8 + 16 + 4;
constexpr size_t kTimestampBytes = 16;
constexpr size_t kMaxBootBlocks = kMaxIdBlocks / 2;

constexpr uint8_t kLjmp = 0x02;  // the first byte of every bank [C]
constexpr uint8_t kSjmp = 0x80;  // tolerated: seen in flasher payloads [C]
constexpr std::string_view kMakerMark = "LITEONIT";
// Only read-only drives have images of 128 KB, and only burners say 32 in byte 3 [C].
constexpr size_t kLeastBurnerBytes = kLiteonCdSmallBytes;
constexpr uint8_t kBurnerFormat = 0x32;
// A file this little longer than a whole image carries somebody's header or trailer.
constexpr size_t kSmallExcess = kBankBytes / 16;

bool IsPrintable(ByteView bytes) {
  return std::all_of(bytes.begin(), bytes.end(), [](uint8_t b) { return b >= 0x20 && b <= 0x7e; });
}

// "199x" or "20xx" anywhere: what tells a timestamp from whatever else follows the revision [C].
bool HoldsYear(std::string_view text) {
  for (size_t i = 0; i + 4 <= text.size(); ++i) {
    const std::string_view year = text.substr(i, 4);
    if (!std::all_of(year.begin(), year.end(), [](char c) { return c >= '0' && c <= '9'; })) {
      continue;
    }
    if (year.starts_with("199") || year.starts_with("20")) return true;
  }
  return false;
}

std::optional<IdBlock> IdBlockAt(ByteView bytes, size_t offset) {
  const ByteView raw = Slice(bytes, offset, kIdBytes);
  if (raw.empty()) return std::nullopt;
  const bool header = raw[0] == 0x05 && raw[1] == 0x80 && raw[2] == 0 &&
                      (raw[3] == 0x31 || raw[3] == 0x32) && (raw[4] == 0x1f || raw[4] == 0x5b) &&
                      AllBytesAre(raw.subspan(5, 3), 0);
  if (!header || !IsPrintable(raw.subspan(kIdHeader))) return std::nullopt;
  IdBlock id;
  id.offset = static_cast<uint32_t>(offset);
  id.format = raw[3];
  id.vendor = CleanField(raw.subspan(8, 8));
  id.product = CleanField(raw.subspan(16, 16));
  id.revision = CleanField(raw.subspan(32, 4));
  id.in_boot = offset < kLiteonBootBytes;
  if (id.vendor.empty() || id.product.empty() || id.revision.empty()) return std::nullopt;
  const ByteView stamp = Slice(bytes, offset + kIdBytes, kTimestampBytes);
  if (!stamp.empty() && IsPrintable(stamp) && HoldsYear(AsText(stamp))) {
    id.timestamp = CleanField(stamp);
  }
  return id;
}

// Mask of the bank-switch code `E5 90 54 mask B4 00` in `bytes`: 07 in 512 KB images, 0F or 1F in
// 1 MB ones [C].
std::optional<uint8_t> BankMaskIn(ByteView bytes) {
  const std::string_view text = AsText(bytes);
  for (size_t at = text.find("\xe5\x90\x54"); at != std::string_view::npos;
       at = text.find("\xe5\x90\x54", at + 1)) {
    const ByteView code = Slice(bytes, at, 6);
    if (code.empty()) return std::nullopt;
    const bool known = code[3] == 0x07 || code[3] == 0x0f || code[3] == 0x1f;
    if (known && code[4] == 0xb4 && code[5] == 0x00) return code[3];
  }
  return std::nullopt;
}

std::optional<uint8_t> FindBankMask(ByteView bytes) {
  // Bank 0 beyond the boot code is where the firmware's own switch lies; other places may be data.
  const size_t end = std::min<size_t>(bytes.size(), kBankBytes);
  if (end > kLiteonBootBytes) {
    const auto mask = BankMaskIn(bytes.subspan(kLiteonBootBytes, end - kLiteonBootBytes));
    if (mask) return mask;
  }
  return BankMaskIn(bytes);
}

// The size that the bank-switch code was made for; 0 when it does not say.
size_t SizeByMask(std::optional<uint8_t> mask) {
  if (!mask) return 0;
  return *mask == 0x07 ? kLiteonCdBytes : kLiteonDvdBytes;
}

std::string Kilobytes(size_t bytes) {
  return bytes % 1024 == 0 ? fmt::format("{} KB", bytes / 1024) : fmt::format("{} bytes", bytes);
}

Error Truncated(size_t have, size_t whole) {
  return InvalidArgument("IMAGE_TRUNCATED",
                         fmt::format("the file has {} but begins like an image of {}",
                                     Kilobytes(have), Kilobytes(whole)))
      .WithRemedy("It was cut off. Copy, download or read it again and compare the size.")
      .With("size_bytes", fmt::format("{}", have))
      .With("expected_bytes", fmt::format("{}", whole));
}

Error NotRecognised(std::string message) {
  return InvalidArgument("IMAGE_NOT_RECOGNISED", std::move(message))
      .WithRemedy(
          "Check that this is the plain binary firmware of a Lite-On MediaTek drive, unpacked and "
          "unscrambled. Formats of other makers are not known to this version.");
}

// A file of none of the four sizes that does look like ours.
Error RefuseSize(size_t have, std::optional<uint8_t> mask) {
  const size_t by_mask = SizeByMask(mask);
  size_t below = 0;
  size_t above = 0;
  for (const size_t whole : kLiteonSizes) {
    if (whole < have) below = whole;
    if (whole > have && above == 0) above = whole;
  }
  const bool excess = below != 0 && have - below <= kSmallExcess && by_mask <= below;
  if (above == 0 || excess) {
    return InvalidArgument("IMAGE_SIZE_WRONG",
                           fmt::format("the file has {}, {} bytes more than an image of {}",
                                       Kilobytes(have), have - below, Kilobytes(below)))
        .WithRemedy(
            "Whole images have 128, 256, 512 or 1024 KB. Take a file without header or trailer; "
            "firmbench does not guess what to cut off.")
        .With("size_bytes", fmt::format("{}", have));
  }
  return Truncated(have, std::max(above, by_mask));
}

// C of the packed layout: 3000 for images that end in 16 letters or blanks and whose revision
// starts with U or V, else 4000 [C].
uint32_t CommonBytes(ByteView bytes, std::string_view revision) {
  const ByteView tail = bytes.last(16);
  const bool letters = std::all_of(tail.begin(), tail.end(),
                                   [](uint8_t b) { return b == ' ' || (b >= 'A' && b <= 'Z'); });
  const bool uv = !revision.empty() && (revision[0] == 'U' || revision[0] == 'V');
  return uv && letters ? kPackedSmallCommonBytes : kPackedCommonBytes;
}

std::optional<Error> ExaminePacked(ByteView bytes, ImageReport& report) {
  report.layout = Layout::kPacked;
  report.common_bytes = CommonBytes(bytes, report.revision);
  const uint32_t unique = kBankBytes - report.common_bytes;
  const uint32_t rest = kLiteonDvdBytes - kLiteonBootBytes - report.common_bytes;
  report.banks = (rest + unique - 1) / unique;
  // The common part opens every bank that the processor sees, so one byte answers for them all.
  if (bytes[kLiteonBootBytes] != kLjmp) {
    return NotRecognised(fmt::format("the part common to all banks starts with {:02x}, not 02",
                                     bytes[kLiteonBootBytes]));
  }
  return std::nullopt;
}

std::optional<Error> ExaminePlain(ByteView bytes, ImageReport& report) {
  report.layout = Layout::kPlain;
  const size_t covered = report.halves == Halves::kUpperBlank ? bytes.size() / 2 : bytes.size();
  report.banks = static_cast<uint32_t>(covered / kBankBytes);
  for (uint32_t bank = 0; bank < report.banks; ++bank) {
    const ByteView code = bytes.subspan(size_t{bank} * kBankBytes, kBankBytes);
    if (code[0] == kLjmp) continue;
    if (code[0] == kSjmp) {
      report.warnings.push_back(
          fmt::format("bank {} starts with 80 instead of 02; files taken from updaters do", bank));
      continue;
    }
    const bool blank = AllBytesAre(code, 0xff);
    return NotRecognised(blank ? fmt::format("bank {} is blank (all FF)", bank)
                               : fmt::format("bank {} starts with {:02x}, not 02", bank, code[0]));
  }
  return std::nullopt;
}

void FindMakerMark(ByteView bytes, ImageReport& report) {
  for (uint32_t bank = 0; bank < report.banks; ++bank) {
    const Result<uint32_t> at = FileOffset(report, bank, kMakerMarkAt);
    if (!at) continue;
    if (AsText(Slice(bytes, *at, kMakerMark.size())) == kMakerMark) report.maker_mark = true;
  }
}

void Warn(const IdBlock& main, ImageReport& report) {
  for (const IdBlock& id : report.id_blocks) {
    const bool same =
        id.vendor == main.vendor && id.product == main.product && id.revision == main.revision;
    if (same) continue;
    report.warnings.push_back(fmt::format("at {:05x} {}the file also names {} {} {}", id.offset,
                                          id.in_boot ? "(boot code) " : "", id.vendor, id.product,
                                          id.revision));
  }
  const std::string half = Kilobytes(report.size_bytes / 2);
  if (report.halves == Halves::kMirrored) {
    report.warnings.push_back(fmt::format(
        "both halves are the same: {} of firmware seen twice, as a chip of twice the size reads",
        half));
  } else if (report.halves == Halves::kUpperBlank) {
    report.warnings.push_back(
        fmt::format("the upper half is blank: {} of firmware in a chip of twice the size", half));
  }
  if (!report.bank_mask && report.size_bytes >= kLiteonCdBytes) {
    report.warnings.push_back("no bank-switch code found; the layout is taken to be plain");
  }
}

}  // namespace

std::string_view ToString(Layout layout) {
  switch (layout) {
    case Layout::kUnknown:
      return "";
    case Layout::kPlain:
      return "plain";
    case Layout::kPacked:
      return "packed";
  }
  return "";
}

std::vector<IdBlock> FindIdBlocks(ByteView bytes) {
  constexpr std::string_view kStart = "\x05\x80\x00"sv;
  std::vector<IdBlock> blocks;
  const std::string_view text = AsText(bytes);
  size_t in_boot = 0;
  for (size_t at = text.find(kStart); at != std::string_view::npos && blocks.size() < kMaxIdBlocks;
       at = text.find(kStart, at + 1)) {
    std::optional<IdBlock> id = IdBlockAt(bytes, at);
    // Room is kept for blocks beyond the boot code, whatever the boot code holds.
    if (!id || (id->in_boot && ++in_boot > kMaxBootBlocks)) continue;
    blocks.push_back(std::move(*id));
  }
  return blocks;
}

const IdBlock* MainIdBlock(std::span<const IdBlock> blocks) {
  for (const IdBlock& id : blocks) {
    if (!id.in_boot) return &id;
  }
  return blocks.empty() ? nullptr : &blocks[0];
}

void ExamineMediatekLiteon(ByteView bytes, ImageReport& report) {
  if (bytes.empty()) {
    report.refusal = NotRecognised("there are no bytes");
    return;
  }
  report.id_blocks = FindIdBlocks(bytes);
  report.bank_mask = FindBankMask(bytes);
  const IdBlock* main = MainIdBlock(report.id_blocks);
  if (main != nullptr) {
    report.vendor = main->vendor;
    report.product = main->product;
    report.revision = main->revision;
    report.timestamp = main->timestamp;
  }
  const bool starts_well = bytes[0] == kLjmp || bytes[0] == kSjmp;
  const bool whole_size = std::find(std::begin(kLiteonSizes), std::end(kLiteonSizes),
                                    bytes.size()) != std::end(kLiteonSizes);
  if (!starts_well && (whole_size || main == nullptr)) {
    report.refusal = NotRecognised(fmt::format(
        "the first byte is {:02x}, not the jump (02) that starts such firmware", bytes[0]));
  } else if (!whole_size) {
    report.refusal = RefuseSize(bytes.size(), report.bank_mask);
  } else if (SizeByMask(report.bank_mask) > bytes.size()) {
    report.refusal = Truncated(bytes.size(), SizeByMask(report.bank_mask));
  } else if (main != nullptr && main->format == kBurnerFormat && bytes.size() < kLeastBurnerBytes) {
    report.refusal = Truncated(bytes.size(), kLeastBurnerBytes);
  } else if (bytes.size() == kLiteonDvdBytes && report.bank_mask == 0x1f) {
    report.refusal = ExaminePacked(bytes, report);
  } else {
    report.refusal = ExaminePlain(bytes, report);
  }
  if (!report.refusal && main == nullptr) {
    report.refusal = NotRecognised("the file holds no drive identification (ID block)");
  }
  if (report.refusal) return;

  report.format = "mediatek_liteon";
  ModelVerdict verdict = LiteonModelOf(*main, bytes);
  report.model = std::move(verdict.model);
  if (!verdict.warning.empty()) report.warnings.push_back(std::move(verdict.warning));
  FindMakerMark(bytes, report);
  Warn(*main, report);
}

Result<uint32_t> FileOffset(const ImageReport& report, uint32_t bank, uint16_t address) {
  const auto outside = [&] {
    return Error(Code::kOutOfRange, "OUT_OF_IMAGE",
                 fmt::format("bank {} address {:04x} lies outside the image", bank, address));
  };
  if (report.layout == Layout::kUnknown || bank >= report.banks) return outside();
  uint64_t offset = 0;
  if (report.layout == Layout::kPlain) {
    offset = uint64_t{bank} * kBankBytes + address;
  } else if (address < report.common_bytes) {
    offset = uint64_t{kLiteonBootBytes} + address;
  } else {
    const uint32_t unique = kBankBytes - report.common_bytes;
    offset = uint64_t{kLiteonBootBytes} + report.common_bytes + uint64_t{bank} * unique +
             (address - report.common_bytes);
  }
  if (offset >= report.size_bytes) return outside();
  return static_cast<uint32_t>(offset);
}

Result<Bytes> CpuView(ByteView image, const ImageReport& report) {
  if (!report.ok() || report.layout == Layout::kUnknown || image.size() != report.size_bytes) {
    return NotRecognised("the report does not describe these bytes");
  }
  if (report.layout == Layout::kPlain) return Bytes(image.begin(), image.end());
  const ByteView common = image.subspan(kLiteonBootBytes, report.common_bytes);
  ByteView rest = image.subspan(kLiteonBootBytes + report.common_bytes);
  Bytes view;
  view.reserve(size_t{report.banks} * kBankBytes);
  while (!rest.empty()) {
    const size_t unique = std::min<size_t>(rest.size(), kBankBytes - report.common_bytes);
    view.insert(view.end(), common.begin(), common.end());
    view.insert(view.end(), rest.begin(), rest.begin() + static_cast<ptrdiff_t>(unique));
    rest = rest.subspan(unique);
  }
  return view;
}

}  // namespace firmbench::images
