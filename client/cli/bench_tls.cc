// SPDX-License-Identifier: Apache-2.0
#include "client/cli/bench_tls.h"

#include <fmt/format.h>
#include <netdb.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <memory>
#include <optional>
#include <utility>

#include "client/cli/exit_code.h"
#include "daemon/base/enrollment_code.h"
#include "daemon/base/hash.h"
#include "daemon/base/unique_fd.h"

namespace firmbench::cli {
namespace {

constexpr int kPatienceMilliseconds = 10'000;

template <auto kFree>
struct Free {
  template <typename T>
  void operator()(T* object) const {
    kFree(object);
  }
};
using Bio = std::unique_ptr<BIO, Free<BIO_free_all>>;
using Cert = std::unique_ptr<X509, Free<X509_free>>;
using Key = std::unique_ptr<EVP_PKEY, Free<EVP_PKEY_free>>;
using Tls = std::unique_ptr<SSL, Free<SSL_free>>;
using TlsContext = std::unique_ptr<SSL_CTX, Free<SSL_CTX_free>>;

Error KeyFailed() {
  ERR_clear_error();
  return Internal("KEY_FAILED", "a key cannot be made");
}

Error Unreachable(const std::string& address, std::string_view why) {
  return Unavailable(kReasonUnreachable,
                     fmt::format("the bench at {} does not answer: {}", address, why))
      .WithRemedy(
          "is firmbenchd running there with [remote] listen, and does no firewall stand "
          "between?");
}

Error NotTheRightOne(std::string_view why) {
  return Error(Code::kUnauthenticated, "BENCH_NOT_THE_RIGHT_ONE",
               fmt::format("what answers there is not the bench that made the code: {}", why))
      .WithRemedy(
          "check address and code; if both are right, somebody sits between you and the "
          "bench. Nothing was sent");
}

std::string PemOf(X509* certificate) {
  const Bio out(BIO_new(BIO_s_mem()));
  char* data = nullptr;
  if (!out || PEM_write_bio_X509(out.get(), certificate) != 1) return {};
  const long size = BIO_get_mem_data(out.get(), &data);
  return std::string(data, static_cast<size_t>(size));
}

std::string TimeOf(const ASN1_TIME* time) {
  tm parts{};
  if (ASN1_TIME_to_tm(time, &parts) != 1) return "an unknown time";
  return FormatRfc3339(static_cast<int64_t>(::timegm(&parts)) * 1'000'000);
}

// Connected, or why not.
Result<UniqueFd> Connect(const std::string& address) {
  const size_t colon = address.rfind(':');
  if (colon == std::string::npos || colon == 0 || colon + 1 == address.size()) {
    return InvalidArgument(kReasonUsage, "not the address of a bench: '" + address + "'")
        .WithRemedy("write HOST:PORT, as `firmbench bench invite` shows it");
  }
  std::string host = address.substr(0, colon);
  if (host.front() == '[' && host.back() == ']') host = host.substr(1, host.size() - 2);
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (::getaddrinfo(host.c_str(), address.c_str() + colon + 1, &hints, &found) != 0) {
    return Unreachable(address, "there is no such address");
  }
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> list(found, ::freeaddrinfo);
  int failed = ENOENT;
  for (const addrinfo* to = found; to != nullptr; to = to->ai_next) {
    UniqueFd socket(::socket(to->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (::connect(socket.get(), to->ai_addr, to->ai_addrlen) == 0) return socket;
    failed = errno;
    if (failed != EINPROGRESS) continue;
    pollfd waited{socket.get(), POLLOUT, 0};
    socklen_t length = sizeof(failed);
    if (::poll(&waited, 1, kPatienceMilliseconds) != 1) {
      failed = ETIMEDOUT;
    } else if (::getsockopt(socket.get(), SOL_SOCKET, SO_ERROR, &failed, &length) == 0 &&
               failed == 0) {
      return socket;
    }
  }
  return Unreachable(address, fmt::format("errno {}", failed));
}

// OpenSSL writes to sockets as to files: one whose other end is gone would end the program. Blocked
// for this thread alone, and for as long as this lives.
class NoBrokenPipes {
 public:
  NoBrokenPipes() {
    sigemptyset(&pipe_);
    sigaddset(&pipe_, SIGPIPE);
    ::pthread_sigmask(SIG_BLOCK, &pipe_, &before_);
  }
  ~NoBrokenPipes() {
    constexpr timespec kNow{};
    // What came meanwhile goes away, unless it was blocked already.
    while (sigismember(&before_, SIGPIPE) == 0 && ::sigtimedwait(&pipe_, nullptr, &kNow) > 0) {
    }
    ::pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  }
  NoBrokenPipes(const NoBrokenPipes&) = delete;
  NoBrokenPipes& operator=(const NoBrokenPipes&) = delete;

 private:
  sigset_t pipe_{};
  sigset_t before_{};
};

struct Handshake {
  UniqueFd socket;
  TlsContext context;
  Tls tls;
};

// Believes nothing: what was shown is looked at afterwards.
Result<Handshake> ShakeHands(const std::string& address) {
  const NoBrokenPipes quiet;
  Handshake hands;
  ASSIGN_OR_RETURN(hands.socket, Connect(address));
  hands.context.reset(SSL_CTX_new(TLS_client_method()));
  if (!hands.context) return KeyFailed();
  SSL_CTX_set_min_proto_version(hands.context.get(), TLS1_2_VERSION);
  SSL_CTX_set_verify(hands.context.get(), SSL_VERIFY_NONE, nullptr);
  constexpr std::array<unsigned char, 3> kHttp2 = {2, 'h', '2'};
  SSL_CTX_set_alpn_protos(hands.context.get(), kHttp2.data(), kHttp2.size());
  hands.tls.reset(SSL_new(hands.context.get()));
  if (!hands.tls || SSL_set_fd(hands.tls.get(), hands.socket.get()) != 1) return KeyFailed();
  for (;;) {
    const int result = SSL_connect(hands.tls.get());
    if (result == 1) return hands;
    const int wants = SSL_get_error(hands.tls.get(), result);
    ERR_clear_error();
    const bool reads = wants == SSL_ERROR_WANT_READ;
    if (!reads && wants != SSL_ERROR_WANT_WRITE) {
      return Unreachable(address, "it does not speak TLS as a bench does");
    }
    pollfd waited{hands.socket.get(), static_cast<short>(reads ? POLLIN : POLLOUT), 0};
    if (::poll(&waited, 1, kPatienceMilliseconds) != 1) {
      return Unreachable(address, "it says nothing");
    }
  }
}

std::string KeyLetters(X509* certificate) {
  uint8_t* der = nullptr;
  const int size = i2d_PUBKEY(X509_get0_pubkey(certificate), &der);
  if (size <= 0) return {};
  const Sha256Digest digest = Sha256(ByteView(der, static_cast<size_t>(size)));
  OPENSSL_free(der);
  return KeyLettersOf(digest);
}

std::string ServerNameOf(X509* certificate) {
  const std::unique_ptr<GENERAL_NAMES, Free<GENERAL_NAMES_free>> names(static_cast<GENERAL_NAMES*>(
      X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)));
  if (!names || sk_GENERAL_NAME_num(names.get()) < 1) return {};
  const GENERAL_NAME* const first = sk_GENERAL_NAME_value(names.get(), 0);
  if (first->type != GEN_DNS) return {};
  return std::string(reinterpret_cast<const char*>(ASN1_STRING_get0_data(first->d.dNSName)),
                     static_cast<size_t>(ASN1_STRING_length(first->d.dNSName)));
}

// X509_V_OK, or what is wrong with the server's certificate under this authority.
int Verify(X509* server, X509* authority) {
  const std::unique_ptr<X509_STORE, Free<X509_STORE_free>> store(X509_STORE_new());
  const std::unique_ptr<X509_STORE_CTX, Free<X509_STORE_CTX_free>> check(X509_STORE_CTX_new());
  if (!store || !check || X509_STORE_add_cert(store.get(), authority) != 1 ||
      X509_STORE_CTX_init(check.get(), store.get(), server, nullptr) != 1) {
    return X509_V_ERR_OUT_OF_MEM;
  }
  X509_STORE_CTX_set_flags(check.get(), X509_V_FLAG_PARTIAL_CHAIN);
  X509_STORE_CTX_set_purpose(check.get(), X509_PURPOSE_SSL_SERVER);
  if (X509_verify_cert(check.get()) == 1) return X509_V_OK;
  ERR_clear_error();
  return X509_STORE_CTX_get_error(check.get());
}

bool IsAboutTime(int verdict) {
  return verdict == X509_V_ERR_CERT_NOT_YET_VALID || verdict == X509_V_ERR_CERT_HAS_EXPIRED;
}

Error WrongClock(X509* server, const Clock& clock) {
  return FailedPrecondition(
             "BENCH_CLOCK",
             fmt::format("the bench's certificate is good from {} to {}, and this computer's clock "
                         "says {}",
                         TimeOf(X509_get0_notBefore(server)), TimeOf(X509_get0_notAfter(server)),
                         FormatRfc3339(clock.WallMicros())))
      .WithRemedy("set the clock of this computer, or of the bench and start firmbenchd again");
}

}  // namespace

Result<ClientKey> MakeClientKey() {
  const Key key(EVP_EC_gen("P-256"));
  const std::unique_ptr<X509_REQ, Free<X509_REQ_free>> request(X509_REQ_new());
  const Bio key_out(BIO_new(BIO_s_mem()));
  const Bio request_out(BIO_new(BIO_s_mem()));
  if (!key || !request || !key_out || !request_out ||
      X509_REQ_set_pubkey(request.get(), key.get()) != 1 ||
      X509_REQ_sign(request.get(), key.get(), EVP_sha256()) == 0 ||
      PEM_write_bio_PrivateKey(key_out.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) !=
          1 ||
      PEM_write_bio_X509_REQ(request_out.get(), request.get()) != 1) {
    return KeyFailed();
  }
  const auto text = [](BIO* bio) {
    char* data = nullptr;
    const long size = BIO_get_mem_data(bio, &data);
    return std::string(data, static_cast<size_t>(size));
  };
  return ClientKey{.key_pem = text(key_out.get()), .request_pem = text(request_out.get())};
}

Result<SeenBench> LookAtBench(const std::string& address, const std::string& key_letters,
                              const Clock& clock) {
  ASSIGN_OR_RETURN(const Handshake hands, ShakeHands(address));
  X509* const server = SSL_get0_peer_certificate(hands.tls.get());
  STACK_OF(X509)* const chain = SSL_get_peer_cert_chain(hands.tls.get());
  if (server == nullptr || chain == nullptr) return NotTheRightOne("it shows no certificate");
  X509* authority = nullptr;
  for (int i = 0; i < sk_X509_num(chain); ++i) {
    X509* const shown = sk_X509_value(chain, i);
    if (shown != server && KeyLetters(shown) == key_letters) authority = shown;
  }
  if (authority == nullptr) return NotTheRightOne("its authority has another key");
  const int verdict = Verify(server, authority);
  if (IsAboutTime(verdict)) return WrongClock(server, clock);
  if (verdict != X509_V_OK) {
    return NotTheRightOne(X509_verify_cert_error_string(verdict));
  }
  SeenBench seen{.authority_pem = PemOf(authority), .server_name = ServerNameOf(server)};
  if (seen.server_name.empty()) return NotTheRightOne("its certificate has no name");
  return seen;
}

std::string EndsSoon(const SavedBench& bench, const Clock& clock) {
  constexpr int64_t kDayUs = 86'400'000'000;
  constexpr int64_t kDays = 30;
  const int64_t left_us = bench.expires_us - clock.WallMicros();
  // What has ended is said by the error that comes of it.
  if (bench.expires_us == 0 || left_us <= 0 || left_us >= kDays * kDayUs) return "";
  return fmt::format(
      "warning: this computer's certificate for {} ends on {}\n"
      "  what to do: a manager says `firmbench bench invite --name {} --role {}` there, then\n"
      "  `firmbench bench enroll {} --name {} --force` here\n",
      bench.name, FormatRfc3339(bench.expires_us).substr(0, 10), bench.principal, bench.role,
      bench.address, bench.name);
}

Error WhyUnreachable(const SavedBench& bench, Error error, const Clock& clock) {
  const int64_t now_us = clock.WallMicros();
  if (bench.expires_us != 0 && bench.expires_us <= now_us) {
    return Error(Code::kUnauthenticated, "CERTIFICATE_EXPIRED",
                 fmt::format("this computer's certificate for {} was good until {}; its clock says "
                             "{}",
                             bench.name, FormatRfc3339(bench.expires_us), FormatRfc3339(now_us)))
        .WithRemedy("is the clock right? Then enrol again: `firmbench bench enroll`");
  }
  const auto hands = ShakeHands(bench.address);
  if (!hands) return hands.error();
  X509* const server = SSL_get0_peer_certificate(hands->tls.get());
  const Bio in(
      BIO_new_mem_buf(bench.authority_pem.data(), static_cast<int>(bench.authority_pem.size())));
  const Cert authority(PEM_read_bio_X509(in.get(), nullptr, nullptr, nullptr));
  if (server == nullptr || !authority) return error;
  const int verdict = Verify(server, authority.get());
  if (IsAboutTime(verdict)) return WrongClock(server, clock);
  if (verdict == X509_V_OK) return error;
  return Error(Code::kUnauthenticated, "BENCH_NOT_THE_RIGHT_ONE",
               fmt::format("what answers at {} is not the bench that this computer enrolled at",
                           bench.address))
      .WithRemedy(
          "was the bench set up anew? Then `firmbench bench remove` it and enrol again; "
          "else somebody sits between. Nothing was sent");
}

}  // namespace firmbench::cli
