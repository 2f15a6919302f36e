// SPDX-License-Identifier: Apache-2.0
#include "daemon/families/spc_write_buffer/sim/microcode.h"

#include <algorithm>

#include "daemon/simulator/random.h"

namespace firmbench::families::spc_write_buffer::sim {
namespace {

constexpr std::string_view kMagic = "SPC MICROCODE   ";
constexpr std::string_view kNotice = "synthetic, holds no firmware";
constexpr size_t kVendorAt = 0x10;
constexpr size_t kProductAt = 0x18;
constexpr size_t kRevisionAt = 0x28;
constexpr size_t kSizeAt = 0x2c;
constexpr size_t kBodyAt = 0x30;
constexpr size_t kSumBytes = 2;

uint32_t SumOf(ByteView bytes) {
  uint32_t sum = 0;
  for (const uint8_t byte : bytes) sum += byte;
  return sum & 0xffff;
}

void Put(Bytes& bytes, size_t at, std::string_view text, size_t width) {
  for (size_t i = 0; i < width; ++i) {
    bytes[at + i] = i < text.size() ? static_cast<uint8_t>(text[i]) : uint8_t{' '};
  }
}

}  // namespace

Bytes BuildMicrocode(const simulator::Profile& profile, std::string_view revision, uint64_t seed) {
  Bytes bytes(profile.firmware_bytes);
  simulator::Random random(seed);
  std::generate(bytes.begin(), bytes.end(), [&random] { return random.NextByte(); });
  Put(bytes, 0, kMagic, kMagic.size());
  Put(bytes, kVendorAt, profile.vendor, 8);
  Put(bytes, kProductAt, profile.product, 16);
  Put(bytes, kRevisionAt, revision, 4);
  StoreBe32(&bytes[kSizeAt], profile.firmware_bytes);
  Put(bytes, kBodyAt, kNotice, kNotice.size());
  const size_t summed = bytes.size() - kSumBytes;
  StoreBe16(&bytes[summed], SumOf(ByteView(bytes).first(summed)));
  return bytes;
}

uint32_t SizeOf(ByteView begun) { return begun.size() < kBodyAt ? 0 : LoadBe32(&begun[kSizeAt]); }

std::optional<simulator::DriveIdentity> IdentityOf(ByteView microcode) {
  if (microcode.size() < kBodyAt + kSumBytes || !AsText(microcode).starts_with(kMagic) ||
      SizeOf(microcode) != microcode.size()) {
    return std::nullopt;
  }
  const size_t summed = microcode.size() - kSumBytes;
  if (SumOf(microcode.first(summed)) != LoadBe16(&microcode[summed])) return std::nullopt;
  return simulator::DriveIdentity{CleanField(microcode.subspan(kVendorAt, 8)),
                                  CleanField(microcode.subspan(kProductAt, 16)),
                                  CleanField(microcode.subspan(kRevisionAt, 4)), "", ""};
}

}  // namespace firmbench::families::spc_write_buffer::sim
