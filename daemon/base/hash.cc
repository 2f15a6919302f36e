// SPDX-License-Identifier: Apache-2.0
#include "daemon/base/hash.h"

#include <openssl/evp.h>
#include <zlib.h>

#include <utility>

namespace firmbench {
namespace {

struct ContextDeleter {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};
using Context = std::unique_ptr<EVP_MD_CTX, ContextDeleter>;

}  // namespace

struct Sha256Stream::State {
  Context context;
};

Sha256Digest Sha256(ByteView bytes) {
  Sha256Stream stream;
  stream.Update(bytes);
  return stream.Finish();
}

Sha256Stream::Sha256Stream() : state_(std::make_unique<State>()) {
  state_->context.reset(EVP_MD_CTX_new());
  FB_CHECK(EVP_DigestInit_ex(state_->context.get(), EVP_sha256(), nullptr) == 1);
}
Sha256Stream::~Sha256Stream() = default;
Sha256Stream::Sha256Stream(Sha256Stream&&) noexcept = default;
Sha256Stream& Sha256Stream::operator=(Sha256Stream&&) noexcept = default;

void Sha256Stream::Update(ByteView bytes) {
  FB_CHECK(EVP_DigestUpdate(state_->context.get(), bytes.data(), bytes.size()) == 1);
}

Sha256Digest Sha256Stream::Finish() {
  Sha256Digest digest{};
  unsigned length = 0;
  FB_CHECK(EVP_DigestFinal_ex(state_->context.get(), digest.data(), &length) == 1);
  return digest;
}

BlobHashes HashBlob(ByteView bytes) {
  BlobHashes hashes;
  hashes.sha256 = Sha256Hex(bytes);
  std::array<uint8_t, EVP_MAX_MD_SIZE> md5{};
  unsigned length = 0;
  // MD5 may be switched off by the machine's crypto policy; the field is then left empty.
  if (EVP_Digest(bytes.data(), bytes.size(), md5.data(), &length, EVP_md5(), nullptr) == 1) {
    hashes.md5 = ToHex(ByteView(md5).first(length));
  }
  std::array<uint8_t, 4> crc{};
  StoreBe32(crc.data(), static_cast<uint32_t>(crc32_z(0, bytes.data(), bytes.size())));
  hashes.crc32 = ToHex(crc);
  return hashes;
}

}  // namespace firmbench
