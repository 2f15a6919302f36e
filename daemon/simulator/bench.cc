// SPDX-License-Identifier: Apache-2.0
#include "daemon/simulator/bench.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <map>
#include <utility>

#include "daemon/base/mutex.h"
#include "daemon/chips/rows/row.h"
#include "daemon/simulator/channel.h"
#include "daemon/simulator/controller.h"
#include "daemon/simulator/memory.h"
#include "daemon/simulator/personality.h"

namespace firmbench::simulator {
namespace {

// When a new bench is first looked at its drives have been on for so long: they have booted.
constexpr int64_t kOnForNs = 60'000'000'000;
// Room to grow: a kept file of this size is never of the wrong size.
constexpr size_t kStateFileBytes = 16384;
static_assert(sizeof(DriveState) <= kStateFileBytes);

Profile Adjusted(const Profile& base, const DriveSpec& spec) {
  Profile profile = base;
  if (spec.gate) profile.gate = *spec.gate;
  if (spec.power_window) profile.power_window = *spec.power_window;
  if (spec.boot_lost) profile.boot_lost = *spec.boot_lost;
  if (spec.boot_answers) profile.boot_answers = *spec.boot_answers;
  if (spec.ignores_dev_select) profile.ignores_dev_select_in_vendor = *spec.ignores_dev_select;
  if (spec.vendor_op_time) profile.timings.vendor_op = *spec.vendor_op_time;
  if (spec.boot_time) profile.timings.boot = *spec.boot_time;
  if (spec.max_transfer_bytes) profile.max_transfer_bytes = *spec.max_transfer_bytes;
  return profile;
}

Result<Memory> OpenMemory(const Scenario& scenario, const DriveSpec& spec, std::string_view kind,
                          size_t size_bytes) {
  if (scenario.persist_dir.empty()) return Memory::Plain(size_bytes);
  std::string name = spec.bay;
  std::replace(name.begin(), name.end(), ' ', '_');
  return Memory::Mapped(fmt::format("{}/{}.{}", scenario.persist_dir, name, kind), size_bytes);
}

Status Fill(Memory& memory, const DriveSpec& spec, const Profile& profile,
            const MemorySource& source, std::string_view kind) {
  ASSIGN_OR_RETURN(const Bytes contents, source(spec, profile));
  const std::span<uint8_t> bytes = memory.bytes();
  if (contents.size() > bytes.size()) {
    return InvalidArgument("SCENARIO_FIRMWARE_SIZE",
                           fmt::format("{} bytes of {} do not fit into the {} of {} bytes",
                                       contents.size(), kind, spec.bay, bytes.size()));
  }
  const auto rest = std::copy(contents.begin(), contents.end(), bytes.begin());
  std::fill(rest, bytes.end(), uint8_t{0xff});
  return Ok();
}

void StartFresh(Controller& drive, const DriveSpec& spec) {
  DriveState& state = drive.state();
  state.disc = spec.disc;
  state.chip.sdp = spec.software_data_protection;
  state.chip.boot_locked_low = state.chip.boot_locked_high = spec.boot_block_locked;
  if (spec.eeprom_checksum) drive.eeprom().RepairChecksum();
  drive.PowerOn(0);
}

// What a running bench was left in, seen by the next process: the drives stayed powered, whoever
// held a button let go, and somebody put back what was off or unplugged.
void Continue(Controller& drive) {
  DriveState& state = drive.state();
  const int64_t now = state.last_ns;
  state.eject_held = false;
  drive.Plug(now);
  drive.PowerOn(now);
  drive.TakeChanged();
}

// What a drive of this scenario is made of.
struct Parts {
  Profile profile;
  const Personality* personality = nullptr;
  FlashRow chip;
};

Result<Parts> PartsOf(const DriveSpec& spec, std::span<const Personality* const> personalities) {
  const Part part = FindProfile(personalities, spec.model);
  if (part.profile == nullptr) {
    return InvalidArgument("SCENARIO_INVALID", "nobody plays model " + spec.model);
  }
  Parts parts{Adjusted(*part.profile, spec), part.personality, {}};
  parts.chip = FlashRowOf(
      parts.profile, spec.chip.empty() ? parts.profile.chip_part : std::string_view(spec.chip));
  const chips::ChipRow* parallel = parts.chip.parallel;
  if (parallel == nullptr ? parts.chip.serial == nullptr : !FlashChip::Supports(*parallel)) {
    return InvalidArgument("SCENARIO_INVALID", "no such flash chip can be simulated");
  }
  return parts;
}

std::unique_ptr<Controller> MakeController(const DriveSpec& spec, const Parts& parts,
                                           DriveMemories memories) {
  const Profile& profile = parts.profile;
  ControllerOptions options{
      profile,
      {std::string(profile.vendor), std::string(profile.product),
       spec.firmware_revision.empty() ? std::string(profile.revision) : spec.firmware_revision, "",
       spec.serial},
      spec.second_device,
      spec.eeprom_write,
      spec.eeprom_checksum,
      spec.defects};
  auto controller = std::make_unique<Controller>(std::move(options), *parts.personality, parts.chip,
                                                 std::move(memories));
  for (const FaultSpec& fault : spec.faults) controller->AddFault(fault);
  return controller;
}

Status MakeFolder(const std::string& path) {
  if (path.empty() || ::mkdir(path.c_str(), 0700) == 0 || errno == EEXIST) return Ok();
  return FailedPrecondition("PERSIST_FAILED", path + ": " + std::strerror(errno))
      .With("path", path);
}

}  // namespace

struct Bench::Watcher {
  Mutex mutex;
  std::function<void()> changed FB_GUARDED_BY(mutex);
};

Bench::Bench() : watcher_(std::make_unique<Watcher>()) {}
Bench::~Bench() = default;

// A drive and the time from which on its channel's clock may run.
struct Bench::Built {
  std::unique_ptr<Controller> controller;
  int64_t start_ns = 0;
};

Result<Bench::Built> Bench::BuildFromSources(
    const Scenario& scenario, const DriveSpec& spec,
    const std::span<const Personality* const> personalities, const MemorySource& firmware,
    const MemorySource& eeprom) {
  ASSIGN_OR_RETURN(const Parts parts, PartsOf(spec, personalities));
  ASSIGN_OR_RETURN(Memory flash, OpenMemory(scenario, spec, "flash", parts.chip.size_bytes()));
  ASSIGN_OR_RETURN(Memory nvram,
                   OpenMemory(scenario, spec, "eeprom", parts.profile.eeprom.size_bytes));
  ASSIGN_OR_RETURN(Memory state, OpenMemory(scenario, spec, "state", kStateFileBytes));
  // The state is made last, so a valid one says that the memories were filled.
  const bool kept = Controller::HoldsState(state) && flash.kept() &&
                    (nvram.kept() || parts.profile.eeprom.size_bytes == 0);
  if (!kept) {
    const std::span<uint8_t> bytes = state.bytes();
    std::fill(bytes.begin(), bytes.end(), uint8_t{0});
    RETURN_IF_ERROR(Fill(flash, spec, parts.profile, firmware, "firmware"));
    RETURN_IF_ERROR(Fill(nvram, spec, parts.profile, eeprom, "EEPROM"));
  }
  auto controller = MakeController(
      spec, parts, DriveMemories{std::move(flash), std::move(nvram), std::move(state)});
  if (kept) {
    Continue(*controller);
    const int64_t last = controller->state().last_ns;
    return Built{std::move(controller), last};
  }
  StartFresh(*controller, spec);
  return Built{std::move(controller), kOnForNs};
}

Result<Bench::Built> Bench::BuildFromImage(const DriveSpec& spec,
                                           const std::span<const Personality* const> personalities,
                                           const DriveStart& start) {
  ASSIGN_OR_RETURN(const Parts parts, PartsOf(spec, personalities));
  ASSIGN_OR_RETURN(DriveMemories memories,
                   Controller::MemoriesOf(start.image, parts.chip.size_bytes(),
                                          parts.profile.eeprom.size_bytes));
  auto controller = MakeController(spec, parts, std::move(memories));
  controller->TakeOver(start.image);
  int64_t now = controller->state().last_ns;
  if (start.power != PowerLoss::kNone) {
    controller->LosePower(start.power);
    now += kOnForNs;
  }
  Continue(*controller);
  return Built{std::move(controller), now};
}

Result<std::unique_ptr<Bench>> Bench::Create(const Scenario& scenario,
                                             std::span<const Personality* const> personalities,
                                             const MemorySource& firmware,
                                             const MemorySource& eeprom) {
  RETURN_IF_ERROR(MakeFolder(scenario.persist_dir));
  std::vector<Built> built;
  for (const DriveSpec& spec : scenario.drives) {
    ASSIGN_OR_RETURN(Built drive,
                     BuildFromSources(scenario, spec, personalities, firmware, eeprom));
    built.push_back(std::move(drive));
  }
  return Assemble(scenario, std::move(built));
}

Result<std::unique_ptr<Bench>> Bench::Create(const Scenario& scenario,
                                             std::span<const Personality* const> personalities,
                                             std::span<const DriveStart> drives) {
  if (drives.size() != scenario.drives.size()) {
    return InvalidArgument("DRIVE_IMAGE_INVALID", "there is not one image for each drive");
  }
  std::vector<Built> built;
  for (size_t i = 0; i < drives.size(); ++i) {
    ASSIGN_OR_RETURN(Built drive, BuildFromImage(scenario.drives[i], personalities, drives[i]));
    built.push_back(std::move(drive));
  }
  return Assemble(scenario, std::move(built));
}

std::unique_ptr<Bench> Bench::Assemble(const Scenario& scenario, std::vector<Built> built) {
  std::map<std::string, int64_t> starts;
  for (size_t i = 0; i < built.size(); ++i) {
    int64_t& start = starts.try_emplace(scenario.drives[i].channel, 0).first->second;
    start = std::max(start, built[i].start_ns);
  }
  std::unique_ptr<Bench> bench(new Bench);
  std::map<std::string, Channel*> channels;
  std::vector<Controller*> controllers;
  for (size_t i = 0; i < built.size(); ++i) {
    const DriveSpec& spec = scenario.drives[i];
    Channel*& channel = channels[spec.channel];
    if (channel == nullptr) {
      bench->channels_.push_back(std::make_unique<Channel>(
          scenario.time, starts[spec.channel], [raw = bench.get()] { raw->NotifyChanged(); }));
      channel = bench->channels_.back().get();
    }
    controllers.push_back(built[i].controller.get());
    bench->drives_.push_back(std::make_unique<Drive>(spec, fmt::format("sim/{}", i), *channel,
                                                     std::move(built[i].controller)));
  }
  for (size_t i = 0; i < controllers.size(); ++i) {
    channels[scenario.drives[i].channel]->With(
        [drive = controllers[i]](int64_t) { drive->SetFlashAside(); });
  }
  return bench;
}

Drive* Bench::Find(std::string_view bay) const {
  for (const std::unique_ptr<Drive>& drive : drives_) {
    if (drive->spec().bay == bay) return drive.get();
  }
  return nullptr;
}

Drive* Bench::FindTopology(std::string_view topology) const {
  for (const std::unique_ptr<Drive>& drive : drives_) {
    if (drive->topology() == topology) return drive.get();
  }
  return nullptr;
}

void Bench::Watch(std::function<void()> changed) {
  const MutexLock lock(watcher_->mutex);
  watcher_->changed = std::move(changed);
}

void Bench::NotifyChanged() {
  std::function<void()> changed;
  {
    const MutexLock lock(watcher_->mutex);
    changed = watcher_->changed;
  }
  if (changed) changed();
}

}  // namespace firmbench::simulator
