// SPDX-License-Identifier: Apache-2.0
#pragma once

// The drives of this family, as data: what other layers see (ModelInfo) and what only the
// sequences of this folder need. Immutable; any thread. Marks in brackets are those of
// drive-protocols.md, from where every fact comes.

#include <cstdint>
#include <span>
#include <string_view>

#include "daemon/families/family.h"
#include "daemon/families/mediatek_liteon/vendor_variant.h"
#include "daemon/images/liteon_geometry.h"

namespace firmbench::families::mediatek_liteon {

// When a running drive honours the vendor intro (drive-protocols 9.1).
enum class EntryGate : uint8_t {
  kAlways,       // at any time
  kEjectHeld,    // only while a hand holds the eject button down
  kPowerWindow,  // only right after power-on
  kNever,        // not at all: only a drive without firmware does
};

// How the flash is read while the drive runs.
enum class FirmwareRead : uint8_t {
  kVendorMode,    // byte reads in vendor mode; the drive is reset afterwards
  kReadMemoryDf,  // DF 83 with memory type FF returns flash bytes
};

struct Row {
  const ModelInfo* info = nullptr;
  const VendorVariant* mode = &kClassicMode;
  EntryGate gate = EntryGate::kAlways;
  Evidence gate_evidence = Evidence::kHypothetical;
  FirmwareRead firmware_read = FirmwareRead::kVendorMode;
  uint32_t image_bytes = 0;            // of a file when the chip is larger; 0: as the chip
  bool size_assumed = false;           // nobody has published how large the flash is
  bool eeprom_by_read_buffer = false;  // try 3C 01 E2 when DF 89 is refused
  Evidence chip_evidence = Evidence::kHypothetical;  // that this part is in the drive
  Evidence write_evidence =
      Evidence::kHypothetical;     // that byte writes (01) drive this kind of part
  std::string_view write_missing;  // what keeps the write sequence from a better grade
  std::string_view write_would_help;
  Nanos back_limit{0};  // after DEVICE RESET the drive answers within this, or is not back
};

// The part of the flash that starts the drive (drive-protocols 6 [C]).
inline constexpr uint32_t kBootBytes = images::kLiteonBootBytes;

std::span<const ModelInfo> Models();

// The row behind `model`; nullptr when it is not one of Models().
const Row* RowOf(const ModelInfo& model);

// What a firmware file of this model has: the chip's size, or its lower half.
uint32_t ImageBytesOf(const Row& row);

// The kind of the row's flash chip.
FlashKind FlashOf(const Row& row);

// The row whose vendor, product and revision letters all fit, by its own name or by an OEM name
// that the table of images lists for the model; nullptr when there is none. `revision` must be four
// characters, as these drives report it.
const ModelInfo* MatchNames(std::string_view vendor, std::string_view product,
                            std::string_view revision);

}  // namespace firmbench::families::mediatek_liteon
