// SPDX-License-Identifier: Apache-2.0
#include "daemon/families/mediatek_liteon/models.h"

#include <array>

#include "daemon/chips/rows/spi_row.h"
#include "daemon/images/liteon_models.h"

namespace firmbench::families::mediatek_liteon {
namespace {

using std::chrono::seconds;

// Turning a 451S into an 851S and back is a known function of a public tool; which bytes of the
// EEPROM it changes is not publicly known (3, 8.3 [D]). This is the simulator's own [G]: the digit
// in the text that names the model.
constexpr EepromChange k451To851[] = {{0x014, '4', '8'}};
constexpr EepromChange k851To451[] = {{0x014, '8', '4'}};
constexpr std::string_view kWhyConversion =
    "that a 451S and an 851S can be made into each other is documented of a public tool; which "
    "bytes of the EEPROM name the model is not publicly known, and those written here are only the "
    "simulator's";
constexpr Conversion kConversions451[] = {
    {"LDW-851S", k451To851, Evidence::kHypothetical, kWhyConversion}};
constexpr Conversion kConversions851[] = {
    {"LDW-451S", k851To451, Evidence::kHypothetical, kWhyConversion}};

constexpr ModelInfo kModels[] = {
    {
        .family = "mediatek_liteon",
        .model = "LTR-48246S",
        .kind = "CD-RW burner",
        .vendor = "LITE-ON",  // 5, 9.6 [P]
        .product = "LTR-48246S",
        .revision_prefix = "SS",
        .chip_part = "W29C040",  // 1.5 [P]: printed by mtkflash for one unit
        .chip_assumed = false,
        .firmware_bytes =
            images::kLiteonCdBytes,  // the chip's size; the image's is not established [G]
        .eeprom_bytes = 1024,        // 3 [D]
        .recoverable_after_cut = Recoverable::kUnproven,
        .recoverable_why =
            "other drives of this line were brought back by a vendor-mode rewrite; the one "
            "reported "
            "48246S was still identified in vendor mode but not recovered in that thread [P]",
        .unit_ranges = {},
        .volatile_eeprom = {},
        .volatile_eeprom_evidence = Evidence::kHypothetical,
        .conversions = {},
        .evidence = Evidence::kSecondHand,
        .provenance = "identification, chip and vendor mode of single units, reported in public "
                      "forums and kernel logs",
    },
    {
        .family = "mediatek_liteon",
        .model = "LTR-52327S",
        .kind = "CD-RW burner",
        .vendor = "LITE-ON",  // 5, 9.6 [P]
        .product = "LTR-52327S",
        .revision_prefix = "QS",
        .chip_part = "SST39VF040",  // 9.6: unknown, 512 KB byte-program part by default [G]
        .chip_assumed = true,
        .firmware_bytes = images::kLiteonCdBytes,  // [G]
        .eeprom_bytes = 1024,
        .recoverable_after_cut = Recoverable::kUnproven,
        .recoverable_why = "reported for other drives of this line only [P]",
        .unit_ranges = {},
        .volatile_eeprom = {},
        .volatile_eeprom_evidence = Evidence::kHypothetical,
        .conversions = {},
        .evidence = Evidence::kHypothetical,
        .provenance = "identification from kernel logs; flash chip and its size assumed",
    },
    {
        .family = "mediatek_liteon",
        .model = "LDW-451S",
        .kind = "DVD burner",
        .vendor = "LITE-ON",  // 5, 9.6 [P]
        .product = "DVDRW LDW-451S",
        .revision_prefix = "G",   // shared with the 851S, hence the product decides
        .chip_part = "Am29F080",  // 9.6: a 1 MB byte-program part [I]; which one is assumed
        .chip_assumed = true,
        .firmware_bytes = images::kLiteonDvdBytes,  // 6 [C]
        .eeprom_bytes = 1024,
        .recoverable_after_cut = Recoverable::kUnproven,
        .recoverable_why =
            "dead firmware should leave vendor mode reachable [I]; a related model that answered "
            "80 for ever was called unrecoverable [P]",
        .unit_ranges = {},
        .volatile_eeprom = {},
        .volatile_eeprom_evidence = Evidence::kHypothetical,
        .conversions = kConversions451,
        .evidence = Evidence::kHypothetical,
        .provenance = "image layout read in code of patching tools; flash chip assumed",
    },
    {
        .family = "mediatek_liteon",
        .model = "LDW-851S",
        .kind = "DVD burner",
        .vendor = "LITE-ON",          // 5 [I]: as all of its line
        .product = "DVDRW LDW-851S",  // [I], from the 451S
        .revision_prefix = "G",       // 5 [P]/[C]: shared with the 451S
        .chip_part = "Am29F080",      // [I]: the hardware of the 451S, see there
        .chip_assumed = true,
        .firmware_bytes = images::kLiteonDvdBytes,  // 6 [C]
        .eeprom_bytes = 1024,
        .recoverable_after_cut = Recoverable::kUnproven,
        .recoverable_why =
            "dead firmware should leave vendor mode reachable [I]; a related model that answered "
            "80 for ever was called unrecoverable [P]",
        .unit_ranges = {},
        .volatile_eeprom = {},
        .volatile_eeprom_evidence = Evidence::kHypothetical,
        .conversions = kConversions851,
        .evidence = Evidence::kHypothetical,
        .provenance = "one hardware generation with the LDW-451S in the tables of patching tools; "
                      "everything but the names is taken from that row",
    },
};

// How long these drives take to come back is not public; the limits are generous [G].
constexpr std::array kRows = {
    Row{
        .info = &kModels[0],
        .gate = EntryGate::kAlways,  // 1.2: LTR drives are entered without a step [P]
        .gate_evidence = Evidence::kSecondHand,
        .firmware_read = FirmwareRead::kVendorMode,
        .eeprom_by_read_buffer = false,
        .chip_evidence = Evidence::kSecondHand,
        .write_evidence = Evidence::kHypothetical,  // 1.5, 8.1: page writes through 01 [I]
        .write_missing =
            "the W29C040 takes a page only as one run of byte writes with no gap above "
            "its load window, and how vendor mode's byte write keeps that is not "
            "publicly known",
        .write_would_help =
            "a recorded trace of a tool that writes this chip in this drive, or the "
            "chip in an external programmer",
        .back_limit = seconds(30),
    },
    Row{
        .info = &kModels[1],
        .gate = EntryGate::kAlways,  // 9.6 [G]; for LTR drives as a whole 1.2 [P]
        .gate_evidence = Evidence::kSecondHand,
        .firmware_read = FirmwareRead::kVendorMode,
        .eeprom_by_read_buffer = false,
        .chip_evidence = Evidence::kHypothetical,
        .write_evidence = Evidence::kReadInCode,  // 1.5: byte program through 00 and 01 [C]
        .write_missing = "the flash chip of this model is assumed; nobody has published which part "
                         "is soldered in",
        .write_would_help =
            "the name printed on the chip, or a trace in which it identified itself",
        .back_limit = seconds(30),
    },
    Row{
        .info = &kModels[2],
        .gate = EntryGate::kEjectHeld,  // 1.2, 9.6 [I]
        .gate_evidence = Evidence::kHypothetical,
        .firmware_read = FirmwareRead::kReadMemoryDf,
        .eeprom_by_read_buffer = true,  // 2.2: seen on later DVD burners [C]
        .chip_evidence = Evidence::kHypothetical,
        .write_evidence = Evidence::kReadInCode,
        .write_missing = "the flash chip of this model is assumed, and that holding eject opens "
                         "vendor mode is inferred",
        .write_would_help =
            "the name printed on the chip, and a trace of a tool that entered vendor "
            "mode on this model",
        .back_limit = seconds(30),
    },
    Row{
        .info = &kModels[3],
        .gate = EntryGate::kEjectHeld,  // all of this row: as the 451S [I]
        .gate_evidence = Evidence::kHypothetical,
        .firmware_read = FirmwareRead::kReadMemoryDf,
        .eeprom_by_read_buffer = true,
        .chip_evidence = Evidence::kHypothetical,
        .write_evidence = Evidence::kReadInCode,
        .write_missing = "the flash chip of this model is assumed, and that holding eject opens "
                         "vendor mode is inferred",
        .write_would_help =
            "the name printed on the chip, and a trace of a tool that entered vendor "
            "mode on this model",
        .back_limit = seconds(30),
    },
};

bool NamesFit(const Row& row, std::string_view vendor, std::string_view product) {
  if (vendor == row.info->vendor && product == row.info->product) return true;
  for (const images::LiteonModel& model : images::LiteonModels()) {
    if (model.model != row.info->model) continue;
    for (const images::OemName& oem : model.oem_names) {
      if (vendor == oem.vendor && product == oem.product) return true;
    }
  }
  return false;
}

}  // namespace

std::span<const ModelInfo> Models() { return kModels; }

const Row* RowOf(const ModelInfo& model) {
  for (const Row& row : kRows) {
    if (row.info->model == model.model && row.info->family == model.family) return &row;
  }
  return nullptr;
}

FlashKind FlashOf(const Row& row) {
  return chips::FindSpiChip(row.info->chip_part) == nullptr ? FlashKind::kParallel
                                                            : FlashKind::kSerial;
}

const ModelInfo* MatchNames(std::string_view vendor, std::string_view product,
                            std::string_view revision) {
  constexpr size_t kRevisionLength = 4;  // INQUIRY bytes 32..35
  if (revision.size() != kRevisionLength) return nullptr;
  for (const Row& row : kRows) {
    if (NamesFit(row, vendor, product) && revision.starts_with(row.info->revision_prefix)) {
      return row.info;
    }
  }
  return nullptr;
}

}  // namespace firmbench::families::mediatek_liteon
