// SPDX-License-Identifier: Apache-2.0
// The conformance suite on drives that take their microcode as SPC has it.
#include <algorithm>
#include <string_view>

#include "tests/daemon/families/family_suite.h"
#include "tests/daemon/families/spc_write_buffer/files.h"

namespace firmbench::families {
namespace {

using spc_write_buffer::WithText;

std::vector<BadImage> BadImages() {
  return {
      {"another vendor", "IMAGE_MODEL_MISMATCH",
       [](const Bytes& good) { return WithText(good, 0x10, "OTHER   "); }},
      {"another product", "IMAGE_MODEL_MISMATCH",
       [](const Bytes& good) { return WithText(good, 0x18, "SPC MODE FF"); }},
      {"another revision class", "IMAGE_MODEL_MISMATCH",
       [](const Bytes& good) { return WithText(good, 0x28, "B"); }},
      {"one byte changed", "IMAGE_DAMAGED",
       [](Bytes bytes) {
         bytes[0x1234] ^= 1;
         return bytes;
       }},
      {"a byte too many", "IMAGE_SIZE_WRONG",
       [](Bytes bytes) {
         bytes.push_back(0);
         return bytes;
       }},
      {"another size", "IMAGE_SIZE_WRONG",
       [](Bytes bytes) {
         bytes.resize(bytes.size() / 2);
         StoreBe32(&bytes[0x2c], static_cast<uint32_t>(bytes.size()));
         return WithText(bytes, 0, "SPC");
       }},
  };
}

FamilyCase Case(const std::string& model, bool keeps = true) {
  return {.model = model,
          .keys = "connection = \"scsi\"",
          .readable = false,
          .keeps = keeps,
          .bad_images = BadImages(),
          .cuts = 0};
}

INSTANTIATE_TEST_SUITE_P(SpcWriteBuffer, FamilySuite,
                         testing::Values(Case("SPC-04", false), Case("SPC-05"),
                                         Case("SPC-06", false), Case("SPC-07"), Case("SPC-0D"),
                                         Case("SPC-0E")),
                         CaseName);

}  // namespace
}  // namespace firmbench::families
