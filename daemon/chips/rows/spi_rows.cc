// SPDX-License-Identifier: Apache-2.0
#include "daemon/chips/rows/spi_row.h"

#include "daemon/chips/rows/shapes.h"
#include "daemon/chips/rows/spi_self_check.h"

namespace firmbench::chips {
namespace {

using namespace shapes;  // NOLINT: the tables' short names

// clang-format off

// --- layouts of parts with small sectors at one end -------------------------------------------
constexpr EraseBlock kAmicTop[]    = {{64 * kK, 3}, {32 * kK, 1}, {16 * kK, 1}, {8 * kK, 1}, {4 * kK, 2}};
constexpr EraseBlock kAmicBottom[] = {{4 * kK, 2}, {8 * kK, 1}, {16 * kK, 1}, {32 * kK, 1}, {64 * kK, 3}};

// --- erase commands: opcode, whole chip, layout, typical, maximum ------------------------------
// drive-protocols 4.3 [R]: 4 KB 45 to 300 ms, 64 KB 0.7 to 2 s, chip 5 to 30 s, taken as the figures
// of 2 MB and scaled; C7, 60 and 62 erase the whole chip (1.4 [C]).
template <uint32_t total>
constexpr EraseMethod kChipC7 = {0xC7, true, kWhole<total>, milliseconds(5000 * (total / kK) / 2048 + 1000), milliseconds(30000 * (total / kK) / 2048 + 2000)};
template <uint32_t total>
constexpr EraseMethod kSectors[] = {
    {0x20, false, kUniform<4 * kK, total>,  milliseconds(45),  milliseconds(300)},
    {0xD8, false, kUniform<64 * kK, total>, milliseconds(700), seconds(2)},
    kChipC7<total>};
template <uint32_t total>
constexpr EraseMethod kBlocks[] = {
    {0xD8, false, kUniform<64 * kK, total>, milliseconds(700), seconds(2)},
    kChipC7<total>};
template <const auto& layout, uint32_t total>
constexpr EraseMethod kMixed[] = {
    {0xD8, false, layout,                   milliseconds(700), seconds(2)},
    kChipC7<total>};
template <uint32_t total>
constexpr EraseMethod kPm25[] = {
    {0xD7, false, kUniform<4 * kK, total>,  milliseconds(45),  milliseconds(300)},
    {0xD8, false, kUniform<64 * kK, total>, milliseconds(700), seconds(2)},
    kChipC7<total>};
// Their sectors are not publicly known to us.
template <uint32_t total>
constexpr EraseMethod kChipOnly[] = {kChipC7<total>};
// SST's figures are those of its parallel parts [R]; 60 for the chip (drive-protocols 1.4 [C]).
template <uint32_t total>
constexpr EraseMethod kSst25[] = {
    {0x20, false, kUniform<4 * kK, total>,  milliseconds(18),  milliseconds(25)},
    {0x52, false, kUniform<32 * kK, total>, milliseconds(18),  milliseconds(25)},
    {0x60, true,  kWhole<total>,            milliseconds(70),  milliseconds(100)}};
template <uint32_t total>
constexpr EraseMethod kSst25B[] = {
    {0x20, false, kUniform<4 * kK, total>,  milliseconds(18),  milliseconds(25)},
    {0x52, false, kUniform<32 * kK, total>, milliseconds(18),  milliseconds(25)},
    {0xD8, false, kUniform<64 * kK, total>, milliseconds(18),  milliseconds(25)},
    {0x60, true,  kWhole<total>,            milliseconds(35),  milliseconds(50)}};

// --- timings: program typical, maximum, status write typical, maximum, evidence ----------------
constexpr SpiTimings kPageTime = {microseconds(600), milliseconds(3),  milliseconds(5),  milliseconds(15), Evidence::kHypothetical};
constexpr SpiTimings kAaiTime  = {microseconds(14),  microseconds(20), microseconds(10), microseconds(50), Evidence::kHypothetical};
constexpr SpiTimings kAaiBTime = {microseconds(7),   microseconds(10), microseconds(10), microseconds(50), Evidence::kHypothetical};

constexpr auto kPP   = SpiProgram::kPage;
constexpr auto kAF   = SpiProgram::kAaiByte;
constexpr auto kAD   = SpiProgram::kAaiWord;
constexpr auto kWren = StatusWrite::kWren;
constexpr uint8_t kBp1 = 0x0C;  // BP1, BP0
constexpr uint8_t kBp2 = 0x1C;  // BP2..BP0
constexpr uint8_t kBp3 = 0x3C;  // BP3..BP0

// MX25L1605 exists with 4 KB and with 64 KB units behind opcode 20 under one id: D8 suits both.
// EN25P parts share their answer to 9F with EN25B parts, whose sectors differ; 90 tells them apart.
// W25P20, W25B20, S25FL002D: ids from drive-protocols 4.4 [C], whether they answer 9F is not known.
// A25L20P answers 90 with 37 11 whether its small sectors are at the top (PT) or the bottom (PU).
// SST25VF020 and 040 come up with all blocks protected and take 50, not 06, before 01.
constexpr SpiRow kSpiRows[] = {
    // vendor     part           9F man  dev     90 man dev   size       program erase                        status          protect  up     mV min..max timings    evidence
    {"Macronix", "MX25L2005",    0xC2,   0x2012, 0xC2, 0x11, 256 * kK,  kPP, kSectors<256 * kK>,             kWren,          kBp1, false, 2700, 3600, kPageTime, kCode},
    {"Macronix", "MX25L4005",    0xC2,   0x2013, 0xC2, 0x12, 512 * kK,  kPP, kSectors<512 * kK>,             kWren,          kBp2, false, 2700, 3600, kPageTime, kCode},
    {"Macronix", "MX25L8005",    0xC2,   0x2014, 0xC2, 0x13, 1024 * kK, kPP, kSectors<1024 * kK>,            kWren,          kBp2, false, 2700, 3600, kPageTime, kCode},
    {"Macronix", "MX25L1605",    0xC2,   0x2015, 0xC2, 0x14, 2048 * kK, kPP, kBlocks<2048 * kK>,             kWren,          kBp3, false, 2700, 3600, kPageTime, kCode},
    {"Winbond",  "W25P20",       0,      0,      0xEF, 0x11, 256 * kK,  kPP, kChipOnly<256 * kK>,            kWren,          kBp1, false, 2700, 3600, kPageTime, kCode},
    {"Winbond",  "W25B20",       0,      0,      0xEF, 0x31, 256 * kK,  kPP, kChipOnly<256 * kK>,            kWren,          kBp1, false, 2700, 3600, kPageTime, kCode},
    {"Winbond",  "W25X80",       0xEF,   0x3014, 0xEF, 0x13, 1024 * kK, kPP, kSectors<1024 * kK>,            kWren,          kBp2, false, 2700, 3600, kPageTime, kCode},
    {"Winbond",  "W25X16",       0xEF,   0x3015, 0xEF, 0x14, 2048 * kK, kPP, kSectors<2048 * kK>,            kWren,          kBp2, false, 2700, 3600, kPageTime, kCode},
    {"Eon",      "EN25P80",      0x1C,   0x2014, 0x1C, 0x13, 1024 * kK, kPP, kBlocks<1024 * kK>,             kWren,          kBp2, false, 2700, 3600, kPageTime, kCode},
    {"Eon",      "EN25P16",      0x1C,   0x2015, 0x1C, 0x14, 2048 * kK, kPP, kBlocks<2048 * kK>,             kWren,          kBp2, false, 2700, 3600, kPageTime, kCode},
    {"PMC",      "Pm25LV020",    0x7F9D, 0x7D,   0x9D, 0x7D, 256 * kK,  kPP, kPm25<256 * kK>,                kWren,          kBp2, false, 2700, 3600, kPageTime, kCode},
    {"AMIC",     "A25L20PT",     0x7F37, 0x2022, 0x37, 0x11, 256 * kK,  kPP, kMixed<kAmicTop, 256 * kK>,     kWren,          kBp1, false, 2700, 3600, kPageTime, kCode},
    {"AMIC",     "A25L20PU",     0x7F37, 0x2012, 0x37, 0x11, 256 * kK,  kPP, kMixed<kAmicBottom, 256 * kK>,  kWren,          kBp1, false, 2700, 3600, kPageTime, kCode},
    {"Spansion", "S25FL002D",    0,      0,      0x10, 0x00, 256 * kK,  kPP, kChipOnly<256 * kK>,            kWren,          kBp1, false, 2700, 3600, kPageTime, kCode},
    {"SST",      "SST25VF020",   0,      0,      0xBF, 0x43, 256 * kK,  kAF, kSst25<256 * kK>,               StatusWrite::kEwsr,   kBp1, true, 2700, 3600, kAaiTime,  kCode},
    {"SST",      "SST25VF040",   0,      0,      0xBF, 0x44, 512 * kK,  kAF, kSst25<512 * kK>,               StatusWrite::kEwsr,   kBp1, true, 2700, 3600, kAaiTime,  kCode},
    {"SST",      "SST25VF040B",  0xBF,   0x258D, 0xBF, 0x8D, 512 * kK,  kAD, kSst25B<512 * kK>,              StatusWrite::kEither, kBp3, true, 2700, 3600, kAaiBTime, kCode},
};
// clang-format on

static_assert(SpiTableProblem(kSpiRows).empty());

}  // namespace

std::span<const SpiRow> AllSpiChips() { return kSpiRows; }

const SpiRow* FindSpiChip(std::string_view part) {
  for (const SpiRow& row : kSpiRows) {
    if (row.part == part) return &row;
  }
  return nullptr;
}

}  // namespace firmbench::chips
