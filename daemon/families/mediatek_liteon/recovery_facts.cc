// SPDX-License-Identifier: Apache-2.0
#include "daemon/families/mediatek_liteon/recovery_facts.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "daemon/families/mediatek_liteon/models.h"
#include "daemon/images/mediatek_liteon.h"

namespace firmbench::families::mediatek_liteon {
namespace {

// drive-protocols 7: "LTR-BOOT", one report [P]. Other lines' boot code is taken to be named alike
// [I]: their product begins with the line's letters, too.
constexpr std::string_view kBootProducts[] = {"LTR-BOOT", "LDW-BOOT", "SOHW-BOOT"};

// drive-protocols 7, in the order in which a technician meets them.
constexpr RecoveryAdvice kAdvice[] = {
    {"the drive names itself LTR-BOOT",
     "its boot code is alive and its main firmware gone: write the firmware of the model that the "
     "sticker names",
     Evidence::kSecondHand, "one report of 2002"},
    {"the PC still lists the drive, under its own name or another",
     "the boot code is whole: writing the complete firmware brought such drives back",
     Evidence::kSecondHand, "forum recipes"},
    {"it does not answer after a bad flash",
     "write it in vendor mode with the drive alone on its cable; some drives then took a second, "
     "ordinary flash before they were whole",
     Evidence::kSecondHand, "several reports of CD-RW and CD-ROM drives of this line"},
    {"the PC does not start while the drive is attached",
     "unplug the drive's power, start the PC, plug the power in again before the write; try "
     "another "
     "PC",
     Evidence::kSecondHand, "forum recipes"},
    {"its status stays 80 where 70 is wanted",
     "the boot code does not run: switch the drive off and on and try at once; if it stays so, "
     "only an external programmer on the flash chip is left",
     Evidence::kSecondHand, "one SOHW-1633S was called unrecoverable"},
    {"its status stays 52",
     "switch the drive off and on while it is asked for vendor mode; other drives with this "
     "controller took it only after their firmware had been erased",
     Evidence::kSecondHand, "reports and a decompiled flasher of SATA drives"},
    {"it was flashed with the firmware of a faster model",
     "vendor mode and the chip may still answer, and the drive stay dead: one LTR-48246S with 52x "
     "firmware was written again without success",
     Evidence::kSecondHand, "one report"},
    {"the boot part itself is gone",
     "people bridged pins of the block of 2x3 pins at the rear; which ones nobody has written down "
     "with certainty, so firmbench does not advise it: use an external programmer",
     Evidence::kHypothetical, "two posts from memory"},
    {"its EEPROM was erased", "no way back is known without a dump of this very unit",
     Evidence::kSecondHand, "no report of a recovery"},
};

std::string Describe(const images::IdBlock& id) {
  return fmt::format("at {:05x}{} {} {} {}", id.offset, id.in_boot ? " (boot code)" : "", id.vendor,
                     id.product, id.revision);
}

}  // namespace

std::string_view BootCodeName(const scsi::Identity& identity) {
  const auto named = std::find(std::begin(kBootProducts), std::end(kBootProducts),
                               std::string_view(identity.product));
  return named == std::end(kBootProducts) ? "" : "the boot code of a Lite-On drive";
}

Remains RemainsIn(ByteView dump) {
  Remains remains;
  if (AllBytesAre(dump, 0xff)) {
    remains.text = "the flash is blank";
    return remains;
  }
  std::vector<std::string_view> models;
  for (const images::IdBlock& id : images::FindIdBlocks(dump)) {
    remains.text += (remains.text.empty() ? "names left in the flash: " : "; ") + Describe(id);
    const ModelInfo* model = MatchNames(id.vendor, id.product, id.revision);
    if (model == nullptr) continue;
    if (std::find(models.begin(), models.end(), model->model) == models.end()) {
      models.push_back(model->model);
    }
  }
  if (remains.text.empty()) remains.text = "no name of a model is left in the flash";
  if (models.size() == 1) remains.model = models.front();
  return remains;
}

std::span<const RecoveryAdvice> Advice() { return kAdvice; }

}  // namespace firmbench::families::mediatek_liteon
