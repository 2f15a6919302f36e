// SPDX-License-Identifier: Apache-2.0
#pragma once

// Takes down what passes on the way to a drive, within a bound on memory: what does not fit any
// more loses its bytes first and its own block then, but is always counted and hashed. Nothing in
// here fails. For one thread at a time: the lane of the drive.

#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/base/clock.h"
#include "daemon/base/hash.h"
#include "daemon/base/trace.h"

namespace firmbench {

struct TraceLimits {
  size_t payload_bytes = size_t{16} << 20;  // kept of payloads and scripts
  size_t blocks = 20'000;                   // single commands; 0: all are taken together
};

class TraceRecording {
 public:
  // `clock` outlives the recording: time as the drive sees it.
  TraceRecording(const Clock& clock, TraceLimits limits)
      : clock_(clock), limits_(limits), begun_(clock.Monotonic()) {}

  // Everything from here on belongs to the step `name`; in it the commands called so in `polls`
  // poll a busy chip, where commands are taken together.
  void BeginStep(std::string_view name, std::set<std::string, std::less<>> polls = {});

  // May the next command still have a block of its own? Else it belongs into AddTogether.
  bool HasRoom() const { return singles_ < limits_.blocks; }
  // `began` is when it was sent. Keeps bytes only while there is room for them.
  void Add(TraceBlock block, Nanos began);
  // One more of the commands `name` in this step.
  void AddTogether(std::string_view name, std::optional<Evidence> evidence, ByteView first,
                   ByteView sent, ByteView returned);
  // More that came back for the last of the commands `name`; nothing when this step has none.
  void AddReturned(std::string_view name, ByteView returned);

  Nanos Now() const { return clock_.Monotonic(); }
  // Ends the recording.
  Trace Take();

 private:
  // Commands of one name in one step.
  struct Group {
    size_t step = 0;
    size_t block = 0;
    uint64_t sent_bytes = 0;
    uint64_t returned_bytes = 0;
    Sha256Stream sent;
    Sha256Stream returned;
    Bytes sent_next;  // collected before they are hashed
    Bytes returned_next;
  };

  TraceStep& Step();
  void Fit(std::optional<TracePayload>& payload);
  void Finish(Group& group);

  const Clock& clock_;
  const TraceLimits limits_;
  const Nanos begun_;
  Trace trace_;
  std::set<std::string, std::less<>> polls_;
  std::map<std::string, Group, std::less<>> groups_;  // of the step that runs
  size_t kept_bytes_ = 0;
  size_t singles_ = 0;
};

}  // namespace firmbench
