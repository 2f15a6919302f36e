// SPDX-License-Identifier: Apache-2.0
#pragma once

// The controller of a simulated drive: power, boot, run, vendor mode and death, its gates, its
// memories and its faults. The task file (task_file_port.h) and SCSI (scsi_port.h) are its two
// fronts. Not thread-safe: everything happens under the lock of its channel. Every call that takes
// `now` gets nanoseconds on the channel's clock, never going back.

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "daemon/base/bytes.h"
#include "daemon/base/result.h"
#include "daemon/chips/rows/row.h"
#include "daemon/chips/rows/spi_row.h"
#include "daemon/simulator/counters.h"
#include "daemon/simulator/drive_image.h"
#include "daemon/simulator/drive_state.h"
#include "daemon/simulator/eeprom.h"
#include "daemon/simulator/faults.h"
#include "daemon/simulator/flash_chip.h"
#include "daemon/simulator/memory.h"
#include "daemon/simulator/personality.h"
#include "daemon/simulator/profile.h"
#include "daemon/simulator/random.h"
#include "daemon/simulator/serial_flash.h"
#include "daemon/simulator/write_watch.h"

namespace firmbench::simulator {

// The bytes that a drive is made of.
struct DriveMemories {
  Memory flash;
  Memory eeprom;
  Memory state;  // a DriveState
};

// A flash chip of either kind: exactly one is not nullptr, or none when no table has the part.
struct FlashRow {
  const chips::ChipRow* parallel = nullptr;
  const chips::SpiRow* serial = nullptr;
  uint32_t size_bytes() const {
    return serial != nullptr ? serial->size_bytes : parallel->size_bytes;
  }
};
// The part of that name of the profile's kind.
FlashRow FlashRowOf(const Profile& profile, std::string_view part);

struct ControllerOptions {
  Profile profile;         // with the scenario's changes
  DriveIdentity identity;  // where the flash does not tell; its serial always
  bool second_device = false;
  bool eeprom_write = false;
  bool eeprom_checksum = false;
  ChipDefects defects;
};

class Controller {
 public:
  // `memories.state` has room for a DriveState, flash and EEPROM have the sizes that the row and
  // the profile name. `personality` is borrowed, what `row` names too.
  Controller(ControllerOptions options, const Personality& personality, const FlashRow& row,
             DriveMemories memories);

  // A state that was kept from an earlier run and can be taken over.
  static bool HoldsState(Memory& memory);

  // The drive as it is now, its last moment being state().last_ns.
  void ImageInto(DriveImage& image);
  // The memories of such a drive, for a new controller. DRIVE_IMAGE_INVALID when their sizes are
  // not these, or the state is none.
  static Result<DriveMemories> MemoriesOf(const DriveImage& image, size_t flash_bytes,
                                          size_t eeprom_bytes);
  // For a drive that was made of MemoriesOf(image): what the image has besides them.
  void TakeOver(const DriveImage& image);
  // Power fails at its last moment, or during the work that was then under way.
  void LosePower(PowerLoss loss);

  const Profile& profile() const { return options_.profile; }
  const Personality& personality() const { return personality_; }
  const ControllerOptions& options() const { return options_; }
  DriveState& state() { return state_; }
  const DriveState& state() const { return state_; }
  // The array of the flash chip, whichever kind it is.
  ByteView flash() const;
  void SettleFlash(int64_t now);  // brings it up to `now`
  bool FlashInSequence() const;
  // nullptr on drives with serial flash, and the other way round.
  FlashChip* parallel() { return chip_ ? &*chip_ : nullptr; }
  SerialFlash* serial() { return serial_ ? &*serial_ : nullptr; }
  Eeprom& eeprom() { return eeprom_; }
  WriteWatch& watch() { return watch_; }
  Counters& counts() { return counts_; }
  Counters counters() const;
  DriveIdentity identity() const;  // as last booted

  // Lets happen what was due until `now`: the boot ends, power or plug come back.
  void Tick(int64_t now) {
    state_.last_ns = std::max(state_.last_ns, now);
    if (now >= state_.plug_back_ns || now >= state_.power_back_ns || now >= state_.restart_ns ||
        state_.run == RunState::kBoot) {
      LetHappen(now);
    }
  }
  // The next time at which Tick would change something; kNoTime when nothing is due.
  int64_t NextEvent() const {
    int64_t next = std::min({state_.plug_back_ns, state_.power_back_ns, state_.restart_ns});
    if (state_.run == RunState::kBoot) next = std::min(next, state_.boot_until_ns);
    if (state_.busy_until_ns > state_.last_ns) next = std::min(next, state_.busy_until_ns);
    return next;
  }

  // Wires.
  void PowerOn(int64_t now);
  void CutPower(int64_t now);
  void Reset(int64_t now);  // leaves vendor mode and boots again
  void Unplug(int64_t now);
  void Plug(int64_t now);
  void PlugAs(const DriveIdentity& identity, int64_t now);
  void SetDisc(bool inserted);
  // True once after the drive was plugged in or unplugged.
  bool TakeChanged();

  // Whether an intro would be answered now (drive-protocols 1.2, 9.1).
  bool IntroHeard(int64_t now) const;
  void EnterVendor(int64_t now);
  bool vendor() const { return state_.run == RunState::kVendor; }
  // A disc is in the closed tray and the drive can see it.
  bool DiscReadable() const;

  void AddFault(const FaultSpec& fault);
  void ClearFaults() {
    faults_.Clear();
    watch_.drop_next = 0;
  }
  void SetCommandHook(CommandHook hook);

  // Faults and the hook around one command, SCSI or task file, that was counted already.
  void BeforeCommand(uint8_t opcode, int64_t now) {
    if (attentive_) AttendBefore(opcode, now);
  }
  void AfterCommand(uint8_t opcode, int64_t now) {
    if (attentive_ && state_.run != RunState::kOff) AttendAfter(opcode, now);
  }
  const Strikes& strikes() const { return strikes_; }

  // What every handle keeps of its own: the flash as it first saw it, for kStaleRead.
  struct HandleCache {
    Bytes flash;
  };
  // The handle on whose behalf the following commands come; nullptr for none.
  void SetHandle(HandleCache* cache) { handle_ = cache; }

  // A byte of the serial engine's window, with the read faults.
  uint8_t WindowRead(uint32_t address);
  // One read cycle of the parallel chip from the vendor mode, with the read faults.
  uint8_t BusRead(uint32_t address, int64_t now) {
    ++counts_.flash_reads;
    if (!read_disturbed_) return chip_->Read(address, now);
    return DisturbedBusRead(address, now);
  }
  // A byte of the array as the running firmware reads it.
  uint8_t FirmwareRead(uint32_t address);
  void BusWrite(uint32_t address, uint8_t data, int64_t now) { chip_->Write(address, data, now); }

  // For drives that write their own flash. What was downloaded and is not written yet: gone with
  // the power and with a reset.
  Bytes& download() { return download_; }
  // One write of the flash, the chip's kind being no matter. The bytes are there at once and the
  // work lasts `work`; where power fails earlier, the part that was not reached is erased.
  void FirmwareWrite(uint32_t offset, ByteView bytes, int64_t now, Nanos work);
  bool FirmwareWriting(int64_t now) const { return now < state_.own_write.until; }
  // Starts again by itself and then tells that its microcode changed.
  void RestartAt(int64_t at) { state_.restart_ns = at; }
  // Goes on as other firmware that only its RAM holds.
  void RunAs(const DriveIdentity& identity);

  // The memories behind the drive's back; clipped.
  void PokeFlash(uint32_t offset, ByteView bytes);
  void PokeEeprom(uint32_t offset, ByteView bytes);

  // A drive that is left alone needs no memory for its flash.
  void SetFlashAside() { memories_.flash.SetAside(); }

  // The data register's words for the host, and what the host wrote there.
  void OfferData(Bytes data) {
    pio_ = std::move(data);
    pio_next_ = 0;
  }
  uint16_t NextDataWord();
  bool DataLeft() const { return pio_next_ < pio_.size(); }
  size_t DataBytesLeft() const { return pio_.size() - std::min(pio_next_, pio_.size()); }
  // Four bytes from vendor mode: no allocation on this path.
  void OfferWords(uint16_t first, uint16_t second);

 private:
  void LetHappen(int64_t now);
  void FinishBoot();
  void Attend();
  void AttendBefore(uint8_t opcode, int64_t now);
  void AttendAfter(uint8_t opcode, int64_t now);
  void TellHook(CommandMoment::Kind kind, uint64_t command, uint8_t opcode);
  void StrikeBefore(uint8_t opcode, int64_t now);
  void StrikeAfter(const CommandFacts& facts, int64_t now);
  CommandFacts FactsOf(uint64_t command, uint8_t opcode) const;
  uint64_t CommandsSoFar() const { return counts_.scsi_commands + counts_.task_file_ops; }
  int64_t WorkAt(uint32_t percent) const;
  // The newest work inside the flash chip.
  struct Work {
    int64_t began = 0;
    int64_t until = 0;
  };
  Work FlashWork() const;
  bool FlashShowsArray(int64_t now);
  void ApplyPower(const FaultSpec& fault, int64_t now);
  void Identify(const DriveIdentity& identity);
  void CutOwnWrite(int64_t now);
  uint8_t DisturbedBusRead(uint32_t address, int64_t now);
  uint8_t Disturb(uint8_t value);
  uint32_t Aliased(uint32_t address) const;
  const uint8_t* ArraySource();

  const ControllerOptions options_;
  const Personality& personality_;
  DriveMemories memories_;
  DriveState& state_;
  WriteWatch watch_;
  std::optional<FlashChip> chip_;      // one of
  std::optional<SerialFlash> serial_;  // the two
  Eeprom eeprom_;
  FaultPlan faults_;
  Strikes strikes_;
  Counters counts_;
  Random noise_{0x6e6f697365};
  uint64_t writes_seen_ = 0;
  uint8_t last_read_ = 0;
  CommandHook hook_;
  bool attentive_ = false;  // there is a fault or a hook, or strikes_ may hold something
  bool read_disturbed_ = false;
  bool changed_ = false;
  HandleCache* handle_ = nullptr;
  Bytes download_;
  Bytes pio_;
  size_t pio_next_ = 0;
};

}  // namespace firmbench::simulator
