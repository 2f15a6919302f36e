// SPDX-License-Identifier: Apache-2.0
#include "daemon/rpc/compare.h"

#include <fmt/format.h>

#include <algorithm>

#include "daemon/base/hash.h"
#include "daemon/rpc/convert.h"

namespace firmbench::rpc {
namespace {

constexpr size_t kSampleBytes = 16;

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
  return side;
}

void SetBlob(v1::ComparedBlob* to, const ComparedSide& from) {
  to->set_name(from.name);
  to->set_text(from.text);
  to->set_size_bytes(static_cast<int64_t>(from.blob.bytes.size()));
  to->set_sha256(Sha256Hex(from.blob.bytes));
  to->set_model(from.blob.model);
}

std::string Sample(ByteView bytes, uint64_t offset, uint64_t length) {
  if (offset >= bytes.size()) return {};
  const size_t count = std::min(
      {kSampleBytes, static_cast<size_t>(length), bytes.size() - static_cast<size_t>(offset)});
  return std::string(AsText(bytes.subspan(static_cast<size_t>(offset), count)));
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

v1::CompareDumpsResponse CompareSides(const ComparedSide& a, const ComparedSide& b) {
  const images::Comparison comparison = jobs::CompareBlobs(a.blob, b.blob);
  v1::CompareDumpsResponse response;
  response.set_identical(comparison.identical);
  SetBlob(response.mutable_a(), a);
  SetBlob(response.mutable_b(), b);
  response.set_differing_bytes(static_cast<int64_t>(comparison.differing_bytes));
  response.set_ranges_truncated(comparison.ranges_not_listed > 0);
  for (const images::DiffRange& range : comparison.ranges) {
    v1::DifferingRange* out = response.add_ranges();
    out->set_offset_bytes(static_cast<int64_t>(range.offset));
    out->set_length_bytes(static_cast<int64_t>(range.length));
    out->set_meaning(range.kind == images::RangeKind::kDiffers       ? range.meaning
                     : range.kind == images::RangeKind::kOnlyInFirst ? "only in the first"
                                                                     : "only in the second");
    out->set_a_sample(Sample(a.blob.bytes, range.offset, range.length));
    out->set_b_sample(Sample(b.blob.bytes, range.offset, range.length));
  }
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
