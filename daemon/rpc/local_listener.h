// SPDX-License-Identifier: Apache-2.0
#pragma once

// The bench's Unix socket: accepts, asks the kernel who it is, and hands the connection to that
// person's own server. One thread of its own. Made and ended by the thread that owns it.

#include <sys/types.h>

#include <memory>
#include <string>
#include <vector>

#include "daemon/rpc/server_pool.h"

namespace firmbench::rpc {

// Names of groups of this machine; one that is not there has no members.
struct LocalGroups {
  std::string technicians = "firmbench";
  std::string managers = "firmbench-admin";
};

// What the kernel says of the other end of a Unix socket, as of when it connected.
struct PeerCredentials {
  uid_t uid = 0;
  std::vector<gid_t> groups = {};  // all of them
};
// PEER_UNKNOWN.
Result<PeerCredentials> CredentialsOfPeer(int socket);

// Root, the daemon's own user and members of the managers' group are managers, members of the
// technicians' group technicians; anybody else may nothing. The name is the account's, or
// "uid 1234".
Caller LocalCaller(const PeerCredentials& peer, const LocalGroups& groups);

class LocalListener {
 public:
  // Listens at `address`, "unix:PATH", mode 0660, the technicians' group where there is one; the
  // managers' group is let in as well, by an access control list.
  // ADDRESS_INVALID, ADDRESS_IN_USE (another process answers there), ADDRESS_FAILED. A socket file
  // that nobody answers on is taken over.
  static Result<std::unique_ptr<LocalListener>> Start(const std::string& address,
                                                      const LocalGroups& groups, ServerPool& pool);
  // Accepts no more; connections stay.
  virtual ~LocalListener() = default;
};

}  // namespace firmbench::rpc
