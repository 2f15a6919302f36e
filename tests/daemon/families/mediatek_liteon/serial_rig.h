// SPDX-License-Identifier: Apache-2.0
#pragma once

// A simulated drive with serial flash behind the engine's gate, and the row that fits it. No public
// model is known to have such a chip, so profile and row are the tests' own. For one thread.

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "daemon/families/mediatek_liteon/models.h"
#include "daemon/families/mediatek_liteon/session.h"
#include "daemon/simulator/bench.h"
#include "daemon/simulator/personality.h"
#include "daemon/transport/decorators/gate.h"

namespace firmbench::families::mediatek_liteon {

struct SerialDrive {
  const char* name = "classic_72";
  const char* part = "MX25L2005";
  simulator::VendorSet set = simulator::VendorSet::kClassic;
  uint8_t status = 0x72;
  const VendorVariant* mode = &kClassicMode;
  simulator::Gate gate = simulator::Gate::kAlways;
  EntryGate row_gate = EntryGate::kAlways;
};

// Plays one profile the way the family's own personality does.
class SerialPersonality final : public simulator::Personality {
 public:
  explicit SerialPersonality(const SerialDrive& drive);

  std::string_view family() const override { return "mediatek_liteon"; }
  std::span<const simulator::Profile> profiles() const override { return {&profile_, 1}; }
  std::optional<simulator::DriveIdentity> Boot(const simulator::Profile& profile,
                                               ByteView flash) const override;
  bool EepromFits(std::string_view product, ByteView eeprom) const override;
  bool Intro(simulator::Controller& drive, uint8_t command, int64_t now) const override;
  void VendorCommand(simulator::Controller& drive, uint8_t command, int64_t now) const override;
  std::optional<simulator::ScsiReply> Scsi(simulator::Controller& drive, ByteView cdb,
                                           ByteView data_out) const override;

 private:
  simulator::Profile profile_;
};

// Switches the drive off and on when asked to.
class SerialHands final : public Observer {
 public:
  explicit SerialHands(simulator::Drive& drive) : drive_(drive) {}
  void Progress(uint64_t done, uint64_t total) override { progress_ += done <= total ? 1 : 0; }
  Status Prompt(const PromptRequest& request) override;
  bool cancelled() const override {
    return cancel_at_ && drive_.clock().Monotonic() >= *cancel_at_;
  }

  void DoNothing() { idle_ = true; }
  void CancelAfter(Nanos time) { cancel_at_ = drive_.clock().Monotonic() + time; }
  const std::vector<std::string>& prompts() const { return prompts_; }
  int progress() const { return progress_; }

 private:
  simulator::Drive& drive_;
  std::vector<std::string> prompts_;
  std::optional<Nanos> cancel_at_;
  bool idle_ = false;
  int progress_ = 0;
};

class SerialRig {
 public:
  explicit SerialRig(const SerialDrive& drive);

  std::unique_ptr<LiteonSession> Open(bool silent = false);
  ata::TaskFile& task_file() { return *task_file_; }
  simulator::Drive& drive() { return *bench_->Find("bay 1"); }
  SerialHands& hands() { return *hands_; }
  transport::Gate& gate() { return gate_; }
  Row& row() { return row_; }
  ModelInfo& info() { return info_; }

  // Every command from now on, in vendor mode or wherever.
  void Strike(simulator::FaultKind kind, uint8_t status = 0);
  // Another bench that goes on with this drive's image.
  std::unique_ptr<simulator::Bench> GoOnFrom(simulator::DriveImage image,
                                             simulator::PowerLoss power);
  // As the engine does it, with the gate as it would be.
  Result<ChipIdentity> Identify(LiteonSession& session);
  Status Write(LiteonSession& session, ByteView target, WriteReport& report);

 private:
  SerialPersonality personality_;
  simulator::Scenario scenario_;
  std::unique_ptr<simulator::Bench> bench_;
  ModelInfo info_;
  Row row_;
  transport::Gate gate_;
  std::unique_ptr<ata::TaskFile> task_file_;
  std::unique_ptr<SerialHands> hands_;
};

}  // namespace firmbench::families::mediatek_liteon
