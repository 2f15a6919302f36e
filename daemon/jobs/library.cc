// SPDX-License-Identifier: Apache-2.0
#include "daemon/jobs/library.h"

#include <algorithm>

#include "daemon/families/family.h"
#include "daemon/images/recognise.h"

namespace firmbench::jobs {
namespace {

storage::Image Describe(const images::ImageReport& report) {
  storage::Image image;
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
  return image;
}

// The ranges that the rows of these models call changing with use.
std::vector<images::EepromRange> ChangingRanges(const Blob& a, const Blob& b) {
  std::vector<images::EepromRange> changing;
  for (const Blob* blob : {&a, &b}) {
    const families::Family* family = families::FindFamily(blob->family);
    if (family == nullptr || !changing.empty()) continue;
    for (const families::ModelInfo& model : family->models()) {
      if (model.model != blob->model) continue;
      for (const auto& range : model.volatile_eeprom) {
        changing.push_back({range.offset, range.length});
      }
    }
  }
  return changing;
}

}  // namespace

Result<AddedImage> AddImage(storage::Ledger& ledger, const std::string& file_name, ByteView bytes,
                            const std::string& principal) {
  const images::ImageReport report = images::Recognise(bytes);
  if (report.refusal) return *report.refusal;
  ASSIGN_OR_RETURN(auto known, ledger.FindImageBySha256(report.hashes.sha256));
  if (known) return AddedImage{std::move(*known), report.warnings};
  storage::Image image = Describe(report);
  image.file_name = file_name;
  image.principal = principal;
  RETURN_IF_ERROR(ledger.Commit([&](storage::Transaction& tx) -> Status {
    image.id = tx.NewId();
    image.created_us = tx.now_us();
    ASSIGN_OR_RETURN(image.sha256, tx.PutBlob(bytes));
    RETURN_IF_ERROR(tx.InsertImage(image));
    storage::AuditFact fact;
    fact.principal = principal;
    fact.action = "image.add";
    fact.resource = "images/" + image.id;
    fact.outcome = "ok";
    fact.details = {{"model", image.model}, {"revision", image.revision}, {"sha256", image.sha256}};
    RETURN_IF_ERROR(tx.AppendAudit(fact));
    return Ok();
  }));
  return AddedImage{std::move(image), report.warnings};
}

Blob RecogniseBlob(Bytes bytes) {
  const images::ImageReport report = images::Recognise(bytes);
  Blob blob;
  blob.model = report.model;
  blob.eeprom = report.refusal && report.refusal->reason() == "IMAGE_IS_EEPROM";
  blob.bytes = std::move(bytes);
  return blob;
}

images::Comparison CompareBlobs(const Blob& a, const Blob& b) {
  std::vector<images::Region> regions;
  if (a.eeprom || b.eeprom) {
    const size_t size = std::max(a.bytes.size(), b.bytes.size());
    regions = images::EepromLayout(static_cast<uint32_t>(size), ChangingRanges(a, b));
  } else {
    const images::ImageReport report = images::Recognise(a.bytes);
    regions = images::LayoutOf(report.ok() ? report : images::Recognise(b.bytes));
  }
  return images::Compare(a.bytes, b.bytes, regions);
}

}  // namespace firmbench::jobs
