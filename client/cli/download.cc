// SPDX-License-Identifier: Apache-2.0
#include "client/cli/download.h"

#include <chrono>

#include "client/cli/upload.h"
#include "daemon/base/hash.h"

namespace firmbench::cli {

Result<Bytes> DownloadDump(BenchClient& client, const v1::Dump& dump) {
  constexpr std::chrono::minutes kLimit{5};
  grpc::ClientContext call;
  call.set_deadline(std::chrono::system_clock::now() + kLimit);
  v1::ReadDumpRequest request;
  request.set_name(dump.name());
  const auto reader = client.dumps().ReadDump(&call, request);
  Bytes bytes;
  bool in_order = true;
  v1::ReadDumpResponse piece;
  while (in_order && reader->Read(&piece)) {
    in_order = piece.offset_bytes() == static_cast<int64_t>(bytes.size()) &&
               bytes.size() + piece.data().size() <= kMaxFileBytes;
    if (in_order) bytes.insert(bytes.end(), piece.data().begin(), piece.data().end());
  }
  if (!in_order) call.TryCancel();
  const grpc::Status status = reader->Finish();
  if (in_order && !status.ok()) return FromStatus(status);
  if (!in_order || Sha256Hex(bytes) != dump.sha256()) {
    return DataLoss("SHA256_MISMATCH", "what arrived does not hash to the dump's SHA-256")
        .WithRemedy("try again; if it stays so, run `firmbench audit verify`");
  }
  return bytes;
}

}  // namespace firmbench::cli
