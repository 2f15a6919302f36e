// SPDX-License-Identifier: Apache-2.0
#pragma once

// Answers of drives as values. The parsers take what was really transferred, believe no length
// field further than that, and return ANSWER_MALFORMED (DataLoss) when an answer is cut short or
// contradicts itself. Adapters report short answers as full ones, so the answer's own length field
// counts beside the transfer. Pure functions, any thread.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "daemon/base/bytes.h"
#include "daemon/base/result.h"

namespace firmbench::scsi {

// Peripheral device type of CD and DVD drives, SPC-4 6.4.2.
inline constexpr uint8_t kCdDvdDevice = 0x05;

// Standard INQUIRY data. Strings are cleaned (base/bytes.h CleanField).
struct Inquiry {
  uint8_t qualifier = 0;    // 0: a device is there
  uint8_t device_type = 0;  // kCdDvdDevice for ours
  bool removable = false;
  uint8_t version = 0;  // 0 on drives that claim no standard
  uint8_t response_format = 0;
  std::string vendor;           // bytes 8..15
  std::string product;          // bytes 16..31
  std::string revision;         // bytes 32..35
  std::string vendor_specific;  // bytes 36..55, as far as they are there
};
// At least 36 bytes.
Result<Inquiry> ParseInquiry(ByteView answer);

// VPD page 00: the page codes that the drive has.
Result<std::vector<uint8_t>> ParseVpdPages(ByteView answer);
// VPD page 80: the serial, cleaned; may be empty.
Result<std::string> ParseVpdSerial(ByteView answer);

// One feature descriptor of GET CONFIGURATION, MMC-6 5.2.2.
struct Feature {
  uint16_t code = 0;
  uint8_t version = 0;
  bool persistent = false;
  bool current = false;
  Bytes data;  // without the four leading bytes
};
struct Configuration {
  uint16_t current_profile = 0;
  std::vector<Feature> features;

  const Feature* Find(uint16_t code) const;
};
// Descriptors that are not wholly there are left out.
Result<Configuration> ParseConfiguration(ByteView answer);

namespace feature {
inline constexpr uint16_t kProfileList = 0x0000;
inline constexpr uint16_t kDriveSerialNumber = 0x0108;
inline constexpr uint16_t kFirmwareInformation = 0x010c;
}  // namespace feature

// Feature 0000: the profiles, in the drive's order.
std::vector<uint16_t> ProfilesOf(const Feature& feature);
// Feature 0108: the serial, cleaned; may be empty.
std::string SerialOf(const Feature& feature);
// Feature 010C: "2003-11-05T12:00:00"; nullopt unless its 14 characters are a date and a time.
std::optional<std::string> FirmwareDateOf(const Feature& feature);

// Mode page 2A, CD/DVD capabilities and mechanical status. drive-protocols 5 [D].
struct Capabilities {
  bool reads_dvd = false;     // byte 2 bit 3
  bool writes_cd_r = false;   // byte 3 bit 0
  bool writes_dvd_r = false;  // byte 3 bit 4
  uint16_t buffer_kib = 0;    // bytes 12..13
};
// Of the answer to MODE SENSE(10), header and block descriptors included.
Result<Capabilities> ParseCapabilities(ByteView answer);

// READ BUFFER mode 03, SPC-4 6.19.5.
struct BufferDescriptor {
  uint8_t offset_boundary = 0;  // offsets are multiples of 2^n; FFh: only offset 0
  uint32_t capacity_bytes = 0;  // 24 bits
};
Result<BufferDescriptor> ParseBufferDescriptor(ByteView answer);

// REPORT KEY format 08. drive-protocols 3 [C].
struct RpcState {
  enum class Type : uint8_t { kNone = 0, kSet = 1, kLastChance = 2, kPermanent = 3 };
  Type type = Type::kNone;
  uint8_t vendor_resets_left = 0;
  uint8_t user_changes_left = 0;
  uint8_t region_mask = 0xff;  // active low: bit 0 clear means that region 1 plays
  uint8_t scheme = 0;          // 0: no region control in the drive, 1: RPC phase 2
};
Result<RpcState> ParseRpcState(ByteView answer);

// GET EVENT STATUS NOTIFICATION, class 4 (media), MMC-6 6.6.2.5.
struct MediaEvent {
  enum class Code : uint8_t {
    kNoChange = 0,
    kEjectRequest = 1,  // somebody pressed the button
    kNewMedia = 2,
    kMediaRemoval = 3,
    kMediaChanged = 4,
  };
  uint8_t code = 0;  // a Code, or a reserved value
  bool tray_open = false;
  bool media_present = false;
};
Result<MediaEvent> ParseMediaEvent(ByteView answer);

}  // namespace firmbench::scsi
