// SPDX-License-Identifier: Apache-2.0
#pragma once

// A drive small enough to read, for tests of the SCSI layer: it answers, refuses, truncates and
// vanishes as told. Every completion goes through Triage, as on a real way to a drive.

#include <algorithm>
#include <map>
#include <optional>
#include <string_view>
#include <vector>

#include "daemon/base/bytes.h"
#include "daemon/scsi/completion.h"
#include "daemon/scsi/sense.h"
#include "daemon/scsi/transport.h"

namespace firmbench::scsi {

inline Bytes StandardInquiry(std::string_view vendor = "LITE-ON ",
                             std::string_view product = "LTR-48246S      ",
                             std::string_view revision = "SS0B") {
  // The template of MediaTek drives, drive-protocols 5 [P].
  Bytes bytes{0x05, 0x80, 0x00, 0x32, 0x1f, 0x00, 0x00, 0x00};
  for (const std::string_view field : {vendor, product, revision}) {
    bytes.insert(bytes.end(), field.begin(), field.end());
  }
  return bytes;
}

class FakeDrive final : public Transport {
 public:
  Bytes inquiry = StandardInquiry();
  size_t largest_inquiry = 256;  // refuses larger allocation lengths
  bool ignores_evpd = false;     // answers VPD questions with standard data
  std::map<uint8_t, Bytes> vpd;  // page -> payload; empty: refuses EVPD
  std::map<uint16_t, Bytes> features;
  bool knows_configuration = true;
  std::optional<uint16_t> buffer_kib;  // mode page 2A
  std::map<uint8_t, Bytes> buffers;    // READ BUFFER mode 02 by id
  std::optional<SenseInfo> not_ready;
  std::optional<SenseInfo> refuse_writes;
  Bytes written;

  int unit_attentions = 0;      // this many commands end with one first
  bool hides_residual = false;  // claims that everything asked for was moved
  int vanishes_after = -1;      // commands answered before the device is gone
  int times_out_at_opcode = -1;
  size_t max_transfer = 65536;
  std::vector<Bytes> log;  // CDBs as they came

  Result<Completion> Execute(const Command& command) override {
    const ByteView cdb = command.cdb.view();
    log.emplace_back(cdb.begin(), cdb.end());
    RawCompletion raw;
    if (vanishes_after >= 0 && log.size() > static_cast<size_t>(vanishes_after)) {
      raw.sys_errno = 19;  // ENODEV
      return Triage(command, raw);
    }
    if (times_out_at_opcode == cdb[0]) {
      raw.host_status = 3;
      return Triage(command, raw);
    }
    std::optional<SenseInfo> sense;
    Bytes answer;
    if (unit_attentions > 0) {
      --unit_attentions;
      sense = SenseInfo{6, 0x29, 0, false};
    } else {
      sense = Answer(command, answer);
    }
    Bytes sense_bytes;
    if (sense) {
      sense_bytes = EncodeFixedSense(*sense);
      raw.scsi_status = 2;
      raw.driver_status = 8;
      raw.sense = sense_bytes;
      // Stale bytes, as the kernel's reserved buffer gives them.
      std::fill(command.data_in.begin(), command.data_in.end(), uint8_t{0xa5});
    } else if (command.direction == Direction::kIn) {
      const size_t n = std::min(answer.size(), command.data_in.size());
      std::copy_n(answer.begin(), n, command.data_in.begin());
      if (!hides_residual) raw.residual = static_cast<int64_t>(command.data_in.size() - n);
    }
    return Triage(command, raw);
  }

  Limits limits() const override { return {max_transfer}; }

 private:
  static constexpr SenseInfo kBadOpcode{5, 0x20, 0, false};
  static constexpr SenseInfo kBadField{5, 0x24, 0, false};

  std::optional<SenseInfo> Answer(const Command& command, Bytes& answer) {
    const ByteView cdb = command.cdb.view();
    switch (cdb[0]) {
      case 0x00:
        return not_ready;
      case 0x03:
        answer = EncodeFixedSense(not_ready.value_or(SenseInfo{}));
        return std::nullopt;
      case 0x12:
        return AnswerInquiry(cdb, answer);
      case 0x1b:
        return std::nullopt;
      case 0x3b:
        if (refuse_writes) return refuse_writes;
        written.assign(command.data_out.begin(), command.data_out.end());
        return std::nullopt;
      case 0x3c:
        return AnswerBuffer(cdb, answer);
      case 0x46:
        return AnswerConfiguration(cdb, answer);
      case 0x5a:
        return AnswerModePage(cdb, answer);
      default:
        return kBadOpcode;
    }
  }

  std::optional<SenseInfo> AnswerInquiry(ByteView cdb, Bytes& answer) {
    if (cdb[4] > largest_inquiry) return kBadField;
    if ((cdb[1] & 1) == 0 || ignores_evpd) {
      answer = inquiry;
      return std::nullopt;
    }
    const auto page = vpd.find(cdb[2]);
    if (page == vpd.end()) return kBadField;
    answer = {inquiry[0], cdb[2], 0, static_cast<uint8_t>(page->second.size())};
    answer.insert(answer.end(), page->second.begin(), page->second.end());
    return std::nullopt;
  }

  std::optional<SenseInfo> AnswerBuffer(ByteView cdb, Bytes& answer) {
    const auto buffer = buffers.find(cdb[2]);
    if (buffer == buffers.end()) return kBadField;
    const Bytes& bytes = buffer->second;
    if (cdb[1] == 3) {
      answer = {0, 0, 0, 0};
      StoreBe24(answer.data() + 1, static_cast<uint32_t>(bytes.size()));
      return std::nullopt;
    }
    const size_t offset = LoadBe24(&cdb[3]);
    if (cdb[1] != 2 || offset > bytes.size()) return kBadField;
    const size_t n = std::min<size_t>(LoadBe24(&cdb[6]), bytes.size() - offset);
    answer.assign(bytes.begin() + static_cast<ptrdiff_t>(offset),
                  bytes.begin() + static_cast<ptrdiff_t>(offset + n));
    return std::nullopt;
  }

  std::optional<SenseInfo> AnswerConfiguration(ByteView cdb, Bytes& answer) {
    if (!knows_configuration) return kBadOpcode;
    const uint16_t code = LoadBe16(&cdb[2]);
    answer.assign(8, 0);
    if (const auto found = features.find(code); found != features.end()) {
      answer.insert(answer.end(),
                    {cdb[2], cdb[3], 0x03, static_cast<uint8_t>(found->second.size())});
      answer.insert(answer.end(), found->second.begin(), found->second.end());
    }
    StoreBe32(answer.data(), static_cast<uint32_t>(answer.size() - 4));
    return std::nullopt;
  }

  std::optional<SenseInfo> AnswerModePage(ByteView cdb, Bytes& answer) {
    if (!buffer_kib || (cdb[2] & 0x3f) != 0x2a) return kBadField;
    answer.assign(8 + 20, 0);
    StoreBe16(answer.data(), static_cast<uint32_t>(answer.size() - 2));
    answer[8] = 0x2a;
    answer[9] = 18;
    answer[10] = 0x0b;
    answer[11] = 0x01;
    StoreBe16(&answer[8 + 12], *buffer_kib);
    return std::nullopt;
  }
};

}  // namespace firmbench::scsi
