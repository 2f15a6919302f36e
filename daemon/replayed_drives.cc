// SPDX-License-Identifier: Apache-2.0
#include "daemon/replayed_drives.h"

#include <fmt/format.h>

#include <atomic>
#include <fstream>
#include <memory>
#include <string>
#include <utility>

#include "daemon/base/trace.h"
#include "daemon/gated_handles.h"
#include "daemon/transport/replay/replayed_drive.h"

namespace firmbench {
namespace {

// Whoever waits for a drive of paper need not wait.
class PaperClock final : public Clock {
 public:
  Nanos Monotonic() const override { return Nanos(now_.load()); }
  int64_t WallMicros() const override { return RealClock().WallMicros(); }
  void SleepFor(Nanos duration) override { now_ += duration.count(); }

 private:
  std::atomic<int64_t> now_{0};
};

// What every descriptor of one drive shares; for its lane.
struct Paper {
  std::shared_ptr<transport::ReplayedDrive> drive;
  PaperClock clock;
};

Result<Trace> LoadTrace(const std::string& path) {
  std::ifstream file(path, std::ios::binary | std::ios::ate);
  const std::streamoff size = file ? static_cast<std::streamoff>(file.tellg()) : -1;
  if (size < 0 || static_cast<uint64_t>(size) > kLongestTrace) {
    return NotFound("SCENARIO_TRACE_FILE", fmt::format("cannot read the trace {}", path))
        .WithRemedy("the scenario's replay file is relative to the scenario's own folder");
  }
  std::string text(static_cast<size_t>(size), '\0');
  file.seekg(0);
  file.read(text.data(), size);
  text.resize(static_cast<size_t>(file.gcount()));
  return ParseTrace(text);
}

inventory::Attachment Attach(const simulator::ReplaySpec& spec, size_t index,
                             const std::shared_ptr<Paper>& paper) {
  inventory::Attachment attachment;
  attachment.topology = fmt::format("replay/{}", index);
  attachment.bay = spec.bay;
  attachment.channel = attachment.topology;
  attachment.connection = {paper->drive->has_scsi(), paper->drive->has_task_file(), true, false};
  attachment.connection_text = "replayed from a trace";
  attachment.generation = 1;
  attachment.clock = &paper->clock;
  attachment.open = [paper](const inventory::GateRules& rules) -> Result<inventory::Handles> {
    RawHandles raw;
    if (paper->drive->has_scsi()) {
      raw.scsi = transport::ReplayedDrive::OpenTransport(paper->drive);
    }
    if (paper->drive->has_task_file()) {
      raw.task_file = transport::ReplayedDrive::OpenTaskFile(paper->drive);
    }
    return PutBehindGate(std::move(raw), rules, /*simulated=*/true);
  };
  return attachment;
}

}  // namespace

Result<std::vector<inventory::Attachment>> MakeReplayedDrives(
    std::span<const simulator::ReplaySpec> specs) {
  std::vector<inventory::Attachment> attachments;
  for (const simulator::ReplaySpec& spec : specs) {
    ASSIGN_OR_RETURN(const Trace trace, LoadTrace(spec.file));
    auto paper = std::make_shared<Paper>();
    ASSIGN_OR_RETURN(paper->drive, transport::ReplayedDrive::Make(
                                       trace, spec.strict ? transport::ReplayMode::kStrict
                                                          : transport::ReplayMode::kLenient));
    attachments.push_back(Attach(spec, attachments.size(), paper));
  }
  return attachments;
}

}  // namespace firmbench
