// SPDX-License-Identifier: Apache-2.0
#include "daemon/families/mediatek_liteon/models.h"

#include "daemon/chips/rows/spi_row.h"
#include "daemon/families/mediatek_liteon/model_rows.h"
#include "daemon/images/liteon_models.h"

namespace firmbench::families::mediatek_liteon {
namespace {

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

uint32_t ImageBytesOf(const Row& row) {
  return row.image_bytes != 0 ? row.image_bytes : row.info->firmware_bytes;
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
