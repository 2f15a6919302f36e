// SPDX-License-Identifier: Apache-2.0
#pragma once

// One simulated drive with the engine's gate and a recorder in front of it, and a session of the
// family on top: what a lane would build. For one thread.

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/families/chip_programmer.h"
#include "daemon/families/family.h"
#include "daemon/simulator/bench.h"
#include "daemon/transport/decorators/gate.h"
#include "tests/daemon/families/trace_recorder.h"

namespace firmbench::families::mediatek_liteon {

// An operator who does what the prompts say, and a watcher of progress.
class Hands final : public Observer {
 public:
  explicit Hands(simulator::Drive& drive) : drive_(drive) {}

  void Progress(uint64_t done, uint64_t total) override;
  Status Prompt(const PromptRequest& request) override;
  bool cancelled() const override { return calls_left_ == 0; }

  // Cancels after so many calls of Progress; 0 cancels at once.
  void CancelAfter(int progress_calls) { calls_left_ = progress_calls; }
  void Ignore(std::string_view kind) { ignored_ = kind; }
  const std::vector<std::string>& prompts() const { return prompts_; }
  uint64_t last_done() const { return done_; }
  // Progress went back, or beyond its total.
  bool confused() const { return confused_; }
  void NewPhase() { done_ = 0; }

 private:
  simulator::Drive& drive_;
  std::vector<std::string> prompts_;
  std::string ignored_;
  uint64_t done_ = 0;
  int calls_left_ = -1;
  bool confused_ = false;
};

class SimRig {
 public:
  // A bench with one drive of the model; `adjust` may change the scenario.
  explicit SimRig(std::string_view model,
                  const std::function<void(simulator::Scenario&)>& adjust = {});

  // What is lent to a session. Handles are opened anew by each call of Open().
  std::unique_ptr<Session> Open();
  // The same without one of the ways.
  std::unique_ptr<Session> OpenWith(bool scsi, bool task_file, bool simulated = true);

  // The drive as programmer, by both ways.
  std::unique_ptr<ChipProgrammer> OpenProgrammer();

  simulator::Drive& drive() { return *drive_; }
  transport::Gate& gate() { return gate_; }
  TraceRecorder& recorder() { return *recorder_; }
  Hands& hands() { return *hands_; }
  const ModelInfo& model() const { return *model_; }
  const Family& family() const;
  // The SCSI way, gated, for looking at the drive as the engine would.
  scsi::Transport& scsi() { return *scsi_; }

  // What the flash holds with an image of this model of another content and revision.
  Bytes Image() const;
  // What the flash holds now but for a few bytes of some banks, page 0 and the boot part among
  // them: quick to write.
  Bytes Changed() const;

  // Enters update mode, identifies the chip and writes `target`, as the engine would. Leaves the
  // gate read-only and the drive in update mode.
  Status EnterAndWrite(Session& session, ByteView target, WriteReport& report);

 private:
  std::unique_ptr<simulator::Bench> bench_;
  simulator::Drive* drive_ = nullptr;
  const ModelInfo* model_ = nullptr;
  transport::Gate gate_;
  std::unique_ptr<TraceRecorder> recorder_;
  std::unique_ptr<Hands> hands_;
  std::unique_ptr<scsi::Transport> scsi_;
  std::unique_ptr<ata::TaskFile> task_file_;
};

// The rows of the family, for parameterised tests; and the first of each kind, where kinds differ
// in what is sent to the drive.
std::vector<std::string> ModelNames();
std::vector<std::string> KindNames();
std::string TestNameOf(const testing::TestParamInfo<std::string>& model);

}  // namespace firmbench::families::mediatek_liteon
