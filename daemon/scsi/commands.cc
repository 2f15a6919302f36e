// SPDX-License-Identifier: Apache-2.0
#include "daemon/scsi/commands.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "daemon/scsi/completion.h"
#include "daemon/scsi/sense.h"

namespace firmbench::scsi {
namespace {

constexpr size_t kInquiryShort = 36;
constexpr size_t kInquiryLong = 96;
constexpr uint32_t kMax24 = 0xffffff;

Command DataIn(const Cdb& cdb, std::span<uint8_t> buffer, Nanos timeout) {
  Command command;
  command.cdb = cdb;
  command.direction = Direction::kIn;
  command.data_in = buffer;
  command.timeout = timeout;
  return command;
}

Command NoData(const Cdb& cdb, Nanos timeout) {
  Command command;
  command.cdb = cdb;
  command.timeout = timeout;
  return command;
}

Error Judged(Error error, const Command& command) {
  return std::move(error).WithOpcode(command.cdb.opcode());
}

Result<Completion> ExecuteCleanly(Transport& transport, const Command& command,
                                  std::string_view what) {
  auto result = transport.Execute(command);
  ClearStale(command.data_in, result);
  if (!result) return std::move(result).error().Context(what);
  return result;
}

Status CheckLimits(const Transport& transport, uint32_t offset, size_t length) {
  const size_t most = std::min<size_t>(kMax24, transport.limits().max_transfer_bytes);
  if (offset <= kMax24 && length <= most) return Ok();
  return InvalidArgument(
             "LIMIT_EXCEEDED",
             fmt::format("{} bytes at {:x} do not fit into one command", length, offset))
      .With("max_transfer_bytes", std::to_string(most));
}

// The part of `buffer` that ParseX may look at.
Result<Bytes> ReadAnswer(Transport& transport, const Cdb& cdb, size_t allocation, size_t least,
                         std::string_view what) {
  Bytes buffer(allocation);
  ASSIGN_OR_RETURN(const size_t came, ReadInto(transport, cdb, buffer, least, what));
  buffer.resize(came);
  return buffer;
}

}  // namespace

Result<Completion> Run(Transport& transport, const Command& command, size_t expected_bytes,
                       std::string_view what) {
  ASSIGN_OR_RETURN(const Completion completion, ExecuteCleanly(transport, command, what));
  if (auto status = Check(completion, expected_bytes, what); !status) {
    return Judged(std::move(status).error(), command);
  }
  return completion;
}

Result<size_t> ReadInto(Transport& transport, const Cdb& cdb, std::span<uint8_t> buffer,
                        size_t least, std::string_view what, Nanos timeout) {
  const Command command = DataIn(cdb, buffer, timeout);
  ASSIGN_OR_RETURN(Completion completion, ExecuteCleanly(transport, command, what));
  if (IsUnitAttention(completion)) {
    ASSIGN_OR_RETURN(completion, ExecuteCleanly(transport, command, what));
  }
  if (auto status = Check(completion, least, what); !status) {
    return Judged(std::move(status).error(), command);
  }
  return completion.transferred;
}

Result<Bytes> ReadInquiry(Transport& transport) {
  auto answer =
      ReadAnswer(transport, cdb::Inquiry(kInquiryLong), kInquiryLong, kInquiryShort, "inquiry");
  if (!answer &&
      (answer.error().reason() == "DRIVE_REFUSED" || answer.error().reason() == "SHORT_TRANSFER")) {
    answer =
        ReadAnswer(transport, cdb::Inquiry(kInquiryShort), kInquiryShort, kInquiryShort, "inquiry");
  }
  if (!answer) return answer;
  // Byte 4 counts what follows it. Drives that put less than 31 there still mean the whole block.
  const size_t claimed = std::max<size_t>(kInquiryShort, size_t{5} + (*answer)[4]);
  if (answer->size() > claimed) answer->resize(claimed);
  return answer;
}

Result<std::vector<uint8_t>> ReadVpdPages(Transport& transport) {
  constexpr uint8_t kAllocation = 0xfc;
  ASSIGN_OR_RETURN(const Bytes answer, ReadAnswer(transport, cdb::InquiryVpd(0x00, kAllocation),
                                                  kAllocation, 4, "vital product data"));
  auto pages = ParseVpdPages(answer);
  if (!pages) {
    return Unimplemented("NOT_SUPPORTED", "the drive has no vital product data")
        .WithOpcode(op::kInquiry);
  }
  return pages;
}

Result<std::string> ReadVpdSerial(Transport& transport) {
  constexpr uint8_t kPage = 0x80;
  constexpr uint8_t kAllocation = 0xfc;
  ASSIGN_OR_RETURN(const auto pages, ReadVpdPages(transport));
  if (std::find(pages.begin(), pages.end(), kPage) == pages.end()) {
    return Unimplemented("NOT_SUPPORTED", "the drive has no serial number page")
        .WithOpcode(op::kInquiry);
  }
  ASSIGN_OR_RETURN(const Bytes answer, ReadAnswer(transport, cdb::InquiryVpd(kPage, kAllocation),
                                                  kAllocation, 4, "serial number"));
  return ParseVpdSerial(answer);
}

Result<Readiness> TestUnitReady(Transport& transport) {
  const Command command = NoData(cdb::TestUnitReady(), kShortTimeout);
  ASSIGN_OR_RETURN(const Completion completion,
                   ExecuteCleanly(transport, command, "test unit ready"));
  if (completion.good()) return Readiness::kReady;
  if (IsUnitAttention(completion)) return Readiness::kAttention;
  if (completion.status == ScsiStatus::kCheckCondition && completion.sense &&
      completion.sense->key == key::kNotReady) {
    if (completion.sense->asc == 0x3a) return Readiness::kNoMedium;
    return completion.sense->asc == 0x04 ? Readiness::kInBetween : Readiness::kNotReady;
  }
  return Judged(Check(completion, 0, "test unit ready").error(), command);
}

Result<SenseInfo> RequestSense(Transport& transport) {
  constexpr uint8_t kAllocation = 18;
  ASSIGN_OR_RETURN(const Bytes answer, ReadAnswer(transport, cdb::RequestSense(kAllocation),
                                                  kAllocation, 3, "request sense"));
  const auto sense = DecodeSense(answer);
  if (!sense) {
    return DataLoss("ANSWER_MALFORMED", "request sense: the answer is no sense data")
        .WithOpcode(op::kRequestSense);
  }
  return *sense;
}

Result<Capabilities> ReadCapabilities(Transport& transport) {
  constexpr uint16_t kAllocation = 0xfe;
  ASSIGN_OR_RETURN(const Bytes answer, ReadAnswer(transport, cdb::ModeSense10(0x2a, kAllocation),
                                                  kAllocation, 8, "mode page 2A"));
  return ParseCapabilities(answer);
}

Result<Configuration> GetConfiguration(Transport& transport, uint16_t feature) {
  constexpr uint16_t kAllocation = 0x200;
  ASSIGN_OR_RETURN(const Bytes answer,
                   ReadAnswer(transport, cdb::GetConfiguration(feature, kAllocation), kAllocation,
                              8, "get configuration"));
  return ParseConfiguration(answer);
}

Result<RpcState> ReadRpcState(Transport& transport) {
  ASSIGN_OR_RETURN(const Bytes answer,
                   ReadAnswer(transport, cdb::ReportRpcState(), 8, 8, "region state"));
  return ParseRpcState(answer);
}

Result<MediaEvent> PollMediaEvent(Transport& transport) {
  constexpr uint8_t kMediaClassBit = 0x10;
  ASSIGN_OR_RETURN(const Bytes answer, ReadAnswer(transport, cdb::GetEventStatus(kMediaClassBit, 8),
                                                  8, 4, "media event"));
  return ParseMediaEvent(answer);
}

Status ReadBuffer(Transport& transport, ReadBufferMode mode, uint8_t buffer_id, uint32_t offset,
                  std::span<uint8_t> out) {
  RETURN_IF_ERROR(CheckLimits(transport, offset, out.size()));
  const Cdb cdb = cdb::ReadBuffer(mode, buffer_id, offset, static_cast<uint32_t>(out.size()));
  RETURN_IF_ERROR(ReadInto(transport, cdb, out, out.size(), "read buffer"));
  return Ok();
}

Result<BufferDescriptor> ReadBufferDescriptor(Transport& transport, uint8_t buffer_id) {
  std::array<uint8_t, 4> answer{};
  RETURN_IF_ERROR(ReadBuffer(transport, ReadBufferMode::kDescriptor, buffer_id, 0, answer));
  return ParseBufferDescriptor(answer);
}

Status WriteBuffer(Transport& transport, WriteBufferMode mode, uint8_t buffer_id, uint32_t offset,
                   ByteView data, Nanos timeout, uint8_t mode_specific) {
  RETURN_IF_ERROR(CheckLimits(transport, offset, data.size()));
  Command command = NoData(
      cdb::WriteBuffer(mode, buffer_id, offset, static_cast<uint32_t>(data.size()), mode_specific),
      timeout);
  if (!data.empty()) {
    command.direction = Direction::kOut;
    command.data_out = data;
  }
  ASSIGN_OR_RETURN(const Completion completion, ExecuteCleanly(transport, command, "write buffer"));
  auto status = Check(completion, data.size(), "write buffer");
  if (status) return Ok();
  // Deferred sense speaks of an earlier command.
  const bool refused = completion.sense && completion.sense->key == key::kIllegalRequest &&
                       !completion.sense->deferred;
  return Judged(std::move(status).error(), command)
      .WithDriveState(refused ? DriveState::kUntouched : DriveState::kUnknown);
}

Status EjectTray(Transport& transport) {
  RETURN_IF_ERROR(Run(transport,
                      NoData(cdb::StartStopUnit(cdb::StartStop::kEject), kMechanicalTimeout), 0,
                      "eject"));
  return Ok();
}

Status LoadTray(Transport& transport) {
  RETURN_IF_ERROR(Run(
      transport, NoData(cdb::StartStopUnit(cdb::StartStop::kLoad), kMechanicalTimeout), 0, "load"));
  return Ok();
}

}  // namespace firmbench::scsi
