// SPDX-License-Identifier: Apache-2.0
#include "daemon/web/exchange.h"

#include <utility>

#include "daemon/web/call_exchange.h"
#include "daemon/web/one_exchange.h"

namespace firmbench::web {
namespace {

constexpr int kNoContent = 204;
constexpr int kNotModified = 304;
constexpr int kBadRequest = 400;
constexpr int kUnauthorized = 401;
constexpr int kForbidden = 403;
constexpr int kNotFound = 404;
constexpr int kNoMethod = 405;
constexpr int kNoSuchType = 415;
constexpr int kTooMany = 429;
constexpr int kUnavailable = 503;

int StatusOf(const Error& error) {
  switch (error.code()) {
    case Code::kInvalidArgument:
      return kBadRequest;
    case Code::kUnauthenticated:
      return kUnauthorized;
    case Code::kPermissionDenied:
      return kForbidden;
    case Code::kNotFound:
      return kNotFound;
    case Code::kResourceExhausted:
      return kTooMany;
    default:
      return kUnavailable;
  }
}

Answer Refusal(const Error& error) { return JsonAnswer(StatusOf(error), error); }

class PageExchange final : public OneExchange {
 public:
  using OneExchange::OneExchange;

  void Run() override {
    auto file = bridge_.page.Find(request_.path(), AcceptsGzip(request_.accept_encoding));
    if (!file) return Finish(Refusal(file.error()));
    Answer answer{.headers = {{"ETag", file->etag},
                              {"Cache-Control",
                               file->lasting ? "public, max-age=31536000, immutable" : "no-cache"},
                              {"Vary", "Accept-Encoding"}}};
    if (HasEtag(request_.if_none_match, file->etag)) {
      answer.status = kNotModified;
    } else {
      answer.content_type = file->content_type;
      if (file->compressed) answer.headers.emplace_back("Content-Encoding", "gzip");
      answer.body = std::move(file->body);
    }
    Finish(answer);
  }
};

class MetricsExchange final : public OneExchange {
 public:
  using OneExchange::OneExchange;

  void Run() override {
    if (!bridge_.metrics_for_all() && !IsLoopback(request_.peer)) {
      return Finish(Refusal(Error(Code::kPermissionDenied, "METRICS_LOCAL",
                                  "the metrics are for programs on the bench's own PC")
                                .WithRemedy("set `metrics` in [web] of firmbenchd.toml")));
    }
    FinishSlowly([&door = bridge_.door]() -> Answer {
      const auto text = door.Metrics();
      if (!text) return Refusal(text.error());
      return {.content_type = "text/plain; version=0.0.4; charset=utf-8",
              .headers = {{"Cache-Control", "no-store"}},
              .body = *text};
    });
  }
};

class SessionExchange final : public OneExchange {
 public:
  using OneExchange::OneExchange;

  void Run() override {
    if (request_.method == "DELETE") return Close();
    const auto credential = CredentialIn(request_.body);
    if (!credential) return Finish(Refusal(credential.error()));
    if (bridge_.failures.TooMany(request_.peer)) {
      return Finish(Refusal(
          ResourceExhausted("TOO_MANY_ATTEMPTS", "too many wrong links from here in a short time")
              .WithRemedy("wait a minute and try again")));
    }
    FinishSlowly([self = shared_from_this(), this, credential = *credential]() -> Answer {
      const auto opened = credential.is_token ? bridge_.door.OpenWithToken(credential.text)
                                              : bridge_.door.OpenWithLink(credential.text);
      if (opened) {
        return {.status = kNoContent,
                .headers = {{"Cache-Control", "no-store"},
                            {"Set-Cookie", CookieOf(opened->secret, opened->seconds)}}};
      }
      if (opened.error().code() == Code::kUnauthenticated) {
        boost::asio::post(bridge_.io, [self, this] { bridge_.failures.Count(request_.peer); });
      }
      return Refusal(opened.error());
    });
  }

 private:
  void Close() {
    FinishSlowly([&door = bridge_.door, session = SessionIn(request_)]() -> Answer {
      if (!session.empty()) {
        const Status closed = door.Close(session);
        // Of one that is over nothing is left to end.
        if (!closed && closed.error().code() != Code::kUnauthenticated) {
          return Refusal(closed.error());
        }
      }
      return {.status = kNoContent,
              .headers = {{"Cache-Control", "no-store"}, {"Set-Cookie", EndedCookie()}}};
    });
  }
};

}  // namespace

Admission Admit(Bridge& bridge, const Request& request) {
  const Route route = RouteOf(request);
  if (route == Route::kNothing) {
    return {.refusal = JsonAnswer(kNoMethod,
                                  InvalidArgument("NOT_HERE", "nothing here answers this method"))};
  }
  if (route != Route::kCall && route != Route::kSession) return {};
  if (const Status origin = CheckOrigin(request); !origin) {
    return {.refusal = Refusal(origin.error())};
  }
  if (route == Route::kSession) return {.most_body = kMostBodyOfStrangers};
  if (!FormOf(request.content_type)) {
    return {.refusal = JsonAnswer(kNoSuchType,
                                  InvalidArgument("NOT_GRPC_WEB", "calls are made in gRPC-Web"))};
  }
  const bool known = bridge.door.IdOf(SessionIn(request)).has_value();
  return {.most_body = known ? kMostBody : kMostBodyOfStrangers};
}

std::shared_ptr<Exchange> Exchange::Begin(Bridge& bridge, Request request,
                                          const std::shared_ptr<Peer>& peer) {
  std::shared_ptr<OneExchange> exchange;
  switch (RouteOf(request)) {
    case Route::kCall: {
      const Form form = FormOf(request.content_type).value_or(Form::kBinary);
      exchange = MakeCallExchange(bridge, std::move(request), peer, form);
      break;
    }
    case Route::kSession:
      exchange = std::make_shared<SessionExchange>(bridge, std::move(request), peer);
      break;
    case Route::kMetrics:
      exchange = std::make_shared<MetricsExchange>(bridge, std::move(request), peer);
      break;
    case Route::kPage:
    case Route::kNothing:
      exchange = std::make_shared<PageExchange>(bridge, std::move(request), peer);
      break;
  }
  exchange->Run();
  return exchange;
}

}  // namespace firmbench::web
