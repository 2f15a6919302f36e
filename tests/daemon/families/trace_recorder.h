// SPDX-License-Identifier: Apache-2.0
#pragma once

// Records what a family sends to a drive as a trace (daemon/base/trace.h) that can be kept and
// compared: the golden traces. The product's own recording, with all commands of one name in a step
// taken together. For one thread.

#include <array>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/ata/task_file.h"
#include "daemon/base/trace_recording.h"
#include "daemon/families/family.h"
#include "daemon/scsi/transport.h"

namespace firmbench::families {

class TraceRecorder {
 public:
  explicit TraceRecorder(const Family& family);

  // Handles that record what passes through them; the recorder must outlive them.
  std::unique_ptr<scsi::Transport> Wrap(std::unique_ptr<scsi::Transport> inner);
  std::unique_ptr<ata::TaskFile> Wrap(std::unique_ptr<ata::TaskFile> inner);

  // Everything from here on belongs to the step `name`; in it the commands called so in `polls`
  // poll a busy chip.
  void BeginStep(std::string_view name, std::set<std::string, std::less<>> polls = {});

  // The trace of a drive of this model, as text. Ends the recording.
  std::string Finish(std::string_view model);

  // After that: names of all commands seen; one that no rule and no standard names is "unnamed
  // HEX".
  const std::set<std::string>& names() const { return names_; }
  // Flash bus writes in order, for tests that look at what was written when.
  struct BusWrite {
    uint32_t address = 0;
    uint8_t data = 0;
  };
  const std::vector<BusWrite>& bus_writes() const { return bus_writes_; }

 private:
  class BusWatch;

  const Family& family_;
  const std::shared_ptr<TraceRecording> recording_;
  std::set<std::string> names_;
  std::vector<BusWrite> bus_writes_;
};

}  // namespace firmbench::families
