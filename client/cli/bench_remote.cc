// SPDX-License-Identifier: Apache-2.0
#include "client/cli/bench_remote.h"

#include <fmt/format.h>

#include <iostream>
#include <utility>

#include "client/cli/access.h"
#include "client/cli/bench_book.h"
#include "client/cli/bench_tls.h"
#include "daemon/base/enrollment_code.h"
#include "firmbench/v1/access_service.grpc.pb.h"

namespace firmbench::cli {
namespace {

BenchBook Book() { return BenchBook(BenchBookFolder()); }

// "front-desk.lan:7443" is called "front-desk".
std::string NameFrom(const std::string& address) {
  std::string name;
  for (const char letter : address.substr(0, address.find_first_of(".:"))) {
    name += letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
  }
  return CheckBenchName(name) ? name : "bench";
}

Result<EnrollmentCode> AskForCode(Console& console, std::string text) {
  if (text.empty()) {
    console.Err("the code that `firmbench bench invite` printed: ");
    std::getline(std::cin, text);
  }
  return EnrollmentCode::Parse(text);
}

Result<v1::EnrollResponse> Enroll(const std::string& address, const SeenBench& seen,
                                  const EnrollmentCode& code, const ClientKey& key) {
  grpc::SslCredentialsOptions tls;
  tls.pem_root_certs = seen.authority_pem;
  grpc::ChannelArguments arguments;
  arguments.SetSslTargetNameOverride(seen.server_name);
  const auto channel =
      grpc::CreateCustomChannel("dns:///" + address, grpc::SslCredentials(tls), arguments);
  const auto stub = v1::EnrollmentService::NewStub(channel);
  v1::EnrollRequest request;
  request.set_code(code.Text());
  request.set_certificate_request_pem(key.request_pem);
  return Call(*stub, &v1::EnrollmentService::Stub::Enroll, request);
}

}  // namespace

Ending RunBenchInvite(Context& context, const BenchInviteOptions& options) {
  constexpr int64_t kMinute = 60;
  v1::InviteRequest request;
  request.set_principal(options.principal);
  request.set_role(options.role);
  request.mutable_lifetime_duration()->set_seconds(options.minutes * kMinute);
  ASSIGN_OR_RETURN(const v1::InviteResponse made,
                   Call(context.client.access(), &v1::AccessService::Stub::Invite, request));
  context.console.Err(fmt::format(
      "good once, until {}. On the other computer:\n  firmbench bench enroll {}\nand there the "
      "code:\n",
      render::Time(made.credential().expire_time()), render::Clean(made.address())));
  context.Print(made, [&] { return render::Clean(made.code()) + "\n"; });
  return ExitCode::kOk;
}

Ending RunBenchPrincipals(Context& context, const BenchPrincipalsOptions& options) {
  v1::ListCredentialsRequest request;
  request.set_show_ended(options.all);
  ASSIGN_OR_RETURN(
      const v1::ListCredentialsResponse list,
      Call(context.client.access(), &v1::AccessService::Stub::ListCredentials, request));
  context.Print(list, [&] { return CredentialTable(list); });
  return ExitCode::kOk;
}

Ending RunBenchRevoke(Context& context, const BenchRevokeOptions& options) {
  v1::RevokePrincipalRequest request;
  request.set_principal(options.principal);
  request.set_reason(options.reason);
  ASSIGN_OR_RETURN(
      const v1::RevokePrincipalResponse ended,
      Call(context.client.access(), &v1::AccessService::Stub::RevokePrincipal, request));
  context.Print(ended, [&] {
    return fmt::format("{} may not come in any more: {} credentials ended\n", options.principal,
                       ended.credentials_size());
  });
  return ExitCode::kOk;
}

Ending RunBenchEnroll(Console& console, const BenchEnrollOptions& options) {
  const BenchBook book = Book();
  SavedBench bench;
  bench.address = options.address;
  bench.name = options.name.empty() ? NameFrom(options.address) : options.name;
  RETURN_IF_ERROR(CheckBenchName(bench.name));
  if (!options.force && book.Find(bench.name)) {
    return InvalidArgument(kReasonUsage, "there is a bench '" + bench.name + "' already")
        .WithRemedy("say another --name, or --force to replace it");
  }
  ASSIGN_OR_RETURN(const EnrollmentCode code, AskForCode(console, options.code));
  // Until here nothing was sent, and until the bench is known for the right one nothing will be.
  ASSIGN_OR_RETURN(const SeenBench seen, LookAtBench(options.address, code.key, RealClock()));
  ASSIGN_OR_RETURN(const ClientKey key, MakeClientKey());
  ASSIGN_OR_RETURN(const v1::EnrollResponse enrolled, Enroll(options.address, seen, code, key));
  bench.server_name = seen.server_name;
  bench.authority_pem = seen.authority_pem;
  bench.bench = render::Clean(enrolled.bench());
  bench.principal = render::Clean(enrolled.principal());
  bench.role = render::Clean(enrolled.role());
  bench.expires_us = enrolled.expire_time().seconds() * 1'000'000;
  bench.certificate_pem = enrolled.certificate_pem();
  bench.key_pem = key.key_pem;
  const bool first = book.List().empty();
  RETURN_IF_ERROR(book.Save(bench));
  if (first) RETURN_IF_ERROR(book.Use(bench.name));
  console.Out(
      fmt::format("enrolled at {0} as {1}, {2}, until {3}\n  firmbench --bench {0} drive "
                  "list\n",
                  bench.name, bench.principal, bench.role, render::Time(enrolled.expire_time())));
  return ExitCode::kOk;
}

Ending RunBenchList(Console& console) {
  const BenchBook book = Book();
  const std::string used = book.Default();
  render::Table table({"NAME", "ADDRESS", "PRINCIPAL", "ROLE", "UNTIL", "USED"});
  for (const SavedBench& bench : book.List()) {
    table.Add({bench.name, bench.address, bench.principal, bench.role,
               FormatRfc3339(bench.expires_us), bench.name == used ? "yes" : "no"});
  }
  console.Out(table.Render());
  return ExitCode::kOk;
}

Ending RunBenchUse(Console& console, const BenchNameOptions& options) {
  RETURN_IF_ERROR(Book().Use(options.name));
  console.Out("commands without --bench go to " + options.name + " now\n");
  return ExitCode::kOk;
}

Ending RunBenchRemove(Console& console, const BenchNameOptions& options) {
  RETURN_IF_ERROR(Book().Remove(options.name));
  console.Out(options.name +
              " is forgotten here; its key is deleted. A manager there can also revoke it: "
              "`firmbench bench revoke`\n");
  return ExitCode::kOk;
}

}  // namespace firmbench::cli
