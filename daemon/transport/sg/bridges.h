// SPDX-License-Identifier: Apache-2.0
#pragma once

// USB bridges as data, and a decorator that keeps from a bridge what it must not get. Bridges take
// some operation codes for themselves, for access to the registers of the disk behind them, and
// drives use the same ones: DF reads the EEPROM of a Lite-On drive, and makes a JMicron bridge
// write ATA registers. So vendor commands go only through bridges that are known to pass them.
// The table is static; what MakeBridged returns is lane-only.

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "daemon/base/words.h"
#include "daemon/scsi/transport.h"
#include "daemon/transport/sg/sg_devices.h"

namespace firmbench::transport {

// What is known of one kind of bridge. How much it carries at once the kernel knows, from a table
// of its own.
struct BridgeRow {
  UsbId id;
  std::string_view name;
  uint8_t takes = 0;               // an operation code that the bridge itself obeys
  std::string_view shared_serial;  // the one that all of them report; "" for none known
  Evidence evidence = Evidence::kHypothetical;
  std::string_view provenance;
};
std::span<const BridgeRow> Bridges();
// nullptr for a bridge that nothing is known of.
const BridgeRow* FindBridge(UsbId id);

// Is this serial number one that tells units apart? Not when it is empty, one character repeated,
// or what all bridges of the kind report.
bool IsOwnSerial(const UsbBridge& bridge);

// Operation codes of no standard: C0 to FF, which SPC leaves to vendors, and the reserved groups.
constexpr bool IsVendorOpcode(uint8_t opcode) {
  return opcode >= 0xc0 || (opcode >= 0x60 && opcode <= 0x7f);
}

// Refuses, unsent and with the drive untouched: BRIDGE_TAKES_COMMAND for what the bridge's row
// says it obeys itself, and BRIDGE_UNKNOWN for vendor operation codes unless `passes_vendor`,
// which is somebody's word that this bridge hands them to the drive.
std::unique_ptr<scsi::Transport> MakeBridged(std::unique_ptr<scsi::Transport> inner, UsbId id,
                                             bool passes_vendor);

}  // namespace firmbench::transport
