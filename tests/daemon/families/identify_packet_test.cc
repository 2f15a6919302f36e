// SPDX-License-Identifier: Apache-2.0
// IDENTIFY PACKET DEVICE through a translator of ATA commands, as the kernel has one.

#include "daemon/families/identify_packet.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "daemon/scsi/cdb.h"

namespace firmbench::families {
namespace {

class Translator final : public scsi::Transport {
 public:
  Translator() : data_(512, 0) {
    Put(10, "SN-0815             ");
    Put(23, "SS0B    ");
    Put(27, "LITE-ON LTR-48246S                      ");
  }

  Result<scsi::Completion> Execute(const scsi::Command& command) override {
    if (gone) return Unavailable("DRIVE_GONE", "there is no drive");
    scsi::Completion completion;
    if (refuses || command.cdb.bytes != scsi::cdb::AtaIdentifyPacketDevice().bytes) {
      completion.status = scsi::ScsiStatus::kCheckCondition;
      return completion;
    }
    const size_t length = std::min({data_.size(), command.data_in.size(), sends});
    std::copy_n(data_.begin(), length, command.data_in.begin());
    completion.transferred = length;
    return completion;
  }
  scsi::Limits limits() const override { return {}; }

  bool refuses = false;
  bool gone = false;
  size_t sends = 512;

 private:
  // Two characters to a word, the first in its upper byte; words lie with their lower byte first.
  void Put(size_t word, std::string_view text) {
    for (size_t i = 0; i < text.size(); i += 2) {
      data_[2 * word + i] = static_cast<uint8_t>(text[i + 1]);
      data_[2 * word + i + 1] = static_cast<uint8_t>(text[i]);
    }
  }

  Bytes data_;
};

TEST(IdentifyPacket, IsReadThroughATranslator) {
  Translator drive;
  const auto said = ReadIdentifyPacket(drive);
  ASSERT_TRUE(said && *said);
  EXPECT_EQ((*said)->serial, "SN-0815");
  EXPECT_EQ((*said)->revision, "SS0B");
  EXPECT_EQ((*said)->model, "LITE-ON LTR-48246S");
}

TEST(IdentifyPacket, WhatIsNotWholeIsNoAnswer) {
  Translator drive;
  for (const size_t sends : {size_t{0}, size_t{511}}) {
    drive.sends = sends;
    const auto said = ReadIdentifyPacket(drive);
    ASSERT_TRUE(said);
    EXPECT_FALSE(*said) << sends;
  }
  drive.sends = 512;
  drive.refuses = true;
  EXPECT_EQ(*ReadIdentifyPacket(drive), std::nullopt);
  drive.gone = true;
  ASSERT_FALSE(ReadIdentifyPacket(drive));
  EXPECT_EQ(ReadIdentifyPacket(drive).error().reason(), "DRIVE_GONE");
}

}  // namespace
}  // namespace firmbench::families
