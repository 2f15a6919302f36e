// SPDX-License-Identifier: Apache-2.0
#pragma once

// A simulated bench for tests, and a host of its own: what a driver would do, written from the
// protocol and not from the families' code.

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/simulator/bench.h"

namespace firmbench::simulator {

// The result's value, or a failed test. Only for values with a default.
template <typename T>
T Must(Result<T> result) {
  if (!result) {
    ADD_FAILURE() << result.error().ToString();
    std::abort();
  }
  return std::move(result).value();
}
inline void Must(const Status& status) { ASSERT_TRUE(status) << status.error().ToString(); }

// Firmware with the shape that the boot code wants: LJMP, an ID block at 4100, reproducible bytes.
Bytes TestFirmware(const DriveSpec& spec, const Profile& profile);
// EEPROM with reproducible bytes, an empty burn log and book type 0.
Bytes TestEeprom(const DriveSpec& spec, const Profile& profile);

Result<Scenario> Parse(std::string_view toml);
std::unique_ptr<Bench> MakeBench(std::string_view toml);
// One drive of this model in "bay 1"; `more` are further TOML lines of it.
std::unique_ptr<Bench> OneDrive(std::string_view model, std::string_view more = "");

struct ScsiAnswer {
  bool good = false;
  std::optional<SenseInfo> sense;
  Bytes data;  // what moved
  size_t residual = 0;
};
// Sends a CDB with a data-in of `length` bytes (0: none) or with data-out.
ScsiAnswer Send(scsi::Transport& transport, std::vector<uint8_t> cdb, size_t length = 0);
ScsiAnswer SendOut(scsi::Transport& transport, std::vector<uint8_t> cdb, ByteView data);
Result<scsi::Completion> TrySend(scsi::Transport& transport, std::vector<uint8_t> cdb,
                                 std::span<uint8_t> data_in);
std::string SenseOf(const ScsiAnswer& answer);  // "05/24/00", or "" when GOOD

// The host's side of the classic vendor mode.
class VendorHost {
 public:
  explicit VendorHost(Drive& drive, uint8_t device = 0xa0);

  uint8_t ReadStatus();
  uint8_t Register(ata::Register reg);
  void Write(ata::Register reg, uint8_t value);
  // Sends the intro and returns the status 2 ms later.
  uint8_t Intro(uint8_t lba_low = 0x2a);
  void Outro();
  uint8_t ReadByte(uint32_t address);
  void WriteCycle(uint32_t address, uint8_t data);
  void Unlock(uint8_t command);  // AA/55/command
  void Sleep(Nanos duration) { drive_.clock().SleepFor(duration); }
  Status Run(std::span<ata::Access> script) { return task_file_->Run(script); }

 private:
  Drive& drive_;
  const uint8_t device_;
  std::unique_ptr<ata::TaskFile> task_file_;
};

}  // namespace firmbench::simulator
