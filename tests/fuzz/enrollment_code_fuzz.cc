// SPDX-License-Identifier: Apache-2.0
// Fuzz target: what somebody types, or sends, as the code with which a computer enrols.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "daemon/base/enrollment_code.h"

namespace {

void Require(bool promise) {
  if (!promise) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using firmbench::EnrollmentCode;
  const auto code =
      EnrollmentCode::Parse(std::string_view(reinterpret_cast<const char*>(data), size));
  if (!code) {
    Require(code.error().reason() == "CODE_INVALID" && !code.error().remedy().empty());
    return 0;
  }
  Require(code->secret.size() == EnrollmentCode::kSecretLetters);
  Require(code->key.size() == EnrollmentCode::kKeyLetters);
  // As it is told it is the same code again.
  const auto again = EnrollmentCode::Parse(code->Text());
  Require(again && again->secret == code->secret && again->key == code->key);
  return 0;
}
