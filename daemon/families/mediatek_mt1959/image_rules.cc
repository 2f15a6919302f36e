// SPDX-License-Identifier: Apache-2.0
#include "daemon/families/mediatek_mt1959/image_rules.h"

#include <fmt/format.h>

#include <algorithm>

#include "daemon/families/mediatek_mt1959/layout.h"
#include "daemon/images/recognise.h"

namespace firmbench::families::mediatek_mt1959 {
namespace {

constexpr std::string_view kBanner = "MT19";  // how every configuration of these drives begins
constexpr uint32_t kUnused = 0xffffffff;

uint32_t LoadLe32(const uint8_t* p) {
  return uint32_t{p[0]} | uint32_t{p[1]} << 8 | uint32_t{p[2]} << 16 | uint32_t{p[3]} << 24;
}

// A file that was cut, scrambled or is a drive's encrypted form has no such table.
bool HoldsTable(ByteView file) {
  uint32_t used = 0;
  for (uint32_t i = 0; i < kTableEntries; ++i) {
    const ByteView entry = Slice(file, kTableAt + i * kTableEntryBytes, kTableEntryBytes);
    if (entry.empty()) return false;
    if (LoadLe32(&entry[0]) == kUnused) continue;
    const uint32_t first = LoadLe32(&entry[4]);
    const uint32_t last = LoadLe32(&entry[8]);
    if (first > last || last >= file.size()) return false;
    ++used;
  }
  return used != 0;
}

std::optional<Error> Refuse(ByteView file) {
  if (file.size() < kFlashBytes) {
    return InvalidArgument("IMAGE_TRUNCATED",
                           fmt::format("the file has {} of {} bytes", file.size(), kFlashBytes))
        .WithRemedy("It was cut off. Copy, download or read it again and compare the size.");
  }
  if (file.size() > kFlashBytes) {
    return InvalidArgument("IMAGE_SIZE_WRONG",
                           fmt::format("the file has {} bytes, firmware of these drives has {}",
                                       file.size(), kFlashBytes))
        .WithRemedy("Take the file without whatever was added to it.");
  }
  if (!HoldsTable(file)) {
    return InvalidArgument("IMAGE_DAMAGED",
                           "the table of what the drive checks is not whole, or encrypted")
        .WithRemedy("Take the plain firmware of 2 MB; encrypted updates are not known here.");
  }
  return std::nullopt;
}

Error CannotUndo(std::string why) {
  return FailedPrecondition("DUMP_CANNOT_UNDO",
                            "this dump cannot bring the drive back: " + std::move(why))
      .WithRemedy("read the drive again, on another connection if it stays so");
}

bool Same(ByteView a, ByteView b) { return std::equal(a.begin(), a.end(), b.begin(), b.end()); }

}  // namespace

bool ExamineFile(ByteView file, images::ImageReport& report) {
  const ByteView config = Slice(file, kConfigAt, kConfigBytes);
  if (config.empty() || !AsText(config).starts_with(kBanner)) return false;
  report.format = kFormat;
  const ByteView descriptor = Slice(file, kDescriptorAt, kDescriptorBytes);
  if (!descriptor.empty() && AsText(descriptor).substr(kTagAt).starts_with(kTag)) {
    report.vendor = CleanField(descriptor.subspan(0, 8));
    report.product = CleanField(descriptor.subspan(8, 16));
    report.revision = CleanField(descriptor.subspan(24, 4));
  } else {
    report.warnings.push_back("the file does not say where it is expected which drive it is for");
  }
  report.refusal = Refuse(file);
  const ModelInfo* model = MatchNames(report.vendor, report.product, report.revision);
  if (model != nullptr && CheckConfig(*RowOf(*model), config, "file")) report.model = model->model;
  return true;
}

bool ShowsBootPage(ByteView current) {
  return Same(Slice(current, 0, kBootPageBytes), Slice(current, kBootPageShown, kBootPageBytes));
}

Status CheckConfig(const Row& row, ByteView config, std::string_view whose) {
  const std::string_view id = AsText(config).substr(0, kConfigIdBytes);
  if (id == row.config_id) return Ok();
  return InvalidArgument("IMAGE_HARDWARE_MISMATCH",
                         fmt::format("the {} is of the board \"{}\", a {} has \"{}\"", whose,
                                     CleanField(AsBytes(id)), row.info->model, row.config_id))
      .WithRemedy("use a file that was made for this very hardware");
}

Status CheckImageFor(const ModelInfo& model, ByteView image) {
  const Row* row = RowOf(model);
  const images::ImageReport report = RecogniseImage(image);
  if (report.refusal) return *report.refusal;
  if (row == nullptr || report.format != kFormat) {
    return InvalidArgument("IMAGE_NOT_RECOGNISED", "this is not firmware of this family");
  }
  if (MatchNames(report.vendor, report.product, report.revision) == &model) {
    return CheckConfig(*row, Slice(image, kConfigAt, kConfigBytes), "file");
  }
  const std::string found = fmt::format("{} {} {}", report.vendor, report.product, report.revision);
  return InvalidArgument(
             "IMAGE_MODEL_MISMATCH",
             fmt::format("the file is firmware of a {}, but the drive is a {}", found, model.model))
      .With("image_model", found)
      .With("drive_model", std::string(model.model))
      .WithRemedy("use a file that was made for this model");
}

Status CheckUndoFor(const ModelInfo& model, const scsi::Identity& identity, ByteView dump) {
  if (const Status fits = CheckImageFor(model, dump); !fits) {
    return CannotUndo(fits.error().message());
  }
  const images::ImageReport report = RecogniseImage(dump);
  if (report.vendor != identity.vendor || report.product != identity.product ||
      report.revision != identity.revision) {
    return CannotUndo(fmt::format("it says {} {} {}, the drive says {} {} {}", report.vendor,
                                  report.product, report.revision, identity.vendor,
                                  identity.product, identity.revision));
  }
  if (report.halves == images::Halves::kMirrored || !images::AliasedBanks(dump).empty()) {
    return CannotUndo("a part of it repeats another one, so the address did not reach the flash");
  }
  return Ok();
}

Result<Bytes> ComposeTargetFor(const ModelInfo& model, ByteView current, ByteView image) {
  const Row* row = RowOf(model);
  if (row == nullptr || image.size() != kFlashBytes || current.size() != kFlashBytes) {
    return InvalidArgument("MEMORY_SIZE_WRONG",
                           fmt::format("firmware and file have {} bytes, but {} and {} were given",
                                       kFlashBytes, current.size(), image.size()));
  }
  // What the drive holds decides whether the file is for it, not what it calls itself.
  RETURN_IF_ERROR(CheckConfig(*row, Slice(current, kConfigAt, kConfigBytes), "drive"));
  RETURN_IF_ERROR(CheckConfig(*row, Slice(image, kConfigAt, kConfigBytes), "file"));
  Bytes target(image.begin(), image.end());
  std::copy_n(current.begin(), kKeptBytes, target.begin());
  for (const ByteRange& range : model.unit_ranges) {
    std::copy_n(current.begin() + range.offset, range.length, target.begin() + range.offset);
  }
  // What is read there is never the boot page; it will be the new bytes of the place it shows.
  if (ShowsBootPage(current)) {
    std::copy_n(target.begin() + kBootPageShown, kBootPageBytes, target.begin());
  }
  return target;
}

}  // namespace firmbench::families::mediatek_mt1959
