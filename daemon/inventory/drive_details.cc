// SPDX-License-Identifier: Apache-2.0
#include "daemon/inventory/drive_details.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "daemon/families/identify_packet.h"
#include "daemon/scsi/cdb.h"
#include "daemon/scsi/commands.h"
#include "daemon/scsi/sense.h"

namespace firmbench::inventory {
namespace {

constexpr const char* kNoAnswer = "no answer";
constexpr const char* kEmpty = "empty";
constexpr uint8_t kIdentifiersPage = 0x83;

std::string OrEmpty(const std::string& text) { return text.empty() ? kEmpty : text; }

std::string Said(const std::optional<std::string>& text) {
  return text ? OrEmpty(*text) : kNoAnswer;
}

bool Gone(const Error& error) { return error.reason() == "DRIVE_GONE"; }

bool IsDvd(const scsi::Identity& identity) {
  // MMC-6 table 95: 10 to 2B are profiles of DVDs, 40 to 43 of Blu-ray discs.
  return std::any_of(identity.profiles.begin(), identity.profiles.end(), [](uint16_t profile) {
    return (profile >= 0x10 && profile <= 0x2b) || (profile >= 0x40 && profile <= 0x43);
  });
}

std::string RegionText(const scsi::RpcState& region) {
  const std::string regions = RegionsText(region);
  return fmt::format("{}{}; changes left: {} by the user, {} by the vendor{}", TypeText(region),
                     regions.empty() ? "" : " to " + regions, region.user_changes_left,
                     region.vendor_resets_left,
                     region.scheme == 0 ? "; the drive itself does not enforce regions" : "");
}

Status AskIdentifiers(scsi::Transport& transport, DriveDetails& details) {
  std::string text = kNoAnswer;
  const auto pages = scsi::ReadVpdPages(transport);
  if (!pages && Gone(pages.error())) return pages.error();
  if (pages && std::count(pages->begin(), pages->end(), kIdentifiersPage) != 0) {
    std::array<uint8_t, 0xff> answer{};
    const auto length = scsi::ReadInto(transport, scsi::cdb::InquiryVpd(kIdentifiersPage, 0xff),
                                       answer, 4, "read identifiers");
    if (!length && Gone(length.error())) return length.error();
    if (length) {
      text = fmt::format("{}", fmt::join(ParseDesignators(ByteView(answer).first(*length)), "; "));
      text = OrEmpty(text);
    }
  } else if (pages) {
    text = "the drive has no such page";
  }
  details.statements.push_back({"VPD page 83, identifiers", text});
  return Ok();
}

Status AskRegion(scsi::Transport& transport, const scsi::Identity& identity,
                 DriveDetails& details) {
  std::string text = "not asked: it reads no DVDs";
  if (IsDvd(identity)) {
    const auto region = scsi::ReadRpcState(transport);
    if (!region && Gone(region.error())) return region.error();
    if (region) details.region = *region;
    text = region ? RegionText(*region) : kNoAnswer;
  }
  details.statements.push_back({"REPORT KEY, DVD region", text});
  return Ok();
}

// What became of a data-in command, in words.
std::string FateOf(const Result<scsi::Completion>& completion) {
  if (!completion) return fmt::format("not carried ({})", completion.error().reason());
  if (completion->good()) return "answered";
  if (!completion->sense) return "refused";
  return fmt::format("refused ({})", scsi::SenseCode(*completion->sense));
}

// Whether it is the bridge or the drive that refuses cannot be told; what is answered was passed.
Status AskPassThrough(scsi::Transport& transport, DriveDetails& details) {
  constexpr uint8_t kMechanismStatus = 0xbd;  // MMC-6 6.11
  constexpr uint8_t kAnswer = 8;
  const scsi::Cdb commands[] = {
      scsi::MakeCdb(12, kMechanismStatus, 0, 0, 0, 0, 0, 0, 0, 0, kAnswer, 0, 0),
      scsi::cdb::ReadBuffer(scsi::ReadBufferMode::kDescriptor, 0, 0, 4)};
  std::string text;
  for (const scsi::Cdb& cdb : commands) {
    std::array<uint8_t, kAnswer> answer{};
    const bool twelve = cdb.opcode() == kMechanismStatus;
    const auto completion =
        transport.Execute({.cdb = cdb,
                           .direction = scsi::Direction::kIn,
                           .data_in = std::span(answer).first(twelve ? answer.size() : 4),
                           .data_out = {},
                           .timeout = scsi::kShortTimeout});
    if (!completion && Gone(completion.error())) return completion.error();
    text += fmt::format("{}{}: {}", text.empty() ? "" : "; ",
                        twelve ? "12 bytes (MECHANISM STATUS)" : "READ BUFFER", FateOf(completion));
  }
  details.statements.push_back({"commands through the bridge", text});
  return Ok();
}

Status AskSecondTime(scsi::Transport& transport, const WayToDrive& way, DriveDetails& details) {
  std::string text = "not asked: this connection does not reach the drive's registers";
  if (way.task_file != nullptr || way.sat) {
    const auto identify = families::ReadIdentifyPacket(way.task_file, way.second_device, transport);
    if (!identify && Gone(identify.error())) return identify.error();
    text = kNoAnswer;
    if (identify && *identify) {
      const families::IdentifyData& data = **identify;
      details.ata_serial = data.serial;
      text = fmt::format("{}, revision {}, serial number {}", OrEmpty(data.model),
                         OrEmpty(data.revision), OrEmpty(data.serial));
    }
  }
  details.statements.push_back({"IDENTIFY PACKET DEVICE", text});
  return Ok();
}

}  // namespace

Result<DriveDetails> AskDetails(scsi::Transport& transport, const scsi::Identity& identity,
                                const WayToDrive& way) {
  DriveDetails details;
  const auto say = [&](const char* source, std::string text) {
    details.statements.push_back({source, std::move(text)});
  };
  say("INQUIRY, vendor", OrEmpty(identity.vendor));
  say("INQUIRY, product", OrEmpty(identity.product));
  say("INQUIRY, revision", OrEmpty(identity.revision));
  say("INQUIRY, the maker's own bytes", OrEmpty(identity.vendor_specific));
  say("VPD page 80, serial number", Said(identity.vpd_serial));
  RETURN_IF_ERROR(AskIdentifiers(transport, details));
  say("MMC feature 0108, serial number", Said(identity.mmc_serial));
  say("MMC feature 010C, date of the firmware", Said(identity.firmware_date));
  say("mode page 2A, buffer",
      identity.buffer_kib == 0 ? kNoAnswer : fmt::format("{} KB", identity.buffer_kib));
  RETURN_IF_ERROR(AskRegion(transport, identity, details));
  RETURN_IF_ERROR(AskSecondTime(transport, way, details));
  if (way.behind_bridge) RETURN_IF_ERROR(AskPassThrough(transport, details));
  return details;
}

std::string TypeText(const scsi::RpcState& region) {
  switch (region.type) {
    case scsi::RpcState::Type::kNone:
      return "none";
    case scsi::RpcState::Type::kSet:
      return "set";
    case scsi::RpcState::Type::kLastChance:
      return "last chance";
    case scsi::RpcState::Type::kPermanent:
      return "permanent";
  }
  return "none";
}

std::string RegionsText(const scsi::RpcState& region) {
  constexpr int kRegions = 8;
  std::string text;
  for (int bit = 0; bit < kRegions; ++bit) {
    if ((region.region_mask >> bit & 1) != 0) continue;  // active low
    text += fmt::format("{}{}", text.empty() ? "" : ", ", bit + 1);
  }
  return text;
}

// SPC-4 7.8.6.
std::vector<std::string> ParseDesignators(ByteView answer) {
  constexpr size_t kHeader = 4;
  constexpr uint8_t kAscii = 2;
  constexpr uint8_t kUtf8 = 3;
  std::vector<std::string> texts;
  if (answer.size() < kHeader || answer[1] != kIdentifiersPage) return texts;
  ByteView rest = answer.subspan(kHeader);
  rest = rest.first(std::min<size_t>(rest.size(), LoadBe16(&answer[2])));
  while (rest.size() >= kHeader) {
    const uint8_t code_set = rest[0] & 0x0f;
    const ByteView value = Slice(rest, kHeader, rest[3]);
    if (value.empty() && rest[3] != 0) break;  // cut short
    const bool text = code_set == kAscii || code_set == kUtf8;
    std::string words = text ? CleanField(value) : ToHex(value);
    if (!words.empty()) texts.push_back(std::move(words));
    rest = rest.subspan(kHeader + rest[3]);
  }
  return texts;
}

}  // namespace firmbench::inventory
