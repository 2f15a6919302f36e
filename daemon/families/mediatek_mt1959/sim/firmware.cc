// SPDX-License-Identifier: Apache-2.0
#include "daemon/families/mediatek_mt1959/sim/firmware.h"

#include <algorithm>
#include <cstring>
#include <string>

#include "daemon/simulator/random.h"

namespace firmbench::families::mediatek_mt1959::sim {
namespace {

constexpr std::string_view kNotice = "synthetic, holds no firmware";
constexpr std::string_view kBanner = "MT1959 Boot ";
constexpr std::string_view kTag = "MTEKMT1959";
constexpr uint32_t kNoticeAt = 0x11000;
constexpr uint32_t kTableAt = 0x10400;
constexpr uint32_t kTableBytes = 16 * 28;
constexpr uint32_t kFirst = 0x11000;  // of what the drive checks
constexpr uint32_t kLast = 0x1effff;
constexpr uint32_t kDescriptorAt = 0x1ec000;
constexpr uint32_t kTagAt = kDescriptorAt + 0x34;

void StoreLe32(uint8_t* p, uint32_t value) {
  for (int i = 0; i < 4; ++i) p[i] = static_cast<uint8_t>(value >> (8 * i));
}
uint32_t LoadLe32(const uint8_t* p) {
  return uint32_t{p[0]} | uint32_t{p[1]} << 8 | uint32_t{p[2]} << 16 | uint32_t{p[3]} << 24;
}

void Put(Bytes& bytes, size_t at, std::string_view text, size_t width) {
  for (size_t i = 0; i < width; ++i) {
    bytes[at + i] = i < text.size() ? static_cast<uint8_t>(text[i]) : uint8_t{' '};
  }
}

// In the place of the maker's AES-CMAC: FNV-1a over the range.
uint32_t SumOf(ByteView flash) {
  uint32_t sum = 2166136261u;
  for (const uint8_t byte : flash.subspan(kFirst, kLast - kFirst + 1)) {
    sum = (sum ^ byte) * 16777619u;
  }
  return sum;
}

}  // namespace

Bytes BuildFirmware(const simulator::Profile& profile, std::string_view board,
                    std::string_view revision, uint64_t seed) {
  Bytes flash(kFlashBytes);
  simulator::Random random(seed);
  for (size_t at = 0; at < flash.size(); at += sizeof(uint64_t)) {
    const uint64_t word = random.Next();
    std::memcpy(&flash[at], &word, sizeof word);
  }
  Put(flash, kConfigAt, std::string(kBanner) + std::string(board), 16);
  Put(flash, kNoticeAt, kNotice, kNotice.size());
  Put(flash, kDescriptorAt, profile.vendor, 8);
  Put(flash, kDescriptorAt + 8, profile.product, 16);
  Put(flash, kDescriptorAt + 24, revision, 4);
  Put(flash, kTagAt, kTag, kTag.size());
  std::fill_n(flash.begin() + kTableAt, kTableBytes, uint8_t{0xff});
  StoreLe32(&flash[kTableAt], 1);
  StoreLe32(&flash[kTableAt + 4], kFirst);
  StoreLe32(&flash[kTableAt + 8], kLast);
  StoreLe32(&flash[kTableAt + 12], SumOf(flash));
  return flash;
}

bool HoldsBootCode(ByteView flash) {
  return AsText(Slice(flash, kConfigAt, kConfigBytes)).starts_with(kBanner);
}

std::optional<simulator::DriveIdentity> IdentityOf(ByteView flash) {
  if (flash.size() != kFlashBytes || !HoldsBootCode(flash) ||
      !AsText(flash.subspan(kTagAt)).starts_with(kTag) ||
      LoadLe32(&flash[kTableAt + 12]) != SumOf(flash)) {
    return std::nullopt;
  }
  return simulator::DriveIdentity{CleanField(flash.subspan(kDescriptorAt, 8)),
                                  CleanField(flash.subspan(kDescriptorAt + 8, 16)),
                                  CleanField(flash.subspan(kDescriptorAt + 24, 4)), "", ""};
}

}  // namespace firmbench::families::mediatek_mt1959::sim
