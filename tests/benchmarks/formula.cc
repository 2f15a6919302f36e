// SPDX-License-Identifier: Apache-2.0
#include "tests/benchmarks/formula.h"

#include <algorithm>

namespace firmbench::benchmarks {
namespace {

using std::chrono::milliseconds;

// --- the protocol (drive-protocols 1.1 to 1.3 [C]) -------------------------------------------
// Reading a byte writes LBA mid, LBA high, device and the command; writing one LBA low as well.
// The second write of the device register and the polls fall into the time in which the drive is
// busy with the operation; then a read fetches LBA low.
constexpr int kRegistersOfRead = 4;
constexpr int kRegistersOfWrite = 5;
constexpr Nanos kBeforeIntro = milliseconds(250);
constexpr Nanos kAfterIntro = milliseconds(2);
constexpr int kIntroAccesses = 3 + 2 * 3;  // the intro, then three times device and status (9.2)
constexpr Nanos kAfterReset = milliseconds(350);
// drive-protocols 4.2: before and after the names of a chip are read, for the slowest of parts.
constexpr Nanos kIdWait = milliseconds(10);
constexpr int kIdWaits = 2;

// --- the job (2 reads of the firmware, 3 of the EEPROM, one of each afterwards) ---------------
constexpr int kFirmwarePassesBefore = 2;
constexpr int kEepromPasses = 3 + 1;
constexpr uint32_t kEepromBlock = 128;  // bytes per DF 89 (drive-protocols 2.2)
// INQUIRY in 36 bytes, VPD 80, three features, mode page 2A: at the start, after the reset and
// before the EEPROM is compared.
constexpr int kIdentityCommands = 6;
constexpr int kIdentities = 3;
// Per 64 KB bank: the first page and three windows.
constexpr int64_t kSampleBytesPerBank = 256 + 3 * 64;

// A poll that sees the end is believed after a second one that agrees: DQ6 has stopped (4.2).
constexpr int kAgreeingPolls = 2;
constexpr int kUnlockCycles = 3;  // AA, 55, A0
constexpr int kEraseCycles = 6;

constexpr Nanos RoundUp(Nanos time, Nanos step) { return (time + step - Nanos{1}) / step * step; }

class Formula {
 public:
  explicit Formula(const FlashFacts& facts)
      : facts_(facts),
        access_(facts.drive.register_access),
        // The busy time covers at least the second device write and one poll.
        busy_(std::max(RoundUp(facts.drive.vendor_op, access_), 2 * access_)),
        read_(kRegistersOfRead * access_ + busy_ + access_),
        write_(kRegistersOfWrite * access_ + busy_) {}

  std::vector<Term> Terms() {
    const int64_t size = facts_.chip.size_bytes;
    const Nanos pass = Enter() + size * read_ + Leave();
    Add("firmware, two reads before", kFirmwarePassesBefore * pass);
    Add("EEPROM, three reads before and one after", kEepromPasses * EepromPass());
    Add("identity, three times", kIdentities * kIdentityCommands * facts_.drive.scsi_command);
    Add("enter vendor mode", Enter());
    Add("arm: samples and the chip's name",
        size / chips::kBankBytes * kSampleBytesPerBank * read_ + kIdWaits * kIdWait);
    if (facts_.chip.page_write()) {
      AddPages();
    } else {
      AddBytes();
    }
    Add("leave vendor mode, reset, boot", Leave());
    Add("firmware, read back", pass);
    return std::move(terms_);
  }

 private:
  void Add(std::string name, Nanos time) { terms_.push_back({std::move(name), time}); }

  Nanos Enter() const {
    return kBeforeIntro + kAfterIntro + kIntroAccesses * access_ + facts_.drive.vendor_op;
  }
  // The wait after the reset passes while the drive boots.
  Nanos Leave() const { return std::max(kAfterReset, facts_.drive.boot); }

  Nanos EepromPass() const {
    const Nanos block = facts_.drive.scsi_command + kEepromBlock * facts_.drive.scsi_byte;
    return facts_.eeprom_bytes / kEepromBlock * block;
  }

  // What polling takes from the command of the last write cycle on, when the part then is busy for
  // `busy`: looks at the part are read cycles, one after the other, and the last that must be are
  // those whose command comes when the part is done.
  Nanos Polls(Nanos busy) const {
    const Nanos first_look = busy_ + kRegistersOfRead * access_;
    const Nanos wait = busy > first_look ? RoundUp(busy - first_look, read_) : Nanos{0};
    return busy_ + wait + kAgreeingPolls * read_;
  }

  void AddPages() {
    const auto pages = static_cast<int64_t>(facts_.plan.units.size());
    const chips::ChipTimings& timings = facts_.chip.timings;
    const int64_t page_bytes = facts_.chip.page_bytes;
    Add("pages: unlock and load", pages * (kUnlockCycles + page_bytes) * write_);
    // The drive's own busy time after the last load passes inside the load window.
    Add("pages: load window, write, polls",
        pages * (Polls(timings.load_window + timings.program_typical) - busy_));
    Add("pages: verify", pages * page_bytes * read_);
  }

  void AddBytes() {
    const chips::EraseMethod& erase = *chips::SmallestErase(facts_.chip);
    int64_t erased_bytes = 0, units_bytes = 0;
    for (const chips::WriteUnit& unit : facts_.plan.units) {
      if (unit.erase) erased_bytes += unit.length;
      units_bytes += unit.length;
    }
    const auto erases = static_cast<int64_t>(facts_.plan.erases);
    const auto bytes = static_cast<int64_t>(facts_.plan.bytes_to_program);
    Add("erase: commands, busy, polls",
        erases * (kEraseCycles * write_ + Polls(erase.typical) - busy_));
    // What an erase left is read before it is written on (drive-protocols 1.5: blank check [C]).
    Add("erase: blank check", erased_bytes * read_);
    Add("bytes: unlock and program", bytes * (kUnlockCycles + 1) * write_);
    Add("bytes: busy and polls", bytes * (Polls(facts_.chip.timings.program_typical) - busy_));
    Add("bytes: verify page by page", units_bytes * read_);
  }

  const FlashFacts& facts_;
  const Nanos access_;
  const Nanos busy_;
  const Nanos read_;   // one read cycle on the chip's bus
  const Nanos write_;  // one write cycle
  std::vector<Term> terms_;
};

}  // namespace

std::vector<Term> LeastFlashTime(const FlashFacts& facts) { return Formula(facts).Terms(); }

Nanos Sum(const std::vector<Term>& terms) {
  Nanos sum{0};
  for (const Term& term : terms) sum += term.time;
  return sum;
}

}  // namespace firmbench::benchmarks
