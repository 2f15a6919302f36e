// SPDX-License-Identifier: Apache-2.0
#include "daemon/families/identify_packet.h"

#include <array>
#include <vector>

#include "daemon/scsi/cdb.h"
#include "daemon/scsi/commands.h"

namespace firmbench::families {
namespace {

using ata::Access;
using ata::Register;

constexpr uint8_t kCommand = 0xa1;
constexpr uint8_t kBusy = 0x80;
constexpr uint8_t kDataRequest = 0x08;
constexpr uint8_t kError = 0x01;
constexpr size_t kWords = 256;
constexpr ata::WaitLimits kLimits{.max_polls = 0x50000, .max_time = std::chrono::seconds(2)};

// The two characters of a word stand the other way round; `data` has them as the bus does.
std::string TextAt(ByteView data, size_t first_word, size_t words) {
  Bytes bytes;
  for (size_t at = 2 * first_word; at < 2 * (first_word + words); at += 2) {
    bytes.push_back(data[at + 1]);
    bytes.push_back(data[at]);
  }
  return CleanField(bytes);
}

// Of all 512 bytes.
IdentifyData Parse(ByteView data) {
  constexpr size_t kSerial = 10;
  constexpr size_t kRevision = 23;
  constexpr size_t kModel = 27;
  return {TextAt(data, kSerial, 10), TextAt(data, kRevision, 4), TextAt(data, kModel, 20)};
}

}  // namespace

Result<std::optional<IdentifyData>> ReadIdentifyPacket(ata::TaskFile& task_file,
                                                       bool second_device) {
  constexpr uint8_t kDevice0 = 0xa0;
  constexpr uint8_t kDevice1 = 0xb0;
  std::array ask = {Access::Write(Register::kDevice, second_device ? kDevice1 : kDevice0),
                    Access::WaitClear(Register::kStatus, kBusy),
                    Access::Write(Register::kCommand, kCommand),
                    // 400 ns pass before the status counts.
                    Access::Read(Register::kControl), Access::WaitClear(Register::kStatus, kBusy)};
  RETURN_IF_ERROR(task_file.Run(ask, kLimits));
  const auto status = static_cast<uint8_t>(ask.back().value16);
  if ((status & kDataRequest) == 0 || (status & kError) != 0) {
    return std::optional<IdentifyData>();
  }
  std::vector<Access> words(kWords, Access::ReadData16());
  RETURN_IF_ERROR(task_file.Run(words, kLimits));
  Bytes data;
  data.reserve(2 * kWords);
  for (const Access& word : words) {
    data.push_back(static_cast<uint8_t>(word.value16));
    data.push_back(static_cast<uint8_t>(word.value16 >> 8));
  }
  return std::optional(Parse(data));
}

Result<std::optional<IdentifyData>> ReadIdentifyPacket(scsi::Transport& transport) {
  std::array<uint8_t, 2 * kWords> data{};
  ASSIGN_OR_RETURN(const scsi::Completion completion,
                   transport.Execute({.cdb = scsi::cdb::AtaIdentifyPacketDevice(),
                                      .direction = scsi::Direction::kIn,
                                      .data_in = data,
                                      .data_out = {},
                                      .timeout = scsi::kShortTimeout}));
  if (!completion.good() || completion.transferred < data.size()) {
    return std::optional<IdentifyData>();
  }
  return std::optional(Parse(data));
}

Result<std::optional<IdentifyData>> ReadIdentifyPacket(ata::TaskFile* task_file, bool second_device,
                                                       scsi::Transport& transport) {
  if (task_file != nullptr) return ReadIdentifyPacket(*task_file, second_device);
  return ReadIdentifyPacket(transport);
}

}  // namespace firmbench::families
