// SPDX-License-Identifier: Apache-2.0
// Fuzz target: what a drive may answer. The first byte chooses the parser.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "daemon/scsi/answers.h"
#include "daemon/scsi/sense.h"

namespace {

namespace scsi = firmbench::scsi;
using firmbench::ByteView;

void Require(bool promise) {
  if (!promise) std::abort();
}

// Text that goes to screens and into the ledger: printable, and not longer than what it came from.
void RequireText(const std::string& text, size_t limit) {
  Require(text.size() <= limit);
  for (const char c : text) Require(static_cast<unsigned char>(c) >= 0x20);
}

void CheckConfiguration(ByteView bytes) {
  const auto configuration = scsi::ParseConfiguration(bytes);
  if (!configuration) return;
  for (const scsi::Feature& feature : configuration->features) {
    Require(feature.data.size() <= bytes.size());
    scsi::ProfilesOf(feature);
    RequireText(scsi::SerialOf(feature), feature.data.size());
    scsi::FirmwareDateOf(feature);
  }
}

void CheckSense(ByteView bytes) {
  const auto sense = scsi::DecodeSense(bytes);
  if (!sense) return;
  Require(sense->key <= 0x0f);
  const auto again = scsi::DecodeSense(scsi::EncodeFixedSense(*sense));
  Require(again && again->key == sense->key && again->asc == sense->asc &&
          again->ascq == sense->ascq);
  Require(!scsi::SenseText(*sense).empty());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const ByteView bytes(data + 1, size - 1);
  switch (data[0] % 9) {
    case 0:
      if (const auto inquiry = scsi::ParseInquiry(bytes)) {
        Require(bytes.size() >= 36);
        RequireText(inquiry->product, 16);
      }
      break;
    case 1:
      (void)scsi::ParseVpdPages(bytes);
      break;
    case 2:
      if (const auto serial = scsi::ParseVpdSerial(bytes)) RequireText(*serial, bytes.size());
      break;
    case 3:
      CheckConfiguration(bytes);
      break;
    case 4:
      (void)scsi::ParseCapabilities(bytes);
      break;
    case 5:
      if (const auto buffer = scsi::ParseBufferDescriptor(bytes)) {
        Require(buffer->capacity_bytes <= 0xffffff);
      }
      break;
    case 6:
      (void)scsi::ParseRpcState(bytes);
      break;
    case 7:
      (void)scsi::ParseMediaEvent(bytes);
      break;
    default:
      CheckSense(bytes);
      break;
  }
  return 0;
}
