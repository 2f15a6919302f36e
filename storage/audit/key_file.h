// SPDX-License-Identifier: Apache-2.0
#pragma once

// Small files of the state folder that belong to the audit log: the signing key, and the last
// checkpoint that it signed. Blocking; for one thread at a time.

#include <optional>
#include <string>

#include "daemon/base/result.h"
#include "storage/audit/ed25519.h"

namespace firmbench::storage::audit {

// The whole of a plain file that belongs to us and that nobody else may write (`secret`: nor read);
// nullopt when there is none. AUDIT_FILE_FAILED, AUDIT_FILE_EXPOSED.
Result<std::optional<std::string>> ReadOwnFile(const std::string& path, bool secret);

// Replaces the file as a whole, mode 0600; durable, in its folder too, when this returns.
// AUDIT_FILE_FAILED.
Status WriteOwnFile(const std::string& path, const std::string& content);

// The key in `path`; a new one, durable there, when the file is missing. A file that holds no key
// is left alone: AUDIT_KEY_INVALID, and what ReadOwnFile and WriteOwnFile say.
Result<SigningKey> LoadOrMakeKey(const std::string& path);

}  // namespace firmbench::storage::audit
