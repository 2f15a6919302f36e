// SPDX-License-Identifier: Apache-2.0
// Fuzz target: an updater that somebody adds to the library. The first byte says how to use the
// rest: as a file, or as the neighbourhood of the table in a good updater of one of its variants.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "daemon/images/synthetic.h"
#include "daemon/images/xflash.h"
#include "tests/support/updater_builder.h"

namespace {

namespace images = firmbench::images;
using firmbench::Bytes;
using firmbench::ByteView;

void Require(bool promise) {
  if (!promise) std::abort();
}

void Check(ByteView file) {
  const auto report = images::ReadXflash(file);
  Require(report.has_value() || !report.error().remedy().empty());
  if (!report) return;
  Require(report->members.size() <= 4);
  for (const images::XflashMember& member : report->members) {
    const auto bytes = images::ExtractXflash(file, *report, member);
    Require(bytes.has_value() && bytes->size() == member.size_bytes);
    Require(bytes->size() <= file.size());
    // What is true of this file need not be true of a shorter one, but is looked at.
    const auto shorter = images::ExtractXflash(file.first(file.size() / 2), *report, member);
    Require(!shorter || shorter->size() == member.size_bytes);
  }
  const auto unpacked = images::Unpack(file, "");
  Require(!unpacked || !unpacked->bytes || unpacked->bytes->size() <= file.size());
}

const Bytes& GoodUpdater(int variant) {
  static const auto build = [](const char* version, bool fibonacci) {
    firmbench::test::UpdaterSpec spec;
    spec.version = version;
    spec.fibonacci = fibonacci;
    spec.members = {{"SS0C", images::BuildSyntheticImage(
                                 {.model = "LTR-48246S", .revision = "SS0C", .size_bytes = 0x40000})
                                 .value()}};
    return firmbench::test::BuildUpdater(spec);
  };
  static const Bytes updaters[] = {build("2.0.4", false), build("2.0.5", false),
                                   build("2.1.0", false), build("2.1.3", true)};
  return updaters[variant & 3];
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 3) return 0;
  if ((data[0] & 1) == 0) {
    Check(ByteView(data + 1, size - 1));
    return 0;
  }
  Bytes file = GoodUpdater(data[0] >> 1);
  // The version and the table lie in the 400 bytes behind the program.
  const size_t at = 0x1000 + (size_t{data[1]} << 8 | data[2]) % 400;
  const ByteView rest(data + 3, size - 3);
  std::copy_n(rest.begin(), std::min(rest.size(), file.size() - at),
              file.begin() + static_cast<ptrdiff_t>(at));
  if ((data[0] & 8) != 0) file.resize(file.size() - std::min(file.size(), size_t{data[1]} << 11));
  Check(file);
  return 0;
}
