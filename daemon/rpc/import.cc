// SPDX-License-Identifier: Apache-2.0
#include "daemon/rpc/import.h"

#include <algorithm>
#include <utility>

#include "daemon/base/hash.h"
#include "daemon/base/utf8.h"
#include "daemon/rpc/convert.h"

namespace firmbench::rpc {
namespace {

// Folders lie in one another; a proposal needs the nearest ones only.
constexpr size_t kLongestFolder = 4096;

// `text` is UTF-8.
bool HoldsHidden(std::string_view text) {
  while (!text.empty()) {
    uint32_t point = 0;
    const size_t length = DecodeUtf8(text, point);
    if (length == 0 || IsHidden(point)) return true;
    text.remove_prefix(length);
  }
  return false;
}

int64_t Micros(const google::protobuf::Timestamp& time) {
  // What a file system can say; anything else is no time.
  constexpr int64_t kLatest = 253'402'300'799;  // the end of the year 9999
  if (time.seconds() < 0 || time.seconds() > kLatest) return 0;
  return time.seconds() * 1'000'000 + std::clamp(time.nanos(), 0, 999'999'999) / 1000;
}

v1::ImportDumpResponse ToProto(const Context& bench, const v1::ImportDumpRequest& request,
                               const jobs::ImportVerdict& verdict) {
  v1::ImportDumpResponse to;
  to.set_file_name(request.file_name());
  to.set_kind(std::string(jobs::ToString(verdict.kind)));
  to.set_text(verdict.text);
  to.set_action(std::string(jobs::ToString(verdict.action)));
  to.set_validate_only(request.validate_only());
  to.set_dump(Name("dumps", verdict.dump_id));
  if (verdict.from_hex) to.set_converted_from("hex_text");
  to.set_model(verdict.model);
  to.set_firmware_revision(verdict.revision);
  to.set_size_bytes(verdict.size_bytes);
  to.set_sha256(verdict.sha256);
  to.set_unit(Name("units", verdict.unit_id));
  to.set_unit_number(NumberOfUnit(bench.ledger, verdict.unit_id));
  to.set_unit_why(verdict.unit_why);
  for (const jobs::UnitProposal& proposal : verdict.proposals) {
    v1::UnitProposal* shown = to.add_proposals();
    shown->set_unit(Name("units", proposal.unit_id));
    shown->set_unit_number(NumberOfUnit(bench.ledger, proposal.unit_id));
    shown->set_why(proposal.why);
  }
  for (const std::string& note : verdict.notes) to.add_notes(note);
  to.set_cannot_write_back(verdict.cannot_write_back);
  return to;
}

}  // namespace

Status CheckImportName(const std::string& name) {
  const bool fits = !name.empty() && name.size() <= kLongestImportName &&
                    name.find('/') == std::string::npos && IsUtf8(name) && !HoldsHidden(name);
  if (fits) return Ok();
  return InvalidArgument("FILE_NAME_INVALID",
                         "a file name has 1 to 1,020 bytes of printable UTF-8 and no folders")
      .WithRemedy("write the other bytes as \\xHH");
}

Result<v1::ImportDumpResponse> ImportUpload(const Context& bench, Uploads& uploads,
                                            jobs::DumpImporter& importer,
                                            const v1::ImportDumpRequest& request,
                                            const std::string& principal) {
  ASSIGN_OR_RETURN(const std::string upload, IdFrom("uploads", request.upload()));
  ASSIGN_OR_RETURN(Uploads::File sent, uploads.Peek(upload));
  uploads.Remove(upload);
  RETURN_IF_ERROR(CheckImportName(request.file_name()));
  RETURN_IF_ERROR(CheckLength(request.folder(), kLongestFolder));
  const bool chip = request.kind() == "chip";
  if (!request.kind().empty() && request.kind() != "eeprom" && !chip) {
    return InvalidArgument("FILE_KIND_INVALID",
                           "a person can only say that a file is an \"eeprom\", or for a \"chip\"")
        .WithRemedy("leave it out: firmware tells what it is");
  }
  if (chip && !request.unit().empty()) {
    return InvalidArgument("FILE_KIND_INVALID", "a chip is no unit");
  }
  jobs::ImportFile file;
  if (!request.unit().empty()) {
    ASSIGN_OR_RETURN(file.unit_id, IdFrom("units", request.unit()));
  }
  if (Sha256Hex(sent.bytes) != request.sha256()) {
    return InvalidArgument("SHA256_MISMATCH", "the file that arrived is not the file that was sent")
        .WithRemedy("send it again");
  }
  file.file_name = request.file_name();
  file.folder = request.folder();
  file.modified_us = Micros(request.modified_time());
  file.bytes = std::move(sent.bytes);
  file.said_eeprom = request.kind() == "eeprom";
  file.said_chip = chip;
  file.validate_only = request.validate_only();
  file.principal = principal;
  ASSIGN_OR_RETURN(const jobs::ImportVerdict verdict, importer.Import(file));
  return ToProto(bench, request, verdict);
}

}  // namespace firmbench::rpc
