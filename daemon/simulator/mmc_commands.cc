// SPDX-License-Identifier: Apache-2.0
// The common commands of packet devices (drive-protocols 5 and 9.5): enough that everything which
// looks at a drive before it is ours to talk to gets the answers that these models give.
#include <algorithm>
#include <string>

#include "daemon/simulator/scsi_port.h"

namespace firmbench::simulator {
namespace {

ScsiReply NoMedium() { return ScsiReply::Check(0x02, 0x3a, 0x00); }

ScsiReply Cut(Bytes data, size_t allocation) {
  data.resize(std::min(data.size(), allocation));
  return ScsiReply::Good(std::move(data));
}

template <size_t size>
void Append(Bytes& to, const std::array<char, size>& field) {
  to.insert(to.end(), field.begin(), field.end());
}

ScsiReply RequestSense(Controller& drive, ByteView cdb) {
  DriveState& state = drive.state();
  SenseInfo sense = state.last_sense;
  if (sense.key == 0 && state.attention_reset) {
    state.attention_reset = false;
    sense = {0x06, 0x29, 0x00, false};
  }
  state.last_sense = {};
  Bytes data(18);
  data[0] = 0x70;  // fixed format, SPC-4 4.5.3
  data[2] = sense.key;
  data[7] = 10;
  data[12] = sense.asc;
  data[13] = sense.ascq;
  return Cut(std::move(data), cdb[4]);
}

ScsiReply Inquiry(Controller& drive, ByteView cdb) {
  const DriveState& state = drive.state();
  const Profile& profile = drive.profile();
  if ((cdb[1] & 1) == 0) {
    if (cdb[2] != 0) return ScsiReply::InvalidField();
    Bytes data = {0x05, 0x80, 0x00, profile.inquiry_format, profile.inquiry_additional_length,
                  0x00, 0x00, 0x00};
    Append(data, state.vendor);
    Append(data, state.product);
    Append(data, state.revision);
    Append(data, state.vendor_specific);
    data.resize(size_t{profile.inquiry_additional_length} + 5);
    return Cut(std::move(data), cdb[4]);
  }
  if (cdb[2] == 0x00) return Cut({0x05, 0x00, 0x00, 0x02, 0x00, 0x80}, cdb[4]);
  if (cdb[2] != 0x80) return ScsiReply::InvalidField();
  const std::string serial = drive.identity().serial;
  Bytes data = {0x05, 0x80, 0x00, static_cast<uint8_t>(serial.size())};
  data.insert(data.end(), serial.begin(), serial.end());
  return Cut(std::move(data), cdb[4]);
}

// MMC mode pages that these drives have, each with the length its standard gives it.
Bytes ModePage(const Profile& profile, uint8_t page) {
  constexpr struct {
    uint8_t page;
    uint8_t length;
  } kPages[] = {{0x01, 0x0a}, {0x05, 0x32}, {0x08, 0x0a}, {0x0d, 0x06}, {0x1a, 0x0a}, {0x2a, 0x18}};
  for (const auto& known : kPages) {
    if (known.page != page) continue;
    Bytes data(size_t{known.length} + 2);
    data[0] = page;
    data[1] = known.length;
    if (page == 0x01) data[3] = 5;  // read retries
    if (page == 0x2a) {
      data[2] = profile.dvd ? 0x0b : 0x03;  // reads CD-R, CD-RW, DVD-ROM
      data[3] = profile.dvd ? 0x13 : 0x03;  // writes CD-R, CD-RW, DVD-R
      data[4] = 0x70;
      data[6] = 0x29;  // tray, can eject, can lock
      StoreBe16(&data[12], profile.buffer_kib);
    }
    return data;
  }
  return {};
}

ScsiReply ModeSense(Controller& drive, ByteView cdb) {
  const bool ten = cdb[0] == 0x5a;
  const uint8_t page = cdb[2] & 0x3f;
  if ((cdb[2] >> 6) == 3) return ScsiReply::Check(0x05, 0x39, 0x00);  // no saved values
  Bytes data(ten ? 8 : 4);
  for (const uint8_t candidate : {0x01, 0x05, 0x08, 0x0d, 0x1a, 0x2a}) {
    if (page != 0x3f && page != candidate) continue;
    const Bytes body = ModePage(drive.profile(), candidate);
    data.insert(data.end(), body.begin(), body.end());
  }
  if (data.size() <= 8 && page != 0x3f) return ScsiReply::InvalidField();
  const uint8_t medium = drive.DiscReadable() ? 0x01 : 0x70;  // 70: closed, no disc
  if (ten) {
    StoreBe16(data.data(), static_cast<uint32_t>(data.size() - 2));
    data[2] = medium;
    return Cut(std::move(data), LoadBe16(&cdb[7]));
  }
  data[0] = static_cast<uint8_t>(data.size() - 1);
  data[1] = medium;
  return Cut(std::move(data), cdb[4]);
}

void AppendFeature(Bytes& to, uint16_t code, uint8_t flags, ByteView body) {
  uint8_t header[4] = {};
  StoreBe16(header, code);
  header[2] = flags;  // version, persistent, current
  header[3] = static_cast<uint8_t>(body.size());
  to.insert(to.end(), header, header + 4);
  to.insert(to.end(), body.begin(), body.end());
}

// MMC-6 5.3; which features a drive of 2002 to 2004 has beyond the profiles is inferred.
std::vector<std::pair<uint16_t, Bytes>> Features(Controller& drive) {
  const Profile& profile = drive.profile();
  Bytes profiles;
  for (const uint16_t code : profile.mmc_profiles) {
    const uint8_t entry[4] = {static_cast<uint8_t>(code >> 8), static_cast<uint8_t>(code), 0, 0};
    profiles.insert(profiles.end(), entry, entry + 4);
  }
  std::vector<std::pair<uint16_t, Bytes>> features = {
      {0x0000, profiles},
      {0x0001, {0x00, 0x00, 0x00, 0x02}},  // core: ATAPI
      {0x0003, {0x29, 0x00, 0x00, 0x00}},  // removable medium: tray, eject, lock
      {0x001e, {0x03, 0x00, 0x00, 0x00}},  // CD read
  };
  if (profile.dvd) features.push_back({0x001f, {0x00, 0x00, 0x00, 0x00}});
  if (profile.serial_feature) {
    const std::string serial = drive.identity().serial;
    Bytes body(serial.begin(), serial.end());
    body.resize((body.size() + 3) / 4 * 4, ' ');
    features.push_back({0x0108, body});
  }
  if (!profile.firmware_date.empty()) {
    Bytes body(profile.firmware_date.begin(), profile.firmware_date.end());
    body.resize(16);
    features.push_back({0x010c, body});
  }
  return features;
}

ScsiReply GetConfiguration(Controller& drive, ByteView cdb) {
  const uint8_t which = cdb[1] & 3;  // RT
  const uint16_t start = LoadBe16(&cdb[2]);
  if (which == 3) return ScsiReply::InvalidField();
  Bytes data(8);
  const std::span<const uint16_t> profiles = drive.profile().mmc_profiles;
  const bool disc = drive.DiscReadable();
  // The only disc that the simulator has is a CD-ROM.
  if (disc && !profiles.empty()) StoreBe16(&data[6], 0x0008);
  for (const auto& [code, body] : Features(drive)) {
    const bool current = code != 0x001e && code != 0x001f ? true : disc;
    if (which == 2 ? code != start : code < start) continue;
    if (which == 1 && !current) continue;
    AppendFeature(data, code, static_cast<uint8_t>(current ? 0x03 : 0x00), body);
  }
  StoreBe32(data.data(), static_cast<uint32_t>(data.size() - 4));
  return Cut(std::move(data), LoadBe16(&cdb[7]));
}

ScsiReply StartStop(Controller& drive, ByteView cdb) {
  DriveState& state = drive.state();
  if ((cdb[4] & 2) == 0) return ScsiReply::Good();
  if (state.tray_locked) return ScsiReply::Check(0x05, 0x53, 0x02);
  const bool close = (cdb[4] & 1) != 0;
  if (close && state.tray_open && state.disc) state.attention_medium = true;
  state.tray_open = !close;
  return ScsiReply::Good();
}

// MMC-6 6.41: the medium class only.
ScsiReply EventStatus(Controller& drive, ByteView cdb) {
  if ((cdb[1] & 1) == 0) return ScsiReply::InvalidField();  // asynchronous is not supported
  constexpr uint8_t kMediaClass = 4;
  const DriveState& state = drive.state();
  if ((cdb[4] & 1u << kMediaClass) == 0) {
    return Cut({0x00, 0x02, 0x80, 1u << kMediaClass}, LoadBe16(&cdb[7]));
  }
  const auto status =
      static_cast<uint8_t>((state.tray_open ? 1 : 0) | (drive.DiscReadable() ? 2 : 0));
  const auto event = static_cast<uint8_t>(state.attention_medium ? 2 : 0);  // new medium
  return Cut({0x00, 0x06, kMediaClass, 1u << kMediaClass, event, status, 0x00, 0x00},
             LoadBe16(&cdb[7]));
}

// One data track of one minute: enough to be a disc.
constexpr uint32_t kDiscSectors = 4500;

ScsiReply ReadToc(ByteView cdb) {
  if ((cdb[2] & 0x0f) != 0 || (cdb[9] >> 6) != 0) return ScsiReply::InvalidField();
  Bytes data = {0x00, 0x12, 0x01, 0x01, 0x00, 0x14, 0x01, 0x00, 0x00, 0x00,
                0x00, 0x00, 0x00, 0x14, 0xaa, 0x00, 0x00, 0x00, 0x00, 0x00};
  StoreBe32(&data[16], kDiscSectors);
  return Cut(std::move(data), LoadBe16(&cdb[7]));
}

ScsiReply DiscInformation(ByteView cdb) {
  Bytes data(34);
  data[1] = 32;
  data[2] = 0x0e;  // complete disc, complete session
  data[3] = data[4] = data[5] = data[6] = 1;
  return Cut(std::move(data), LoadBe16(&cdb[7]));
}

ScsiReply ReadCapacity() {
  Bytes data(8);
  StoreBe32(data.data(), kDiscSectors - 1);
  StoreBe32(&data[4], 2048);
  return ScsiReply::Good(std::move(data));
}

ScsiReply BufferCapacity(Controller& drive, ByteView cdb) {
  Bytes data(12);
  StoreBe16(data.data(), 10);
  StoreBe32(&data[4], drive.profile().buffer_capacity_bytes);
  StoreBe32(&data[8], drive.profile().buffer_capacity_bytes);
  return Cut(std::move(data), LoadBe16(&cdb[7]));
}

// drive-protocols 3: key format 08, a fresh drive: no region set, 4 resets, 5 changes [R], RPC-2.
ScsiReply ReportKey(ByteView cdb) {
  if (cdb.size() < 12 || (cdb[10] & 0x3f) != 0x08) return ScsiReply::InvalidField();
  return Cut({0x00, 0x06, 0x00, 0x00, 4u << 3 | 5u, 0xff, 0x01, 0x00}, LoadBe16(&cdb[8]));
}

size_t CdbBytes(uint8_t opcode) {
  if (opcode < 0x20) return 6;
  return opcode < 0x60 ? 10 : 12;
}

}  // namespace

std::optional<ScsiReply> AnswerMmc(Controller& drive, ByteView cdb) {
  if (cdb.empty() || cdb[0] >= 0xc0) return std::nullopt;
  if (cdb.size() < CdbBytes(cdb[0])) return ScsiReply::InvalidField();
  const bool disc = drive.DiscReadable();
  switch (cdb[0]) {
    case 0x00:
      return disc ? ScsiReply::Good() : NoMedium();
    case 0x03:
      return RequestSense(drive, cdb);
    case 0x12:
      return Inquiry(drive, cdb);
    case 0x1a:
    case 0x5a:
      return ModeSense(drive, cdb);
    case 0x1b:
      return StartStop(drive, cdb);
    case 0x1e:
      drive.state().tray_locked = (cdb[4] & 1) != 0;
      return ScsiReply::Good();
    case 0x25:
      return disc ? ReadCapacity() : NoMedium();
    case 0x43:
      return disc ? ReadToc(cdb) : NoMedium();
    case 0x46:
      return GetConfiguration(drive, cdb);
    case 0x4a:
      return EventStatus(drive, cdb);
    case 0x51:
      return disc ? DiscInformation(cdb) : NoMedium();
    case 0x5c:
      return BufferCapacity(drive, cdb);
    case 0xa4:
      if (drive.profile().dvd) return ReportKey(cdb);
      return std::nullopt;
    default:
      return std::nullopt;
  }
}

}  // namespace firmbench::simulator
