// SPDX-License-Identifier: Apache-2.0
#pragma once

// What a proof bundle consists of: files whose every byte hangs on the bench's signature, and the
// few steps by which anybody checks that with openssl, sha256sum and python3. Pure.
//
//   README.txt         the steps
//   SHA256SUMS         of all files but itself
//   checkpoint.txt     the signed note; checkpoint.body and checkpoint.sig are its two parts
//   public_key.pem     the bench's key
//   entries/N.json     audit entries, canonical, byte for byte what was hashed
//   entries/N.proof.json
//   dumps/ID.bin       what was read out of the drive
//   manifest.json      which dump is named by which entry
//   verify.py

#include <string>
#include <utility>
#include <vector>

#include "daemon/base/bytes.h"
#include "daemon/base/result.h"
#include "firmbench/v1/audit_service.pb.h"
#include "firmbench/v1/dump_service.pb.h"

namespace firmbench::cli {

struct BundleParts {
  std::string resource;  // what the bundle is about
  v1::Checkpoint checkpoint;
  std::vector<v1::ProveEntryResponse> entries;  // in the checkpoint's tree
  std::vector<std::pair<v1::Dump, Bytes>> dumps;
};

// Path and content, README.txt first. Everything is checked before it is handed on. PROOF_WRONG:
// the bench's answers do not fit together. DUMP_NOT_PROVEN: no entry names the dump's SHA-256.
using BundleFiles = std::vector<std::pair<std::string, std::string>>;
Result<BundleFiles> MakeBundle(const BundleParts& parts);

}  // namespace firmbench::cli
