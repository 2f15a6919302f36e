// SPDX-License-Identifier: Apache-2.0
// Every RPC there is, as every role: what the table says is what happens, and what is refused has
// not run. Prints the table.

#include <gtest/gtest.h>

#include <cstdio>
#include <map>
#include <set>

#include "tests/daemon/rpc/every_method.h"
#include "tests/daemon/rpc/served_bench.h"

namespace firmbench::rpc {
namespace {

TEST(RoleTable, HasOneRowForEveryRpc) {
  std::set<std::string> rows;
  for (const Rule& rule : Rules()) {
    EXPECT_TRUE(rows.insert(std::string(rule.method)).second) << rule.method << " is there twice";
    // One thing alone can be done without credentials.
    if (rule.method == "Enroll") {
      EXPECT_EQ(rule.lowest, Role::kNone);
      continue;
    }
    EXPECT_TRUE(rule.lowest == Role::kViewer || rule.lowest == Role::kTechnician ||
                rule.lowest == Role::kManager);
  }
  const auto methods = EveryMethod();
  EXPECT_GT(methods.size(), 50u);
  for (const MethodDescriptor* method : methods) {
    const Rule* const rule = RuleOfRequest(method->input_type()->full_name());
    ASSERT_NE(rule, nullptr) << method->full_name() << " has no row in daemon/rpc/roles.cc";
    EXPECT_EQ(rule->method, method->name());
    EXPECT_EQ(rule->service, method->service()->name());
    rows.erase(std::string(rule->method));
  }
  EXPECT_TRUE(rows.empty()) << *rows.begin() << " is no RPC";
}

TEST(RoleTable, IsWhatHappens) {
  ServedBench bench;
  constexpr Role kRoles[] = {Role::kNone, Role::kViewer, Role::kTechnician, Role::kManager,
                             Role::kAuditor};
  std::map<Role, std::shared_ptr<grpc::Channel>> ways;
  for (const Role role : kRoles) ways[role] = bench.As("ann", role);
  std::printf("%-36s", "RPC");
  for (const Role role : kRoles) std::printf(" %-11s", std::string(ToString(role)).c_str());
  std::printf("\n");
  for (const MethodDescriptor* method : EveryMethod()) {
    const Rule& rule = *RuleOfRequest(method->input_type()->full_name());
    const std::string row = std::string(rule.service) + "." + method->name();
    std::printf("%-36s", row.c_str());
    // On a server of its own, with nothing else: the listener's test has it.
    if (rule.lowest == Role::kNone) {
      std::printf(" whoever has the code of an invitation\n");
      continue;
    }
    for (const Role role : kRoles) {
      const Access::Count before = bench.access.Counts()[method->name()];
      const grpc::Status status = CallEmpty(ways[role], *method);
      const Access::Count after = bench.access.Counts()[method->name()];
      const bool allowed = Allows(rule, role);
      EXPECT_EQ(after.let_through - before.let_through, allowed ? 1 : 0) << row;
      EXPECT_EQ(after.refused - before.refused, allowed ? 0 : 1) << row;
      if (allowed) {
        EXPECT_NE(ReasonIn(status), "ROLE_REQUIRED") << row << " as " << ToString(role);
      } else {
        EXPECT_EQ(status.error_code(), grpc::StatusCode::PERMISSION_DENIED) << row;
        EXPECT_EQ(ReasonIn(status), "ROLE_REQUIRED") << row << " as " << ToString(role);
      }
      std::printf(" %-11s", allowed ? "yes" : "-");
    }
    std::printf("\n");
  }
}

TEST(RoleTable, LaddersAreWhatTheySay) {
  EXPECT_TRUE(IsWithin(Role::kViewer, Role::kTechnician));
  EXPECT_TRUE(IsWithin(Role::kTechnician, Role::kManager));
  EXPECT_TRUE(IsWithin(Role::kViewer, Role::kAuditor));
  EXPECT_FALSE(IsWithin(Role::kTechnician, Role::kAuditor));
  EXPECT_FALSE(IsWithin(Role::kManager, Role::kTechnician));
  // Whoever looks at everything changes nothing: a token of one's own is no change of the bench.
  for (const Rule& rule : Rules()) {
    EXPECT_TRUE(!rule.auditor || rule.lowest != Role::kManager) << rule.method;
  }
  EXPECT_EQ(RuleOfRequest("firmbench.v1.NoSuchRequest"), nullptr);
  EXPECT_EQ(RuleOfRequest("other.v1.ListDrivesRequest"), nullptr);
}

}  // namespace
}  // namespace firmbench::rpc
