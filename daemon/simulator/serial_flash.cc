// SPDX-License-Identifier: Apache-2.0
#include "daemon/simulator/serial_flash.h"

namespace firmbench::simulator {
namespace {

constexpr Nanos kByteTime{400};  // eight clocks of 20 MHz [G]
constexpr uint8_t kWriteEnable = 0x06;

}  // namespace

Nanos SerialFlash::Run(int64_t now, EngineFault fault) {
  const uint32_t out = engine_.out;
  const uint32_t all = out + engine_.in;
  const Nanos duration = kByteTime * all;
  const uint8_t command = engine_.window[0];
  if (fault != EngineFault::kNone) {
    for (uint32_t i = 0; i < all; ++i) Put(i, fault == EngineFault::kEcho ? command : 0x00);
    return duration;
  }
  chip_.Select(now);
  for (uint32_t i = 0; i < all; ++i) Put(i, chip_.Exchange(i < out ? Get(i) : uint8_t{0xff}));
  chip_.Deselect(now + duration.count());
  return duration;
}

void SerialFlash::EraseFirstUnit(int64_t now) {
  chip_.Select(now);
  chip_.Exchange(kWriteEnable);
  chip_.Deselect(now);
  const chips::EraseMethod& method = chip_.row().erase.front();
  chip_.Select(now);
  chip_.Exchange(method.command);
  for (int i = 0; i < 3 && !method.whole_chip; ++i) chip_.Exchange(0);
  chip_.Deselect(now);
}

void SerialFlash::CutPower(int64_t now) {
  chip_.CutPower(now);
  engine_ = SerialEngineState{};
}

}  // namespace firmbench::simulator
