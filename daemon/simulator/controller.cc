// SPDX-License-Identifier: Apache-2.0
#include "daemon/simulator/controller.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <new>
#include <string_view>
#include <utility>

namespace firmbench::simulator {
namespace {

constexpr size_t kSectorCountRegister = 2;
constexpr size_t kDeviceRegister = 6;
constexpr std::array<uint8_t, 4> kSignature = {0x01, 0x01, 0x14, 0xeb};

template <size_t size>
void PadInto(std::array<char, size>& field, std::string_view text) {
  field.fill(' ');
  std::copy_n(text.begin(), std::min(text.size(), size), field.begin());
}

template <size_t size>
std::string Text(const std::array<char, size>& field) {
  const std::string_view text(field.data(), field.size());
  const size_t last = text.find_last_not_of(std::string_view(" \0", 2));
  return std::string(text.substr(0, last == std::string_view::npos ? 0 : last + 1));
}

// Memory::bytes() is aligned for any type.
DriveState& StateIn(Memory& memory) {
  FB_CHECK(memory.bytes().size() >= sizeof(DriveState));
  auto* state = reinterpret_cast<DriveState*>(memory.bytes().data());
  if (Controller::HoldsState(memory)) return *state;
  return *new (state) DriveState;
}

void Poke(std::span<uint8_t> memory, uint32_t offset, ByteView bytes) {
  if (offset >= memory.size()) return;
  const size_t count = std::min(bytes.size(), memory.size() - offset);
  std::copy_n(bytes.begin(), count, memory.begin() + offset);
}

}  // namespace

Controller::Controller(ControllerOptions options, const Personality& personality,
                       const FlashRow& row, DriveMemories memories)
    : options_(std::move(options)),
      personality_(personality),
      memories_(std::move(memories)),
      state_(StateIn(memories_.state)),
      eeprom_(options_.profile.eeprom, memories_.eeprom.bytes(), state_.eeprom, watch_,
              options_.profile.timings.eeprom_write_byte) {
  const std::span<uint8_t> array = memories_.flash.bytes();
  if (row.serial != nullptr) {
    serial_.emplace(*row.serial, array, state_.spi_chip, state_.engine, watch_);
  } else {
    chip_.emplace(*row.parallel, array, state_.chip, watch_);
    chip_->SetDefects(options_.defects);
  }
  if (state_.vendor[0] == '\0') Identify(options_.identity);
}

FlashRow FlashRowOf(const Profile& profile, std::string_view part) {
  if (profile.serial_flash()) return {nullptr, chips::FindSpiChip(part)};
  return {chips::FindChip(part), nullptr};
}

ByteView Controller::flash() const { return serial_ ? serial_->chip().array() : chip_->array(); }

void Controller::SettleFlash(int64_t now) {
  if (chip_) chip_->Settle(now);
}

bool Controller::FlashShowsArray(int64_t now) {
  return serial_ ? now >= FlashWork().until : chip_->ShowsArray(now);
}

bool Controller::FlashInSequence() const { return chip_ && chip_->InSequence(); }

Controller::Work Controller::FlashWork() const {
  if (state_.own_write.until != 0) return {state_.own_write.began, state_.own_write.until};
  if (serial_) return {state_.spi_chip.work_began, state_.spi_chip.busy_until};
  return {state_.chip.work_began, state_.chip.busy_until};
}

uint8_t Controller::WindowRead(uint32_t address) {
  ++counts_.flash_reads;
  return Disturb(serial_->Get(address));
}

void Controller::FirmwareWrite(uint32_t offset, ByteView bytes, int64_t now, Nanos work) {
  watch_.Note();
  if (watch_.Begin()) return;
  Poke(memories_.flash.bytes(), offset, bytes);
  counts_.bytes_programmed += bytes.size();
  state_.own_write = {offset, static_cast<uint32_t>(bytes.size()), now, now + work.count()};
}

void Controller::RunAs(const DriveIdentity& identity) {
  Identify(identity);
  state_.attention_microcode = true;
}

// Erased first, then written from its beginning on.
void Controller::CutOwnWrite(int64_t now) {
  const OwnWrite work = std::exchange(state_.own_write, OwnWrite{});
  if (now >= work.until) return;
  const auto spent = static_cast<uint64_t>(std::max<int64_t>(now - work.began, 0));
  const uint64_t done = work.length * spent / static_cast<uint64_t>(work.until - work.began);
  const std::span<uint8_t> array = memories_.flash.bytes();
  const size_t end = std::min<size_t>(array.size(), size_t{work.offset} + work.length);
  const size_t reached = std::min<size_t>(end, work.offset + done);
  std::fill(array.begin() + static_cast<ptrdiff_t>(reached),
            array.begin() + static_cast<ptrdiff_t>(end), uint8_t{0xff});
}

void Controller::PokeFlash(uint32_t offset, ByteView bytes) {
  Poke(memories_.flash.bytes(), offset, bytes);
}

void Controller::PokeEeprom(uint32_t offset, ByteView bytes) {
  Poke(memories_.eeprom.bytes(), offset, bytes);
}

Counters Controller::counters() const {
  Counters counters = counts_;
  if (serial_) {
    counters.bytes_programmed += serial_->chip().bytes_programmed();
    counters.erases = serial_->chip().erases();
  } else {
    counters.bytes_programmed += chip_->bytes_programmed();
    counters.page_writes = chip_->page_writes();
    counters.erases = chip_->erases();
  }
  counters.destructive_commands = watch_.destructive;
  counters.destructive_before_write_started = watch_.early;
  return counters;
}

DriveIdentity Controller::identity() const {
  return {Text(state_.vendor), Text(state_.product), Text(state_.revision),
          Text(state_.vendor_specific), Text(state_.serial)};
}

void Controller::Identify(const DriveIdentity& identity) {
  const DriveIdentity& known = options_.identity;
  PadInto(state_.vendor, identity.vendor.empty() ? known.vendor : identity.vendor);
  PadInto(state_.product, identity.product.empty() ? known.product : identity.product);
  PadInto(state_.revision, identity.revision.empty() ? known.revision : identity.revision);
  PadInto(state_.vendor_specific, identity.vendor_specific);
  PadInto(state_.serial, state_.other_identity ? identity.serial : known.serial);
}

void Controller::LetHappen(int64_t now) {
  if (now >= state_.plug_back_ns) {
    const int64_t at = std::exchange(state_.plug_back_ns, kNoTime);
    Plug(at);
  }
  if (now >= state_.power_back_ns) {
    const int64_t at = std::exchange(state_.power_back_ns, kNoTime);
    PowerOn(at);
  }
  if (now >= state_.restart_ns) {
    Reset(state_.restart_ns);
    state_.attention_microcode = true;
  }
  if (state_.run == RunState::kBoot && now >= state_.boot_until_ns) FinishBoot();
}

void Controller::PowerOn(int64_t now) {
  if (!state_.plugged || state_.run != RunState::kOff) return;
  state_.power_back_ns = kNoTime;
  state_.power_on_ns = now;
  Reset(now);
}

// Power-on, hard reset, outro and DEVICE RESET all start the boot code again.
void Controller::Reset(int64_t now) {
  ++counts_.resets;
  state_.run = RunState::kBoot;
  state_.boot_until_ns = now + options_.profile.timings.boot.count();
  state_.busy_until_ns = 0;
  state_.hung = false;
  state_.tray_locked = false;
  const uint8_t device = state_.registers.value[kDeviceRegister];
  state_.registers = Registers{};
  state_.registers.value[kDeviceRegister] = device;
  state_.attention_reset = true;
  state_.restart_ns = kNoTime;
  state_.own_write = OwnWrite{};
  download_.clear();
  OfferData({});
}

void Controller::FinishBoot() {
  // The boot code runs from the chip: one that was left in id mode, or that is still at work,
  // gives it no code [I].
  std::optional<DriveIdentity> identity;
  const bool code = FlashShowsArray(state_.boot_until_ns);
  if (code) {
    identity = personality_.Boot(options_.profile, flash());
  }
  const Profile& profile = options_.profile;
  state_.boot_code = code && !identity && profile.boot_answers && !profile.boot_lost;
  if (state_.boot_code) {
    constexpr const char* kRevision = "BT01";  // [G]
    identity = DriveIdentity{std::string(profile.vendor), std::string(profile.boot_product),
                             kRevision, "", ""};
  }
  if (!identity) {
    state_.run = RunState::kDead;
    return;
  }
  state_.run = RunState::kRun;
  state_.last_sense = {};
  // ATA/ATAPI-5 9.1: the signature of a packet device.
  std::copy_n(kSignature.begin(), kSignature.size(),
              state_.registers.value.begin() + kSectorCountRegister);
  if (!state_.other_identity) Identify(*identity);
}

void Controller::CutPower(int64_t now) {
  if (serial_) {
    serial_->CutPower(now);
  } else {
    chip_->CutPower(now);
  }
  CutOwnWrite(now);
  eeprom_.CutPower(now);
  state_.restart_ns = kNoTime;
  state_.attention_microcode = false;
  download_.clear();
  state_.run = RunState::kOff;
  state_.hung = false;
  state_.personality = PersonalityState{};
  state_.power_back_ns = kNoTime;
  OfferData({});
}

void Controller::Unplug(int64_t now) {
  if (!state_.plugged) return;
  CutPower(now);
  state_.plugged = false;
  state_.plug_back_ns = kNoTime;
  changed_ = true;
}

void Controller::Plug(int64_t now) {
  if (state_.plugged) return;
  state_.plugged = true;
  state_.plug_back_ns = kNoTime;
  ++state_.generation;
  changed_ = true;
  PowerOn(now);
}

void Controller::PlugAs(const DriveIdentity& identity, int64_t now) {
  Unplug(now);
  state_.other_identity = true;
  Identify(identity);
  Plug(now);
}

void Controller::SetDisc(bool inserted) {
  if (state_.disc == inserted) return;
  state_.disc = inserted;
  if (inserted) state_.attention_medium = true;
}

bool Controller::TakeChanged() { return std::exchange(changed_, false); }

bool Controller::IntroHeard(int64_t now) const {
  if (strikes_.ignore_intro || state_.hung) return false;
  const Profile& profile = options_.profile;
  switch (state_.run) {
    case RunState::kOff:
      return false;
    case RunState::kDead:
      return !profile.boot_lost;
    case RunState::kVendor:
      return true;
    case RunState::kBoot:
    case RunState::kRun:
      if (state_.boot_code) return true;
      break;
  }
  switch (profile.gate) {
    case Gate::kAlways:
      return true;
    case Gate::kEjectHeld:
      return state_.eject_held;
    case Gate::kPowerWindow:
      return now - state_.power_on_ns < profile.power_window.count();
    case Gate::kNever:
      return false;
  }
  return false;
}

void Controller::EnterVendor(int64_t now) {
  if (state_.run != RunState::kVendor) ++counts_.vendor_entries;
  state_.run = RunState::kVendor;
  state_.busy_until_ns = now + options_.profile.timings.vendor_op.count();
}

bool Controller::DiscReadable() const {
  if (!state_.disc || state_.tray_open) return false;
  if (!personality_.EepromFits(identity().product, eeprom_.bytes())) return false;
  return !options_.eeprom_checksum || eeprom_.ChecksumRight();
}

const uint8_t* Controller::ArraySource() {
  if (strikes_.stale && handle_ != nullptr && !handle_->flash.empty()) {
    return handle_->flash.data();
  }
  return flash().data();
}

uint32_t Controller::Aliased(uint32_t address) const {
  const uint32_t window = strikes_.alias_window_bytes;
  return window == 0 ? address : address & (window - 1);
}

uint8_t Controller::Disturb(uint8_t value) {
  if (strikes_.stuck) return last_read_;
  last_read_ = value;
  const uint64_t chance = strikes_.noise_one_in == 0 ? 1 : noise_.Next();
  if (strikes_.noise_one_in != 0 && chance % strikes_.noise_one_in == 0) {
    value ^= static_cast<uint8_t>(1u << ((chance >> 32) & 7));
  }
  return value;
}

uint8_t Controller::DisturbedBusRead(uint32_t address, int64_t now) {
  return Disturb(chip_->Read(Aliased(address), now, ArraySource()));
}

uint8_t Controller::FirmwareRead(uint32_t address) {
  ++counts_.flash_reads;
  address &= static_cast<uint32_t>(flash().size()) - 1;
  if (!read_disturbed_) return flash()[address];
  return Disturb(ArraySource()[Aliased(address)]);
}

uint16_t Controller::NextDataWord() {
  if (pio_next_ >= pio_.size()) return 0xffff;
  const uint16_t low = pio_[pio_next_++];
  const uint16_t high = pio_next_ < pio_.size() ? pio_[pio_next_++] : 0;
  return static_cast<uint16_t>(low | high << 8);
}

void Controller::OfferWords(uint16_t first, uint16_t second) {
  pio_.resize(4);
  pio_[0] = static_cast<uint8_t>(first);
  pio_[1] = static_cast<uint8_t>(first >> 8);
  pio_[2] = static_cast<uint8_t>(second);
  pio_[3] = static_cast<uint8_t>(second >> 8);
  pio_next_ = 0;
}

}  // namespace firmbench::simulator
