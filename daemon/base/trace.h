// SPDX-License-Identifier: Apache-2.0
#pragma once

// What was sent to a drive and what it answered, as a text that people can read, keep and send:
// traces of jobs, the golden traces of families, capsules. Values and pure functions; any thread.
//
// A trace is UTF-8 text, one `key: value` a line; lines that begin with '#' are comments. First
// comes its head (`trace: 2`, then what the writer has to say: model, kind, plan), then steps
// (`step: NAME`), and in each step blocks, which are parted by empty lines. A block is one command,
// or the same command several times:
//
//   command: NAME          of the rule that let it pass
//   evidence: GRADE        why it is believed (base/words.h)
//   at: N us               since the recording began
//   took: N us
//   cdb: HEX               a SCSI command, with
//   asked: BYTES           data-in that was asked for
//   sent: PAYLOAD          data-out
//   returned: PAYLOAD      data-in that came
//   status: HH             the SCSI status
//   sense: K/AA/QQ         and " deferred" behind it
//   script: ACCESS ...     task file: wR=VV write, rR read, eR=VV wait until equal, cR=VV wait
//                          until clear, d read and D=VVVV write of the data register; R is the
//                          register's offset
//   answers: VV ...        what its accesses saw, in their order
//   error: REASON          in place of an answer: the command's fate
//   first: HEX             several commands together: how the first began, for the task file the
//   count: N               registers LBA low, mid, high, device and command; how many; sent and
//                          returned are the hashes of all of them, one behind the other
//   polls: yes             how often it was sent is a matter of time and not of protocol
//
// PAYLOAD is `BYTES sha256:HEX`, or with all of its bytes `BYTES HEX`.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "daemon/base/bytes.h"
#include "daemon/base/error.h"
#include "daemon/base/result.h"
#include "daemon/base/words.h"

namespace firmbench {

struct TracePayload {
  uint64_t bytes = 0;
  std::string sha256;         // of all bytes, hex; may be empty while `data` is there
  std::optional<Bytes> data;  // all of them; nullopt where only the hash was kept
};

struct TraceBlock {
  std::string command;
  std::optional<Evidence> evidence;
  std::optional<int64_t> at_us;
  std::optional<int64_t> took_us;
  Bytes cdb;  // empty: no single SCSI command
  std::optional<uint64_t> asked_bytes;
  std::optional<TracePayload> sent;
  std::optional<TracePayload> returned;
  std::optional<uint8_t> status;
  std::optional<SenseInfo> sense;
  std::string script;             // empty: no single script of the task file
  std::vector<uint16_t> answers;  // of the script
  std::string error;              // UPPER_SNAKE, empty when it was answered
  Bytes first;                    // several commands together
  uint64_t count = 1;
  bool polls = false;

  bool together() const { return cdb.empty() && script.empty(); }
};

struct TraceStep {
  std::string name;
  std::vector<TraceBlock> blocks;
};

struct Trace {
  // In order; neither keys nor values hold a line break, and "trace" is not among them.
  std::vector<std::pair<std::string, std::string>> head;
  std::vector<TraceStep> steps;

  // The first value of that key; "" when there is none.
  std::string_view Head(std::string_view key) const;
};

// Whether payloads are shown by their hashes or whole, as far as the trace holds them.
enum class TracePayloads : uint8_t { kHashed, kFull };
std::string FormatTrace(const Trace& trace, TracePayloads payloads);

// A trace from outside, within these bounds. TRACE_INVALID with metadata `line`; TRACE_NEWER for a
// format of a later version.
inline constexpr size_t kLongestTrace = size_t{128} << 20;
inline constexpr size_t kMostTraceBlocks = 200'000;  // steps, and lines of the head, count as well
Result<Trace> ParseTrace(std::string_view text);

// Replaces every occurrence of each text in head, payloads and answers, byte-swapped as IDENTIFY
// data has them as well, by as many 'X'. Payloads that are only hashed keep a hash from which a
// short serial could be guessed: where one of them answered a command that asks for a serial, the
// hash goes. Texts of fewer than four characters are not looked for.
void MaskInTrace(const std::vector<std::string>& texts, Trace& trace);

}  // namespace firmbench
