// SPDX-License-Identifier: Apache-2.0
#include "daemon/families/mediatek_mt1959/family.h"

#include <fmt/format.h>

#include <algorithm>

#include "daemon/families/mediatek_mt1959/commands.h"
#include "daemon/families/mediatek_mt1959/image_rules.h"
#include "daemon/families/mediatek_mt1959/layout.h"
#include "daemon/families/mediatek_mt1959/models.h"
#include "daemon/families/mediatek_mt1959/session.h"

// What is odd about this chipset.
//
// A Blu-ray drive of this time writes its own flash. The host sends all 2 MB by WRITE BUFFER, first
// a start (mode 01), then pieces with offsets (mode 06); the drive gathers them in its RAM, looks
// at them, and when the last has come erases and programs by itself, answering "busy" until it
// starts again. There is no mode to enter and no chip to see. What it does not take from anybody is
// the first 64 KB: they start the drive and say which board it is ("MT1959 Boot JB8 "). The same
// words in the stream must be the drive's own, which is why they are read from it and put there.
//
// Reading is READ BUFFER with mode 06, a mode that the standard reserves. It shows the flash as it
// is, with two exceptions: the first page shows another place, so nobody can dump it, and a read
// that begins at the configuration gives no more than its 32 bytes.
//
// The last 64 KB are the unit's calibration, which exists nowhere else. A file from the maker holds
// nothing of use there, so what is sent is always what was read.
//
// Where the knowledge comes from: a public flasher that people use on these drives, and a second
// one whose code describes the layout; README.md says which is which. No byte of it has been seen
// by us on a real drive yet.
//
// What bricks it. Firmware that does not pass the drive's own check (AES-CMAC over the ranges of a
// table) does not start; whoever holds the key can sign anything, and this project does not hold
// it, so a file is only looked at for being whole. Firmware of another board starts and drives the
// wrong hardware. What a drive does whose flash was cut off half written nobody has published.

namespace firmbench::families::mediatek_mt1959 {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr auto kCode = Evidence::kReadInCode;
constexpr scsi::CdbRule kCdbRules[] = {
    {{0x3c, 0x06}, 2, scsi::Effect::kReadOnly, kCode, "read flash (3C 06)"},
    {{0x3b, 0x01, 0x00}, 3, scsi::Effect::kDestructive, kCode, "start a download (3B 01)"},
    {{0x3b, 0x06, 0x00}, 3, scsi::Effect::kDestructive, kCode, "piece of a download (3B 06)"},
};

constexpr const char* kNoScsi = "the commands need SCSI, and this connection does not carry it";
constexpr const char* kScsiHelps = "a connection that carries SCSI commands";

class MediatekMt1959 final : public Family {
 public:
  std::string_view name() const override { return "mediatek_mt1959"; }
  std::span<const ModelInfo> models() const override { return Models(); }
  std::span<const scsi::CdbRule> cdb_rules() const override { return CdbRules(); }

  const ModelInfo* Match(const scsi::Identity& identity) const override {
    constexpr uint8_t kCdDvd = 0x05;
    if (identity.device_type != kCdDvd) return nullptr;
    return MatchNames(identity.vendor, identity.product, identity.revision);
  }

  std::string_view BootCodeOf(const scsi::Identity& identity) const override {
    return IsBootCode(identity.vendor, identity.product, identity.revision)
               ? "the boot code of an MT1959 drive"
               : "";
  }

  std::vector<MemoryAbilities> Abilities(const ModelInfo& /*model*/,
                                         const Connection& connection) const override {
    Ability read{false, kCode, kNoScsi, kScsiHelps};
    Ability write = read;
    if (connection.scsi) {
      read = {true, kCode, "with READ BUFFER mode 06, all but the page that starts the drive", {}};
      write = {true,
               kCode,
               "with a download by WRITE BUFFER modes 01 and 06; the part that starts the drive is "
               "kept by the drive itself",
               {}};
    }
    return {{Memory::kFirmware, kFlashBytes, read, write, write}};
  }

  // Measured by nobody [G]; the drive programs 2 MB within the 45 s that a public flasher waits.
  PhaseEstimates Estimates(const ModelInfo& /*model*/) const override {
    PhaseEstimates estimates;
    estimates.read_firmware = seconds(4);
    estimates.enter = milliseconds(10);
    estimates.write = seconds(4);
    estimates.leave = seconds(30);
    return estimates;
  }

  bool ExamineImage(ByteView file, images::ImageReport& report) const override {
    return ExamineFile(file, report);
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
                              ByteView target, std::string_view /*chip_part*/) const override {
    if (memory != Memory::kFirmware) {
      return InvalidArgument("MEMORY_NOT_WRITABLE", "only firmware is written");
    }
    if (current.size() != kFlashBytes || target.size() != kFlashBytes) {
      return InvalidArgument("MEMORY_SIZE_WRONG",
                             fmt::format("the firmware of a {} has {} bytes, not {} and {}",
                                         model.model, kFlashBytes, current.size(), target.size()));
    }
    WritePlan plan;
    plan.estimate = Estimates(model).write + Estimates(model).leave;
    if (std::equal(current.begin(), current.end(), target.begin())) return plan;
    plan.units.push_back({kKeptBytes, kFlashBytes - kKeptBytes});
    // Never written, but where a read shows another place it changes with that.
    if (ShowsBootPage(current)) plan.units.push_back({0, kBootPageBytes});
    plan.bytes_to_program = kFlashBytes - kKeptBytes;
    return plan;
  }

  std::unique_ptr<Session> Open(const ModelInfo& model, const DriveAccess& access) const override {
    const Row* row = RowOf(model);
    FB_CHECK(row != nullptr);
    return std::make_unique<Mt1959Session>(*row, access);
  }
};

}  // namespace

std::span<const scsi::CdbRule> CdbRules() { return kCdbRules; }

const Family& GetFamily() {
  static const MediatekMt1959 family;
  return family;
}

}  // namespace firmbench::families::mediatek_mt1959
