// SPDX-License-Identifier: Apache-2.0
#include "daemon/families/mediatek_liteon/family.h"

#include <fmt/format.h>

#include <algorithm>

#include "daemon/families/mediatek_liteon/abilities.h"
#include "daemon/families/mediatek_liteon/commands.h"
#include "daemon/families/mediatek_liteon/image_rules.h"
#include "daemon/families/mediatek_liteon/models.h"
#include "daemon/families/mediatek_liteon/planning.h"
#include "daemon/families/mediatek_liteon/programmer.h"
#include "daemon/families/mediatek_liteon/recovery_facts.h"
#include "daemon/families/mediatek_liteon/session.h"

// What is odd about this chipset.
//
// A MediaTek drive of this time is an 8051 that runs straight out of a parallel flash chip, in
// banks of 64 KB, beside a small serial EEPROM that holds what belongs to the unit. The flash is
// written by a door that has nothing to do with SCSI: the controller's boot code watches its ATA
// task file for a command that no standard names (2A in LBA low, then command 80), and from then
// on takes single read and write cycles for the flash chip's bus out of the address registers. The
// status register reads 70 all the while; ATA would call that "device fault", which is why a normal
// driver cannot be used for it, and why equality with 70 is the only sign that all is well. In this
// mode the drive ignores which device is selected, so a second drive on the cable would be written,
// too. The running firmware may keep the door shut: on DVD burners it seems to ask for the eject
// button. The boot code, without valid firmware, seems to open it to everybody.
//
// Each cycle costs seven register accesses, and the chip sees nothing else: unlock sequences, page
// loads, erases and polling are the chip algorithms', run over VendorBus. A page-write chip takes a
// page only while the cycles come fast enough; whether a real drive passes them on fast enough
// nobody has published.
//
// Where the knowledge comes from. The task-file protocol was read in a decompiled flasher of
// another product, the SCSI back door (DF) second hand in a read-only probe, image layout in public
// patching tools, models and chips in forum posts and kernel logs; README.md says which is which.
// No byte of it has been seen by us on a real drive yet.
//
// What bricks it. Losing power between the first erase and the last page leaves the 8051 without
// code; page 0 of bank 0, with the reset vector, is written last of all, so that boot code and
// vendor mode have a chance to stay in charge. The erase intro (2E/80) destroys the firmware by
// itself and is part of no job. Another model's firmware starts and then drives the wrong laser.
// The EEPROM holds calibration that exists nowhere else: no command that writes it is publicly
// known, and the one here is a guess for the simulator.

namespace firmbench::families::mediatek_liteon {
namespace {

Error NotOurs(const ModelInfo& model) {
  return Internal("MODEL_NOT_OF_FAMILY",
                  fmt::format("{} is no model of mediatek_liteon", model.model));
}

class MediatekLiteon final : public Family {
 public:
  std::string_view name() const override { return "mediatek_liteon"; }
  std::span<const ModelInfo> models() const override { return Models(); }
  std::span<const scsi::CdbRule> cdb_rules() const override { return CdbRules(); }
  std::span<const ata::CommandRule> task_file_rules() const override { return TaskFileRules(); }

  const ModelInfo* Match(const scsi::Identity& identity) const override {
    constexpr uint8_t kCdDvd = 0x05;
    if (identity.device_type != kCdDvd) return nullptr;
    return MatchNames(identity.vendor, identity.product, identity.revision);
  }

  std::string_view BootCodeOf(const scsi::Identity& identity) const override {
    return BootCodeName(identity);
  }
  Remains ReadRemains(ByteView dump) const override { return RemainsIn(dump); }
  std::span<const RecoveryAdvice> recovery_advice() const override { return Advice(); }

  std::vector<MemoryAbilities> Abilities(const ModelInfo& model,
                                         const Connection& connection) const override {
    const Row* row = RowOf(model);
    return row == nullptr ? std::vector<MemoryAbilities>{} : AbilitiesOf(*row, connection);
  }

  PhaseEstimates Estimates(const ModelInfo& model) const override {
    const Row* row = RowOf(model);
    return row == nullptr ? PhaseEstimates{} : EstimatesOf(*row);
  }

  Ability ChipWrite(const ModelInfo& model, const Connection& connection,
                    std::string_view chip_part) const override {
    const Row* row = RowOf(model);
    return row == nullptr ? Ability{} : ChipWriteAbility(*row, connection, chip_part);
  }

  Status CheckImage(const ModelInfo& model, ByteView image) const override {
    return CheckImageFor(model, image);
  }

  Status CheckUndo(const ModelInfo& model, const scsi::Identity& identity,
                   ByteView dump) const override {
    return CheckUndoFor(model, identity, dump);
  }

  Result<Bytes> ComposeTarget(const ModelInfo& model, ByteView current,
                              ByteView image) const override {
    return ComposeTargetFor(model, current, image);
  }

  Result<WritePlan> PlanWrite(const ModelInfo& model, Memory memory, ByteView current,
                              ByteView target, std::string_view chip_part) const override {
    const Row* row = RowOf(model);
    if (row == nullptr) return NotOurs(model);
    switch (memory) {
      case Memory::kFirmware:
        return PlanFirmware(*row, current, target, chip_part);
      case Memory::kEeprom:
        return PlanEeprom(*row, current, target);
      case Memory::kBoot:
        break;
    }
    return InvalidArgument("MEMORY_NOT_WRITABLE", "the boot part is written with the firmware");
  }

  std::unique_ptr<Session> Open(const ModelInfo& model, const DriveAccess& access) const override {
    const Row* row = RowOf(model);
    FB_CHECK(row != nullptr);
    return std::make_unique<LiteonSession>(*row, access);
  }

  std::unique_ptr<ChipProgrammer> OpenProgrammer(const ModelInfo& model,
                                                 const DriveAccess& access) const override {
    const Row* row = RowOf(model);
    FB_CHECK(row != nullptr);
    // Vendor mode for parallel chips is the only way to a chip here.
    if (access.task_file == nullptr || FlashOf(*row) == FlashKind::kSerial) return nullptr;
    return std::make_unique<LiteonProgrammer>(*row, access);
  }
};

}  // namespace

const Family& GetFamily() {
  static const MediatekLiteon family;
  return family;
}

}  // namespace firmbench::families::mediatek_liteon
