// SPDX-License-Identifier: Apache-2.0
#include "daemon/jobs/samples.h"

#include <algorithm>

#include "daemon/base/hash.h"

namespace firmbench::jobs {
namespace {

constexpr uint32_t kBankBytes = 0x10000;
constexpr uint32_t kSampleHeadBytes = 256;
constexpr uint32_t kSampleBytes = 64;
constexpr int kSamplesPerBank = 3;

}  // namespace

std::vector<families::ByteRange> SampleRanges(ByteView dump) {
  std::vector<families::ByteRange> ranges;
  const auto size = static_cast<uint32_t>(dump.size());
  const Sha256Digest seed = Sha256(dump);
  size_t next = 0;
  for (uint32_t bank = 0; bank < size; bank += kBankBytes) {
    const uint32_t bank_bytes = std::min(kBankBytes, size - bank);
    ranges.push_back({bank, std::min(kSampleHeadBytes, bank_bytes)});
    for (int i = 0; i < kSamplesPerBank && bank_bytes > kSampleBytes; ++i, next += 2) {
      const uint32_t place = LoadBe16(&seed[next % (seed.size() - 1)]);
      ranges.push_back({bank + place % (bank_bytes - kSampleBytes), kSampleBytes});
    }
  }
  return ranges;
}

}  // namespace firmbench::jobs
