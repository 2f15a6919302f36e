// SPDX-License-Identifier: Apache-2.0
#pragma once

// Everything a drive says of itself over SCSI, read with data-in commands that every optical drive
// knows or refuses harmlessly. ReadIdentity is lane-only and blocks; the struct is a value.

#include <optional>
#include <string>
#include <vector>

#include "daemon/scsi/transport.h"

namespace firmbench::scsi {

struct Identity {
  uint8_t device_type = 0x1f;  // SPC peripheral device type; 05 = CD/DVD
  bool removable = false;
  std::string vendor;                        // INQUIRY 8..15, cleaned
  std::string product;                       // INQUIRY 16..31, cleaned
  std::string revision;                      // INQUIRY 32..35, cleaned
  std::string vendor_specific;               // INQUIRY 36..55 as far as returned, cleaned
  std::optional<std::string> vpd_serial;     // VPD page 80; nullopt: not answered; may be ""
  std::optional<std::string> mmc_serial;     // MMC feature 0108
  std::optional<std::string> firmware_date;  // MMC feature 010C: "2003-11-05T12:00:00"
  std::vector<uint16_t> profiles;            // MMC profile list, feature 0000
  uint32_t buffer_kib = 0;                   // mode page 2A, bytes 12..13
  Bytes inquiry;                             // as returned, for the ledger

  // The first serial that is evidence: not blank, not one repeated character, not a known
  // placeholder. nullopt when there is none.
  std::optional<std::string> serial() const;
};

// INQUIRY must succeed (NOT_A_DRIVE, SHORT_TRANSFER, the transport's errors); every other answer
// may be missing. Waits through one UNIT ATTENTION.
Result<Identity> ReadIdentity(Transport& transport);

}  // namespace firmbench::scsi
