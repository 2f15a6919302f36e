// SPDX-License-Identifier: Apache-2.0
// The chips of drives of reduced geometry, in place of daemon/chips/rows/rows.cc: names, ids and
// rules of the real parts, with banks of 256 bytes. A page-write part has 8 pages a bank and boot
// blocks of a quarter bank, SST39 has 4 sectors of two verify pages a bank, an AMD sector is a
// bank.
#include <iterator>

#include "daemon/chips/rows/geometry.h"
#include "daemon/chips/rows/row.h"
#include "daemon/chips/rows/self_check.h"
#include "daemon/chips/rows/shapes.h"

namespace firmbench::chips {
namespace {

using namespace shapes;  // NOLINT: the columns of a table of rows

constexpr uint32_t kSmall = 8 * kBankBytes;   // a chip of 512 KB
constexpr uint32_t kLarge = 16 * kBankBytes;  // of 1 MB
constexpr uint32_t kPageBytes = kVerifyPageBytes;
constexpr uint32_t kSectorBytes = kBankBytes / 4;
constexpr uint32_t kBootBlockBytes = kBankBytes / 4;

template <uint32_t total>
constexpr EraseMethod kAmdSectors[] = {
    {0x30, false, kUniform<kBankBytes, total>, seconds(1), seconds(8)},
    {0x10, true, kWhole<total>, seconds(8), seconds(64)},
};

// clang-format off
constexpr ChipRow kAllChips[] = {
    {"Winbond", "W29C040",    0xDA, 0x46, kSmall, kPage, kPageBytes, k5555, kLong,  kW29Chip<kSmall>,                   4500, 5500, kBootBlockBytes, kW29Time,   kCode},
    {"Atmel",   "AT29C040A",  0x1F, 0xA4, kSmall, kPage, kPageBytes, k5555, kLong,  kAt29Chip<kSmall>,                  4500, 5500, kBootBlockBytes, kAt29Time,  kCode},
    {"SST",     "SST39SF040", 0xBF, 0xB7, kSmall, kByte, 0,          k5555, kShort, kSmallSector<kSectorBytes, kSmall>, 4500, 5500, 0,               kSst39Time, kCode},
    {"SST",     "SST39VF040", 0xBF, 0xD7, kSmall, kByte, 0,          k5555, kShort, kSmallSector<kSectorBytes, kSmall>, 2700, 3600, 0,               kSst39Time, kCode},
    {"AMD",     "Am29F040B",  0x01, 0xA4, kSmall, kByte, 0,          k5555, kShort, kAmdSectors<kSmall>,                4500, 5500, 0,               kAmdTime,   kCode},
    {"AMD",     "Am29F080",   0x01, 0xD5, kLarge, kByte, 0,          k5555, kShort, kAmdSectors<kLarge>,                4500, 5500, 0,               kAmdTime,   kCode},
};
// clang-format on
static_assert(TableProblem(kAllChips).empty());

}  // namespace

std::span<const ChipRow> AllChips() { return kAllChips; }

}  // namespace firmbench::chips
