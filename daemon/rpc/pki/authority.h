// SPDX-License-Identifier: Apache-2.0
#pragma once

// The bench's own authority: signs the certificate that the bench shows and those of its clients.
// Lives in a folder as authority.key, authority.pem, server.key and server.pem; a shop that has an
// authority puts its key and certificate there before the first start. Thread-safe.

#include <memory>
#include <string>

#include "daemon/base/clock.h"
#include "daemon/base/mutex.h"
#include "daemon/rpc/pki/certificates.h"

namespace firmbench::rpc::pki {

class Authority {
 public:
  static constexpr std::chrono::hours kDay{24};
  static constexpr std::chrono::hours kAuthorityLife = 3650 * kDay;
  static constexpr std::chrono::hours kServerLife = 365 * kDay;
  static constexpr std::chrono::hours kClientLife = 365 * kDay;
  // A certificate is made anew this long before it expires.
  static constexpr std::chrono::hours kRenewBefore = 30 * kDay;
  // New certificates are good from a little before, for clocks that are a little behind.
  static constexpr std::chrono::hours kLeeway{1};

  // Makes what is missing in `folder` (mode 0700; keys 0600). AUTHORITY_FILE (cannot be read or
  // written, half of it is missing, is no authority's, has expired), PKI_FAILED.
  static Result<std::unique_ptr<Authority>> Open(const std::string& folder,
                                                 const std::string& bench_id, const Clock& clock);

  // What the bench shows now; renewed, with a new key, before it expires.
  Result<KeyAndCertificate> Server();
  // The certificate of the authority itself.
  const std::string& certificate() const { return authority_.certificate; }
  // Of the authority's key, as codes carry it.
  const std::string& key_letters() const { return key_letters_; }
  // The name in the bench's certificate: what clients ask for, wherever the bench is.
  const std::string& server_name() const { return server_name_; }

  struct Signed {
    std::string certificate;
    CertificateFacts facts;
  };
  // CERTIFICATE_REQUEST_INVALID, PKI_FAILED.
  Result<Signed> SignClient(const std::string& request, const std::string& principal);

 private:
  Authority(std::string folder, const Clock& clock, std::string server_name)
      : folder_(std::move(folder)), clock_(clock), server_name_(std::move(server_name)) {}
  Status OpenAuthority(const std::string& bench_id);
  Validity From(std::chrono::hours life) const;
  bool NeedsRenewal(const std::string& certificate) const;

  const std::string folder_;
  const Clock& clock_;
  const std::string server_name_;
  std::string key_letters_;
  KeyAndCertificate authority_;
  Mutex mutex_;
  KeyAndCertificate server_ FB_GUARDED_BY(mutex_);
};

}  // namespace firmbench::rpc::pki
