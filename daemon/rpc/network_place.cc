// SPDX-License-Identifier: Apache-2.0
#include "daemon/rpc/network_place.h"

#include <fmt/format.h>
#include <netdb.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <memory>

namespace firmbench::rpc {
namespace {

constexpr int kBacklog = 64;

struct Place {
  std::string host;  // "" for every address
  std::string port;
};

Result<Place> PlaceFrom(const std::string& text) {
  const size_t colon = text.rfind(':');
  Place place;
  if (colon != std::string::npos) {
    place = {.host = text.substr(0, colon), .port = text.substr(colon + 1)};
  }
  if (place.host.size() > 2 && place.host.front() == '[' && place.host.back() == ']') {
    place.host = place.host.substr(1, place.host.size() - 2);
  }
  const bool number = !place.port.empty() && place.port.size() <= 5 &&
                      place.port.find_first_not_of("0123456789") == std::string::npos;
  if (number) return place;
  return InvalidArgument("ADDRESS_INVALID", "the bench listens on HOST:PORT, [IPV6]:PORT or :PORT");
}

Error CannotListen(const std::string& text) {
  return FailedPrecondition("ADDRESS_FAILED",
                            fmt::format("cannot listen on {} (errno {})", text, errno))
      .WithRemedy("say one of this PC's own addresses and a free port in `listen`");
}

struct Address {
  std::string host;
  std::string port;
};

Address AddressOf(const sockaddr_storage& storage, socklen_t length) {
  char host[NI_MAXHOST] = "";
  char port[NI_MAXSERV] = "";
  ::getnameinfo(reinterpret_cast<const sockaddr*>(&storage), length, host, sizeof(host), port,
                sizeof(port), NI_NUMERICHOST | NI_NUMERICSERV);
  return {host, port};
}

}  // namespace

Result<UniqueFd> BindTo(const std::string& text) {
  ASSIGN_OR_RETURN(const Place place, PlaceFrom(text));
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
  addrinfo* found = nullptr;
  // Of every address the IPv6 one also takes IPv4.
  const char* const host = place.host.empty() ? "::" : place.host.c_str();
  if (::getaddrinfo(host, place.port.c_str(), &hints, &found) != 0 || found == nullptr) {
    return FailedPrecondition("ADDRESS_FAILED", fmt::format("there is no address {}", text))
        .WithRemedy("say one of this PC's own addresses in `listen`");
  }
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> list(found, ::freeaddrinfo);
  UniqueFd socket(
      ::socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, found->ai_protocol));
  constexpr int kOn = 1;
  ::setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &kOn, sizeof(kOn));
  if (!socket.valid() || ::bind(socket.get(), found->ai_addr, found->ai_addrlen) != 0) {
    return CannotListen(text);
  }
  return socket;
}

Status Listen(const UniqueFd& socket, const std::string& text) {
  if (::listen(socket.get(), kBacklog) != 0) return CannotListen(text);
  return Ok();
}

Result<UniqueFd> ListenAt(const std::string& text) {
  ASSIGN_OR_RETURN(UniqueFd socket, BindTo(text));
  RETURN_IF_ERROR(Listen(socket, text));
  return socket;
}

std::string HostOf(const sockaddr_storage& storage, socklen_t length) {
  return AddressOf(storage, length).host;
}

std::string OwnAddress(int socket) {
  sockaddr_storage storage{};
  socklen_t length = sizeof(storage);
  ::getsockname(socket, reinterpret_cast<sockaddr*>(&storage), &length);
  const Address own = AddressOf(storage, length);
  return own.host.find(':') == std::string::npos ? own.host + ":" + own.port
                                                 : "[" + own.host + "]:" + own.port;
}

std::string AddressToTell(const std::string& address) {
  for (const std::string_view every : {"0.0.0.0", "[::]"}) {
    std::array<char, 256> name{};
    if (!address.starts_with(every) || ::gethostname(name.data(), name.size() - 1) != 0) continue;
    return name.data() + address.substr(every.size());
  }
  return address;
}

}  // namespace firmbench::rpc
