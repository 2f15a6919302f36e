// SPDX-License-Identifier: Apache-2.0
#pragma once

// A kernel that behaves like the sg driver: nodes that one may open exclusively, a reserved buffer
// for each descriptor that is copied out even when a read fails, and drives behind them that come
// and go. For one thread.

#include <algorithm>
#include <cstring>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "daemon/scsi/sense.h"
#include "daemon/transport/sg/sg_node.h"

namespace firmbench::transport {

// What a drive makes of one command.
struct FakeAnswer {
  Bytes data;  // data-in
  std::optional<SenseInfo> sense;
  int sys_errno = 0;
  uint8_t status = 0;  // set to 02 with sense
  uint16_t host_status = 0;
  uint16_t driver_status = 0;
  bool hides_residual = false;  // says that all was transferred
};
using FakeDrive = std::function<FakeAnswer(ByteView cdb, ByteView data_out)>;

class FakeSg {
 public:
  void Plug(const std::string& path, FakeDrive drive) {
    nodes_[path] = std::make_shared<Node>();
    nodes_[path]->drive = std::move(drive);
  }
  void Unplug(const std::string& path) {
    nodes_[path]->gone = true;
    nodes_.erase(path);
  }
  // Somebody else's descriptor.
  void HoldOpen(const std::string& path, bool held) { nodes_[path]->open = held; }

  OpenSgNode opener() {
    return [this](const std::string& path) -> Result<std::unique_ptr<SgNode>> {
      ++opened;
      const auto it = nodes_.find(path);
      if (it == nodes_.end()) return Unavailable("DRIVE_GONE", "no such node");
      if (it->second->open) return Unavailable("DRIVE_BUSY", "the node is open");
      return std::unique_ptr<SgNode>(std::make_unique<Descriptor>(it->second));
    };
  }

  int opened = 0;
  static inline sg_io_hdr last{};  // as the last command had it

 private:
  struct Node {
    FakeDrive drive;
    bool open = false;
    bool gone = false;
  };

  class Descriptor final : public SgNode {
   public:
    explicit Descriptor(std::shared_ptr<Node> node) : node_(std::move(node)) { node_->open = true; }
    ~Descriptor() override { node_->open = false; }

    int Run(sg_io_hdr& io) override {
      last = io;
      if (io.interface_id != 'S' || io.cmd_len < 6 || io.cmd_len > 16) return ENOSYS;
      if (node_->gone) return ENODEV;
      const auto* out = static_cast<const uint8_t*>(io.dxferp);
      const bool sends = io.dxfer_direction == SG_DXFER_TO_DEV;
      if (sends) reserved_.assign(out, out + io.dxfer_len);
      const FakeAnswer answer =
          node_->drive({io.cmdp, io.cmd_len}, sends ? ByteView(reserved_) : ByteView());
      if (answer.sys_errno != 0) return answer.sys_errno;
      io.status = answer.sense ? uint8_t{2} : answer.status;
      io.host_status = answer.host_status;
      io.driver_status = answer.driver_status;
      if (answer.sense) {
        const Bytes sense = scsi::EncodeFixedSense(*answer.sense);
        io.sb_len_wr = static_cast<unsigned char>(std::min<size_t>(sense.size(), io.mx_sb_len));
        std::copy_n(sense.begin(), io.sb_len_wr, io.sbp);
      }
      if (io.dxfer_direction == SG_DXFER_FROM_DEV) TakeIn(io, answer);
      return 0;
    }

   private:
    void TakeIn(sg_io_hdr& io, const FakeAnswer& answer) {
      reserved_.resize(std::max<size_t>(reserved_.size(), io.dxfer_len));
      const size_t moved = std::min<size_t>(answer.data.size(), io.dxfer_len);
      std::copy_n(answer.data.begin(), moved, reserved_.begin());
      std::memcpy(io.dxferp, reserved_.data(), io.dxfer_len);
      io.resid = answer.hides_residual ? 0 : static_cast<int>(io.dxfer_len - moved);
    }

    const std::shared_ptr<Node> node_;
    Bytes reserved_;
  };

  std::map<std::string, std::shared_ptr<Node>> nodes_;
};

}  // namespace firmbench::transport
