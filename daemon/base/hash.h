// SPDX-License-Identifier: Apache-2.0
#pragma once

// Hashes. SHA-256 is identity everywhere; MD5 and CRC-32 stand beside it only because the lists
// that people keep of firmware files use them. Objects are for one thread at a time.

#include <array>
#include <cstdint>
#include <memory>
#include <string>

#include "daemon/base/bytes.h"

namespace firmbench {

using Sha256Digest = std::array<uint8_t, 32>;

Sha256Digest Sha256(ByteView bytes);
inline std::string Sha256Hex(ByteView bytes) { return ToHex(Sha256(bytes)); }

// SHA-256 over pieces.
class Sha256Stream {
 public:
  Sha256Stream();
  ~Sha256Stream();
  Sha256Stream(Sha256Stream&&) noexcept;
  Sha256Stream& operator=(Sha256Stream&&) noexcept;
  void Update(ByteView bytes);
  // Once; the stream is spent afterwards.
  Sha256Digest Finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// What every file list wants to know of a blob. Lower-case hex.
struct BlobHashes {
  std::string sha256;
  std::string md5;
  std::string crc32;
};
BlobHashes HashBlob(ByteView bytes);

}  // namespace firmbench
