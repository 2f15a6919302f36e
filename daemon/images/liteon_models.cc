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

constexpr OemName kOem851[] = {
    {"DVDRW", "DRW-1S85"}, {"GIGABYTE", "GO-W0804A"}, {"WAITEC", "ACTION8/1"}};
// A patching tool's lists [C]; names that it calls unverified, or that two models share, are left
// out.
constexpr OemName kOem811[] = {{"DVDRW", "DRW-1S81"},
                               {"FREECOM_", "DVD+/-RW8J"},
                               {"Imation", "IMWDVRW8I"},
                               {"Memorex", "DVDUR/RW 8412AJ"},
                               {"TEAC", "DV-W58G"}};
constexpr OemName kOem812[] = {{"DVDRW", "DRW-2S81"},           {"SONY", "DVD RW DW-U18A"},
                               {"FREECOM_", "DVD+/-RW8J1"},     {"GIGABYTE", "GO-W0808A"},
                               {"HIVISION", "DRW2S81"},         {"IOMEGA", "DVDRW8440E2D-B"},
                               {"Memorex", "DVD+/-RW True8XI"}, {"TEAC", "DV-W58G-A"}};
constexpr OemName kOem832[] = {{"DVDRW", "DRW-2S83"},
                               {"SONY", "DVD RW DRU-700A"},
                               {"SONY", "DVD RW DW-D18A"},
                               {"HP", "DVD Writer 530r"},
                               {"PHILIPS", "ED8DVDRW"}};
constexpr OemName kOem1213[] = {{"DVDRW", "DRW-3S121"},   {"SONY", "DVD RW DW-U20A"},
                                {"HIVISION", "DRW3S121"}, {"IOMEGA", "DVDRW12448IND-B"},
                                {"TDK", "DVDRW1280B"},    {"TEAC", "DV-W512G"}};
constexpr OemName kOem1613[] = {{"DVDRW", "DRW-3S161"}, {"SONY", "DVD RW DW-U21A"}};
constexpr OemName kOem1633[] = {
    {"DVDRW", "DRW-3S163"},   {"SONY", "DVD RW DW-D22A"}, {"GIGABYTE", "GO-W1608A"},
    {"HIVISION", "DRW3S163"}, {"Imation", "IMWDVRW16E"},  {"Memorex", "DVD+/-DLRWL1 F16"},
    {"PHILIPS", "ED16DVDR"},  {"TEAC", "DV-W516G"},       {"WAITEC", "ACTION16/1"}};
constexpr OemName kOem1653[] = {{"DVDRW", "DRW-3S165"},
                                {"SONY", "DVD RW DW-D23A"},
                                {"TDK", "DVDRW1612DLB"},
                                {"TEAC", "DV-W516GA"}};
constexpr OemName kOem1673[] = {
    {"DVDRW", "DRW-3S167"},          {"SONY", "DVD RW DRU-720A"}, {"SONY", "DVD RW DW-D26A"},
    {"GIGABYTE", "GO-W1616A"},       {"IMATION", "IMWDVRW16DLE"}, {"IMATION", "IMWDVRW16DLI"},
    {"Memorex", "DVD16+/-DL4RWlD2"}, {"TEAC", "DV-W516GB"},       {"WAITEC", "ACTION164/1"}};
constexpr OemName kOem1693[] = {
    {"DVDRW", "DRW-3S169"}, {"SONY", "DVD RW DRU-800A"}, {"SONY", "DVD RW DW-Q28A"}};

constexpr bool kDvd = true, kCd = false;
constexpr LiteonModel kModels[] = {
    {"SS", "LTR-48246S", kCd, kOem48246}, {"6S", "LTR-52246S", kCd, {}},
    {"QS", "LTR-52327S", kCd, {}},        {"WS", "LTR-40125W", kCd, {}},
    {"LS", "LTR-12101B", kCd, {}, true},  {"OS", "LTR-16102B", kCd, {}, true},
    {"NS", "LTR-12102B", kCd, {}, true},  {"5S", "LTR-24102B", kCd, {}, true},
    {"G", "LDW-451S", kDvd, kOem451},     {"G", "LDW-851S", kDvd, kOem851},
    {"H", "LDW-811S", kDvd, kOem811},     {"U", "SOHW-812S", kDvd, kOem812},
    {"V", "SOHW-832S", kDvd, kOem832},    {"T", "SOHW-1213S", kDvd, kOem1213},
    {"A", "SOHW-1613S", kDvd, kOem1613},  {"B", "SOHW-1633S", kDvd, kOem1633},
    {"C", "SOHW-1653S", kDvd, kOem1653},  {"J", "SOHW-1673S", kDvd, kOem1673},
    {"K", "SOHW-1693S", kDvd, kOem1693},
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
