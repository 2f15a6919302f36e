// SPDX-License-Identifier: Apache-2.0
#pragma once

// A bench with an authority of its own that listens on a port of this PC; certificates are looked
// at with the real time. Test thread only.

#include <signal.h>

#include <fstream>
#include <memory>
#include <sstream>
#include <string>

#include "client/cli/bench_tls.h"
#include "daemon/rpc/enrollment_service.h"
#include "daemon/rpc/server_pool.h"
#include "daemon/rpc/tls_listener.h"
#include "tests/daemon/rpc/served_bench.h"

namespace firmbench::rpc {

inline constexpr int64_t kHour = 3'600'000'000;

class RemoteBench {
 public:
  RemoteBench()
      : access(bench.bench.ledger(), RealClock()),
        authority(test::Must(pki::Authority::Open(bench.folder.Path("pki"),
                                                  bench.bench.ledger().bench_id(), RealClock()))),
        enrollment{.authority = *authority, .address = "here"},
        context{bench.bench.ledger(), bench.bench.inventory(),
                bench.bench.engine(), bench.watch,
                bench.slow,           RealClock(),
                bench.signer,         access} {
    context.enrollment = &enrollment;
    pool = std::make_unique<ServerPool>(context);
    tls = test::Must(
        TlsListener::Start({.listen = "127.0.0.1:0"}, *authority, access, RealClock(), *pool));
    access.OnEnd([this](const std::string& id) {
      bench.bench.hub().Notify("");
      tls->Cut(id);
    });
    tls->Begin();
  }
  ~RemoteBench() { pool->Shutdown(); }

  pki::KeyAndCertificate AuthorityPair() const {
    std::ostringstream key;
    key << std::ifstream(bench.folder.Path("pki/authority.key")).rdbuf();
    return {.key = key.str(), .certificate = authority->certificate()};
  }

  // A way in with that certificate; empty: with none.
  std::shared_ptr<grpc::Channel> With(const pki::KeyAndCertificate& own) const {
    return With(own, tls->address());
  }
  std::shared_ptr<grpc::Channel> With(const pki::KeyAndCertificate& own,
                                      const std::string& address) const {
    grpc::SslCredentialsOptions options;
    options.pem_root_certs = authority->certificate();
    options.pem_cert_chain = own.certificate;
    options.pem_private_key = own.key;
    grpc::ChannelArguments arguments;
    arguments.SetSslTargetNameOverride(authority->server_name());
    arguments.SetInt("grpc.use_local_subchannel_pool", 1);
    return grpc::CreateCustomChannel("dns:///" + address, grpc::SslCredentials(options), arguments);
  }

  // Signed by `signer`, and in the ledger when `known`.
  pki::KeyAndCertificate Certificate(const pki::KeyAndCertificate& signer, int64_t from_us,
                                     int64_t until_us, bool known) {
    const auto key = test::Must(cli::MakeClientKey());
    const std::string certificate =
        test::Must(pki::SignClient(signer, key.request_pem, "alice", {from_us, until_us}));
    if (known) {
      const auto invitation = test::Must(access.Add({.kind = "invitation",
                                                     .principal = "alice",
                                                     .role = "manager",
                                                     .created_by = "max",
                                                     .expires_us = until_us + 1000 * kHour},
                                                    test::Must(RandomText(80)), "test"));
      last = test::Must(access.Exchange(invitation,
                                        {.kind = "certificate",
                                         .expires_us = until_us + 1000 * kHour,
                                         .made_from = invitation.id},
                                        ToHex(test::Must(pki::Describe(certificate)).sha256),
                                        "access.enroll"));
    }
    return {.key = key.key_pem, .certificate = certificate};
  }
  pki::KeyAndCertificate Good() {
    const int64_t now = RealClock().WallMicros();
    return Certificate(AuthorityPair(), now - kHour, now + kHour, true);
  }

  ServedBench bench;
  Access access;
  std::unique_ptr<pki::Authority> authority;
  Enrollment enrollment;
  Context context;
  std::unique_ptr<ServerPool> pool;
  std::unique_ptr<TlsListener> tls;
  storage::Credential last;
};

inline void Limit(grpc::ClientContext& call) {
  call.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(20));
}

inline std::string WhoIs(const std::shared_ptr<grpc::Channel>& channel,
                         const std::string& token = {}) {
  grpc::ClientContext call;
  Limit(call);
  if (!token.empty()) call.AddMetadata("authorization", "Bearer " + token);
  v1::GetCallerResponse response;
  const grpc::Status status = v1::AccessService::NewStub(channel)->GetCaller(&call, {}, &response);
  return status.ok() ? response.principal() + " " + response.role() : ReasonIn(status);
}

}  // namespace firmbench::rpc
