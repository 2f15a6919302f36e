// SPDX-License-Identifier: Apache-2.0
#include "daemon/families/mediatek_liteon/image_rules.h"

#include <fmt/format.h>

#include <algorithm>

#include "daemon/families/mediatek_liteon/models.h"
#include "daemon/images/recognise.h"

namespace firmbench::families::mediatek_liteon {
namespace {

constexpr std::string_view kFormat = "mediatek_liteon";

uint32_t ImageBytes(const ModelInfo& model) {
  const Row* row = RowOf(model);
  return row != nullptr ? ImageBytesOf(*row) : model.firmware_bytes;
}

// Half of the chip holds all of the firmware, and nothing stands in the other half but that.
bool IsHalf(const ModelInfo& model, images::Halves halves) {
  return ImageBytes(model) != model.firmware_bytes && halves != images::Halves::kDistinct;
}

Error SizeWrong(const ModelInfo& model, size_t bytes) {
  const uint32_t expected = ImageBytes(model);
  return InvalidArgument("IMAGE_SIZE_WRONG",
                         fmt::format("the file has {} KB, but the firmware of a {} has {} KB",
                                     bytes / 1024, model.model, expected / 1024))
      .With("expected_bytes", fmt::format("{}", expected))
      .With("found_bytes", fmt::format("{}", bytes))
      .WithRemedy("use a file that was made for this model and holds the whole firmware");
}

Error CannotUndo(std::string why) {
  return FailedPrecondition("DUMP_CANNOT_UNDO",
                            "this dump cannot bring the drive back: " + std::move(why))
      .WithRemedy("read the drive again, on another connection if it stays so");
}

}  // namespace

Status CheckImageFor(const ModelInfo& model, ByteView image) {
  const images::ImageReport report = images::Recognise(image);
  if (report.refusal) return *report.refusal;
  if (report.format != kFormat) {
    return InvalidArgument("IMAGE_NOT_RECOGNISED", "this is not firmware of this family");
  }
  if (report.model != model.model) {
    const std::string found = report.model.empty() ? fmt::format("{} {} {}", report.vendor,
                                                                 report.product, report.revision)
                                                   : report.model;
    return InvalidArgument("IMAGE_MODEL_MISMATCH",
                           fmt::format("the file is firmware of a {}, but the drive is a {}", found,
                                       model.model))
        .With("image_model", found)
        .With("drive_model", std::string(model.model))
        .WithRemedy("use a file that was made for this model");
  }
  // What a tool read from the larger chip is as good as the file it was made of.
  const bool whole_chip = image.size() == model.firmware_bytes && IsHalf(model, report.halves);
  if (image.size() != ImageBytes(model) && !whole_chip) return SizeWrong(model, image.size());
  return Ok();
}

Status CheckUndoFor(const ModelInfo& model, const scsi::Identity& identity, ByteView dump) {
  if (dump.size() != model.firmware_bytes) {
    return CannotUndo(
        fmt::format("it has {} bytes, the chip has {}", dump.size(), model.firmware_bytes));
  }
  const images::ImageReport report = images::Recognise(dump);
  if (report.refusal) return CannotUndo(report.refusal->message());
  if (report.format != kFormat) return CannotUndo("it is not firmware of this family");
  if (report.vendor != identity.vendor || report.product != identity.product ||
      report.revision != identity.revision) {
    return CannotUndo(fmt::format("it says {} {} {}, the drive says {} {} {}", report.vendor,
                                  report.product, report.revision, identity.vendor,
                                  identity.product, identity.revision));
  }
  const bool half = IsHalf(model, report.halves);
  if (report.halves == images::Halves::kMirrored && !half) {
    return CannotUndo("its upper half repeats the lower one, so half of the chip was not read");
  }
  const auto aliases = images::AliasedBanks(half ? dump.first(ImageBytes(model)) : dump);
  if (!aliases.empty()) {
    return CannotUndo(fmt::format("bank {} repeats bank {}, so bank selection did not work",
                                  aliases.front().second, aliases.front().first));
  }
  return Ok();
}

Result<Bytes> ComposeTargetFor(const ModelInfo& model, ByteView current, ByteView image) {
  if (image.size() > model.firmware_bytes) return SizeWrong(model, image.size());
  if (current.size() != model.firmware_bytes) {
    return InvalidArgument("MEMORY_SIZE_WRONG",
                           fmt::format("the firmware has {} bytes, but {} were given",
                                       model.firmware_bytes, current.size()));
  }
  Bytes target(current.begin(), current.end());
  std::copy(image.begin(), image.end(), target.begin());
  const bool mirrored = image.size() == ImageBytes(model) && image.size() * 2 == current.size() &&
                        images::CompareHalves(current) == images::Halves::kMirrored;
  // Whether the chip holds it twice or is seen twice: so it stays.
  if (mirrored) std::copy(image.begin(), image.end(), target.begin() + image.size());
  for (const ByteRange& range : model.unit_ranges) {
    const ByteView own = Slice(current, range.offset, range.length);
    std::copy(own.begin(), own.end(), target.begin() + range.offset);
  }
  return target;
}

}  // namespace firmbench::families::mediatek_liteon
