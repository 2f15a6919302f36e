// SPDX-License-Identifier: Apache-2.0
#pragma once

// Builders of the standard CDBs that firmbench sends, by SPC-4 and MMC-6. Vendor commands belong to
// their family. Pure and constexpr: any thread. A value too large for its field is cut to the
// field's width, so callers stay inside the ranges named here.

#include <cstdint>

#include "daemon/scsi/transport.h"

namespace firmbench::scsi {

// Operation codes, named as in the standards. drive-protocols 9.5 [D].
namespace op {
inline constexpr uint8_t kTestUnitReady = 0x00;
inline constexpr uint8_t kRequestSense = 0x03;
inline constexpr uint8_t kInquiry = 0x12;
inline constexpr uint8_t kStartStopUnit = 0x1b;
inline constexpr uint8_t kPreventAllowMediumRemoval = 0x1e;
inline constexpr uint8_t kWriteBuffer = 0x3b;
inline constexpr uint8_t kReadBuffer = 0x3c;
inline constexpr uint8_t kGetConfiguration = 0x46;
inline constexpr uint8_t kGetEventStatusNotification = 0x4a;
inline constexpr uint8_t kModeSense10 = 0x5a;
inline constexpr uint8_t kAtaPassThrough16 = 0x85;
inline constexpr uint8_t kReportKey = 0xa4;
}  // namespace op

// WRITE BUFFER modes, SPC-4 6.49; drive-protocols 2.1 [D].
enum class WriteBufferMode : uint8_t {
  kCombinedHeaderAndData = 0x00,
  kVendorSpecific = 0x01,
  kData = 0x02,
  kDownloadMicrocode = 0x04,
  kDownloadMicrocodeAndSave = 0x05,
  kDownloadMicrocodeWithOffsets = 0x06,
  kDownloadMicrocodeWithOffsetsAndSave = 0x07,
  kEchoBuffer = 0x0a,
  kDownloadMicrocodeWithOffsetsSelectActivationSaveAndDefer = 0x0d,
  kDownloadMicrocodeWithOffsetsSaveAndDefer = 0x0e,
  kActivateDeferredMicrocode = 0x0f,
  kEnableExpanderCommunicationsProtocolAndEchoBuffer = 0x1a,
  kDisableExpanderCommunicationsProtocol = 0x1b,
  kDownloadApplicationClientErrorLog = 0x1c,
};

// READ BUFFER modes, SPC-4 6.19; drive-protocols 2.1 [D]. 04..07 are reserved in SPC; families that
// use them name them in their own folder.
enum class ReadBufferMode : uint8_t {
  kCombinedHeaderAndData = 0x00,
  kVendorSpecific = 0x01,
  kData = 0x02,
  kDescriptor = 0x03,
  kEchoBuffer = 0x0a,
  kEchoBufferDescriptor = 0x0b,
  kReadMicrocodeStatus = 0x0f,
  kEnableExpanderCommunicationsProtocolAndEchoBuffer = 0x1a,
  kErrorHistory = 0x1c,
};

// A CDB of N bytes, zeroed beyond those given.
template <typename... Byte>
constexpr Cdb MakeCdb(uint8_t length, Byte... bytes) {
  static_assert(sizeof...(bytes) <= 16);
  return Cdb{{static_cast<uint8_t>(bytes)...}, length};
}

namespace cdb {

constexpr Cdb TestUnitReady() { return MakeCdb(6, op::kTestUnitReady); }

// Fixed format asked for (DESC = 0): optical drives know no other.
constexpr Cdb RequestSense(uint8_t allocation) {
  return MakeCdb(6, op::kRequestSense, 0, 0, 0, allocation);
}

// The upper byte of the allocation length stays 0: drives before SPC-3 know only the lower one.
constexpr Cdb Inquiry(uint8_t allocation) { return MakeCdb(6, op::kInquiry, 0, 0, 0, allocation); }
constexpr Cdb InquiryVpd(uint8_t page, uint8_t allocation) {
  return MakeCdb(6, op::kInquiry, 1, page, 0, allocation);
}

// MMC-6 6.42. kEject needs a tray that is not locked.
enum class StartStop : uint8_t { kStop = 0, kStart = 1, kEject = 2, kLoad = 3 };
constexpr Cdb StartStopUnit(StartStop action) {
  return MakeCdb(6, op::kStartStopUnit, 0, 0, 0, static_cast<uint8_t>(action));
}

constexpr Cdb PreventAllowMediumRemoval(bool prevent) {
  return MakeCdb(6, op::kPreventAllowMediumRemoval, 0, 0, 0, prevent ? 1 : 0);
}

// Current values of one page, block descriptors as the drive likes.
constexpr Cdb ModeSense10(uint8_t page, uint16_t allocation) {
  return MakeCdb(10, op::kModeSense10, 0, page & 0x3f, 0, 0, 0, 0, allocation >> 8, allocation);
}

// RT = 10b: the header and the one feature, or the header alone when the drive has none.
constexpr Cdb GetConfiguration(uint16_t feature, uint16_t allocation) {
  return MakeCdb(10, op::kGetConfiguration, 2, feature >> 8, feature, 0, 0, 0, allocation >> 8,
                 allocation);
}

// Polled; `classes` is a mask with one bit per notification class: 10h is media.
constexpr Cdb GetEventStatus(uint8_t classes, uint16_t allocation) {
  return MakeCdb(10, op::kGetEventStatusNotification, 1, 0, 0, classes, 0, 0, allocation >> 8,
                 allocation);
}

// `offset` and `length` have 24 bits.
constexpr Cdb ReadBuffer(ReadBufferMode mode, uint8_t buffer_id, uint32_t offset, uint32_t length) {
  return MakeCdb(10, op::kReadBuffer, static_cast<uint8_t>(mode) & 0x1f, buffer_id, offset >> 16,
                 offset >> 8, offset, length >> 16, length >> 8, length);
}
// `mode_specific` has 3 bits: of mode 0D which events activate the microcode, 4 for power-on.
constexpr Cdb WriteBuffer(WriteBufferMode mode, uint8_t buffer_id, uint32_t offset, uint32_t length,
                          uint8_t mode_specific = 0) {
  return MakeCdb(10, op::kWriteBuffer, (mode_specific << 5) | (static_cast<uint8_t>(mode) & 0x1f),
                 buffer_id, offset >> 16, offset >> 8, offset, length >> 16, length >> 8, length);
}

// Key format 08: the region playback control state, 8 bytes. drive-protocols 3 [C].
constexpr Cdb ReportRpcState() { return MakeCdb(12, op::kReportKey, 0, 0, 0, 0, 0, 0, 0, 0, 8, 8); }

// IDENTIFY PACKET DEVICE (A1) as a SCSI command, for a translator that hands it to the drive, as
// the kernel's ATA layer does: PIO data-in, one block of 512 bytes. SAT-3 12.2.2.3 and ACS-3 7.13
// [D].
constexpr Cdb AtaIdentifyPacketDevice() {
  return MakeCdb(16, op::kAtaPassThrough16, 4 << 1, 0x0e, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0xa1, 0);
}

}  // namespace cdb
}  // namespace firmbench::scsi
