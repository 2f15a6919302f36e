// SPDX-License-Identifier: Apache-2.0
#pragma once

// Sockets that listen on the network, and how their addresses are said. Pure but for the sockets;
// any thread.

#include <sys/socket.h>

#include <string>

#include "daemon/base/result.h"
#include "daemon/base/unique_fd.h"

namespace firmbench::rpc {

// A non-blocking stream socket that is bound, and refuses everybody until it listens, at
// "HOST:PORT", "[IPV6]:PORT", or ":PORT" for every address. ADDRESS_INVALID, ADDRESS_FAILED.
Result<UniqueFd> BindTo(const std::string& text);
// Lets callers come; again, it changes nothing. ADDRESS_FAILED.
Status Listen(const UniqueFd& socket, const std::string& text);
// Both.
Result<UniqueFd> ListenAt(const std::string& text);
// Numbers: "127.0.0.1", "fe80::1%eth0".
std::string HostOf(const sockaddr_storage& storage, socklen_t length);
// Where the socket listens: "HOST:PORT" in numbers, with the port that was given for port 0.
std::string OwnAddress(int socket);
// What a person types elsewhere: every address is called by this PC's name.
std::string AddressToTell(const std::string& address);

}  // namespace firmbench::rpc
