// SPDX-License-Identifier: Apache-2.0
#pragma once

// A simulated bench: drives that behave like drives, with the ways to them, their wires and what a
// test wants to see of them. Bench and Drive are thread-safe; a transport or task file opened here
// is lane-only, as its interface says, and must not outlive the bench.

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/ata/task_file.h"
#include "daemon/base/bytes.h"
#include "daemon/base/result.h"
#include "daemon/scsi/transport.h"
#include "daemon/simulator/counters.h"
#include "daemon/simulator/drive_image.h"
#include "daemon/simulator/faults.h"
#include "daemon/simulator/identity.h"
#include "daemon/simulator/operator.h"
#include "daemon/simulator/profile.h"
#include "daemon/simulator/scenario.h"
#include "daemon/simulator/sim_clock.h"

namespace firmbench::simulator {

class Channel;
class Controller;
class Personality;

// Gives the bytes that a drive's memory starts with; called from Bench::Create, once per drive
// whose memory is not kept from an earlier run. A size other than the memory's is
// SCENARIO_FIRMWARE_SIZE: shorter firmware is legal and followed by FF, longer is not.
using MemorySource = std::function<Result<Bytes>(const DriveSpec& spec, const Profile& profile)>;

class Drive {
 public:
  Drive(DriveSpec spec, std::string topology, Channel& channel,
        std::unique_ptr<Controller> controller);
  ~Drive();
  Drive(const Drive&) = delete;
  Drive& operator=(const Drive&) = delete;

  const DriveSpec& spec() const { return spec_; }
  const Profile& profile() const;
  const std::string& topology() const { return topology_; }  // "sim/0"
  SimClock& clock() const;

  bool plugged() const;
  uint64_t generation() const;  // grows with every plug-in

  // Fresh handles. DRIVE_GONE when nothing is plugged in; NO_SUCH_CONNECTION when the scenario
  // does not give this way. A handle is dead for ever (DRIVE_GONE) after the drive was unplugged.
  Result<std::unique_ptr<scsi::Transport>> OpenTransport();
  Result<std::unique_ptr<ata::TaskFile>> OpenTaskFile();

  // Wires and hands.
  void HoldEject(bool held);
  void PowerCycle();
  void CutPower();  // an erase or program under way leaves its unit half done
  void RestorePower();
  void Unplug();
  void Plug();                                 // nothing when it is plugged in; powers the drive up
  void PlugAs(const DriveIdentity& identity);  // says it is another drive from now on
  void SetDisc(bool inserted);
  void Use();  // somebody burns a disc: the burn log in the EEPROM changes

  // The scripted operator: what they would do about this prompt, and doing it (waits
  // `action.after` on the drive's clock first).
  std::optional<OperatorAction> OnPrompt(std::string_view kind);
  void Perform(const OperatorAction& action);

  // The drive counts what is destructive by its own model of the chip. Between these two calls a
  // destructive command is one that was announced: call the first when the ledger has committed
  // the start of a write, the second when the job is closed.
  void MarkWriteStarted();
  void MarkWriteEnded();

  // The drive as it is now, and a hook that is called at the moments of every command while the
  // drive has power; an empty one ends that. Nothing is copied until a moment is asked for its
  // image.
  DriveImage Image() const;
  void OnCommand(CommandHook hook);

  // For tests: faults at run time, what happened, and the memories behind the drive's back.
  void AddFault(const FaultSpec& fault);
  void ClearFaults();
  Counters counters() const;
  RunState state() const;
  Bytes FlashBytes() const;
  Bytes EepromBytes() const;
  void PokeFlash(uint32_t offset, ByteView bytes);  // clipped to the chip
  void PokeEeprom(uint32_t offset, ByteView bytes);

 private:
  void Do(Hand hand);

  const DriveSpec spec_;
  const std::string topology_;
  Channel& channel_;
  std::unique_ptr<Controller> controller_;  // guarded by the channel's lock
  Operator operator_;
};

class Bench {
 public:
  // All drives are powered and have booted. SCENARIO_INVALID (a model that no personality plays),
  // SCENARIO_FIRMWARE_SIZE, PERSIST_FAILED, and what the sources return.
  static Result<std::unique_ptr<Bench>> Create(const Scenario& scenario,
                                               std::span<const Personality* const> personalities,
                                               const MemorySource& firmware,
                                               const MemorySource& eeprom);
  // The same with drives that go on from images, in the order of the scenario's drives and of the
  // same models and chips. Without a loss of power they go on at the moment of the image, as those
  // of a kept memory do: buttons were let go, what was off or unplugged was put back, and the
  // host's handles are gone. With one, the work under way was left half done, power has returned
  // and the drives have booted. The scenario's folder is not used. SCENARIO_INVALID,
  // DRIVE_IMAGE_INVALID.
  static Result<std::unique_ptr<Bench>> Create(const Scenario& scenario,
                                               std::span<const Personality* const> personalities,
                                               std::span<const DriveStart> drives);
  ~Bench();

  std::span<const std::unique_ptr<Drive>> drives() const { return drives_; }
  Drive* Find(std::string_view bay) const;               // nullptr when there is no such bay
  Drive* FindTopology(std::string_view topology) const;  // "sim/0"

  // `changed` is called from any thread, without locks held, after every plug or unplug. Replaces
  // the one before; an empty function stops it.
  void Watch(std::function<void()> changed);

 private:
  Bench();
  void NotifyChanged();
  struct Built;
  static Result<Built> BuildFromSources(const Scenario& scenario, const DriveSpec& spec,
                                        std::span<const Personality* const> personalities,
                                        const MemorySource& firmware, const MemorySource& eeprom);
  static Result<Built> BuildFromImage(const DriveSpec& spec,
                                      std::span<const Personality* const> personalities,
                                      const DriveStart& start);
  static std::unique_ptr<Bench> Assemble(const Scenario& scenario, std::vector<Built> built);

  struct Watcher;
  std::unique_ptr<Watcher> watcher_;
  std::vector<std::unique_ptr<Channel>> channels_;
  std::vector<std::unique_ptr<Drive>> drives_;
};

}  // namespace firmbench::simulator
