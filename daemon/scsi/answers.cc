// SPDX-License-Identifier: Apache-2.0
#include "daemon/scsi/answers.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace firmbench::scsi {
namespace {

Error Malformed(std::string_view what) {
  return DataLoss("ANSWER_MALFORMED", fmt::format("{}: the answer makes no sense", what));
}

// The digits of `field` as a number, or -1.
int Number(ByteView field) {
  int value = 0;
  for (const uint8_t b : field) {
    if (b < '0' || b > '9') return -1;
    value = value * 10 + (b - '0');
  }
  return value;
}

// A VPD page's payload: its code must be the one asked for, and its length must be there.
Result<ByteView> VpdPayload(ByteView answer, uint8_t page) {
  if (answer.size() < 4 || answer[1] != page) return Malformed("vital product data");
  const size_t length = LoadBe16(answer.data() + 2);
  if (length > answer.size() - 4) return Malformed("vital product data");
  return answer.subspan(4, length);
}

}  // namespace

Result<Inquiry> ParseInquiry(ByteView answer) {
  if (answer.size() < 36) return Malformed("inquiry");
  Inquiry inquiry;
  inquiry.qualifier = answer[0] >> 5;
  inquiry.device_type = answer[0] & 0x1f;
  inquiry.removable = (answer[1] & 0x80) != 0;
  inquiry.version = answer[2];
  inquiry.response_format = answer[3] & 0x0f;
  inquiry.vendor = CleanField(answer.subspan(8, 8));
  inquiry.product = CleanField(answer.subspan(16, 16));
  inquiry.revision = CleanField(answer.subspan(32, 4));
  inquiry.vendor_specific =
      CleanField(answer.subspan(36, std::min<size_t>(answer.size() - 36, 20)));
  return inquiry;
}

Result<std::vector<uint8_t>> ParseVpdPages(ByteView answer) {
  ASSIGN_OR_RETURN(const ByteView pages, VpdPayload(answer, 0x00));
  // SPC-4 7.8.17 lists them ascending from 00. Standard data from a drive that ignores EVPD is not.
  if (pages.empty() || pages[0] != 0x00) return Malformed("vital product data");
  if (std::adjacent_find(pages.begin(), pages.end(), std::greater_equal<>()) != pages.end()) {
    return Malformed("vital product data");
  }
  return std::vector<uint8_t>(pages.begin(), pages.end());
}

Result<std::string> ParseVpdSerial(ByteView answer) {
  ASSIGN_OR_RETURN(const ByteView serial, VpdPayload(answer, 0x80));
  return CleanField(serial);
}

const Feature* Configuration::Find(uint16_t code) const {
  for (const Feature& feature : features) {
    if (feature.code == code) return &feature;
  }
  return nullptr;
}

Result<Configuration> ParseConfiguration(ByteView answer) {
  if (answer.size() < 8) return Malformed("get configuration");
  // The length does not count its own four bytes.
  const uint64_t length = uint64_t{LoadBe32(answer.data())} + 4;
  if (length < answer.size()) answer = answer.first(static_cast<size_t>(length));
  if (answer.size() < 8) return Malformed("get configuration");
  Configuration configuration;
  configuration.current_profile = LoadBe16(answer.data() + 6);
  ByteView rest = answer.subspan(8);
  while (rest.size() >= 4 && rest.size() - 4 >= rest[3]) {
    Feature feature;
    feature.code = LoadBe16(rest.data());
    feature.version = (rest[2] >> 2) & 0x0f;
    feature.persistent = (rest[2] & 0x02) != 0;
    feature.current = (rest[2] & 0x01) != 0;
    const ByteView data = rest.subspan(4, rest[3]);
    feature.data.assign(data.begin(), data.end());
    configuration.features.push_back(std::move(feature));
    rest = rest.subspan(size_t{4} + rest[3]);
  }
  return configuration;
}

std::vector<uint16_t> ProfilesOf(const Feature& feature) {
  std::vector<uint16_t> profiles;
  for (size_t i = 0; i + 4 <= feature.data.size(); i += 4) {
    profiles.push_back(LoadBe16(feature.data.data() + i));
  }
  return profiles;
}

std::string SerialOf(const Feature& feature) { return CleanField(feature.data); }

std::optional<std::string> FirmwareDateOf(const Feature& feature) {
  const ByteView text = Slice(feature.data, 0, 14);
  if (text.empty()) return std::nullopt;
  const int year = Number(text.first(4));
  std::array<int, 5> parts{};  // month, day, hour, minute, second
  constexpr std::array<int, 5> kLow{1, 1, 0, 0, 0};
  constexpr std::array<int, 5> kHigh{12, 31, 23, 59, 60};
  for (size_t i = 0; i < parts.size(); ++i) {
    parts[i] = Number(text.subspan(4 + 2 * i, 2));
    if (parts[i] < kLow[i] || parts[i] > kHigh[i]) return std::nullopt;
  }
  if (year < 0) return std::nullopt;
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}", year, parts[0], parts[1], parts[2],
                     parts[3], parts[4]);
}

Result<Capabilities> ParseCapabilities(ByteView answer) {
  if (answer.size() < 8) return Malformed("mode page 2A");
  const size_t length = size_t{2} + LoadBe16(answer.data());
  if (length < answer.size()) answer = answer.first(length);
  if (answer.size() < 8) return Malformed("mode page 2A");
  const size_t start = size_t{8} + LoadBe16(answer.data() + 6);
  const ByteView page = Slice(answer, start, 14);
  if (page.empty() || (page[0] & 0x3f) != 0x2a || page[1] < 12) return Malformed("mode page 2A");
  Capabilities capabilities;
  capabilities.reads_dvd = (page[2] & 0x08) != 0;
  capabilities.writes_cd_r = (page[3] & 0x01) != 0;
  capabilities.writes_dvd_r = (page[3] & 0x10) != 0;
  capabilities.buffer_kib = LoadBe16(page.data() + 12);
  return capabilities;
}

Result<BufferDescriptor> ParseBufferDescriptor(ByteView answer) {
  if (answer.size() < 4) return Malformed("buffer descriptor");
  return BufferDescriptor{answer[0], LoadBe24(answer.data() + 1)};
}

Result<RpcState> ParseRpcState(ByteView answer) {
  if (answer.size() < 8 || LoadBe16(answer.data()) < 6) return Malformed("region state");
  RpcState state;
  state.type = static_cast<RpcState::Type>(answer[4] >> 6);
  state.vendor_resets_left = (answer[4] >> 3) & 0x07;
  state.user_changes_left = answer[4] & 0x07;
  state.region_mask = answer[5];
  state.scheme = answer[6];
  return state;
}

Result<MediaEvent> ParseMediaEvent(ByteView answer) {
  constexpr uint8_t kNoEventAvailable = 0x80;
  constexpr uint8_t kMediaClass = 4;
  if (answer.size() < 6 || LoadBe16(answer.data()) < 4 || (answer[2] & kNoEventAvailable) != 0 ||
      (answer[2] & 0x07) != kMediaClass) {
    return Malformed("media event");
  }
  MediaEvent event;
  event.code = answer[4] & 0x0f;
  event.tray_open = (answer[5] & 0x01) != 0;
  event.media_present = (answer[5] & 0x02) != 0;
  return event;
}

}  // namespace firmbench::scsi
