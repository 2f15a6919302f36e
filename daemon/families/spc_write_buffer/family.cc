// SPDX-License-Identifier: Apache-2.0
#include "daemon/families/spc_write_buffer/family.h"

#include <fmt/format.h>

#include <algorithm>

#include "daemon/families/spc_write_buffer/image_format.h"
#include "daemon/families/spc_write_buffer/models.h"
#include "daemon/families/spc_write_buffer/session.h"

// What is odd about this family.
//
// It is no chipset but a chapter of a standard. SPC lets any device take its microcode by WRITE
// BUFFER: in one command or in pieces with offsets, kept or only run, started at once, by a command
// of its own or by the next power-on. READ BUFFER mode 03 says how large the pieces may be and
// where they may begin. Afterwards the device says once that its microcode has changed (06/3F/01),
// and INQUIRY names the new revision. What lies in the pieces, whether the device checks it, and
// when its flash is written is the vendor's.
//
// Nothing in the standard reads microcode back. What a drive holds is known only by what it calls
// itself, so a write ends "changed, but could not be checked", and it is undone only by a file of
// the revision that ran before, if somebody has one.
//
// Optical drives use the same operation code in ways of their own (pieces that are half standard,
// half not), and those belong to other families. No drive of which somebody published that the
// standard alone is enough has been found; so the rows are the simulator's, and a real drive gets
// its row with a trace. What bricks such a drive is its vendor's secret, too.

namespace firmbench::families::spc_write_buffer {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

// clang-format off: one rule a line. Longer prefixes than the mode are not needed: what is not
// named here does not pass.
constexpr auto kDestructive = scsi::Effect::kDestructive;
constexpr auto kStandard = Evidence::kDocumented;
constexpr scsi::CdbRule kCdbRules[] = {
    {{0x3c, 0x03}, 2, scsi::Effect::kReadOnly, kStandard, "read buffer descriptor (3C 03)"},
    {{0x3b, 0x04}, 2, kDestructive, kStandard, "download microcode (3B 04)"},
    {{0x3b, 0x05}, 2, kDestructive, kStandard, "download microcode and save (3B 05)"},
    {{0x3b, 0x06}, 2, kDestructive, kStandard, "download microcode with offsets (3B 06)"},
    {{0x3b, 0x07}, 2, kDestructive, kStandard, "download microcode with offsets and save (3B 07)"},
    {{0x3b, 0x8d}, 2, kDestructive, kStandard, "download microcode for the next power-on (3B 8D)"},
    {{0x3b, 0x0e}, 2, kDestructive, kStandard, "download microcode and defer (3B 0E)"},
    {{0x3b, 0x0f}, 2, kDestructive, kStandard, "activate deferred microcode (3B 0F)"},
};
// clang-format on

Ability Write(const Row& row, const Connection& connection) {
  const Evidence evidence = Weakest(Evidence::kDocumented, row.info->evidence);
  if (!connection.scsi) {
    return {false, evidence, "the commands need SCSI, and this connection does not carry it",
            "a connection that carries SCSI commands"};
  }
  if (evidence == Evidence::kHypothetical && !connection.simulated) {
    return {false, evidence, std::string(row.write_missing),
            "a recorded trace of a tool that writes this model so"};
  }
  std::string why = "with the standard's microcode download (WRITE BUFFER)";
  if (!row.saved) why += "; only until the power is switched off";
  if (evidence == Evidence::kHypothetical) why += ", on a simulated drive";
  return {true, evidence, std::move(why), {}};
}

class SpcWriteBuffer final : public Family {
 public:
  std::string_view name() const override { return "spc_write_buffer"; }
  std::span<const ModelInfo> models() const override { return Models(); }
  std::span<const scsi::CdbRule> cdb_rules() const override { return kCdbRules; }

  const ModelInfo* Match(const scsi::Identity& identity) const override {
    constexpr uint8_t kCdDvd = 0x05;
    if (identity.device_type != kCdDvd) return nullptr;
    return MatchNames(identity.vendor, identity.product, identity.revision);
  }

  std::string_view BootCodeOf(const scsi::Identity& identity) const override {
    return IsLoader(identity.vendor, identity.revision) ? "boot code that takes a download" : "";
  }

  std::vector<MemoryAbilities> Abilities(const ModelInfo& model,
                                         const Connection& connection) const override {
    const Row* row = RowOf(model);
    if (row == nullptr) return {};
    const Error unread = NotReadable();
    const Ability write = Write(*row, connection);
    return {{Memory::kFirmware, model.firmware_bytes,
             Ability{false, Evidence::kDocumented, unread.message(),
                     "an external programmer on the flash chip"},
             write, write}};
  }

  // The standard knows no times [G].
  PhaseEstimates Estimates(const ModelInfo& /*model*/) const override {
    PhaseEstimates estimates;
    estimates.enter = milliseconds(10);
    estimates.write = seconds(5);
    estimates.leave = seconds(5);
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

  Result<Bytes> ComposeTarget(const ModelInfo& model, ByteView /*current*/,
                              ByteView image) const override {
    RETURN_IF_ERROR(CheckImageFor(model, image));
    return Bytes(image.begin(), image.end());
  }

  Result<WritePlan> PlanWrite(const ModelInfo& model, Memory memory, ByteView current,
                              ByteView target, std::string_view /*chip_part*/) const override {
    if (memory != Memory::kFirmware) {
      return InvalidArgument("MEMORY_NOT_WRITABLE", "only firmware is written");
    }
    if (target.size() != model.firmware_bytes) {
      return InvalidArgument("MEMORY_SIZE_WRONG",
                             fmt::format("the firmware of a {} has {} bytes, not {}", model.model,
                                         model.firmware_bytes, target.size()));
    }
    WritePlan plan;
    plan.estimate = Estimates(model).write;
    if (std::equal(current.begin(), current.end(), target.begin(), target.end())) return plan;
    plan.units.push_back({0, model.firmware_bytes});
    plan.bytes_to_program = model.firmware_bytes;
    return plan;
  }

  std::unique_ptr<Session> Open(const ModelInfo& model, const DriveAccess& access) const override {
    const Row* row = RowOf(model);
    FB_CHECK(row != nullptr);
    return std::make_unique<SpcSession>(*row, access);
  }
};

}  // namespace

const Family& GetFamily() {
  static const SpcWriteBuffer family;
  return family;
}

}  // namespace firmbench::families::spc_write_buffer
