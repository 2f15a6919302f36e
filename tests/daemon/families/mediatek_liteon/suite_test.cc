// SPDX-License-Identifier: Apache-2.0
// The conformance suite on Lite-On's MediaTek drives.
#include "tests/daemon/families/family_suite.h"
#include "tests/support/image_builder.h"

namespace firmbench::families {
namespace {

std::vector<BadImage> BadImages(const std::string& other_model) {
  return {
      {"another model", "IMAGE_MODEL_MISMATCH",
       [other_model](const Bytes&) { return test::BuildImage(other_model); }},
      {"no jump at its beginning", "IMAGE_NOT_RECOGNISED",
       [](Bytes bytes) {
         bytes[0] = 0x00;
         return bytes;
       }},
      {"a bank too many", "IMAGE_SIZE_WRONG",
       [](Bytes bytes) {
         bytes.resize(bytes.size() + 1, 0xff);
         return bytes;
       }},
  };
}

// The traces of these drives are those of trace_test.cc.
FamilyCase Case(const std::string& model, const std::string& other_model) {
  return {
      .model = model, .keys = {}, .bad_images = BadImages(other_model), .cuts = 3, .trace = false};
}

INSTANTIATE_TEST_SUITE_P(MediatekLiteon, FamilySuite,
                         testing::Values(Case("LTR-48246S", "LTR-52327S"),
                                         Case("LTR-52327S", "LTR-48246S"),
                                         Case("LDW-451S", "LDW-851S")),
                         CaseName);

}  // namespace
}  // namespace firmbench::families
