// SPDX-License-Identifier: Apache-2.0
#include "daemon/simulated_bench.h"

#include <fmt/format.h>

#include <fstream>
#include <iterator>

#include "daemon/families/personalities.h"
#include "daemon/gated_handles.h"
#include "daemon/images/synthetic.h"
#include "daemon/replayed_drives.h"
#include "daemon/simulator/personality.h"

namespace firmbench {
namespace {

constexpr size_t kLargestFirmwareFile = 16 << 20;

Result<Bytes> ReadFirmwareFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    return NotFound("SCENARIO_FIRMWARE_FILE", fmt::format("cannot read the firmware file {}", path))
        .WithRemedy("the scenario's firmware_file is relative to the scenario's own folder");
  }
  Bytes bytes;
  bytes.resize(kLargestFirmwareFile + 1);
  file.read(reinterpret_cast<char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  bytes.resize(static_cast<size_t>(file.gcount()));
  if (bytes.size() > kLargestFirmwareFile) {
    return InvalidArgument("SCENARIO_FIRMWARE_SIZE",
                           "the firmware file is larger than any flash chip");
  }
  return bytes;
}

Result<Bytes> FirmwareOf(const simulator::DriveSpec& spec, const simulator::Profile& profile) {
  if (!spec.firmware_file.empty()) return ReadFirmwareFile(spec.firmware_file);
  const std::string revision =
      spec.firmware_revision.empty() ? std::string(profile.revision) : spec.firmware_revision;
  const simulator::Part part = simulator::FindProfile(families::AllPersonalities(), spec.model);
  if (auto own = part.personality->Firmware(profile, revision, spec.firmware_seed)) {
    return std::move(*own);
  }
  images::SyntheticImage image;
  image.model = spec.model;
  image.revision = revision;
  image.seed = spec.firmware_seed;
  return images::BuildSyntheticImage(image);
}

Result<Bytes> EepromOf(const simulator::DriveSpec& spec, const simulator::Profile& profile) {
  if (profile.eeprom.size_bytes == 0) return Bytes();
  return images::BuildSyntheticEeprom(
      {.model = spec.model, .seed = spec.eeprom_seed, .size_bytes = profile.eeprom.size_bytes});
}

// What the person on the bench does when a job asks for hands.
std::optional<std::string> Act(simulator::Drive& drive, const families::PromptRequest& request) {
  const auto action = drive.OnPrompt(request.kind);
  if (!action) return std::nullopt;
  drive.Perform(*action);
  return action->answer;
}

Result<inventory::Handles> OpenDrive(simulator::Drive& drive, const inventory::GateRules& rules) {
  RawHandles raw;
  if (drive.spec().scsi) {
    ASSIGN_OR_RETURN(raw.scsi, drive.OpenTransport());
  }
  if (drive.spec().task_file) {
    ASSIGN_OR_RETURN(raw.task_file, drive.OpenTaskFile());
  }
  return PutBehindGate(std::move(raw), rules, /*simulated=*/true);
}

}  // namespace

Result<std::unique_ptr<SimulatedBench>> SimulatedBench::Load(const std::string& scenario_path,
                                                             const std::string& persist_dir) {
  const auto personalities = families::AllPersonalities();
  ASSIGN_OR_RETURN(simulator::Scenario scenario,
                   simulator::LoadScenario(scenario_path, personalities));
  if (scenario.persist_dir.empty()) scenario.persist_dir = persist_dir;
  ASSIGN_OR_RETURN(auto bench,
                   simulator::Bench::Create(scenario, personalities, FirmwareOf, EepromOf));
  ASSIGN_OR_RETURN(auto replayed, MakeReplayedDrives(scenario.replays));
  return std::make_unique<SimulatedBench>(std::move(bench), std::move(replayed));
}

std::vector<inventory::Attachment> SimulatedBench::List() {
  std::vector<inventory::Attachment> attachments = replayed_;
  for (const auto& drive : bench_->drives()) {
    if (!drive->plugged()) continue;
    simulator::Drive* const target = drive.get();
    const simulator::DriveSpec& spec = drive->spec();
    inventory::Attachment attachment;
    attachment.topology = drive->topology();
    attachment.bay = spec.bay;
    attachment.channel = "sim/" + spec.channel;
    attachment.bridge = spec.bridge;
    attachment.connection = {spec.scsi, spec.task_file, true, spec.cable};
    attachment.connection_text = spec.scsi && spec.task_file ? "simulated IDE port"
                                 : spec.scsi                 ? "simulated, SCSI commands only"
                                                             : "simulated, registers only";
    attachment.second_device = spec.second_device;
    attachment.generation = drive->generation();
    attachment.clock = &drive->clock();
    attachment.open = [target](const inventory::GateRules& rules) {
      return OpenDrive(*target, rules);
    };
    attachment.scripted_operator = [target](const families::PromptRequest& request) {
      return Act(*target, request);
    };
    attachment.write_started = [target] { target->MarkWriteStarted(); };
    attachment.write_ended = [target] { target->MarkWriteEnded(); };
    attachments.push_back(std::move(attachment));
  }
  return attachments;
}

void SimulatedBench::Watch(std::function<void()> changed) { bench_->Watch(std::move(changed)); }

}  // namespace firmbench
