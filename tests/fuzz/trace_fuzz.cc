// SPDX-License-Identifier: Apache-2.0
// Fuzz target: a trace, or a capsule, that somebody sent. What can be read is written as it was
// read, masked without harm, and replayed as far as it goes.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "daemon/base/trace.h"
#include "daemon/scsi/identity.h"
#include "daemon/transport/replay/replayed_drive.h"

namespace {

using firmbench::Trace;
using firmbench::TracePayloads;

void Replay(const Trace& trace) {
  const auto drive =
      firmbench::transport::ReplayedDrive::Make(trace, firmbench::transport::ReplayMode::kLenient);
  if (!drive) return;
  const auto scsi = firmbench::transport::ReplayedDrive::OpenTransport(*drive);
  firmbench::scsi::ReadIdentity(*scsi).IgnoreError("any answer is one");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  auto trace = firmbench::ParseTrace(firmbench::AsText({data, size}));
  if (!trace) return 0;
  const std::string text = FormatTrace(*trace, TracePayloads::kFull);
  const auto again = firmbench::ParseTrace(text);
  if (!again || FormatTrace(*again, TracePayloads::kFull) != text) std::abort();
  Replay(*trace);
  firmbench::MaskInTrace({"SN-4711", "XXXX"}, *trace);
  if (!firmbench::ParseTrace(FormatTrace(*trace, TracePayloads::kHashed))) std::abort();
  return 0;
}
