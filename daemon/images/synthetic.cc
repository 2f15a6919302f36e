// SPDX-License-Identifier: Apache-2.0
#include "daemon/images/synthetic.h"

#include <algorithm>
#include <span>

#include <fmt/format.h>

#include "daemon/images/liteon_geometry.h"
#include "daemon/images/liteon_models.h"
#include "daemon/images/mediatek_liteon.h"
#include "daemon/images/recognise.h"

namespace firmbench::images {
namespace {

constexpr uint32_t kPieceBytes = kBankBytes / 16;
// Our own places; the first two lie in bank 0 beyond the boot code, and in the common part of the
// packed layout.
constexpr uint32_t kBankCodeAt = 0x4100 / kGeometryDivisor;
constexpr uint32_t kIdBlockAt = 0x4a40 / kGeometryDivisor;
// In the boot code, or where a boot code that is too small for it leaves room.
constexpr uint32_t kNoteAt = kGeometryDivisor == 1 ? 0x40 : kBankBytes / 2;
constexpr uint32_t kModelTextAt = 0x91200 / kGeometryDivisor;  // in the bank of EEPROM routines
constexpr uint32_t kBankTopBytes = 0xc00 / kGeometryDivisor;   // blank at the end of every bank
constexpr std::string_view kNote = "CONTENT OF A SIMULATED DRIVE. NO FIRMWARE. NOT FOR A REAL ONE.";
constexpr std::string_view kPackedTail = "SIMULATED IMAGE ";

// splitmix64 (public domain, S. Vigna): small, and the same on every platform.
class Generator {
 public:
  explicit Generator(uint64_t state) : state_(state) {}
  uint64_t Next() {
    uint64_t z = (state_ += 0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
  }
  uint8_t Byte() { return static_cast<uint8_t>(Next() >> 56); }

 private:
  uint64_t state_;
};

uint64_t Mix(uint64_t a, uint64_t b) { return Generator(a * 0x100000001b3 ^ b).Next(); }
uint64_t MixText(uint64_t seed, std::string_view text) {
  for (const char c : text) seed = Mix(seed, static_cast<uint8_t>(c));
  return seed;
}

// Bytes with the look of 8051 code: frequent opcodes, each with operands of its length.
void FillCode(std::span<uint8_t> out, Generator& generator) {
  struct Opcode {
    uint8_t code;
    uint8_t operands;
  };
  static constexpr Opcode kOpcodes[] = {{0x90, 2}, {0xe0, 0}, {0xf0, 0}, {0x12, 2}, {0x74, 1},
                                        {0x60, 1}, {0x70, 1}, {0x22, 0}, {0xa3, 0}, {0xff, 0},
                                        {0xef, 0}, {0x54, 1}, {0x44, 1}, {0x80, 1}, {0x30, 2},
                                        {0x78, 1}, {0xc3, 0}, {0x94, 1}, {0x02, 2}, {0xe5, 1}};
  size_t at = 0;
  while (at < out.size()) {
    const Opcode& opcode = kOpcodes[generator.Next() % std::size(kOpcodes)];
    out[at++] = opcode.code;
    for (uint8_t i = 0; i < opcode.operands && at < out.size(); ++i) out[at++] = generator.Byte();
  }
}

void Put(Bytes& image, size_t at, std::string_view text) {
  std::copy(text.begin(), text.end(), image.begin() + static_cast<ptrdiff_t>(at));
}

const LiteonModel* FindModel(std::string_view name) {
  for (const LiteonModel& row : LiteonModels()) {
    if (row.model == name) return &row;
  }
  return nullptr;
}

// drive-protocols 9.6 [P] for the three models with specimens; letters and a number otherwise.
std::string UsualRevision(const LiteonModel& row) {
  if (row.model == "LTR-48246S") return "SS0B";
  if (row.model == "LTR-52327S") return "QS0C";
  if (row.model == "LDW-451S") return "GSB4";
  return fmt::format("{}{}", row.letters, row.dvd_burner ? "S01" : "01");
}

// A date of the right years that follows from the revision.
std::string UsualTimestamp(std::string_view revision) {
  const uint64_t mixed = MixText(7, revision);
  return fmt::format("2004/{:02}/{:02} {:02}:{:02}", 1 + mixed % 12, 1 + (mixed >> 8) % 28,
                     8 + (mixed >> 16) % 10, (mixed >> 24) % 60);
}

Error FieldInvalid(std::string message) {
  return InvalidArgument("SYNTHETIC_FIELD_INVALID", std::move(message))
      .WithRemedy(
          "Vendor has up to 8 characters, product and timestamp up to 16, the revision exactly 4; "
          "all must fit the model.");
}

Status CheckText(std::string_view what, std::string_view text, size_t most) {
  const bool printable =
      std::all_of(text.begin(), text.end(), [](char c) { return c >= 0x20 && c <= 0x7e; });
  if (text.size() > most || !printable) {
    return FieldInvalid(fmt::format("{} is longer than {} or not printable", what, most));
  }
  return Ok();
}

// The spec with every default put in.
Result<SyntheticImage> Complete(SyntheticImage spec) {
  const LiteonModel* row = FindModel(spec.model);
  if (row == nullptr) {
    return InvalidArgument("SYNTHETIC_MODEL_UNKNOWN", "there is no such model")
        .WithRemedy("Known are for example LTR-48246S, LTR-52327S and LDW-451S.");
  }
  if (spec.revision.empty()) spec.revision = UsualRevision(*row);
  if (spec.vendor.empty()) spec.vendor = "LITE-ON";
  if (spec.product.empty()) {
    spec.product = row->dvd_burner ? fmt::format("DVDRW {}", row->model) : std::string(row->model);
  }
  if (row->dvd_burner && spec.timestamp.empty()) spec.timestamp = UsualTimestamp(spec.revision);
  if (spec.size_bytes == 0) {
    spec.size_bytes = row->dvd_burner  ? kLiteonDvdBytes
                      : row->half_chip ? kLiteonCdSmallBytes
                                       : kLiteonCdBytes;
  }
  RETURN_IF_ERROR(CheckText("vendor", spec.vendor, 8));
  RETURN_IF_ERROR(CheckText("product", spec.product, 16));
  RETURN_IF_ERROR(CheckText("timestamp", spec.timestamp, 16));
  RETURN_IF_ERROR(CheckText("revision", spec.revision, 4));
  if (spec.revision.size() != 4) return FieldInvalid("the revision has not 4 characters");
  const bool size_fits =
      row->dvd_burner ? spec.size_bytes == kLiteonDvdBytes
                      : spec.size_bytes == kLiteonCdBytes || spec.size_bytes == kLiteonCdSmallBytes;
  if (!size_fits || (spec.packed && !row->dvd_burner)) {
    return InvalidArgument("SYNTHETIC_SIZE_INVALID",
                           fmt::format("a {} image cannot have {} bytes{}", row->model,
                                       spec.size_bytes, spec.packed ? " packed" : ""))
        .WithRemedy("CD-RW burners have 256 or 512 KB, DVD burners 1 MB; only these are packed.");
  }
  return spec;
}

// Pieces differ between two revisions where either chose to be its own: about four in nine. The
// boot code is the same in all revisions of a seed.
void FillPieces(const SyntheticImage& spec, Bytes& image) {
  const uint64_t base = MixText(spec.seed, spec.model);
  const uint64_t own = MixText(base, spec.revision);
  for (uint32_t at = 0; at < image.size(); at += kPieceBytes) {
    const bool revised = at >= kLiteonBootBytes && Mix(own, at) % 4 == 0;
    Generator generator(Mix(revised ? own : base, at));
    FillCode(std::span(image).subspan(at, kPieceBytes), generator);
  }
}

void PutIdBlock(const SyntheticImage& spec, Bytes& image) {
  static constexpr uint8_t kHeader[] = {0x05, 0x80, 0x00, 0x32, 0x1f, 0x00, 0x00, 0x00};
  std::copy(std::begin(kHeader), std::end(kHeader), image.begin() + kIdBlockAt);
  Put(image, kIdBlockAt + 8,
      fmt::format("{:<8}{:<16}{:<4}{:<16}", spec.vendor, spec.product, spec.revision,
                  spec.timestamp));
}

void PutBankCode(const SyntheticImage& spec, Bytes& image) {
  // 03 for four banks is ours: what 256 KB images have is not publicly known.
  uint8_t mask = 0x03;
  if (spec.size_bytes == kLiteonCdBytes) mask = 0x07;
  if (spec.size_bytes == kLiteonDvdBytes) mask = spec.packed ? 0x1f : 0x0f;
  const uint8_t code[] = {0xe5, 0x90, 0x54, mask, 0xb4, 0x00};
  std::copy(std::begin(code), std::end(code), image.begin() + kBankCodeAt);
}

// One bank's start and end, as the processor sees them, at `start` and before `end` of the file.
void PutBankStart(Bytes& image, size_t start) {
  Put(image, start, std::string_view("\x02\x01\x00", 3));
}
void PutBankEnd(Bytes& image, size_t end) {
  std::fill(image.begin() + static_cast<ptrdiff_t>(end - kBankTopBytes),
            image.begin() + static_cast<ptrdiff_t>(end), 0xff);
  Put(image, end - kMakerMarkBytes, "LITEONIT");
}

void PutBanks(const SyntheticImage& spec, Bytes& image) {
  PutBankStart(image, 0);
  if (!spec.packed) {
    for (size_t bank = 0; bank < image.size(); bank += kBankBytes) {
      PutBankStart(image, bank);
      PutBankEnd(image, bank + kBankBytes);
    }
    return;
  }
  const bool small_common = spec.revision[0] == 'U' || spec.revision[0] == 'V';
  const size_t common = small_common ? kPackedSmallCommonBytes : kPackedCommonBytes;
  PutBankStart(image, kLiteonBootBytes);
  const size_t unique = kBankBytes - common;
  for (size_t end = kLiteonBootBytes + common + unique; end <= image.size(); end += unique) {
    PutBankEnd(image, end);
  }
  if (small_common) Put(image, image.size() - kPackedTail.size(), kPackedTail);
}

}  // namespace

Result<Bytes> BuildSyntheticImage(const SyntheticImage& wanted) {
  ASSIGN_OR_RETURN(const SyntheticImage spec, Complete(wanted));
  Bytes image(spec.size_bytes);
  FillPieces(spec, image);
  PutBanks(spec, image);
  Put(image, kNoteAt, kNote);
  PutBankCode(spec, image);
  PutIdBlock(spec, image);
  // With an OEM name this text alone makes the image a 451S and not an 851S.
  if (spec.model == "LDW-451S") Put(image, kModelTextAt, "LDW-451S");
  const ImageReport report = Recognise(image);
  if (!report.ok() || report.model != spec.model) {
    return FieldInvalid(
        fmt::format("these fields do not make an image of a {}: {}", spec.model,
                    report.ok() ? "they name another model" : report.refusal->message()));
  }
  return image;
}

Result<Bytes> BuildSyntheticEeprom(const SyntheticEeprom& spec) {
  if (FindModel(spec.model) == nullptr) {
    return InvalidArgument("SYNTHETIC_MODEL_UNKNOWN", "there is no such model")
        .WithRemedy("Known are for example LTR-48246S, LTR-52327S and LDW-451S.");
  }
  if (spec.size_bytes != 1024 && spec.size_bytes != 4096) {
    return InvalidArgument("SYNTHETIC_SIZE_INVALID", "an EEPROM has 1024 or 4096 bytes")
        .WithRemedy("Take 1024, or 4096 for the 5S and 6S generation.");
  }
  Bytes eeprom(spec.size_bytes, 0xff);
  Generator generator(MixText(spec.seed, spec.model));
  const uint64_t unit = generator.Next();
  Put(eeprom, 0x010, fmt::format("{:<16}", spec.model));
  Put(eeprom, 0x020, fmt::format("2003{:02}{:02}", 1 + unit % 12, 1 + (unit >> 8) % 28));
  Put(eeprom, 0x030, fmt::format("SIM{:09}", unit % 1000000000));
  for (size_t at = 0x080; at < 0x280; ++at) eeprom[at] = generator.Byte();
  eeprom[0x14a] = 0;
  // The larger part keeps its tuning data above; where is not publicly known, so this is ours.
  for (size_t at = 0x800; spec.size_bytes == 4096 && at < 0xc00; ++at)
    eeprom[at] = generator.Byte();
  Put(eeprom, 0x3e0, "CONTENT OF A SIMULATED DRIVE");
  return eeprom;
}

}  // namespace firmbench::images
