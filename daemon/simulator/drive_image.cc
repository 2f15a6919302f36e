// SPDX-License-Identifier: Apache-2.0
#include "daemon/simulator/drive_image.h"

#include <algorithm>
#include <cstring>

#include "daemon/simulator/controller.h"

namespace firmbench::simulator {
namespace {

Memory CopyOf(ByteView bytes, size_t room) {
  Memory memory = Memory::Plain(room);
  std::copy(bytes.begin(), bytes.end(), memory.bytes().begin());
  return memory;
}

// Eight bytes at a time: the end of a state is thousands of zeros.
size_t LengthWithoutZeros(ByteView bytes) {
  size_t length = bytes.size();
  for (uint64_t word = 0; length >= sizeof word; length -= sizeof word) {
    std::memcpy(&word, &bytes[length - sizeof word], sizeof word);
    if (word != 0) break;
  }
  return length;
}

}  // namespace

RunState CommandMoment::state() const { return drive_.state().run; }
bool CommandMoment::in_sequence() const { return drive_.FlashInSequence(); }
uint64_t CommandMoment::writes() const { return drive_.watch().begun; }

DriveImage CommandMoment::Image() const {
  DriveImage image;
  drive_.ImageInto(image);
  return image;
}

void CommandMoment::ImageInto(DriveImage& image) const { drive_.ImageInto(image); }

bool Controller::HoldsState(Memory& memory) {
  uint64_t layout = 0;
  if (memory.bytes().size() < sizeof(DriveState)) return false;
  std::memcpy(&layout, memory.bytes().data(), sizeof layout);
  return layout == DriveState::kLayout;
}

void Controller::ImageInto(DriveImage& image) {
  const auto assign = [](Bytes& to, ByteView from) { to.assign(from.begin(), from.end()); };
  assign(image.flash, flash());
  assign(image.eeprom, eeprom_.bytes());
  const ByteView state(reinterpret_cast<const uint8_t*>(&state_), sizeof state_);
  assign(image.state, state.first(LengthWithoutZeros(state)));
  const bool erasing = FlashWork().until > state_.last_ns;
  const ByteView before = serial_ ? serial_->chip().erasing() : chip_->erasing();
  assign(image.erasing, erasing ? before : ByteView());
}

void Controller::TakeOver(const DriveImage& image) {
  if (serial_) {
    serial_->chip().SetErasing(image.erasing);
  } else {
    chip_->SetErasing(image.erasing);
  }
}

Result<DriveMemories> Controller::MemoriesOf(const DriveImage& image, size_t flash_bytes,
                                             size_t eeprom_bytes) {
  const bool fits = image.flash.size() == flash_bytes && image.eeprom.size() == eeprom_bytes &&
                    image.state.size() <= sizeof(DriveState);
  DriveMemories memories{CopyOf(fits ? image.flash : Bytes(), flash_bytes),
                         CopyOf(fits ? image.eeprom : Bytes(), eeprom_bytes),
                         CopyOf(fits ? image.state : Bytes(), sizeof(DriveState))};
  if (fits && HoldsState(memories.state)) return memories;
  return InvalidArgument("DRIVE_IMAGE_INVALID",
                         "this is not the image of a drive of this model and chip");
}

void Controller::LosePower(PowerLoss loss) {
  int64_t at = state_.last_ns;
  if (loss == PowerLoss::kDuringWork) {
    if (chip_) chip_->CloseLoad();
    const bool busy = std::max(FlashWork().until, eeprom_.state().busy_until) > at;
    if (busy) at = WorkAt(50);
  }
  CutPower(at);
}

}  // namespace firmbench::simulator
