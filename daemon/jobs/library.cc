// SPDX-License-Identifier: Apache-2.0
#include "daemon/jobs/library.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "daemon/base/hash.h"
#include "daemon/images/xflash.h"

namespace firmbench::jobs {
namespace {

void Describe(const images::ImageReport& report, storage::Image& image) {
  image.size_bytes = static_cast<int64_t>(report.size_bytes);
  image.md5 = report.hashes.md5;
  image.crc32 = report.hashes.crc32;
  image.format = report.format;
  image.vendor = report.vendor;
  image.product = report.product;
  image.revision = report.revision;
  image.model = report.model;
  image.layout = images::ToString(report.layout);
  image.timestamp = report.timestamp;
}

const families::ModelInfo* RowOf(const Blob& a, const Blob& b) {
  const families::ModelInfo* row = FindRow(a.family, a.model);
  return row != nullptr ? row : FindRow(b.family, b.model);
}

std::vector<images::Region> EepromRegions(const Blob& a, const Blob& b) {
  std::vector<images::EepromRange> changing;
  if (const families::ModelInfo* row = RowOf(a, b)) {
    for (const auto& range : row->volatile_eeprom) changing.push_back({range.offset, range.length});
  }
  const size_t size = std::max(a.bytes.size(), b.bytes.size());
  return images::EepromLayout(static_cast<uint32_t>(size), changing);
}

std::vector<images::Region> FirmwareRegions(const Blob& a, const Blob& b) {
  std::vector<images::Region> regions;
  if (const families::ModelInfo* row = RowOf(a, b)) {
    for (const auto& range : row->unit_ranges) {
      regions.push_back(
          {range.offset, range.length, "belongs to the single drive", images::Part::kPerUnit});
    }
  }
  const images::ImageReport report = families::RecogniseImage(a.bytes);
  for (auto& region : images::LayoutOf(report.ok() ? report : families::RecogniseImage(b.bytes))) {
    regions.push_back(std::move(region));
  }
  return regions;
}

// Keeps recognised bytes, or finds the image that has them. `image` says where they come from,
// `details` what else goes into the audit entry.
Result<AddedImage> Keep(storage::Ledger& ledger, storage::Image image, ByteView bytes,
                        std::vector<std::string> warnings,
                        const std::vector<std::pair<std::string, std::string>>& details) {
  const images::ImageReport report = families::RecogniseImage(bytes);
  if (report.refusal) return *report.refusal;
  warnings.insert(warnings.end(), report.warnings.begin(), report.warnings.end());
  ASSIGN_OR_RETURN(auto known, ledger.FindImageBySha256(report.hashes.sha256));
  if (known) return AddedImage{std::move(*known), std::move(warnings)};
  Describe(report, image);
  RETURN_IF_ERROR(ledger.Commit([&](storage::Transaction& tx) -> Status {
    image.id = tx.NewId();
    image.created_us = tx.now_us();
    ASSIGN_OR_RETURN(image.sha256, tx.PutBlob(bytes));
    RETURN_IF_ERROR(tx.InsertImage(image));
    storage::AuditFact fact;
    fact.principal = image.principal;
    fact.action = "image.add";
    fact.resource = "images/" + image.id;
    fact.outcome = "ok";
    fact.details = {{"model", image.model}, {"revision", image.revision}, {"sha256", image.sha256}};
    fact.details.insert(fact.details.end(), details.begin(), details.end());
    RETURN_IF_ERROR(tx.AppendAudit(fact));
    return Ok();
  }));
  return AddedImage{std::move(image), std::move(warnings)};
}

// The dump without what belongs to its drive alone.
Result<Bytes> WithoutDonor(Bytes bytes, const families::ModelInfo& row) {
  for (const families::ByteRange& range : row.unit_ranges) {
    if (Slice(bytes, range.offset, range.length).size() != range.length) {
      return InvalidArgument("IMAGE_SIZE_WRONG",
                             "the dump ends before what belongs to the single drive")
          .WithRemedy("read the donor again, and compare the sizes");
    }
    std::fill_n(bytes.begin() + range.offset, range.length, uint8_t{0xff});
  }
  return bytes;
}

}  // namespace

Result<AddedImage> AddImage(storage::Ledger& ledger, const std::string& file_name, ByteView bytes,
                            const std::string& principal, const std::string& revision) {
  ASSIGN_OR_RETURN(images::Unpacked unpacked, images::Unpack(bytes, revision));
  storage::Image image;
  image.file_name = file_name;
  image.principal = principal;
  image.container = unpacked.container;
  if (!unpacked.bytes) return Keep(ledger, std::move(image), bytes, {}, {});
  return Keep(ledger, std::move(image), *unpacked.bytes, std::move(unpacked.warnings),
              {{"container", unpacked.container}, {"container_sha256", Sha256Hex(bytes)}});
}

Result<AddedImage> AddDonorImage(storage::Ledger& ledger, const storage::Dump& dump,
                                 const families::ModelInfo* row, const std::string& principal) {
  if (dump.memory != ToString(Memory::kFirmware)) {
    return InvalidArgument("DUMP_MEMORY_WRONG", "only a dump of the firmware can become an image")
        .WithRemedy("the EEPROM belongs to its drive, and goes back only to that");
  }
  if (dump.purpose == "disagreeing") {
    return InvalidArgument("DUMP_UNRELIABLE",
                           "this dump is one of several reads that were not the same")
        .WithRemedy("read the donor again, and take a dump whose reads agree");
  }
  if (row == nullptr || row->unit_ranges.empty()) {
    return FailedPrecondition(
               "DONOR_RANGES_UNKNOWN",
               fmt::format("nobody has published which bytes of a {} firmware belong to the single "
                           "drive, so this dump may carry the donor's data into another drive",
                           dump.model.empty() ? "drive's" : dump.model))
        .WithRemedy(
            "add the maker's update file instead. What would help: dumps of several drives of this "
            "model with the same revision; `firmbench compare DUMP DUMP` shows where they differ");
  }
  ASSIGN_OR_RETURN(Bytes whole, ledger.ReadBlob(dump.sha256));
  ASSIGN_OR_RETURN(const Bytes bytes, WithoutDonor(std::move(whole), *row));
  storage::Image image;
  image.file_name = fmt::format("donor-{}-{}.bin", dump.model, dump.revision);
  image.principal = principal;
  image.dump_id = dump.id;
  return Keep(ledger, std::move(image), bytes,
              {"made of a donor's dump; the bytes that belong to the donor alone are left out"},
              {{"dump", "dumps/" + dump.id}});
}

const families::ModelInfo* FindRow(const std::string& family, const std::string& model) {
  if (model.empty()) return nullptr;
  for (const families::Family* candidate : families::AllFamilies()) {
    if (!family.empty() && candidate->name() != family) continue;
    for (const families::ModelInfo& row : candidate->models()) {
      if (row.model == model) return &row;
    }
  }
  return nullptr;
}

Blob RecogniseBlob(Bytes bytes) {
  Blob blob;
  if (auto unpacked = images::Unpack(bytes, ""); unpacked && unpacked->bytes) {
    bytes = std::move(*unpacked->bytes);
    blob.unpacked = true;
  }
  const images::ImageReport report = families::RecogniseImage(bytes);
  blob.model = report.model;
  blob.eeprom = report.refusal && report.refusal->reason() == "IMAGE_IS_EEPROM";
  blob.bytes = std::move(bytes);
  return blob;
}

images::Comparison CompareBlobs(const Blob& a, const Blob& b) {
  return images::Compare(a.bytes, b.bytes,
                         a.eeprom || b.eeprom ? EepromRegions(a, b) : FirmwareRegions(a, b));
}

}  // namespace firmbench::jobs
