// SPDX-License-Identifier: Apache-2.0
// The Unix socket: whom the kernel names, what that person may do, and what happens to the file.

#include "daemon/rpc/local_listener.h"

#include <grp.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>

#include "tests/daemon/rpc/served_bench.h"

namespace firmbench::rpc {
namespace {

gid_t Gid(const char* name) {
  const group* const found = ::getgrnam(name);
  return found == nullptr ? 0 : found->gr_gid;
}

TEST(LocalCaller, HasTheRoleOfItsGroups) {
  const LocalGroups groups{.technicians = "daemon", .managers = "sys"};
  const auto role = [&](uid_t uid, std::vector<gid_t> gids) {
    return LocalCaller({.uid = uid, .groups = std::move(gids)}, groups).role;
  };
  constexpr uid_t kSomebody = 54321;
  EXPECT_EQ(role(kSomebody, {Gid("daemon")}), Role::kTechnician);
  EXPECT_EQ(role(kSomebody, {Gid("sys")}), Role::kManager);
  EXPECT_EQ(role(kSomebody, {54321, Gid("daemon"), Gid("sys")}), Role::kManager);
  EXPECT_EQ(role(kSomebody, {}), Role::kNone);
  EXPECT_EQ(role(kSomebody, {54321}), Role::kNone);
  EXPECT_EQ(role(0, {}), Role::kManager);
  EXPECT_EQ(role(::geteuid(), {}), Role::kManager);
}

TEST(LocalCaller, IsNobodyWhereTheGroupsAreMissing) {
  const LocalGroups groups{.technicians = "no-such-group", .managers = ""};
  EXPECT_EQ(LocalCaller({.uid = 54321, .groups = {0, 54321}}, groups).role, Role::kNone);
}

TEST(LocalCaller, IsNamedAsTheAccountIs) {
  EXPECT_EQ(LocalCaller({.uid = 0}, {}).principal, "root");
  EXPECT_EQ(LocalCaller({.uid = 54321}, {}).principal, "uid 54321");
  EXPECT_EQ(LocalCaller({.uid = 54321}, {}).known_by, "unix user 54321");
}

TEST(CredentialsOfPeer, AreTheKernels) {
  int ends[2];
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
  const UniqueFd one(ends[0]);
  const UniqueFd other(ends[1]);
  const auto peer = CredentialsOfPeer(one.get());
  ASSERT_TRUE(peer);
  EXPECT_EQ(peer->uid, ::geteuid());
  EXPECT_FALSE(peer->groups.empty());
  EXPECT_EQ(CredentialsOfPeer(STDIN_FILENO).error().reason(), "PEER_UNKNOWN");
}

class LocalListenerTest : public testing::Test {
 protected:
  std::string path() const { return bench_.folder.Path("s"); }
  Result<std::unique_ptr<LocalListener>> Listen() {
    return LocalListener::Start("unix:" + path(), {}, pool_);
  }
  std::string WhoAmI() {
    const auto stub = v1::AccessService::NewStub(
        grpc::CreateChannel("unix:" + path(), grpc::InsecureChannelCredentials()));
    grpc::ClientContext call;
    call.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(20));
    v1::GetCallerResponse response;
    const grpc::Status status = stub->GetCaller(&call, {}, &response);
    return status.ok() ? response.known_by() + " " + response.role() : status.error_message();
  }

  ServedBench bench_;
  ServerPool pool_{bench_.context};
};

TEST_F(LocalListenerTest, ServesWhoeverConnectsAsThemselves) {
  const auto listener = Listen();
  ASSERT_TRUE(listener);
  struct stat info {};
  ASSERT_EQ(::lstat(path().c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 07777, 0660u);
  const std::string me = "unix user " + std::to_string(::geteuid()) + " manager";
  // More, one after the other, than may be open at once: ended connections count no more.
  for (int i = 0; i < 2 * ServerPool::kMostConnections; ++i) ASSERT_EQ(WhoAmI(), me) << i;
}

TEST_F(LocalListenerTest, TakesOverOnlyADeadSocket) {
  {
    const auto listener = Listen();
    ASSERT_TRUE(listener);
    EXPECT_EQ(Listen().error().reason(), "ADDRESS_IN_USE");
  }
  EXPECT_NE(::access(path().c_str(), F_OK), 0);
  ASSERT_TRUE(Listen());
  std::ofstream(path()) << "a file";
  EXPECT_EQ(Listen().error().reason(), "ADDRESS_IN_USE");
  EXPECT_EQ(LocalListener::Start("tcp:1", {}, pool_).error().reason(), "ADDRESS_INVALID");
  EXPECT_EQ(LocalListener::Start("unix:" + std::string(200, 'x'), {}, pool_).error().reason(),
            "ADDRESS_INVALID");
  EXPECT_EQ(LocalListener::Start("unix:/no/such/folder/s", {}, pool_).error().reason(),
            "ADDRESS_FAILED");
}

}  // namespace
}  // namespace firmbench::rpc
