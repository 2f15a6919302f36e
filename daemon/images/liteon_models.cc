// SPDX-License-Identifier: Apache-2.0
#include "daemon/images/liteon_models.h"

#include <algorithm>

#include <fmt/format.h>

#include "daemon/images/liteon_geometry.h"

namespace firmbench::images {
namespace {

// drive-protocols 3 [P]: a 48246S made for Memorex kept this name after a cross-flash.
constexpr OemName kOem48246[] = {{"Memorex", "48MAXX 2448AJ"}};
// drive-protocols 6 [C].
constexpr OemName kOem451[] = {{"DVDRW", "DRW-1S45"}, {"FREECOM_", "DVD+/-RW4J1"}};

constexpr LiteonModel kModels[] = {
    {"SS", "LTR-48246S", false, kOem48246},
    {"6S", "LTR-52246S", false, {}},
    {"QS", "LTR-52327S", false, {}},
    {"WS", "LTR-40125W", false, {}},
    {"LS", "LTR-12101B", false, {}},
    {"OS", "LTR-16102B", false, {}},
    {"NS", "LTR-12102B", false, {}},
    {"5S", "LTR-24102B", false, {}},
    {"G", "LDW-451S", true, kOem451},
    {"G", "LDW-851S", true, {}},
    {"H", "LDW-811S", true, {}},
    {"U", "SOHW-812S", true, {}},
    {"V", "SOHW-832S", true, {}},
    {"T", "SOHW-1213S", true, {}},
    {"A", "SOHW-1613S", true, {}},
    {"B", "SOHW-1633S", true, {}},
    {"C", "SOHW-1653S", true, {}},
    {"J", "SOHW-1673S", true, {}},
    {"K", "SOHW-1693S", true, {}},
};

constexpr uint8_t kBurnerFormat = 0x32;  // "burners use 32" (drive-protocols 6 [C])
constexpr std::string_view k451Text = "LDW-451S";

bool Contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

bool IsOemNameOf(const LiteonModel& row, const IdBlock& id) {
  return std::any_of(row.oem_names.begin(), row.oem_names.end(), [&id](const OemName& name) {
    return id.vendor == name.vendor && id.product == name.product;
  });
}

// The row whose own or OEM name the product is; nullptr for a name nobody listed.
const LiteonModel* RowOfName(const IdBlock& id) {
  for (const LiteonModel& row : kModels) {
    if (Contains(id.product, row.model) || IsOemNameOf(row, id)) return &row;
  }
  return nullptr;
}

}  // namespace

std::span<const LiteonModel> LiteonModels() { return kModels; }

ModelVerdict LiteonModelOf(const IdBlock& id, ByteView image) {
  if (id.format != kBurnerFormat) {
    return {"",
            "this is the firmware of a read-only drive; its revision letters are not in our table"};
  }
  const bool dvd = image.size() == kLiteonDvdBytes;
  const LiteonModel* by_letters = nullptr;
  for (const LiteonModel& row : kModels) {
    if (row.dvd_burner != dvd || !id.revision.starts_with(row.letters)) continue;
    // Both G rows fit: the text decides, and without it the later row stands.
    if (row.model == k451Text && !Contains(AsText(image), k451Text)) continue;
    by_letters = &row;
    break;
  }
  if (by_letters == nullptr) {
    return {"", fmt::format("revision {} belongs to no model in our table", id.revision)};
  }
  const LiteonModel* by_name = RowOfName(id);
  if (by_name == nullptr) {
    return {std::string(by_letters->model),
            fmt::format("the name {} {} is not in our table; the model follows from the revision "
                        "letters {}",
                        id.vendor, id.product, by_letters->letters)};
  }
  if (by_name != by_letters) {
    return {"", fmt::format("the file contradicts itself: revision {} is of a {}, but the name {} "
                            "{} is of a {}",
                            id.revision, by_letters->model, id.vendor, id.product, by_name->model)};
  }
  return {std::string(by_letters->model), ""};
}

}  // namespace firmbench::images
