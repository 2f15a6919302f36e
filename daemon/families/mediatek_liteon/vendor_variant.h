// SPDX-License-Identifier: Apache-2.0
#pragma once

// The three ways into and out of vendor mode, as data: drive-protocols 1.2 and 9.2 [C]. Static
// storage; any thread.

#include <cstdint>
#include <string_view>

#include "daemon/base/clock.h"
#include "daemon/families/mediatek_liteon/commands.h"
#include "daemon/families/mediatek_liteon/spi_engine.h"

namespace firmbench::families::mediatek_liteon {

enum class FlashKind : uint8_t { kParallel, kSerial };

struct VendorVariant {
  std::string_view name;
  uint8_t intro_lba_low = 0;
  uint8_t intro = 0;
  uint8_t outro = 0;
  Nanos before_reset{0};  // between outro and DEVICE RESET
  Nanos after_reset{0};
  const SpiVariant* slim_engine = nullptr;  // nullptr: the status tells, by ClassicVariantOf

  // nullptr: the status is none of serial flash in vendor mode.
  const SpiVariant* EngineOf(uint8_t status) const {
    if (slim_engine == nullptr) return ClassicVariantOf(status);
    return status == slim_engine->status ? slim_engine : nullptr;
  }
};

inline constexpr VendorVariant kClassicMode{
    "classic", vendor::kIntroLbaLow,           vendor::kIntro, vendor::kOutro,
    Nanos{0},  std::chrono::milliseconds(350), nullptr};
inline constexpr VendorVariant kSlimMode{"slim",
                                         vendor::kSlimIntroLbaLow,
                                         vendor::kSlimIntro,
                                         vendor::kSlimOutro,
                                         std::chrono::milliseconds(250),
                                         std::chrono::milliseconds(500),
                                         &kSlim};
inline constexpr VendorVariant kSlim2Mode{"slim2",
                                          vendor::kSlim2IntroLbaLow,
                                          vendor::kSlim2Intro,
                                          vendor::kSlim2Outro,
                                          std::chrono::milliseconds(250),
                                          std::chrono::milliseconds(500),
                                          &kSlim2};

}  // namespace firmbench::families::mediatek_liteon
