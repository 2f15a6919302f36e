// SPDX-License-Identifier: Apache-2.0
#include "daemon/scsi/identity.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "daemon/scsi/answers.h"
#include "daemon/scsi/commands.h"

namespace firmbench::scsi {
namespace {

// The smallest serial that says anything of one unit.
constexpr size_t kLeastSerial = 4;

// What makers leave in place of a serial, in the form that Essence() gives.
constexpr std::array<std::string_view, 12> kPlaceholders{
    "ABCDEF", "ABCDEFGH", "DEADBEEF",     "DEFAULT",         "NONE",   "NOSERIAL", "NOTUSED",
    "NULL",   "SERIAL",   "SERIALNUMBER", "TOBEFILLEDBYOEM", "UNKNOWN"};

// Letters in upper case and digits; separators and blanks carry nothing.
std::string Essence(std::string_view serial) {
  std::string essence;
  for (const char c : serial) {
    if (c >= 'a' && c <= 'z') {
      essence += static_cast<char>(c - 'a' + 'A');
    } else if ((c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')) {
      essence += c;
    }
  }
  return essence;
}

// "123456789", "01234567890123": each digit one more than the one before. A tail of letters
// ("123456789ABC") counts with it.
bool CountsUp(std::string_view essence) {
  size_t run = 1;
  while (run < essence.size() && essence[run - 1] >= '0' && essence[run - 1] <= '9' &&
         essence[run] == '0' + (essence[run - 1] - '0' + 1) % 10) {
    ++run;
  }
  if (run < 6) return run == essence.size();
  const std::string_view tail = essence.substr(run);
  return tail == std::string_view("ABCDEF").substr(0, std::min<size_t>(tail.size(), 6));
}

bool IsEvidence(std::string_view serial) {
  // CleanField put these for bytes that no serial consists of.
  if (serial.find('?') != std::string_view::npos) return false;
  const std::string essence = Essence(serial);
  if (essence.size() < kLeastSerial) return false;
  if (essence.find_first_not_of(essence[0]) == std::string::npos) return false;
  if (CountsUp(essence)) return false;
  return std::find(kPlaceholders.begin(), kPlaceholders.end(), essence) == kPlaceholders.end();
}

// A drive that does not answer an optional question is no error; one that is gone is, because a
// unit without its serial looks like another unit.
template <typename T>
Result<std::optional<T>> Optional(Result<T> answer) {
  if (answer) return std::optional<T>(std::move(answer).value());
  if (answer.error().reason() == "DRIVE_GONE") return std::move(answer).error();
  return std::optional<T>();
}

Result<std::optional<Feature>> ReadFeature(Transport& transport, uint16_t code) {
  ASSIGN_OR_RETURN(const auto configuration, Optional(GetConfiguration(transport, code)));
  if (!configuration) return std::optional<Feature>();
  const Feature* found = configuration->Find(code);
  return found == nullptr ? std::optional<Feature>() : *found;
}

Status ReadFeatures(Transport& transport, Identity& identity) {
  ASSIGN_OR_RETURN(const auto profiles, ReadFeature(transport, feature::kProfileList));
  if (profiles) identity.profiles = ProfilesOf(*profiles);
  ASSIGN_OR_RETURN(const auto serial, ReadFeature(transport, feature::kDriveSerialNumber));
  if (serial) identity.mmc_serial = SerialOf(*serial);
  ASSIGN_OR_RETURN(const auto date, ReadFeature(transport, feature::kFirmwareInformation));
  if (date) identity.firmware_date = FirmwareDateOf(*date);
  return Ok();
}

}  // namespace

std::optional<std::string> Identity::serial() const {
  for (const auto& candidate : {vpd_serial, mmc_serial}) {
    if (candidate && IsEvidence(*candidate)) return candidate;
  }
  return std::nullopt;
}

Result<Identity> ReadIdentity(Transport& transport) {
  Identity identity;
  ASSIGN_OR_RETURN(identity.inquiry, ReadInquiry(transport));
  ASSIGN_OR_RETURN(Inquiry inquiry, ParseInquiry(identity.inquiry));
  if (inquiry.qualifier != 0 || inquiry.device_type != kCdDvdDevice) {
    return FailedPrecondition("NOT_A_DRIVE", "the device is not a CD or DVD drive")
        .With("device_type", std::to_string(inquiry.device_type));
  }
  identity.device_type = inquiry.device_type;
  identity.removable = inquiry.removable;
  identity.vendor = std::move(inquiry.vendor);
  identity.product = std::move(inquiry.product);
  identity.revision = std::move(inquiry.revision);
  identity.vendor_specific = std::move(inquiry.vendor_specific);
  ASSIGN_OR_RETURN(identity.vpd_serial, Optional(ReadVpdSerial(transport)));
  RETURN_IF_ERROR(ReadFeatures(transport, identity));
  ASSIGN_OR_RETURN(const auto capabilities, Optional(ReadCapabilities(transport)));
  if (capabilities) identity.buffer_kib = capabilities->buffer_kib;
  return identity;
}

}  // namespace firmbench::scsi
