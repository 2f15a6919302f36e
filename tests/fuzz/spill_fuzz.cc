// SPDX-License-Identifier: Apache-2.0
// Fuzz target: a spill file from a disk that somebody may have edited, and the changes in it. A
// change that can be made again writes down the same change.

#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "daemon/base/clock.h"
#include "storage/spill_format.h"
#include "storage/spill_recorder.h"

namespace {

using firmbench::ByteView;

class FixedClock final : public firmbench::Clock {
 public:
  firmbench::Nanos Monotonic() const override { return firmbench::Nanos(0); }
  int64_t WallMicros() const override { return 1'800'000'000'000'000; }
  void SleepFor(firmbench::Nanos) override {}
};

// Writes down what is replayed into it; remembers no record.
class Replayed final : public firmbench::storage::ChangeRecorder {
 public:
  using ChangeRecorder::ChangeRecorder;
  firmbench::Status InsertSpilled(const firmbench::storage::SpilledRecord&) override {
    return firmbench::Ok();
  }
};

void ReplayTwice(ByteView payload) {
  const FixedClock clock;
  const std::string id(26, '0');
  bool taken = false;
  Replayed first(clock, id);
  if (!firmbench::storage::ReplayChange(payload, id, first, taken)) return;
  Replayed second(clock, id);
  Replayed third(clock, id);
  // The first replay adds when an audit entry was spilled; from then on nothing changes but that.
  if (!firmbench::storage::ReplayChange(first.payload(), id, second, taken)) std::abort();
  if (!firmbench::storage::ReplayChange(second.payload(), id, third, taken)) std::abort();
  const size_t growth = second.payload().size() - first.payload().size();
  if (third.payload().size() - second.payload().size() != growth) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const ByteView bytes(data, size);
  ReplayTwice(bytes);
  const auto file = firmbench::storage::ParseSpill(bytes);
  if (!file) return 0;
  for (const ByteView payload : file->payloads) ReplayTwice(payload);
  return 0;
}
