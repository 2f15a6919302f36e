// SPDX-License-Identifier: Apache-2.0
// The conformance suite on Blu-ray drives with an MT1959.
#include <algorithm>
#include <string_view>

#include "tests/daemon/families/family_suite.h"

namespace firmbench::families {
namespace {

Bytes WithText(Bytes file, size_t at, std::string_view text) {
  std::copy(text.begin(), text.end(), file.begin() + static_cast<ptrdiff_t>(at));
  return file;
}

std::vector<BadImage> BadImages() {
  return {
      {"another vendor", "IMAGE_MODEL_MISMATCH",
       [](const Bytes& good) { return WithText(good, 0x1ec000, "OTHER   "); }},
      {"another product", "IMAGE_MODEL_MISMATCH",
       [](const Bytes& good) { return WithText(good, 0x1ec008, "BD-RE XX00      "); }},
      {"another revision class", "IMAGE_MODEL_MISMATCH",
       [](const Bytes& good) { return WithText(good, 0x1ec018, "9.99"); }},
      {"another board", "IMAGE_HARDWARE_MISMATCH",
       [](const Bytes& good) { return WithText(good, 0x3000, "MT1959 Boot XX9 "); }},
      {"another controller", "IMAGE_NOT_RECOGNISED",
       [](const Bytes& good) { return WithText(good, 0x3000, "SOMETHING ELSE  "); }},
      {"no name", "IMAGE_MODEL_MISMATCH",
       [](const Bytes& good) { return WithText(good, 0x1ec034, "NOTHING"); }},
      {"a table of nothing", "IMAGE_DAMAGED",
       [](Bytes bytes) {
         std::fill_n(bytes.begin() + 0x10400, 16 * 28, uint8_t{0xff});
         return bytes;
       }},
      {"a table that reaches too far", "IMAGE_DAMAGED",
       [](Bytes bytes) {
         bytes[0x1040b] = 0x01;
         return bytes;
       }},
      {"a byte too many", "IMAGE_SIZE_WRONG",
       [](Bytes bytes) {
         bytes.push_back(0);
         return bytes;
       }},
  };
}

// A read shows another place where the page is that starts the drive.
Bytes Shown(Bytes flash) {
  std::copy_n(flash.begin() + 0x10000, 0x1000, flash.begin());
  return flash;
}

FamilyCase Case(const std::string& model) {
  return {.model = model,
          .keys = "connection = \"scsi\"\nserial = \"SIM5900000123\"",
          .bad_images = BadImages(),
          .shown = Shown,
          .cuts = 8};
}

INSTANTIATE_TEST_SUITE_P(MediatekMt1959, FamilySuite,
                         testing::Values(Case("BU40N"), Case("BW-16D1HT")), CaseName);

}  // namespace
}  // namespace firmbench::families
