// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <utility>

#include "daemon/simulator/bench.h"
#include "daemon/simulator/channel.h"
#include "daemon/simulator/controller.h"

namespace firmbench::simulator {
namespace {

class SimTransport final : public scsi::Transport {
 public:
  SimTransport(Channel& channel, Controller& drive, uint64_t generation)
      : channel_(channel), handle_{drive, generation, {}, {}} {}

  Result<scsi::Completion> Execute(const scsi::Command& command) override {
    return channel_.Execute(handle_, command);
  }
  scsi::Limits limits() const override { return {}; }

 private:
  Channel& channel_;
  Handle handle_;
};

class SimTaskFile final : public ata::TaskFile {
 public:
  SimTaskFile(Channel& channel, Controller& drive, uint64_t generation)
      : channel_(channel), handle_{drive, generation, {}, {}} {}

  Status Run(std::span<ata::Access> script, const ata::WaitLimits& limits) override {
    return channel_.Run(handle_, script, limits);
  }

 private:
  Channel& channel_;
  Handle handle_;
};

Error NothingPlugged() { return Unavailable("DRIVE_GONE", "no drive is plugged in there"); }

Error NoConnection(std::string_view way) {
  return FailedPrecondition("NO_SUCH_CONNECTION",
                            std::string("this drive is not reached by ") + std::string(way))
      .WithRemedy("give the drive connection = \"ide\" in the scenario");
}

}  // namespace

Drive::Drive(DriveSpec spec, std::string topology, Channel& channel,
             std::unique_ptr<Controller> controller)
    : spec_(std::move(spec)),
      topology_(std::move(topology)),
      channel_(channel),
      controller_(std::move(controller)),
      operator_(spec_.operator_rules) {
  channel_.Add(*controller_);
}

Drive::~Drive() = default;

const Profile& Drive::profile() const { return controller_->profile(); }
SimClock& Drive::clock() const { return channel_.clock(); }

bool Drive::plugged() const {
  return channel_.With([this](int64_t) { return controller_->state().plugged; });
}
uint64_t Drive::generation() const {
  return channel_.With([this](int64_t) { return controller_->state().generation; });
}

Result<std::unique_ptr<scsi::Transport>> Drive::OpenTransport() {
  if (!spec_.scsi) return NoConnection("SCSI commands");
  if (!plugged()) return NothingPlugged();
  return std::unique_ptr<scsi::Transport>(
      std::make_unique<SimTransport>(channel_, *controller_, generation()));
}

Result<std::unique_ptr<ata::TaskFile>> Drive::OpenTaskFile() {
  if (!spec_.task_file) return NoConnection("its registers");
  if (!plugged()) return NothingPlugged();
  return std::unique_ptr<ata::TaskFile>(
      std::make_unique<SimTaskFile>(channel_, *controller_, generation()));
}

void Drive::HoldEject(bool held) {
  channel_.With([&](int64_t) { controller_->state().eject_held = held; });
}
void Drive::PowerCycle() {
  channel_.With([&](int64_t now) {
    controller_->CutPower(now);
    controller_->PowerOn(now);
  });
}
void Drive::CutPower() {
  channel_.With([&](int64_t now) { controller_->CutPower(now); });
}
void Drive::RestorePower() {
  channel_.With([&](int64_t now) { controller_->PowerOn(now); });
}
void Drive::Unplug() {
  channel_.With([&](int64_t now) { controller_->Unplug(now); });
}
void Drive::Plug() {
  channel_.With([&](int64_t now) { controller_->Plug(now); });
}
void Drive::PlugAs(const DriveIdentity& identity) {
  channel_.With([&](int64_t now) { controller_->PlugAs(identity, now); });
}
void Drive::SetDisc(bool inserted) {
  channel_.With([&](int64_t) { controller_->SetDisc(inserted); });
}
void Drive::Use() {
  channel_.With([&](int64_t) { controller_->eeprom().LogBurn(); });
}

std::optional<OperatorAction> Drive::OnPrompt(std::string_view kind) {
  return operator_.OnPrompt(kind);
}

void Drive::Perform(const OperatorAction& action) {
  clock().SleepFor(action.after);
  for (const Hand hand : action.hands) Do(hand);
}

void Drive::Do(Hand hand) {
  switch (hand) {
    case Hand::kHoldEject:
      return HoldEject(true);
    case Hand::kReleaseEject:
      return HoldEject(false);
    case Hand::kPowerCycle:
      return PowerCycle();
    case Hand::kPowerOff:
      return CutPower();
    case Hand::kPowerOn:
      return RestorePower();
    case Hand::kUnplug:
      return Unplug();
    case Hand::kPlug:
      return Plug();
    case Hand::kInsertDisc:
      return SetDisc(true);
    case Hand::kRemoveDisc:
      return SetDisc(false);
    case Hand::kBurnDisc:
      return Use();
  }
}

void Drive::MarkWriteStarted() {
  channel_.With([&](int64_t) { controller_->watch().announced = true; });
}
void Drive::MarkWriteEnded() {
  channel_.With([&](int64_t now) {
    controller_->SettleFlash(now);
    controller_->watch().announced = false;
  });
}

void Drive::AddFault(const FaultSpec& fault) {
  channel_.With([&](int64_t) { controller_->AddFault(fault); });
}
void Drive::ClearFaults() {
  channel_.With([&](int64_t) { controller_->ClearFaults(); });
}
void Drive::OnCommand(CommandHook hook) {
  channel_.With([&](int64_t) { controller_->SetCommandHook(std::move(hook)); });
}
DriveImage Drive::Image() const {
  return channel_.With([this](int64_t) {
    DriveImage image;
    controller_->ImageInto(image);
    return image;
  });
}
Counters Drive::counters() const {
  return channel_.With([this](int64_t) { return controller_->counters(); });
}
RunState Drive::state() const {
  return channel_.With([this](int64_t) { return controller_->state().run; });
}

Bytes Drive::FlashBytes() const {
  return channel_.With([this](int64_t now) {
    controller_->SettleFlash(now);
    const ByteView bytes = controller_->flash();
    return Bytes(bytes.begin(), bytes.end());
  });
}
Bytes Drive::EepromBytes() const {
  return channel_.With([this](int64_t) {
    const ByteView bytes = controller_->eeprom().bytes();
    return Bytes(bytes.begin(), bytes.end());
  });
}
void Drive::PokeFlash(uint32_t offset, ByteView bytes) {
  channel_.With([&](int64_t) { controller_->PokeFlash(offset, bytes); });
}
void Drive::PokeEeprom(uint32_t offset, ByteView bytes) {
  channel_.With([&](int64_t) { controller_->PokeEeprom(offset, bytes); });
}

}  // namespace firmbench::simulator
