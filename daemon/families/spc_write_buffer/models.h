// SPDX-License-Identifier: Apache-2.0
#pragma once

// The drives of this family, as data: what other layers see (ModelInfo) and how each takes its
// microcode. Immutable; any thread. Facts: drive-protocols 2.1, which cites SPC [D].

#include <cstdint>
#include <span>
#include <string_view>

#include "daemon/families/family.h"
#include "daemon/scsi/cdb.h"

namespace firmbench::families::spc_write_buffer {

// What makes a drive run the microcode that it was sent.
enum class Activation : uint8_t {
  kByDownload,    // it does so by itself when the download is whole (modes 04 to 07)
  kByCommand,     // WRITE BUFFER mode 0F (after mode 0E)
  kByPowerCycle,  // only the next power-on (mode 0D with PO_ACT)
};

struct Row {
  const ModelInfo* info = nullptr;
  scsi::WriteBufferMode mode = scsi::WriteBufferMode::kDownloadMicrocodeWithOffsetsAndSave;
  Activation activation = Activation::kByDownload;
  uint8_t buffer_id = 0;
  bool saved = true;          // modes 04 and 06 keep the microcode in RAM: the power takes it away
  uint8_t mode_specific = 0;  // of the CDB: the activation events of mode 0D
  std::string_view write_missing;  // what keeps the write from a better grade
  Nanos back_limit{0};             // after activation the drive answers within this
};

std::span<const ModelInfo> Models();

// The row behind `model`; nullptr when it is not one of Models().
const Row* RowOf(const ModelInfo& model);

// The row whose vendor, product and revision letters all fit; nullptr when there is none.
const ModelInfo* MatchNames(std::string_view vendor, std::string_view product,
                            std::string_view revision);

// Revision of boot code that takes a download in place of firmware, in the simulator [G].
inline constexpr std::string_view kLoaderRevision = "LOAD";
bool IsLoader(std::string_view vendor, std::string_view revision);

// Does this mode carry offsets, so that a download may come in pieces?
constexpr bool TakesPieces(scsi::WriteBufferMode mode) {
  return mode != scsi::WriteBufferMode::kDownloadMicrocode &&
         mode != scsi::WriteBufferMode::kDownloadMicrocodeAndSave;
}

}  // namespace firmbench::families::spc_write_buffer
