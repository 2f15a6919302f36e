// SPDX-License-Identifier: Apache-2.0
#pragma once

// A spill file's bytes. Pure functions; what is parsed comes from a disk and is bounded and
// checked.
//
//   file    header record (number 0), records numbered 1, 2, ..., zeros up to the allocated size
//   record  at a multiple of 512: "FBSR", number (4 bytes), length of the payload (4 bytes),
//   SHA-256
//           of these 12 bytes and the payload (32 bytes), payload, zeros up to a multiple of 512
//
// Records share no sector, so that writing one cannot harm those before it. Integers are
// big-endian; a text is its length (4 bytes) and its bytes. The header's payload: format (text
// "1"), bench id, job id. A record's payload is described in storage/spill_recorder.h.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/base/bytes.h"
#include "daemon/base/result.h"

namespace firmbench::storage {

// Puts values one after another.
class Packer {
 public:
  void Byte(uint8_t value) { bytes_.push_back(value); }
  void Int(int64_t value);
  void Text(std::string_view text) { Blob(AsBytes(text)); }
  void Blob(ByteView bytes);
  const Bytes& bytes() const { return bytes_; }

 private:
  Bytes bytes_;
};

// Takes them out again: SPILL_DAMAGED when they are not all there. Does not copy: blobs are views
// of the bytes that it was made of.
class Unpacker {
 public:
  explicit Unpacker(ByteView bytes) : left_(bytes) {}
  bool done() const { return left_.empty(); }
  Result<uint8_t> Byte();
  Result<int64_t> Int();
  Result<ByteView> Blob();
  Result<std::string> Text();

 private:
  Result<ByteView> Take(size_t length);
  ByteView left_;
};

Error SpillDamaged(std::string what);

// The record as it is written, a multiple of 512 bytes. Payloads are below 4 GiB.
Bytes PackRecord(uint32_t number, ByteView payload);
Bytes PackHeader(const std::string& bench_id, const std::string& job_id);

struct SpillContent {
  bool has_header = false;  // false: allocated, but nothing was written to it
  std::string bench_id;
  std::string job_id;
  std::vector<ByteView> payloads;  // of the records, in order; views of the parsed bytes
  // A record that is not whole has others behind it: more than a power cut broke this file.
  bool damaged = false;
};

// The records up to the first one that is not whole. SPILL_DAMAGED: not a spill file.
Result<SpillContent> ParseSpill(ByteView file);

}  // namespace firmbench::storage
