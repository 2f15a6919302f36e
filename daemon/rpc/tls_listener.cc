// SPDX-License-Identifier: Apache-2.0
#include "daemon/rpc/tls_listener.h"

#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <functional>
#include <limits>
#include <map>
#include <set>
#include <thread>
#include <utility>
#include <vector>

#include "daemon/base/failures.h"
#include "daemon/base/log.h"
#include "daemon/rpc/network_place.h"
#include "daemon/rpc/tls_session.h"

namespace firmbench::rpc {
namespace {

constexpr int kLookMilliseconds = 1000;
constexpr Nanos kLookAtCertificate = std::chrono::hours(1);

struct FreeContext {
  void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
};
using TlsContext = std::unique_ptr<SSL_CTX, FreeContext>;

struct FreeBio {
  void operator()(BIO* bio) const { BIO_free_all(bio); }
};
struct FreeCert {
  void operator()(X509* cert) const { X509_free(cert); }
};
struct FreeKey {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};

std::unique_ptr<BIO, FreeBio> Reading(const std::string& text) {
  return std::unique_ptr<BIO, FreeBio>(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}
std::unique_ptr<X509, FreeCert> CertFrom(const std::string& pem) {
  return std::unique_ptr<X509, FreeCert>(
      PEM_read_bio_X509(Reading(pem).get(), nullptr, nullptr, nullptr));
}

// Only what gRPC speaks.
int ChooseProtocol(SSL*, const unsigned char** out, unsigned char* out_length,
                   const unsigned char* in, unsigned in_length, void*) {
  static constexpr unsigned char kHttp2[] = {2, 'h', '2'};  // `out` points into it
  unsigned char* chosen = nullptr;
  if (SSL_select_next_proto(&chosen, out_length, kHttp2, sizeof(kHttp2), in, in_length) !=
      OPENSSL_NPN_NEGOTIATED) {
    return SSL_TLSEXT_ERR_ALERT_FATAL;
  }
  *out = chosen;
  return SSL_TLSEXT_ERR_OK;
}

Result<TlsContext> MakeContext(const pki::KeyAndCertificate& server, const std::string& authority,
                               bool tls12) {
  TlsContext context(SSL_CTX_new(TLS_server_method()));
  const auto certificate = CertFrom(server.certificate);
  const auto issuer = CertFrom(authority);
  const std::unique_ptr<EVP_PKEY, FreeKey> key(
      PEM_read_bio_PrivateKey(Reading(server.key).get(), nullptr, nullptr, nullptr));
  bool good =
      context && certificate && issuer && key &&
      SSL_CTX_set_min_proto_version(context.get(), tls12 ? TLS1_2_VERSION : TLS1_3_VERSION) == 1 &&
      SSL_CTX_use_certificate(context.get(), certificate.get()) == 1 &&
      SSL_CTX_use_PrivateKey(context.get(), key.get()) == 1 &&
      // Sent along: by its key a new client knows the bench.
      SSL_CTX_add1_chain_cert(context.get(), issuer.get()) == 1 &&
      X509_STORE_add_cert(SSL_CTX_get_cert_store(context.get()), issuer.get()) == 1 &&
      SSL_CTX_add_client_CA(context.get(), issuer.get()) == 1;
  if (!good) {
    ERR_clear_error();
    return Internal("PKI_FAILED", "TLS cannot be set up with the bench's certificate");
  }
  X509_VERIFY_PARAM* const parameters = SSL_CTX_get0_param(context.get());
  // A shop's authority may itself be signed by another, which need not be here.
  X509_VERIFY_PARAM_set_flags(parameters, X509_V_FLAG_PARTIAL_CHAIN);
  X509_VERIFY_PARAM_set_purpose(parameters, X509_PURPOSE_SSL_CLIENT);
  // What is wrong with a certificate is said in words afterwards, on a connection that may do
  // nothing (CallerOf).
  SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, TlsSession::LetThrough);
  SSL_CTX_set_options(context.get(), SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_TICKET);
  SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_OFF);
  SSL_CTX_set_mode(context.get(), SSL_MODE_ENABLE_PARTIAL_WRITE |
                                      SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                                      SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_alpn_select_cb(context.get(), ChooseProtocol, nullptr);
  return context;
}

class Listener final : public TlsListener {
 public:
  Listener(const TlsOptions& options, UniqueFd socket, TlsContext context,
           pki::Authority& authority, Access& access, const Clock& clock, ServerPool& pool)
      : options_(options),
        socket_(std::move(socket)),
        address_(OwnAddress(socket_.get())),
        authority_(authority),
        access_(access),
        clock_(clock),
        pool_(pool),
        wake_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
        context_(std::move(context)),
        looked_(clock.Monotonic()) {}

  void Begin() override {
    thread_ = std::thread([this] { Run(); });
  }

  ~Listener() override {
    {
      MutexLock lock(mutex_);
      stopping_ = true;
    }
    ::eventfd_write(wake_.get(), 1);
    if (thread_.joinable()) thread_.join();
  }

  const std::string& address() const override { return address_; }

  void Cut(const std::string& credential_id) override {
    {
      MutexLock lock(mutex_);
      cut_.insert(credential_id);
    }
    ::eventfd_write(wake_.get(), 1);
  }

 private:
  struct Connection {
    std::unique_ptr<TlsSession> session;
    std::string host;
    std::string credential_id;
    bool stranger = false;  // no good certificate
    ServerPool::Lease lease;
  };

  void Run() {
    std::vector<pollfd> polled;
    while (!Ending()) {
      polled.assign({{wake_.get(), POLLIN, 0}, {socket_.get(), POLLIN, 0}});
      for (const Connection& connection : connections_) {
        const TlsSession& session = *connection.session;
        polled.push_back({session.network(), session.network_events(), 0});
        polled.push_back({session.plain(), session.plain_events(), 0});
      }
      if (::poll(polled.data(), polled.size(), kLookMilliseconds) < 0 && errno != EINTR) return;
      eventfd_t count = 0;
      ::eventfd_read(wake_.get(), &count);
      ServeAll(polled);
      if (polled[1].revents != 0) Accept();
      RenewCertificate();
    }
  }

  bool Ending() {
    std::set<std::string> cut;
    {
      MutexLock lock(mutex_);
      if (stopping_) return true;
      cut.swap(cut_);
    }
    std::erase_if(connections_, [&](const Connection& connection) {
      return !connection.credential_id.empty() && cut.contains(connection.credential_id);
    });
    return false;
  }

  void ServeAll(const std::vector<pollfd>& polled) {
    const Nanos now = clock_.Monotonic();
    for (size_t i = 0; i < connections_.size(); ++i) {
      Connection& connection = connections_[i];
      const short network = polled[2 * i + 2].revents;
      const short plain = polled[2 * i + 3].revents;
      if ((network & (POLLHUP | POLLERR)) != 0) connection.session.reset();
      if (connection.session && (network != 0 || plain != 0)) Serve(connection);
      if (connection.session && connection.session->state() == TlsSession::State::kHandshake &&
          now > connection.session->handshake_until()) {
        connection.session.reset();
      }
    }
    EndTheGreediest();
    std::erase_if(connections_, [](const Connection& connection) {
      return !connection.session || connection.session->state() == TlsSession::State::kEnded;
    });
  }

  // When all together hold too much: whoever holds the most loses the connection that does.
  void EndTheGreediest() {
    uint64_t all = 0;
    for (const Connection& connection : connections_) {
      if (connection.session) all += connection.session->held();
    }
    if (all <= kMostHeld) return;
    std::map<std::string, uint64_t> held;  // by credential
    for (const Connection& connection : connections_) {
      if (connection.session) held[connection.credential_id] += connection.session->held();
    }
    const auto worst = std::max_element(connections_.begin(), connections_.end(),
                                        [&](const Connection& one, const Connection& other) {
                                          const auto greed = [&](const Connection& connection) {
                                            return connection.session
                                                       ? std::pair(held[connection.credential_id],
                                                                   connection.session->held())
                                                       : std::pair<uint64_t, uint64_t>();
                                          };
                                          return greed(one) < greed(other);
                                        });
    log::Warn("a connection was ended that keeps too much unfinished", "credential",
              worst->credential_id);
    worst->session.reset();
  }

  void Serve(Connection& connection) {
    connection.session->Step();
    if (connection.session->state() != TlsSession::State::kShaken) return;
    const Status begun = Begin(connection);
    if (begun) {
      connection.session->Step();
    } else {
      log::Warn("a connection was refused", "reason", begun.error().reason());
      connection.session.reset();
    }
  }

  // The handshake is over: whose is it?
  Status Begin(Connection& connection) {
    int ends[2];
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends) != 0) {
      return ResourceExhausted("NO_DESCRIPTORS", "no descriptor is left");
    }
    UniqueFd ours(ends[0]);
    UniqueFd theirs(ends[1]);
    const TlsPeer peer = connection.session->Peer();
    const Caller caller = peer.has_certificate ? CallerOf(peer) : Caller{};
    if (!peer.has_certificate || caller.refusal) RETURN_IF_ERROR(TakeAsStranger(connection));
    if (peer.has_certificate) {
      connection.credential_id = caller.credential_id;
      ASSIGN_OR_RETURN(connection.lease, pool_.Serve(caller, std::move(theirs)));
    } else {
      ASSIGN_OR_RETURN(connection.lease, pool_.ServeEnrollment(connection.host, std::move(theirs)));
    }
    connection.session->Relay(std::move(ours), connection.stranger
                                                   ? kMostBytesOfStrangers
                                                   : std::numeric_limits<uint64_t>::max());
    return Ok();
  }

  Status TakeAsStranger(Connection& connection) const {
    const auto strangers = std::count_if(
        connections_.begin(), connections_.end(),
        [&](const Connection& other) { return other.stranger && other.host == connection.host; });
    if (static_cast<size_t>(strangers) >= kMostStrangersOfOneAddress) {
      return ResourceExhausted("TOO_MANY_CONNECTIONS",
                               "too many connections without a good certificate from one address");
    }
    connection.stranger = true;
    return Ok();
  }

  // Of a certificate that is not good: somebody who may nothing and is told why.
  Caller CallerOf(const TlsPeer& peer) {
    // One server tells all that are refused alike, each at its own time.
    const auto refused = [&](std::string_view reason, std::function<Error()> why) {
      return Caller{.principal = "a certificate that is not good",
                    .known_by = fmt::format("refused: {} {}", reason, peer.verify_result),
                    .refusal = std::move(why)};
    };
    if (peer.verify_result != X509_V_OK) {
      auto why = [&clock = clock_, result = peer.verify_result] {
        return WhyNotGood(result, clock.WallMicros());
      };
      return refused(why().reason(), why);
    }
    auto caller = access_.OfCertificate(ToHex(peer.sha256));
    if (caller) return std::move(*caller);
    return refused(caller.error().reason(), [error = caller.error()] { return error; });
  }

  static Error WhyNotGood(int verify_result, int64_t now_us) {
    const std::string now = FormatRfc3339(now_us);
    if (verify_result == X509_V_ERR_CERT_NOT_YET_VALID) {
      return Error(Code::kUnauthenticated, "CERTIFICATE_NOT_YET_VALID",
                   "this certificate is not good yet by the bench's clock, which says " + now)
          .WithRemedy("set the clock of the bench, or of the PC that made the certificate");
    }
    if (verify_result == X509_V_ERR_CERT_HAS_EXPIRED) {
      return Error(Code::kUnauthenticated, "CERTIFICATE_EXPIRED",
                   "this certificate has expired by the bench's clock, which says " + now)
          .WithRemedy("is the bench's clock right? Then enrol again: `firmbench bench enroll`");
    }
    return Error(Code::kUnauthenticated, "CERTIFICATE_UNKNOWN",
                 fmt::format("this certificate was not made by this bench ({})",
                             X509_verify_cert_error_string(verify_result)))
        .WithRemedy("enrol at this bench: `firmbench bench enroll`");
  }

  void Accept() {
    sockaddr_storage storage{};
    socklen_t length = sizeof(storage);
    UniqueFd network(::accept4(socket_.get(), reinterpret_cast<sockaddr*>(&storage), &length,
                               SOCK_CLOEXEC | SOCK_NONBLOCK));
    if (!network.valid()) {
      if (errno == EMFILE || errno == ENFILE) std::this_thread::sleep_for(kNoDescriptors);
      return;
    }
    const std::string host = NeighbourhoodOf(HostOf(storage, length));
    const auto of_one =
        std::count_if(connections_.begin(), connections_.end(),
                      [&](const Connection& connection) { return connection.host == host; });
    if (connections_.size() >= kMostConnections ||
        static_cast<size_t>(of_one) >= kMostOfOneAddress) {
      return;
    }
    auto session = std::make_unique<TlsSession>(context_.get(), std::move(network),
                                                clock_.Monotonic() + kHandshakeTime);
    if (session->state() == TlsSession::State::kEnded) return;
    connections_.push_back({.session = std::move(session),
                            .host = host,
                            .credential_id = "",
                            .stranger = false,
                            .lease = {}});
  }

  void RenewCertificate() {
    const Nanos now = clock_.Monotonic();
    if (now - looked_ < kLookAtCertificate) return;
    looked_ = now;
    const auto server = authority_.Server();
    auto context = server ? MakeContext(*server, authority_.certificate(), options_.tls12)
                          : Result<TlsContext>(server.error());
    if (context) {
      context_ = std::move(*context);  // connections that are open keep theirs
    } else {
      log::ErrorLine("the bench's certificate cannot be renewed", "reason",
                     context.error().reason(), "text", context.error().message());
    }
  }

  static constexpr std::chrono::milliseconds kNoDescriptors{100};

  const TlsOptions options_;
  const UniqueFd socket_;
  const std::string address_;
  pki::Authority& authority_;
  Access& access_;
  const Clock& clock_;
  ServerPool& pool_;
  const UniqueFd wake_;
  Mutex mutex_;
  bool stopping_ FB_GUARDED_BY(mutex_) = false;
  std::set<std::string> cut_ FB_GUARDED_BY(mutex_);
  // The thread's own:
  TlsContext context_;
  Nanos looked_;
  std::vector<Connection> connections_;
  std::thread thread_;
};

}  // namespace

Result<std::unique_ptr<TlsListener>> TlsListener::Start(const TlsOptions& options,
                                                        pki::Authority& authority, Access& access,
                                                        const Clock& clock, ServerPool& pool) {
  ASSIGN_OR_RETURN(const pki::KeyAndCertificate server, authority.Server());
  ASSIGN_OR_RETURN(TlsContext context, MakeContext(server, authority.certificate(), options.tls12));
  ASSIGN_OR_RETURN(UniqueFd socket, ListenAt(options.listen));
  return std::unique_ptr<TlsListener>(std::make_unique<Listener>(
      options, std::move(socket), std::move(context), authority, access, clock, pool));
}

}  // namespace firmbench::rpc
