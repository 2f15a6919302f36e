// SPDX-License-Identifier: Apache-2.0
#include "daemon/families/mediatek_mt1959/models.h"

#include <algorithm>
#include <array>

#include "daemon/families/mediatek_mt1959/layout.h"

namespace firmbench::families::mediatek_mt1959 {
namespace {

constexpr std::string_view kFamily = "mediatek_mt1959";
constexpr std::string_view kRecoverableWhy =
    "no write reaches the part that starts the drive, and that of the related MT1939 takes a "
    "download again; of these drives nobody has published what happens after a cut";
constexpr std::string_view kProvenance =
    "names, configuration and download read in code of a public flasher that people use on these "
    "drives; the layout in a second one";

// The board's configuration and the unit's calibration.
constexpr ByteRange kUnitRanges[] = {{kConfigAt, kConfigBytes},
                                     {kCalibrationAt, kCalibrationBytes}};

// drive-protocols 2.5 [C].
constexpr ModelInfo kModels[] = {
    {
        .family = kFamily,
        .model = "BU40N",
        .kind = "Blu-ray burner, slim",
        .vendor = "HL-DT-ST",
        .product = "BD-RE BU40N",
        .revision_prefix = "1.",  // 1.00 to 1.05 are reported [P]
        .chip_part = {},
        .firmware_bytes = kFlashBytes,
        .eeprom_bytes = 0,
        .recoverable_after_cut = Recoverable::kUnproven,
        .recoverable_why = kRecoverableWhy,
        .unit_ranges = kUnitRanges,
        .volatile_eeprom = {},
        .conversions = {},
        .evidence = Evidence::kReadInCode,
        .provenance = kProvenance,
    },
    {
        .family = kFamily,
        .model = "BW-16D1HT",
        .kind = "Blu-ray burner",
        .vendor = "ASUS",
        .product = "BW-16D1HT",
        .revision_prefix = "3.",  // 3.00 to 3.11 are reported [P]
        .chip_part = {},
        .firmware_bytes = kFlashBytes,
        .eeprom_bytes = 0,
        .recoverable_after_cut = Recoverable::kUnproven,
        .recoverable_why = kRecoverableWhy,
        .unit_ranges = kUnitRanges,
        .volatile_eeprom = {},
        .conversions = {},
        .evidence = Evidence::kReadInCode,
        .provenance = kProvenance,
    },
};

// Public flashers wait 15 and 45 s; programming 2 MB takes most of it.
constexpr Nanos kBackLimit = std::chrono::seconds(90);

constexpr std::array kRows = {
    Row{&kModels[0], "MT1959 Boot BU5 ", kBackLimit},
    Row{&kModels[1], "MT1959 Boot JB8 ", kBackLimit},
};
static_assert(kRows[0].config_id.size() == kConfigIdBytes);
static_assert(kRows[1].config_id.size() == kConfigIdBytes);

bool Names(const ModelInfo& model, std::string_view vendor, std::string_view product) {
  return vendor == model.vendor && product == model.product;
}

}  // namespace

std::span<const ModelInfo> Models() { return kModels; }

const Row* RowOf(const ModelInfo& model) {
  const auto row =
      std::find_if(kRows.begin(), kRows.end(), [&](const Row& r) { return r.info == &model; });
  return row == kRows.end() ? nullptr : &*row;
}

const ModelInfo* MatchNames(std::string_view vendor, std::string_view product,
                            std::string_view revision) {
  for (const ModelInfo& model : kModels) {
    if (!Names(model, vendor, product) || revision.size() != 4) continue;
    if (revision.starts_with(model.revision_prefix)) return &model;
  }
  return nullptr;
}

bool IsBootCode(std::string_view vendor, std::string_view product, std::string_view revision) {
  return revision == "BOOT" && std::any_of(std::begin(kModels), std::end(kModels),
                                           [&](auto& m) { return Names(m, vendor, product); });
}

}  // namespace firmbench::families::mediatek_mt1959
