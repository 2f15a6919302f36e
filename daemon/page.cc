// SPDX-License-Identifier: Apache-2.0
#include "daemon/page.h"

#include <sys/socket.h>

#include <utility>

#include "daemon/rpc/network_place.h"
#include "daemon/rpc/sessions.h"
#include "daemon/rpc/status.h"
#include "daemon/web/page_files.h"

namespace firmbench {
namespace {

web::OpenedSession Opened(const rpc::MadeSecret& made, const Clock& clock) {
  constexpr int64_t kMicrosOfASecond = 1'000'000;
  return {made.text, (made.credential.expires_us - clock.WallMicros()) / kMicrosOfASecond};
}

}  // namespace

class Page::BenchDoor final : public web::Door {
 public:
  explicit BenchDoor(const Bench& bench)
      : server_(bench.server),
        access_(bench.access),
        clock_(bench.clock),
        metrics_(bench.metrics) {}

  Result<web::OpenedSession> OpenWithLink(const std::string& link) override {
    ASSIGN_OR_RETURN(const rpc::MadeSecret made, rpc::OpenSession(access_, clock_, link));
    return Opened(made, clock_);
  }

  Result<web::OpenedSession> OpenWithToken(const std::string& token) override {
    ASSIGN_OR_RETURN(const rpc::MadeSecret made, rpc::OpenSessionWithToken(access_, clock_, token));
    return Opened(made, clock_);
  }

  Status Close(const std::string& session) override { return rpc::CloseSession(access_, session); }

  Result<std::string> IdOf(const std::string& session) override {
    ASSIGN_OR_RETURN(const rpc::Caller caller, access_.OfSession(session));
    return caller.credential_id;
  }

  Result<web::Line> Connect(const std::string& session) override {
    ASSIGN_OR_RETURN(const rpc::Caller caller, access_.OfSession(session));
    int ends[2];
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends) != 0) {
      return ResourceExhausted("NO_DESCRIPTORS", "no descriptor is left");
    }
    web::Line line{.end = UniqueFd(ends[0]), .lease = {}};
    ASSIGN_OR_RETURN(rpc::ServerPool::Lease lease, server_.Serve(caller, UniqueFd(ends[1])));
    line.lease = std::make_shared<rpc::ServerPool::Lease>(std::move(lease));
    return line;
  }

  Result<web::ShownCertificate> Certificate() override {
    ASSIGN_OR_RETURN(rpc::pki::KeyAndCertificate pair, server_.Certificate());
    return web::ShownCertificate{std::move(pair.key), std::move(pair.certificate)};
  }

  std::string DetailsOf(const Error& error) override { return rpc::ToGrpc(error).error_details(); }

  Result<std::string> Metrics() override { return metrics_(); }

 private:
  rpc::Server& server_;
  rpc::Access& access_;
  const Clock& clock_;
  const std::function<Result<std::string>()> metrics_;
};

Result<std::unique_ptr<Page>> Page::Bind(const config::Config& settings) {
  if (settings.web_listen.empty()) return std::unique_ptr<Page>();
  ASSIGN_OR_RETURN(UniqueFd socket, rpc::BindTo(settings.web_listen));
  return std::unique_ptr<Page>(new Page(std::move(socket), settings));
}

Page::Page(UniqueFd socket, const config::Config& settings)
    : socket_(std::move(socket)),
      listen_(settings.web_listen),
      address_(rpc::AddressToTell(rpc::OwnAddress(socket_.get()))),
      folder_(settings.web_page.empty() ? web::PageBesideProgram() : settings.web_page),
      tls12_(settings.tls12) {}

Page::~Page() { Stop(); }

std::string Page::address() const { return address_; }

Status Page::Start(const Bench& bench) {
  auto door = std::make_unique<BenchDoor>(bench);
  // Before the socket is given away.
  RETURN_IF_ERROR(door->Certificate());
  RETURN_IF_ERROR(rpc::Listen(socket_, listen_));
  door_ = std::move(door);
  ASSIGN_OR_RETURN(std::unique_ptr<web::Server> started,
                   web::Server::Start({.socket = std::move(socket_),
                                       .page = folder_,
                                       .metrics_for_all = bench.metrics_for_all,
                                       .tls12 = tls12_},
                                      *door_, bench.clock));
  MutexLock lock(mutex_);
  server_ = std::move(started);
  return Ok();
}

void Page::Stop() {
  // Ends, and waits for its threads, without the lock.
  std::unique_ptr<web::Server> ending;
  MutexLock lock(mutex_);
  ending.swap(server_);
}

rpc::Check Page::Look() const {
  const auto index = web::PageFiles(folder_).Find("/", false);
  if (index) {
    return {"page", rpc::Verdict::kGood, "", "the page is at https://" + address_ + "/", ""};
  }
  return {"page", rpc::Verdict::kWarning, index.error().reason(),
          "browsers find no page in " + folder_, index.error().remedy()};
}

void Page::End(const std::string& credential_id) {
  MutexLock lock(mutex_);
  if (server_) server_->End(credential_id);
}

}  // namespace firmbench
