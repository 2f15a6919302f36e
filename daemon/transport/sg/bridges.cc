// SPDX-License-Identifier: Apache-2.0
#include "daemon/transport/sg/bridges.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <utility>

namespace firmbench::transport {
namespace {

constexpr std::string_view kJMicron =
    "smartmontools sends DF to these to reach ATA registers [C]: such a command is obeyed by the "
    "bridge, not by the drive";
constexpr std::string_view kSunplus = "smartmontools sends F8 to these to reach ATA registers [C]";
constexpr std::string_view kCypress =
    "Linux (usb-storage, cypress_atacb) and smartmontools send 24 to these to reach ATA registers "
    "[C]";

constexpr BridgeRow Taker(UsbId id, std::string_view name, uint8_t opcode,
                          std::string_view provenance, std::string_view shared_serial = "") {
  return {id, name, opcode, shared_serial, Evidence::kReadInCode, provenance};
}

constexpr BridgeRow kBridges[] = {
    Taker({0x04b4, 0x6830}, "Cypress AT2LP", 0x24, kCypress),
    Taker({0x04b4, 0x6831}, "Cypress ISD-300LP", 0x24, kCypress),
    Taker({0x04fc, 0x0c15}, "Sunplus SPDIF215", 0xf8, kSunplus),
    Taker({0x04fc, 0x0c25}, "Sunplus SPDIF225", 0xf8, kSunplus),
    Taker({0x152d, 0x2329}, "JMicron JM20329", 0xdf, kJMicron),
    Taker({0x152d, 0x2336}, "JMicron JM20336", 0xdf, kJMicron),
    // The serial number: in the system logs of nine people it is the same [P].
    Taker({0x152d, 0x2338}, "JMicron JM20337/8", 0xdf, kJMicron, "152D203380B6"),
    Taker({0x152d, 0x2339}, "JMicron JM20339", 0xdf, kJMicron),
};

class BridgedTransport final : public scsi::Transport {
 public:
  BridgedTransport(std::unique_ptr<scsi::Transport> inner, UsbId id, bool passes_vendor)
      : inner_(std::move(inner)), id_(id), row_(FindBridge(id)), passes_vendor_(passes_vendor) {}

  Result<scsi::Completion> Execute(const scsi::Command& command) override {
    const uint8_t opcode = command.cdb.opcode();
    if (row_ != nullptr && row_->takes == opcode) {
      return FailedPrecondition(
                 "BRIDGE_TAKES_COMMAND",
                 fmt::format("the USB bridge {} ({}) would obey command {:02x} itself instead of "
                             "handing it to the drive",
                             ToString(id_), row_->name, opcode))
          .WithOpcode(opcode)
          .WithRemedy("attach the drive to a SATA or IDE port, or to another bridge");
    }
    if (IsVendorOpcode(opcode) && !passes_vendor_) {
      return FailedPrecondition(
                 "BRIDGE_UNKNOWN",
                 fmt::format("nobody knows what the USB bridge {} does with the vendor command "
                             "{:02x}",
                             ToString(id_), opcode))
          .WithOpcode(opcode)
          .WithRemedy(fmt::format("attach the drive to a SATA or IDE port; if this bridge is known "
                                  "to pass such commands, put \"{}\" into vendor_bridges of [sg]",
                                  ToString(id_)));
    }
    return inner_->Execute(command);
  }

  scsi::Limits limits() const override { return inner_->limits(); }

 private:
  const std::unique_ptr<scsi::Transport> inner_;
  const UsbId id_;
  const BridgeRow* const row_;
  const bool passes_vendor_;
};

}  // namespace

std::span<const BridgeRow> Bridges() { return kBridges; }

const BridgeRow* FindBridge(UsbId id) {
  const auto row = std::find_if(std::begin(kBridges), std::end(kBridges),
                                [id](const BridgeRow& bridge) { return bridge.id == id; });
  return row == std::end(kBridges) ? nullptr : row;
}

bool IsOwnSerial(const UsbBridge& bridge) {
  const std::string& serial = bridge.serial;
  if (serial.empty() || serial.find_first_not_of(serial.front()) == std::string::npos) return false;
  const BridgeRow* const row = FindBridge(bridge.id);
  return row == nullptr || row->shared_serial != serial;
}

std::unique_ptr<scsi::Transport> MakeBridged(std::unique_ptr<scsi::Transport> inner, UsbId id,
                                             bool passes_vendor) {
  return std::make_unique<BridgedTransport>(std::move(inner), id, passes_vendor);
}

}  // namespace firmbench::transport
