// SPDX-License-Identifier: Apache-2.0
#pragma once

// Files of old backups, from the API's words to the domain's and back. Thread-safe.

#include "daemon/jobs/dump_import.h"
#include "daemon/rpc/context.h"
#include "daemon/rpc/uploads.h"
#include "firmbench/v1/dump_service.pb.h"

namespace firmbench::rpc {

// The longest name of a file, 255 bytes, when every byte had to be written as \xHH.
inline constexpr size_t kLongestImportName = 4 * 255;

// Printable UTF-8 without folders and without marks that turn the direction of the text:
// FILE_NAME_INVALID.
Status CheckImportName(const std::string& name);

// Takes the upload's bytes; the upload is forgotten whatever comes of it.
Result<v1::ImportDumpResponse> ImportUpload(const Context& bench, Uploads& uploads,
                                            jobs::DumpImporter& importer,
                                            const v1::ImportDumpRequest& request,
                                            const std::string& principal);

}  // namespace firmbench::rpc
