// SPDX-License-Identifier: Apache-2.0
#include "daemon/rpc/pki/authority.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <optional>

#include "daemon/base/enrollment_code.h"
#include "daemon/base/log.h"
#include "daemon/base/unique_fd.h"

namespace firmbench::rpc::pki {
namespace {

constexpr size_t kLongestFile = 64 << 10;

Error FileFailed(const std::string& path, std::string_view what) {
  return FailedPrecondition("AUTHORITY_FILE", fmt::format("{}: {}", path, what))
      .WithRemedy("the folder needs authority.key and authority.pem of one authority, or neither");
}

// nullopt: it is not there.
Result<std::optional<std::string>> ReadFile(const std::string& path) {
  const UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
  if (!file.valid()) {
    if (errno == ENOENT) return std::optional<std::string>();
    return FileFailed(path, fmt::format("cannot be read (errno {})", errno));
  }
  std::string text(kLongestFile, '\0');
  const ssize_t length = ::read(file.get(), text.data(), text.size());
  if (length <= 0) return FileFailed(path, "is empty or cannot be read");
  text.resize(static_cast<size_t>(length));
  return std::optional<std::string>(std::move(text));
}

// Durable under its name or not there at all.
Status WriteFile(const std::string& folder, const std::string& name, const std::string& text) {
  const std::string path = folder + "/" + name;
  const std::string fresh = path + ".new";
  ::unlink(fresh.c_str());
  const UniqueFd file(
      ::open(fresh.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
  const UniqueFd in(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (file.valid() && in.valid() &&
      ::write(file.get(), text.data(), text.size()) == std::ssize(text) &&
      ::fsync(file.get()) == 0 && ::rename(fresh.c_str(), path.c_str()) == 0 &&
      ::fsync(in.get()) == 0) {
    return Ok();
  }
  return FileFailed(path, fmt::format("cannot be written (errno {})", errno));
}

}  // namespace

Validity Authority::From(std::chrono::hours life) const {
  const auto micros = [](auto duration) {
    return std::chrono::duration_cast<std::chrono::microseconds>(duration).count();
  };
  const int64_t now_us = clock_.WallMicros();
  return {.from_us = now_us - micros(kLeeway), .until_us = now_us + micros(life)};
}

bool Authority::NeedsRenewal(const std::string& certificate) const {
  const auto facts = Describe(certificate);
  if (!facts) return true;
  const int64_t now_us = clock_.WallMicros();
  const int64_t margin_us =
      std::chrono::duration_cast<std::chrono::microseconds>(kRenewBefore).count();
  return facts->validity.until_us - margin_us <= now_us || facts->validity.from_us > now_us;
}

Status Authority::OpenAuthority(const std::string& bench_id) {
  if (::mkdir(folder_.c_str(), 0700) != 0 && errno != EEXIST) {
    return FileFailed(folder_, fmt::format("cannot be made (errno {})", errno));
  }
  ASSIGN_OR_RETURN(auto key, ReadFile(folder_ + "/authority.key"));
  ASSIGN_OR_RETURN(auto certificate, ReadFile(folder_ + "/authority.pem"));
  if (!key && certificate) return FileFailed(folder_ + "/authority.key", "is missing");
  if (!key) {
    ASSIGN_OR_RETURN(key, MakeKey());
    RETURN_IF_ERROR(WriteFile(folder_, "authority.key", *key));
  }
  // The key is written first: with a key alone the certificate can be made.
  if (!certificate) {
    ASSIGN_OR_RETURN(certificate,
                     MakeAuthority(*key, "firmbench " + bench_id, From(kAuthorityLife)));
    RETURN_IF_ERROR(WriteFile(folder_, "authority.pem", *certificate));
  }
  authority_ = {.key = std::move(*key), .certificate = std::move(*certificate)};
  if (!CheckPair(authority_)) {
    return FileFailed(folder_ + "/authority.pem", "does not belong to authority.key");
  }
  ASSIGN_OR_RETURN(const CertificateFacts facts, Describe(authority_.certificate));
  if (!facts.is_authority) return FileFailed(folder_ + "/authority.pem", "is no authority's");
  const int64_t now_us = clock_.WallMicros();
  if (facts.validity.until_us <= now_us || facts.validity.from_us > now_us) {
    return FileFailed(folder_ + "/authority.pem",
                      fmt::format("is good from {} to {}, and this PC's clock says {}",
                                  FormatRfc3339(facts.validity.from_us),
                                  FormatRfc3339(facts.validity.until_us), FormatRfc3339(now_us)));
  }
  key_letters_ = KeyLettersOf(facts.key_sha256);
  return Ok();
}

Result<std::unique_ptr<Authority>> Authority::Open(const std::string& folder,
                                                   const std::string& bench_id,
                                                   const Clock& clock) {
  std::unique_ptr<Authority> authority(
      new Authority(folder, clock, bench_id + ".bench.firmbench.invalid"));
  RETURN_IF_ERROR(authority->OpenAuthority(bench_id));
  {
    ASSIGN_OR_RETURN(const auto key, ReadFile(folder + "/server.key"));
    ASSIGN_OR_RETURN(const auto certificate, ReadFile(folder + "/server.pem"));
    MutexLock lock(authority->mutex_);
    if (key && certificate) authority->server_ = {.key = *key, .certificate = *certificate};
    if (!CheckPair(authority->server_) ||
        !CheckSigned(authority->server_.certificate, authority->authority_.certificate)) {
      authority->server_ = {};
    }
  }
  RETURN_IF_ERROR(authority->Server());
  return authority;
}

Result<KeyAndCertificate> Authority::Server() {
  MutexLock lock(mutex_);
  if (!server_.certificate.empty() && !NeedsRenewal(server_.certificate)) return server_;
  ASSIGN_OR_RETURN(const CertificateFacts own, Describe(authority_.certificate));
  Validity validity = From(kServerLife);
  validity.until_us = std::min(validity.until_us, own.validity.until_us);
  KeyAndCertificate fresh;
  ASSIGN_OR_RETURN(fresh.key, MakeKey());
  ASSIGN_OR_RETURN(fresh.certificate, SignServer(authority_, fresh.key, server_name_, validity));
  RETURN_IF_ERROR(WriteFile(folder_, "server.key", fresh.key));
  RETURN_IF_ERROR(WriteFile(folder_, "server.pem", fresh.certificate));
  log::Info("made a certificate for the bench", "until", FormatRfc3339(validity.until_us));
  server_ = fresh;
  return fresh;
}

Result<Authority::Signed> Authority::SignClient(const std::string& request,
                                                const std::string& principal) {
  ASSIGN_OR_RETURN(const CertificateFacts own, Describe(authority_.certificate));
  Validity validity = From(kClientLife);
  validity.until_us = std::min(validity.until_us, own.validity.until_us);
  Signed made;
  ASSIGN_OR_RETURN(made.certificate, pki::SignClient(authority_, request, principal, validity));
  ASSIGN_OR_RETURN(made.facts, Describe(made.certificate));
  return made;
}

}  // namespace firmbench::rpc::pki
