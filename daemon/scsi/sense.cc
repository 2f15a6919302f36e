// SPDX-License-Identifier: Apache-2.0
#include "daemon/scsi/sense.h"

#include <fmt/format.h>

#include <algorithm>

namespace firmbench::scsi {
namespace {

// SPC-4 4.5.1.
enum ResponseCode : uint8_t {
  kFixedCurrent = 0x70,
  kFixedDeferred = 0x71,
  kDescriptorCurrent = 0x72,
  kDescriptorDeferred = 0x73,
};

std::optional<SenseInfo> DecodeFixed(ByteView bytes, bool deferred) {
  if (bytes.size() < 3) return std::nullopt;
  SenseInfo info;
  info.key = bytes[2] & 0x0f;
  info.deferred = deferred;
  size_t end = bytes.size();
  if (end > 7) end = std::min<size_t>(end, size_t{8} + bytes[7]);
  if (end > 12) info.asc = bytes[12];
  if (end > 13) info.ascq = bytes[13];
  return info;
}

std::optional<SenseInfo> DecodeDescriptor(ByteView bytes, bool deferred) {
  if (bytes.size() < 4) return std::nullopt;
  SenseInfo info;
  info.key = bytes[1] & 0x0f;
  info.asc = bytes[2];
  info.ascq = bytes[3];
  info.deferred = deferred;
  return info;
}

}  // namespace

std::optional<SenseInfo> DecodeSense(ByteView bytes) {
  if (bytes.empty()) return std::nullopt;
  const uint8_t code = bytes[0] & 0x7f;
  switch (code) {
    case kFixedCurrent:
    case kFixedDeferred:
      return DecodeFixed(bytes, code == kFixedDeferred);
    case kDescriptorCurrent:
    case kDescriptorDeferred:
      return DecodeDescriptor(bytes, code == kDescriptorDeferred);
    default:
      return std::nullopt;
  }
}

Bytes EncodeFixedSense(const SenseInfo& sense) {
  Bytes bytes(18);
  bytes[0] = sense.deferred ? kFixedDeferred : kFixedCurrent;
  bytes[2] = sense.key & 0x0f;
  bytes[7] = static_cast<uint8_t>(bytes.size() - 8);
  bytes[12] = sense.asc;
  bytes[13] = sense.ascq;
  return bytes;
}

std::string SenseCode(const SenseInfo& sense) {
  return fmt::format("{:02x}/{:02x}/{:02x}", sense.key, sense.asc, sense.ascq);
}

}  // namespace firmbench::scsi
