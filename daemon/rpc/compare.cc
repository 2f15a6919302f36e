// SPDX-License-Identifier: Apache-2.0
#include "daemon/rpc/compare.h"

#include <fmt/format.h>

#include <algorithm>

#include "daemon/base/hash.h"
#include "daemon/rpc/convert.h"

namespace firmbench::rpc {
namespace {

Result<ComparedSide> LoadDump(const Context& bench, const std::string& name) {
  ASSIGN_OR_RETURN(const std::string id, IdFrom("dumps", name));
  ASSIGN_OR_RETURN(const storage::Dump dump, bench.ledger.GetDump(id));
  ComparedSide side;
  side.name = name;
  const std::string unit = NumberOfUnit(bench.ledger, dump.unit_id);
  side.text = fmt::format("{} of {}, {} {}", dump.memory, unit.empty() ? "an unknown unit" : unit,
                          dump.model, dump.revision);
  side.blob.model = dump.model;
  side.blob.family = dump.family;
  side.blob.eeprom = dump.memory == ToString(Memory::kEeprom);
  ASSIGN_OR_RETURN(side.blob.bytes, bench.ledger.ReadBlob(dump.sha256));
  return side;
}

Result<ComparedSide> LoadImage(const Context& bench, const std::string& name) {
  ASSIGN_OR_RETURN(const std::string id, IdFrom("images", name));
  ASSIGN_OR_RETURN(const storage::Image image, bench.ledger.GetImage(id));
  ComparedSide side;
  side.name = name;
  side.text = fmt::format("image {} {} {}", image.file_name, image.model, image.revision);
  side.blob.model = image.model;
  ASSIGN_OR_RETURN(side.blob.bytes, bench.ledger.ReadBlob(image.sha256));
  return side;
}

Result<ComparedSide> LoadUpload(Uploads& uploads, const std::string& name) {
  ASSIGN_OR_RETURN(const std::string id, IdFrom("uploads", name));
  ASSIGN_OR_RETURN(Uploads::File file, uploads.Peek(id));
  ComparedSide side;
  side.name = name;
  side.text = file.file_name.empty() ? "a file" : file.file_name;
  side.blob = jobs::RecogniseBlob(std::move(file.bytes));
  if (side.blob.unpacked) side.text += " (the firmware inside of it)";
  return side;
}

void SetBlob(v1::ComparedBlob* to, const ComparedSide& from) {
  to->set_name(from.name);
  to->set_text(from.text);
  to->set_size_bytes(static_cast<int64_t>(from.blob.bytes.size()));
  to->set_sha256(Sha256Hex(from.blob.bytes));
  to->set_model(from.blob.model);
}

// The bytes from `offset` on, at most a line of them.
std::string Line(ByteView bytes, uint64_t offset, uint64_t length = images::kLineBytes) {
  if (offset >= bytes.size()) return {};
  const auto from = static_cast<size_t>(offset);
  const size_t count =
      std::min({images::kLineBytes, static_cast<size_t>(length), bytes.size() - from});
  return std::string(AsText(bytes.subspan(from, count)));
}

void SetRange(v1::DifferingRange* to, const images::DiffRange& range, const ComparedSide& a,
              const ComparedSide& b) {
  using images::BlankIn;
  using images::RangeKind;
  to->set_offset_bytes(static_cast<int64_t>(range.offset));
  to->set_length_bytes(static_cast<int64_t>(range.length));
  to->set_differing_bytes(static_cast<int64_t>(range.differing_bytes));
  to->set_part(std::string(ToString(range.part)));
  if (range.blank != BlankIn::kNone) to->set_blank_in(range.blank == BlankIn::kFirst ? "a" : "b");
  to->set_meaning(range.meaning);
  if (range.kind != RangeKind::kDiffers) {
    const bool first = range.kind == RangeKind::kOnlyInFirst;
    to->set_only_in(first ? "a" : "b");
    to->set_meaning(fmt::format("only in the {}: {}", first ? "first" : "second", range.meaning));
  }
  to->set_a_sample(Line(a.blob.bytes, range.offset, range.length));
  to->set_b_sample(Line(b.blob.bytes, range.offset, range.length));
}

void AddLines(const ComparedSide& a, const ComparedSide& b, v1::CompareDumpsResponse& response) {
  bool truncated = false;
  for (const uint64_t offset :
       images::LinesAround(a.blob.bytes, b.blob.bytes, kMostLines, truncated)) {
    v1::ComparedLine* line = response.add_lines();
    line->set_offset_bytes(static_cast<int64_t>(offset));
    line->set_a(Line(a.blob.bytes, offset));
    line->set_b(Line(b.blob.bytes, offset));
  }
  response.set_lines_truncated(truncated);
}

}  // namespace

Result<ComparedSide> LoadSide(const Context& bench, Uploads& uploads, const v1::CompareSide& side) {
  switch (side.source_case()) {
    case v1::CompareSide::kDump:
      return LoadDump(bench, side.dump());
    case v1::CompareSide::kImage:
      return LoadImage(bench, side.image());
    case v1::CompareSide::kUpload:
      return LoadUpload(uploads, side.upload());
    case v1::CompareSide::SOURCE_NOT_SET:
      break;
  }
  return InvalidArgument("COMPARE_SIDE_MISSING", "two dumps, images or files are compared");
}

v1::CompareDumpsResponse CompareSides(const ComparedSide& a, const ComparedSide& b,
                                      bool with_lines) {
  const images::Comparison comparison = jobs::CompareBlobs(a.blob, b.blob);
  v1::CompareDumpsResponse response;
  response.set_identical(comparison.identical);
  response.set_summary(InWords(comparison));
  SetBlob(response.mutable_a(), a);
  SetBlob(response.mutable_b(), b);
  uint64_t differing = comparison.differing_bytes;
  if (a.blob.bytes.size() != b.blob.bytes.size()) {
    differing += std::max(a.blob.bytes.size(), b.blob.bytes.size()) -
                 std::min(a.blob.bytes.size(), b.blob.bytes.size());
  }
  response.set_differing_bytes(static_cast<int64_t>(differing));
  response.set_ranges_truncated(comparison.ranges_not_listed > 0);
  for (const images::DiffRange& range : comparison.ranges) {
    SetRange(response.add_ranges(), range, a, b);
  }
  if (with_lines) AddLines(a, b, response);
  const bool other_model =
      !a.blob.model.empty() && !b.blob.model.empty() && a.blob.model != b.blob.model;
  if (comparison.identical && other_model) {
    AddProblem(response.add_warnings(),
               {"SAME_BYTES_OTHER_MODEL",
                fmt::format("identical, yet one is said to be of a {} and the other of a {}",
                            a.blob.model, b.blob.model),
                "probably one drive was read twice: read each again, alone on its cable"});
  }
  return response;
}

}  // namespace firmbench::rpc
