// SPDX-License-Identifier: Apache-2.0
#include "daemon/families/identify_packet.h"

#include <array>
#include <vector>

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

// The two characters of a word stand the other way round.
std::string TextAt(const std::vector<Access>& words, size_t first, size_t count) {
  Bytes bytes;
  for (size_t i = first; i < first + count; ++i) {
    bytes.push_back(static_cast<uint8_t>(words[i].value16 >> 8));
    bytes.push_back(static_cast<uint8_t>(words[i].value16));
  }
  return CleanField(bytes);
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
  constexpr size_t kSerial = 10;
  constexpr size_t kRevision = 23;
  constexpr size_t kModel = 27;
  return std::optional<IdentifyData>(
      {TextAt(words, kSerial, 10), TextAt(words, kRevision, 4), TextAt(words, kModel, 20)});
}

}  // namespace firmbench::families
