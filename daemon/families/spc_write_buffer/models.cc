// SPDX-License-Identifier: Apache-2.0
#include "daemon/families/spc_write_buffer/models.h"

#include <algorithm>
#include <array>

namespace firmbench::families::spc_write_buffer {
namespace {

using scsi::WriteBufferMode;
using std::chrono::seconds;

constexpr std::string_view kFamily = "spc_write_buffer";
constexpr std::string_view kVendor = "FBSIM";
constexpr std::string_view kProvenance =
    "made from the standard for the simulator: no optical drive is publicly known to take its "
    "firmware this way and no other";
constexpr std::string_view kMissing =
    "the sequence is the standard's, but that an optical drive takes its firmware so nobody has "
    "published";
constexpr std::string_view kLoaderWhy =
    "the simulated boot code takes a download again; the standard says nothing of it";
constexpr std::string_view kDeadWhy =
    "the simulated boot code is part of what is written; the standard says nothing of it";
constexpr std::string_view kRamWhy =
    "nothing is kept, so the power brings the old microcode back; in the simulator only";

// Every value of these rows is the simulator's own [G], but for the modes [D].
constexpr uint32_t kBytes = 0xc000;

constexpr ModelInfo Info(std::string_view model, std::string_view product, std::string_view why,
                         Recoverable recoverable) {
  return {
      .family = kFamily,
      .model = model,
      .kind = "simulated drive of the SPC standard",
      .vendor = kVendor,
      .product = product,
      .revision_prefix = "A",
      .firmware_bytes = kBytes,
      .eeprom_bytes = 0,
      .recoverable_after_cut = recoverable,
      .recoverable_why = why,
      .evidence = Evidence::kHypothetical,
      .provenance = kProvenance,
  };
}

constexpr ModelInfo kModels[] = {
    Info("SPC-04", "SPC MODE 04", kRamWhy, Recoverable::kUnproven),
    Info("SPC-05", "SPC MODE 05", kDeadWhy, Recoverable::kNo),
    Info("SPC-06", "SPC MODE 06", kRamWhy, Recoverable::kUnproven),
    Info("SPC-07", "SPC MODE 07", kLoaderWhy, Recoverable::kUnproven),
    Info("SPC-0D", "SPC MODE 0D", kLoaderWhy, Recoverable::kUnproven),
    Info("SPC-0E", "SPC MODE 0E", kLoaderWhy, Recoverable::kUnproven),
};

constexpr uint8_t kPowerOnActivates = 4;  // PO_ACT, SPC-4 6.49.14

constexpr Row Sim(size_t model, WriteBufferMode mode, Activation activation, bool saved = true,
                  uint8_t mode_specific = 0) {
  return {.info = &kModels[model],
          .mode = mode,
          .activation = activation,
          .saved = saved,
          .mode_specific = mode_specific,
          .write_missing = kMissing,
          .back_limit = seconds(60)};
}

constexpr std::array kRows = {
    Sim(0, WriteBufferMode::kDownloadMicrocode, Activation::kByDownload, false),
    Sim(1, WriteBufferMode::kDownloadMicrocodeAndSave, Activation::kByDownload),
    Sim(2, WriteBufferMode::kDownloadMicrocodeWithOffsets, Activation::kByDownload, false),
    Sim(3, WriteBufferMode::kDownloadMicrocodeWithOffsetsAndSave, Activation::kByDownload),
    Sim(4, WriteBufferMode::kDownloadMicrocodeWithOffsetsSelectActivationSaveAndDefer,
        Activation::kByPowerCycle, true, kPowerOnActivates),
    Sim(5, WriteBufferMode::kDownloadMicrocodeWithOffsetsSaveAndDefer, Activation::kByCommand),
};

}  // namespace

std::span<const ModelInfo> Models() { return kModels; }

const Row* RowOf(const ModelInfo& model) {
  const auto row =
      std::find_if(kRows.begin(), kRows.end(), [&](const Row& r) { return r.info == &model; });
  return row == kRows.end() ? nullptr : &*row;
}

const ModelInfo* MatchNames(std::string_view vendor, std::string_view product,
                            std::string_view revision) {
  for (const ModelInfo& model : kModels) {
    if (vendor == model.vendor && product == model.product && revision.size() == 4 &&
        revision.starts_with(model.revision_prefix)) {
      return &model;
    }
  }
  return nullptr;
}

bool IsLoader(std::string_view vendor, std::string_view revision) {
  return vendor == kVendor && revision == kLoaderRevision;
}

}  // namespace firmbench::families::spc_write_buffer
