// SPDX-License-Identifier: Apache-2.0
#include "client/cli/parser_access.h"

#include <memory>
#include <string>

#include "client/cli/access.h"
#include "client/cli/bench_remote.h"
#include "client/cli/parser_verb.h"
#include "client/cli/web.h"

namespace firmbench::cli {

void AddAccess(CLI::App& app, Invocation& invocation) {
  Verb(app, invocation, "whoami", "Whom the bench takes you for, and what you may do",
       "  firmbench whoami\n", RunWhoami, kSeveral);

  CLI::App* token = app.add_subcommand("token", "Personal tokens, with which scripts work for you");
  token->require_subcommand(1);
  token->fallthrough();

  const auto create = std::make_shared<TokenCreateOptions>();
  CLI::App& create_verb =
      Described(*token, "create", "Makes a token and prints it, this once",
                "  firmbench token create --note \"nightly backups\" --role technician > token\n"
                "  FIRMBENCH_TOKEN=$(cat token) firmbench backup --all\n");
  constexpr int kMostDays = 366;
  create_verb
      .add_option("--role", create->role,
                  "What it allows: viewer, technician, manager or auditor; not more than you may")
      ->check(CLI::IsMember({"viewer", "technician", "manager", "auditor"}))
      ->capture_default_str();
  create_verb.add_option("--note", create->note, "What it is for");
  create_verb.add_option("--days", create->days, "How long it is good")
      ->check(CLI::Range(1, kMostDays))
      ->capture_default_str();
  Runs(create_verb, invocation, create, RunTokenCreate);

  const auto list = std::make_shared<TokenListOptions>();
  CLI::App& list_verb =
      Described(*token, "list", "Your tokens; managers and auditors see everybody's",
                "  firmbench token list\n  firmbench token list --principal ann --all\n");
  list_verb.add_option("--principal", list->principal, "Only of this person");
  list_verb.add_flag("--all", list->all, "Also those that were revoked or have expired");
  Runs(list_verb, invocation, list, RunTokenList, kSeveral);

  const auto revoke = std::make_shared<TokenRevokeOptions>();
  CLI::App& revoke_verb = Described(
      *token, "revoke", "Ends a token at once, what runs with it included: yours, a manager any",
      "  firmbench token revoke 01jd9rd3q5e8n2x4z7w0k6m1hb\n");
  revoke_verb.add_option("TOKEN", revoke->token, "Its name in `token list`")->required();
  Runs(revoke_verb, invocation, revoke, RunTokenRevoke);

  CLI::App* web = app.add_subcommand("web", "The bench's page in a browser");
  web->require_subcommand(1);
  web->fallthrough();
  Described(*web, "login", "Prints a link that opens the page as you, once, within five minutes",
            "  firmbench web login\n"
            "  xdg-open \"$(firmbench web login -o json | jq -r .url)\"\n")
      .callback([&invocation] { invocation.run = RunWebLogin; });
}

void AddRemoteBenches(CLI::App& bench, Invocation& invocation) {
  const auto alone = [&invocation](CLI::App& verb, auto options, auto run) {
    verb.callback([&invocation, options, run] {
      invocation.run_alone = [options, run](Console& console) { return run(console, *options); };
    });
  };
  const auto invite = std::make_shared<BenchInviteOptions>();
  CLI::App& invite_verb =
      Described(bench, "invite", "Makes a code with which one person enrols one computer",
                "  firmbench bench invite --name alice --role technician\n");
  invite_verb.add_option("--name", invite->principal, "How jobs and the audit log name the person")
      ->required();
  invite_verb.add_option("--role", invite->role, "viewer, technician, manager or auditor")
      ->check(CLI::IsMember({"viewer", "technician", "manager", "auditor"}))
      ->required();
  constexpr int kDayMinutes = 24 * 60;
  invite_verb.add_option("--minutes", invite->minutes, "How long the code can be used")
      ->check(CLI::Range(1, kDayMinutes))
      ->capture_default_str();
  Runs(invite_verb, invocation, invite, RunBenchInvite);

  const auto enroll = std::make_shared<BenchEnrollOptions>();
  CLI::App& enroll_verb = Described(
      bench, "enroll", "Lets this computer use a bench elsewhere, with a code that was made there",
      "  firmbench bench enroll front-desk.lan:7443\n"
      "  firmbench bench enroll 192.0.2.7:7443 --name shop < code\n");
  enroll_verb.add_option("ADDRESS", enroll->address, "HOST:PORT")->required();
  enroll_verb.add_option("--name", enroll->name, "How the bench is called here; else as its host");
  enroll_verb.add_flag("--force", enroll->force, "Replace a bench of the same name");
  alone(enroll_verb, enroll, RunBenchEnroll);

  Described(bench, "list", "The benches that this computer has enrolled at",
            "  firmbench bench list\n")
      .callback([&invocation] { invocation.run_alone = RunBenchList; });
  const auto use = std::make_shared<BenchNameOptions>();
  CLI::App& use_verb = Described(bench, "use", "The bench that commands without --bench go to",
                                 "  firmbench bench use front-desk\n");
  use_verb.add_option("NAME", use->name, "As in `bench list`")->required();
  alone(use_verb, use, RunBenchUse);
  const auto remove = std::make_shared<BenchNameOptions>();
  CLI::App& remove_verb = Described(bench, "remove", "Forgets a bench and deletes the key for it",
                                    "  firmbench bench remove front-desk\n");
  remove_verb.add_option("NAME", remove->name, "As in `bench list`")->required();
  alone(remove_verb, remove, RunBenchRemove);

  const auto principals = std::make_shared<BenchPrincipalsOptions>();
  CLI::App& principals_verb =
      Described(bench, "principals", "Who may come in from elsewhere, and with what",
                "  firmbench bench principals\n");
  principals_verb.add_flag("--all", principals->all, "Also what was revoked, used or has expired");
  Runs(principals_verb, invocation, principals, RunBenchPrincipals, kSeveral);
  const auto revoke = std::make_shared<BenchRevokeOptions>();
  CLI::App& revoke_verb =
      Described(bench, "revoke", "Ends all certificates and tokens of a person at once",
                "  firmbench bench revoke alice --reason \"left the shop\"\n");
  revoke_verb.add_option("NAME", revoke->principal, "As in `bench principals`")->required();
  revoke_verb.add_option("--reason", revoke->reason, "Why; kept for ever")->required();
  Runs(revoke_verb, invocation, revoke, RunBenchRevoke);
}

}  // namespace firmbench::cli
