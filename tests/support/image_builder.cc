// SPDX-License-Identifier: Apache-2.0
#include "tests/support/image_builder.h"

#include <cstdio>
#include <cstdlib>
#include <string>

namespace firmbench::test {
namespace {

Bytes Unpack(Result<Bytes> built) {
  if (!built) {
    std::fprintf(stderr, "the test asks for what cannot be built: %s\n",
                 built.error().ToString().c_str());
    std::abort();
  }
  return std::move(built).value();
}

}  // namespace

Bytes BuildImage(const images::SyntheticImage& spec) {
  return Unpack(images::BuildSyntheticImage(spec));
}

Bytes BuildImage(std::string_view model, std::string_view revision, uint64_t seed) {
  images::SyntheticImage spec;
  spec.model = model;
  spec.revision = revision;
  spec.seed = seed;
  return BuildImage(spec);
}

Bytes BuildEeprom(std::string_view model, uint64_t seed, uint32_t size_bytes) {
  return Unpack(images::BuildSyntheticEeprom(
      {.model = std::string(model), .seed = seed, .size_bytes = size_bytes}));
}

}  // namespace firmbench::test
