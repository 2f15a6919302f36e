// SPDX-License-Identifier: Apache-2.0
#pragma once

// The bench's own authority: signs the certificate that the bench shows and those of its clients.
// Lives in a folder as authority.key, authority.pem, server.key and server.pem; a shop that has an
// authority puts its key and certificate there before the first start. The bench's own certificate
// is made anew for the same key long before it ends, so that codes, certificates and clients that
// trust the older one stay good; a shop's is never touched. Thread-safe.

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
  // The server's certificate is made anew this long before it expires.
  static constexpr std::chrono::hours kRenewBefore = 30 * kDay;
  // That of the bench's own authority, too: a client that has enrolled by then and trusts the older
  // one has to enrol again before that one ends.
  static constexpr std::chrono::hours kRenewAuthorityBefore = 2 * kClientLife;
  // New certificates are good from a little before, for clocks that are a little behind.
  static constexpr std::chrono::hours kLeeway{1};

  // Makes what is missing in `folder` (mode 0700; keys 0600). AUTHORITY_FILE (cannot be read or
  // written, half of it is missing, is no authority's), PKI_FAILED, and those of IsAboutTime.
  static Result<std::unique_ptr<Authority>> Open(const std::string& folder,
                                                 const std::string& bench_id, const Clock& clock);

  // Whether `error` is CLOCK_WRONG (of Open: it is years behind), AUTHORITY_NOT_YET_VALID or
  // AUTHORITY_EXPIRED by the clock: it may pass by itself, when the clock is set.
  static bool IsAboutTime(const Error& error);

  // What the bench shows now; renewed, with a new key, before it expires. The authority's own
  // certificate is looked at before. AUTHORITY_FILE, PKI_FAILED, those of IsAboutTime.
  Result<KeyAndCertificate> Server();
  // The certificate of the authority itself.
  std::string certificate() const;
  // Of the authority's key, as codes carry it.
  const std::string& key_letters() const { return key_letters_; }
  // The name in the bench's certificate: what clients ask for, wherever the bench is.
  const std::string& server_name() const { return server_name_; }

  struct Signed {
    std::string certificate;
    CertificateFacts facts;
  };
  // CERTIFICATE_REQUEST_INVALID, PKI_FAILED, those of IsAboutTime.
  Result<Signed> SignClient(const std::string& request, const std::string& principal);

  // How long what the bench shows is good.
  struct Standing {
    bool is_shops = false;  // the authority was put there by a shop
    int64_t authority_until_us = 0;
    int64_t server_until_us = 0;
  };
  Standing LookAtStanding() const;

 private:
  Authority(std::string folder, const std::string& bench_id, const Clock& clock)
      : folder_(std::move(folder)),
        clock_(clock),
        own_name_("firmbench " + bench_id),
        server_name_(bench_id + ".bench.firmbench.invalid") {}
  Status OpenAuthority() FB_REQUIRES(mutex_);
  Status TakeAuthority(KeyAndCertificate pair) FB_REQUIRES(mutex_);
  Status RenewAuthority() FB_REQUIRES(mutex_);
  Status CheckTime() const FB_REQUIRES(mutex_);
  Validity From(std::chrono::hours life) const;
  Validity WithinAuthority(std::chrono::hours life) const FB_REQUIRES(mutex_);
  bool NeedsRenewal(const std::string& certificate) const FB_REQUIRES(mutex_);

  const std::string folder_;
  const Clock& clock_;
  const std::string own_name_;  // of a certificate that this bench made for its authority
  const std::string server_name_;
  std::string key_letters_;  // since Open
  mutable Mutex mutex_;
  KeyAndCertificate authority_ FB_GUARDED_BY(mutex_);
  CertificateFacts facts_ FB_GUARDED_BY(mutex_);  // of its certificate
  bool is_shops_ FB_GUARDED_BY(mutex_) = false;
  KeyAndCertificate server_ FB_GUARDED_BY(mutex_);
};

}  // namespace firmbench::rpc::pki
