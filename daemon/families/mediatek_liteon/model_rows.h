// SPDX-License-Identifier: Apache-2.0
#pragma once

// The table of models.cc, which alone includes it. Marks in brackets are those of
// drive-protocols.md; "5" and "6" are its sections. Rows of one line of drives share what is known
// of that line: a row adds its names.

#include <array>
#include <cstddef>

#include "daemon/families/mediatek_liteon/models.h"
#include "daemon/images/liteon_geometry.h"

namespace firmbench::families::mediatek_liteon {

// How long these drives take to come back is not public; the limit is generous [G].
inline constexpr Nanos kBackLimit = std::chrono::seconds(30);

// Turning a 451S into an 851S and back is a known function of a public tool; which bytes of the
// EEPROM it changes is not publicly known (3, 8.3 [D]). This is the simulator's own [G]: the digit
// in the text that names the model.
inline constexpr EepromChange k451To851[] = {{0x014, '4', '8'}};
inline constexpr EepromChange k851To451[] = {{0x014, '8', '4'}};
inline constexpr std::string_view kWhyConversion =
    "that a 451S and an 851S can be made into each other is documented of a public tool; which "
    "bytes of the EEPROM name the model is not publicly known, and those written here are only the "
    "simulator's";
inline constexpr Conversion kConversions451[] = {
    {"LDW-851S", k451To851, Evidence::kHypothetical, kWhyConversion}};
inline constexpr Conversion kConversions851[] = {
    {"LDW-451S", k851To451, Evidence::kHypothetical, kWhyConversion}};

inline constexpr std::string_view kChipHelps =
    "the name printed on the chip, or a trace in which it identified itself";
inline constexpr std::string_view kChipAndEntryHelp =
    "the name printed on the chip, and a trace of a tool that entered vendor mode on this model";

// CD-RW burners: vendor mode opens without a step (1.2 [P]), and it is the only known way to the
// flash. The chip of this shape is not publicly known.
inline constexpr Row kCdShape = {
    .gate = EntryGate::kAlways,
    .gate_evidence = Evidence::kSecondHand,
    .firmware_read = FirmwareRead::kVendorMode,
    .size_assumed = true,
    .chip_evidence = Evidence::kHypothetical,
    .write_evidence = Evidence::kReadInCode,  // 1.5: byte program through 00 and 01 [C]
    .write_missing =
        "the flash chip of this model is assumed; nobody has published which part is "
        "soldered in",
    .write_would_help = kChipHelps,
    .back_limit = kBackLimit,
};

// The oldest of them have 256 KB of firmware (6); a tool read 512 KB from an LTR-24102B (1.6 [P]),
// so a chip of that size is read, whatever the upper half holds.
constexpr Row HalfShape() {
  Row row = kCdShape;
  row.image_bytes = images::kLiteonCdSmallBytes;
  return row;
}

// The 48246S: one unit's chip was reported, but nobody knows how it is written (1.5, 8.1).
constexpr Row PageWriteShape() {
  Row row = kCdShape;
  row.size_assumed = false;
  row.chip_evidence = Evidence::kSecondHand;
  row.write_evidence = Evidence::kHypothetical;  // page writes through 01 [I]
  row.write_missing =
      "the W29C040 takes a page only as one run of byte writes with no gap above its load window, "
      "and how vendor mode's byte write keeps that is not publicly known";
  row.write_would_help =
      "a recorded trace of a tool that writes this chip in this drive, or the chip in an external "
      "programmer";
  return row;
}

// The first DVD burners: eject opens vendor mode (1.2, 9.6 [I]); DF 83 reads the flash [I].
inline constexpr Row kLdwShape = {
    .gate = EntryGate::kEjectHeld,
    .gate_evidence = Evidence::kHypothetical,
    .firmware_read = FirmwareRead::kReadMemoryDf,
    .eeprom_by_read_buffer = true,  // 2.2: seen on later DVD burners [C]
    .chip_evidence = Evidence::kHypothetical,
    .write_evidence = Evidence::kReadInCode,
    .write_missing =
        "the flash chip of this model is assumed, and that holding eject opens vendor "
        "mode is inferred",
    .write_would_help = kChipAndEntryHelp,
    .back_limit = kBackLimit,
};

// The later ones: the maker's own flasher does not dump their packed firmware rightly (2.2 [C]), so
// it is read from the chip itself.
constexpr Row SohwShape() {
  Row row = kLdwShape;
  row.firmware_read = FirmwareRead::kVendorMode;
  return row;
}

// What is the same in all rows of a line; models add their names.
constexpr ModelInfo Line(std::string_view kind) {
  ModelInfo info;
  info.family = "mediatek_liteon";
  info.kind = kind;
  info.vendor = "LITE-ON";  // 5, 9.6 [P], and kernel logs
  info.chip_assumed = true;
  info.eeprom_bytes = 1024;  // 3 [D]
  info.recoverable_after_cut = Recoverable::kUnproven;
  return info;
}
constexpr ModelInfo CdLine() {
  ModelInfo info = Line("CD-RW burner");
  info.chip_part = "SST39VF040";  // 9.6: unknown, 512 KB byte-program part by default [G]
  info.firmware_bytes = images::kLiteonCdBytes;  // [G]
  info.recoverable_why = "reported for other drives of this line only [P]";
  info.provenance =
      "names from kernel logs and lists of revision letters; flash chip and its size assumed";
  return info;
}
constexpr ModelInfo DvdLine() {
  ModelInfo info = Line("DVD burner");
  info.chip_part = "Am29F080";  // 9.6: a 1 MB byte-program part [I]; which one is assumed
  info.firmware_bytes = images::kLiteonDvdBytes;  // 6 [C]
  info.recoverable_why =
      "dead firmware should leave vendor mode reachable [I]; a related model that answered 80 for "
      "ever was called unrecoverable [P]";
  info.provenance =
      "names from patching tools and kernel logs, image size read in code of patching tools; flash "
      "chip and vendor mode taken from the line";
  return info;
}

constexpr ModelInfo Named(ModelInfo line, std::string_view model, std::string_view product,
                          std::string_view letters) {
  line.model = model;
  line.product = product;
  line.revision_prefix = letters;
  return line;
}
constexpr ModelInfo Cd(std::string_view model, std::string_view letters) {
  return Named(CdLine(), model, model, letters);
}
constexpr ModelInfo HalfCd(std::string_view model, std::string_view letters) {
  ModelInfo info = Cd(model, letters);
  info.provenance =
      "names from kernel logs and lists of revision letters; 256 KB of firmware second hand; flash "
      "chip and its size assumed";
  return info;
}
constexpr ModelInfo Dvd(std::string_view model, std::string_view product,
                        std::string_view letters) {
  return Named(DvdLine(), model, product, letters);
}

constexpr ModelInfo Ltr48246() {
  ModelInfo info = Cd("LTR-48246S", "SS");
  info.chip_part = "W29C040";  // 1.5 [P]: printed by mtkflash for one unit
  info.chip_assumed = false;   // so the size is the chip's; the image's is not established [G]
  info.recoverable_why =
      "other drives of this line were brought back by a vendor-mode rewrite; the one reported "
      "48246S was still identified in vendor mode but not recovered in that thread [P]";
  info.evidence = Evidence::kSecondHand;
  info.provenance =
      "identification, chip and vendor mode of single units, reported in public forums and kernel "
      "logs";
  return info;
}
constexpr ModelInfo Ldw451() {
  ModelInfo info = Dvd("LDW-451S", "DVDRW LDW-451S", "G");  // the 851S's, too: the product decides
  info.conversions = kConversions451;
  info.provenance = "image layout read in code of patching tools; flash chip assumed";
  return info;
}
constexpr ModelInfo Ldw851() {
  ModelInfo info = Dvd("LDW-851S", "DVDRW LDW-851S", "G");
  info.conversions = kConversions851;
  info.provenance =
      "one hardware generation with the LDW-451S in the tables of patching tools; everything but "
      "the names is taken from that row";
  return info;
}
constexpr ModelInfo Sohw1633() {
  ModelInfo info = Dvd("SOHW-1633S", "DVDRW SOHW-1633S", "B");
  info.recoverable_why =
      "one drive of this model that answered 80 for ever after a bad flash was called "
      "unrecoverable [P]";
  return info;
}

struct TableLine {
  ModelInfo info;
  Row shape;
};
// Letters: 5 [P]/[C]. Products: kernel logs and a patching tool's list [P]/[C].
inline constexpr TableLine kTable[] = {
    {Ltr48246(), PageWriteShape()},
    {Cd("LTR-52327S", "QS"), kCdShape},
    {Cd("LTR-52246S", "6S"), kCdShape},
    {Cd("LTR-40125W", "WS"), kCdShape},
    {HalfCd("LTR-24102B", "5S"), HalfShape()},
    {HalfCd("LTR-16102B", "OS"), HalfShape()},
    {HalfCd("LTR-12102B", "NS"), HalfShape()},
    {HalfCd("LTR-12101B", "LS"), HalfShape()},
    {Ldw451(), kLdwShape},
    {Ldw851(), kLdwShape},
    {Dvd("LDW-811S", "DVDRW LDW-811S", "H"), kLdwShape},
    {Dvd("SOHW-812S", "DVDRW SOHW-812S", "U"), SohwShape()},
    {Dvd("SOHW-832S", "DVDRW SOHW-832S", "V"), SohwShape()},
    {Dvd("SOHW-1213S", "DVDRW SOHW-1213S", "T"), SohwShape()},
    {Dvd("SOHW-1613S", "DVDRW SOHW-1613S", "A"), SohwShape()},
    {Sohw1633(), SohwShape()},
    {Dvd("SOHW-1653S", "DVDRW SOHW-1653S", "C"), SohwShape()},
    {Dvd("SOHW-1673S", "DVDRW SOHW-1673S", "J"), SohwShape()},
    {Dvd("SOHW-1693S", "DVDRW SOHW-1693S", "K"), SohwShape()},
};

inline constexpr auto kModels = [] {
  std::array<ModelInfo, std::size(kTable)> models;
  for (size_t i = 0; i < models.size(); ++i) models[i] = kTable[i].info;
  return models;
}();
inline constexpr auto kRows = [] {
  std::array<Row, std::size(kTable)> rows;
  for (size_t i = 0; i < rows.size(); ++i) {
    rows[i] = kTable[i].shape;
    rows[i].info = &kModels[i];
  }
  return rows;
}();

}  // namespace firmbench::families::mediatek_liteon
