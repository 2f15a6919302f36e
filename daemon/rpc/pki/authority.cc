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
constexpr char kNotYetValid[] = "AUTHORITY_NOT_YET_VALID";
constexpr char kExpired[] = "AUTHORITY_EXPIRED";
constexpr char kClockWrong[] = "CLOCK_WRONG";
// 2026-01-01: no bench is older than this program. Where a PC's battery is flat, its clock is.
constexpr int64_t kEarliestUs = 1'767'225'600'000'000;

int64_t Micros(std::chrono::hours duration) {
  return std::chrono::duration_cast<std::chrono::microseconds>(duration).count();
}

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
  const int64_t now_us = clock_.WallMicros();
  return {.from_us = now_us - Micros(kLeeway), .until_us = now_us + Micros(life)};
}

Validity Authority::WithinAuthority(std::chrono::hours life) const {
  Validity validity = From(life);
  validity.until_us = std::min(validity.until_us, facts_.validity.until_us);
  return validity;
}

bool Authority::NeedsRenewal(const std::string& certificate) const {
  const auto facts = Describe(certificate);
  if (!facts) return true;
  const int64_t now_us = clock_.WallMicros();
  if (facts->validity.until_us <= now_us || facts->validity.from_us > now_us) return true;
  // One that ends with the authority would be followed by one that ends with it.
  return facts->validity.until_us - Micros(kRenewBefore) <= now_us &&
         facts->validity.until_us < facts_.validity.until_us;
}

bool Authority::IsAboutTime(const Error& error) {
  return error.reason() == kNotYetValid || error.reason() == kExpired ||
         error.reason() == kClockWrong;
}

Status Authority::CheckTime() const {
  const int64_t now_us = clock_.WallMicros();
  const bool early = facts_.validity.from_us > now_us;
  if (!early && facts_.validity.until_us > now_us) return Ok();
  const std::string text =
      fmt::format("{}/authority.pem is good from {} to {}, and this PC's clock says {}", folder_,
                  FormatRfc3339(facts_.validity.from_us), FormatRfc3339(facts_.validity.until_us),
                  FormatRfc3339(now_us));
  if (early) {
    return FailedPrecondition(kNotYetValid, text)
        .WithRemedy(
            "set the clock (timedatectl; is the PC's battery flat?): the bench then goes on the "
            "network by itself. If the clock is right, authority.pem was made by a wrong one: "
            "remove it, and it is made anew for the same key");
  }
  return FailedPrecondition(kExpired, text)
      .WithRemedy(
          "is the clock right (timedatectl)? Then the shop's authority has ended: put a new "
          "authority.pem there, for the same key if it is to stay trusted; the bench then goes on "
          "the network by itself");
}

Status Authority::TakeAuthority(KeyAndCertificate pair) {
  const std::string path = folder_ + "/authority.pem";
  if (!CheckPair(pair)) return FileFailed(path, "does not belong to authority.key");
  ASSIGN_OR_RETURN(facts_, Describe(pair.certificate));
  if (!facts_.is_authority) return FileFailed(path, "is no authority's");
  is_shops_ = facts_.name != own_name_ || !CheckSigned(pair.certificate, pair.certificate);
  authority_ = std::move(pair);
  return Ok();
}

Status Authority::OpenAuthority() {
  // Nothing is made by such a clock: it would have ended when the clock is right.
  if (const int64_t now_us = clock_.WallMicros(); now_us < kEarliestUs) {
    return FailedPrecondition(kClockWrong, "this PC's clock says " + FormatRfc3339(now_us) +
                                               ", which is before this program was written")
        .WithRemedy(
            "set the clock (timedatectl; is the PC's battery flat?): the bench then goes on the "
            "network by itself");
  }
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
    ASSIGN_OR_RETURN(certificate, MakeAuthority(*key, own_name_, From(kAuthorityLife)));
    RETURN_IF_ERROR(WriteFile(folder_, "authority.pem", *certificate));
  }
  return TakeAuthority({.key = std::move(*key), .certificate = std::move(*certificate)});
}

// Good from when the older one was: a clock that was wrong for a day leaves none that waits for
// years.
Status Authority::RenewAuthority() {
  const int64_t now_us = clock_.WallMicros();
  if (is_shops_ || facts_.validity.from_us > now_us ||
      facts_.validity.until_us - Micros(kRenewAuthorityBefore) > now_us) {
    return Ok();
  }
  const Validity validity{.from_us = facts_.validity.from_us,
                          .until_us = From(kAuthorityLife).until_us};
  KeyAndCertificate fresh{.key = authority_.key, .certificate = {}};
  ASSIGN_OR_RETURN(fresh.certificate, MakeAuthority(fresh.key, own_name_, validity));
  RETURN_IF_ERROR(WriteFile(folder_, "authority.pem", fresh.certificate));
  log::Info("made a new certificate for the bench's authority, with the same key", "until",
            FormatRfc3339(validity.until_us));
  return TakeAuthority(std::move(fresh));
}

Result<std::unique_ptr<Authority>> Authority::Open(const std::string& folder,
                                                   const std::string& bench_id,
                                                   const Clock& clock) {
  std::unique_ptr<Authority> authority(new Authority(folder, bench_id, clock));
  {
    MutexLock lock(authority->mutex_);
    RETURN_IF_ERROR(authority->OpenAuthority());
    authority->key_letters_ = KeyLettersOf(authority->facts_.key_sha256);
    ASSIGN_OR_RETURN(const auto key, ReadFile(folder + "/server.key"));
    ASSIGN_OR_RETURN(const auto certificate, ReadFile(folder + "/server.pem"));
    if (key && certificate) authority->server_ = {.key = *key, .certificate = *certificate};
    if (!CheckPair(authority->server_) ||
        !CheckSigned(authority->server_.certificate, authority->authority_.certificate)) {
      authority->server_ = {};
    }
  }
  RETURN_IF_ERROR(authority->Server());
  return authority;
}

std::string Authority::certificate() const {
  MutexLock lock(mutex_);
  return authority_.certificate;
}

Result<KeyAndCertificate> Authority::Server() {
  MutexLock lock(mutex_);
  if (const Status renewed = RenewAuthority(); !renewed) {
    log::ErrorLine("the authority's certificate cannot be renewed", "reason",
                   renewed.error().reason(), "text", renewed.error().message());
  }
  RETURN_IF_ERROR(CheckTime());
  if (!server_.certificate.empty() && !NeedsRenewal(server_.certificate)) return server_;
  const Validity validity = WithinAuthority(kServerLife);
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
  MutexLock lock(mutex_);
  RETURN_IF_ERROR(CheckTime());
  Signed made;
  ASSIGN_OR_RETURN(made.certificate,
                   pki::SignClient(authority_, request, principal, WithinAuthority(kClientLife)));
  ASSIGN_OR_RETURN(made.facts, Describe(made.certificate));
  return made;
}

Authority::Standing Authority::LookAtStanding() const {
  MutexLock lock(mutex_);
  const auto server = Describe(server_.certificate);
  return {.is_shops = is_shops_,
          .authority_until_us = facts_.validity.until_us,
          .server_until_us = server ? server->validity.until_us : 0};
}

}  // namespace firmbench::rpc::pki
