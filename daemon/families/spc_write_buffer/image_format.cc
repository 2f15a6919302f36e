// SPDX-License-Identifier: Apache-2.0
#include "daemon/families/spc_write_buffer/image_format.h"

#include <fmt/format.h>

#include <algorithm>

#include "daemon/families/spc_write_buffer/models.h"

namespace firmbench::families::spc_write_buffer {
namespace {

constexpr std::string_view kMagic = "SPC MICROCODE   ";
constexpr size_t kVendorAt = 0x10;
constexpr size_t kProductAt = 0x18;
constexpr size_t kRevisionAt = 0x28;
constexpr size_t kSizeAt = 0x2c;
constexpr size_t kBodyAt = 0x30;
constexpr size_t kSumBytes = 2;

uint32_t SumOf(ByteView bytes) {
  uint32_t sum = 0;
  for (const uint8_t byte : bytes) sum += byte;
  return sum & 0xffff;
}

// nullopt when the file is whole.
std::optional<Error> Refuse(ByteView file) {
  const uint32_t size = LoadBe32(&file[kSizeAt]);
  if (file.size() < size) {
    return InvalidArgument("IMAGE_TRUNCATED",
                           fmt::format("the file has {} of {} bytes", file.size(), size))
        .WithRemedy("Copy or download the file again.");
  }
  if (file.size() > size || size < kBodyAt + kSumBytes) {
    return InvalidArgument("IMAGE_SIZE_WRONG",
                           fmt::format("the file has {} bytes and says {}", file.size(), size))
        .WithRemedy("Take the file as its maker gave it out.");
  }
  if (SumOf(file.first(size - kSumBytes)) != LoadBe16(&file[size - kSumBytes])) {
    return InvalidArgument("IMAGE_DAMAGED", "the sum of the file's bytes is not the one it names")
        .WithRemedy("Copy or download the file again.");
  }
  return std::nullopt;
}

Error CannotUndo(std::string why) {
  return FailedPrecondition("DUMP_CANNOT_UNDO",
                            "these bytes cannot bring the drive back: " + std::move(why));
}

}  // namespace

bool ExamineFile(ByteView file, images::ImageReport& report) {
  if (file.size() < kBodyAt + kSumBytes || !AsText(file).starts_with(kMagic)) return false;
  report.format = kFormat;
  report.vendor = CleanField(file.subspan(kVendorAt, 8));
  report.product = CleanField(file.subspan(kProductAt, 16));
  report.revision = CleanField(file.subspan(kRevisionAt, 4));
  if (const ModelInfo* model = MatchNames(report.vendor, report.product, report.revision)) {
    report.model = model->model;
  }
  report.refusal = Refuse(file);
  return true;
}

Status CheckImageFor(const ModelInfo& model, ByteView image) {
  const images::ImageReport report = RecogniseImage(image);
  if (report.refusal) return *report.refusal;
  if (report.format != kFormat) {
    return InvalidArgument("IMAGE_NOT_RECOGNISED", "this is not firmware of this family");
  }
  if (report.model != model.model) {
    return InvalidArgument("IMAGE_MODEL_MISMATCH",
                           fmt::format("the file is firmware of a {} {} {}, but the drive is a {}",
                                       report.vendor, report.product, report.revision, model.model))
        .With("image_model", report.model)
        .With("drive_model", std::string(model.model))
        .WithRemedy("use a file that was made for this model");
  }
  if (image.size() == model.firmware_bytes) return Ok();
  return InvalidArgument("IMAGE_SIZE_WRONG",
                         fmt::format("the file has {} bytes, firmware of a {} has {}", image.size(),
                                     model.model, model.firmware_bytes))
      .WithRemedy("use a file that was made for this model");
}

Status CheckUndoFor(const ModelInfo& model, const scsi::Identity& identity, ByteView dump) {
  const Status fits = CheckImageFor(model, dump);
  if (!fits) return CannotUndo(fits.error().message());
  const std::string revision = RecogniseImage(dump).revision;
  if (revision == identity.revision) return Ok();
  return CannotUndo(
      fmt::format("they are revision {}, the drive runs {}", revision, identity.revision));
}

}  // namespace firmbench::families::spc_write_buffer
