// SPDX-License-Identifier: Apache-2.0
#pragma once

// Standard commands with typed answers, over any Transport. Lane-only; each blocks until the drive
// answered or its time was up. Errors: the transport's, those of Check (completion.h) and
// ANSWER_MALFORMED. Reads are sent once more after a UNIT ATTENTION; nothing else is ever repeated.

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/scsi/answers.h"
#include "daemon/scsi/cdb.h"
#include "daemon/scsi/transport.h"

namespace firmbench::scsi {

inline constexpr Nanos kShortTimeout = std::chrono::seconds(20);
// A tray moves, or a disc spins up.
inline constexpr Nanos kMechanicalTimeout = std::chrono::seconds(60);

// Sends one command and judges its end: an error unless it ended GOOD with at least
// `expected_bytes` transferred. Bytes of data_in that carry no answer are zeroed. For families'
// own commands, too. `what` is for the message: "read EEPROM".
Result<Completion> Run(Transport& transport, const Command& command, size_t expected_bytes,
                       std::string_view what);

// Data-in of at least `least` and at most `buffer.size()` bytes, sent once more after a UNIT
// ATTENTION. Returns how many bytes came.
Result<size_t> ReadInto(Transport& transport, const Cdb& cdb, std::span<uint8_t> buffer,
                        size_t least, std::string_view what, Nanos timeout = kShortTimeout);

// Standard INQUIRY as returned: 96 bytes are asked for, and 36 where the drive refuses that or
// sends fewer. At least 36 bytes, and no more than the answer's own length field says.
Result<Bytes> ReadInquiry(Transport& transport);

// The codes of the VPD pages; NOT_SUPPORTED when the drive ignores EVPD and answers with standard
// data, in which byte 1 of a removable drive looks like page code 80h.
Result<std::vector<uint8_t>> ReadVpdPages(Transport& transport);
// NOT_SUPPORTED when page 80 is not among the pages.
Result<std::string> ReadVpdSerial(Transport& transport);

// What TEST UNIT READY says. A drive without disc is a healthy answer, not an error.
enum class Readiness : uint8_t {
  kReady,      // a disc is in and spun up
  kNoMedium,   // 02/3A
  kInBetween,  // 02/04: becoming ready, a long operation in progress, or offline
  kNotReady,   // any other 02: most often a disc that cannot be read
  kAttention,  // 06: ask again
};
Result<Readiness> TestUnitReady(Transport& transport);

// Sense data that the drive keeps; key 0 when there is none.
Result<SenseInfo> RequestSense(Transport& transport);

Result<Capabilities> ReadCapabilities(Transport& transport);

// The configuration with one feature, or with none when the drive does not have it.
Result<Configuration> GetConfiguration(Transport& transport, uint16_t feature);

Result<RpcState> ReadRpcState(Transport& transport);
Result<MediaEvent> PollMediaEvent(Transport& transport);

// Fills all of `out`, or SHORT_TRANSFER. LIMIT_EXCEEDED (InvalidArgument) when offset or length
// have more than 24 bits or the transport carries less at once.
Status ReadBuffer(Transport& transport, ReadBufferMode mode, uint8_t buffer_id, uint32_t offset,
                  std::span<uint8_t> out);
Result<BufferDescriptor> ReadBufferDescriptor(Transport& transport, uint8_t buffer_id);
// May change a memory: passes the gate only by a family's rule. LIMIT_EXCEEDED as above. On any
// error after it was sent the drive state is unknown, unless the drive refused the command.
Status WriteBuffer(Transport& transport, WriteBufferMode mode, uint8_t buffer_id, uint32_t offset,
                   ByteView data, Nanos timeout, uint8_t mode_specific = 0);

Status EjectTray(Transport& transport);
Status LoadTray(Transport& transport);

}  // namespace firmbench::scsi
