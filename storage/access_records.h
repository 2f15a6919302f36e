// SPDX-License-Identifier: Apache-2.0
#pragma once

// Who may call a bench from where it cannot see the person, and who said yes to a job. Values: copy
// them to any thread. Read and written through storage/storage.h.

#include <cstdint>
#include <string>

namespace firmbench::storage {

// A client's certificate, a personal token, a browser's session, or the invitation or link that one
// is made from. The secret itself is never here, only its SHA-256.
struct Credential {
  std::string id;
  std::string kind;       // "certificate", "token", "invitation", "login_link", "session"
  std::string principal;  // whose
  std::string role;       // "viewer", "technician", "manager", "auditor"
  // Hex, unique: of a certificate's DER, of any other's text.
  std::string secret_sha256;
  std::string note;
  std::string created_by;
  int64_t created_us = 0;
  int64_t expires_us = 0;
  // Of a certificate: the invitation. Of anything else: the credential that it ends with.
  std::string made_from;   // "" otherwise
  int64_t ended_us = 0;    // mutable, once: revoked or used up; 0 while good
  std::string ended_by;    // mutable, once
  std::string end_reason;  // mutable, once: "revoked", "used"
};

// A second person's yes to a job; or, in a one-person shop, the requester's own.
struct Approval {
  std::string id;
  std::string job_id;
  std::string principal;
  std::string reason;
  bool solo = false;  // nobody else looked at it
  int64_t created_us = 0;
};

}  // namespace firmbench::storage
