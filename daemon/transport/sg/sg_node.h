// SPDX-License-Identifier: Apache-2.0
#pragma once

// A SCSI generic node of the kernel, /dev/sgN, as far as commands need it: opened, and one SG_IO at
// a time. Behind an interface, so that a test can be the kernel. Lane-only.

#include <scsi/sg.h>

#include <functional>
#include <memory>
#include <string>

#include "daemon/base/result.h"

namespace firmbench::transport {

class SgNode {
 public:
  virtual ~SgNode() = default;
  // ioctl(SG_IO): 0, or the errno of the call. Blocks until the command ended or its time was up.
  virtual int Run(sg_io_hdr& io) = 0;
};

using OpenSgNode = std::function<Result<std::unique_ptr<SgNode>>(const std::string& path)>;

// Read-write, because the kernel lets a process without capabilities send WRITE BUFFER and vendor
// commands only so (measured with 6.1; /dev/sr refuses them in every mode), and exclusive: nobody
// else can open the sg node meanwhile. DRIVE_GONE, DRIVE_BUSY (somebody has it open), NODE_DENIED,
// NODE_NOT_SG (something that is not the kernel's SCSI generic driver), TRANSPORT_ERROR.
Result<std::unique_ptr<SgNode>> OpenKernelSgNode(const std::string& path);

// The same for whatever takes SG_IO under that path: a rig's file.
Result<std::unique_ptr<SgNode>> OpenAnySgNode(const std::string& path);

}  // namespace firmbench::transport
