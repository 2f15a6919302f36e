// SPDX-License-Identifier: Apache-2.0
#include "client/cli/parser_access.h"

#include <memory>
#include <string>

#include "client/cli/access.h"

namespace firmbench::cli {
namespace {

CLI::App& Described(CLI::App& parent, const std::string& name, const std::string& text,
                    const std::string& examples) {
  CLI::App* verb = parent.add_subcommand(name, text);
  verb->fallthrough();
  verb->footer("Examples:\n" + examples);
  return *verb;
}

// `options` is kept for as long as the parser lives, and copied when the command is chosen.
template <typename Options>
void Runs(CLI::App& verb, Invocation& invocation, const std::shared_ptr<Options>& options,
          Ending (*run)(Context&, const Options&)) {
  verb.callback([&invocation, options, run] {
    invocation.run = [options, run](Context& context) { return run(context, *options); };
  });
}

}  // namespace

void AddAccess(CLI::App& app, Invocation& invocation) {
  Described(app, "whoami", "Whom the bench takes you for, and what you may do",
            "  firmbench whoami\n")
      .callback([&invocation] { invocation.run = RunWhoami; });

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
  Runs(list_verb, invocation, list, RunTokenList);

  const auto revoke = std::make_shared<TokenRevokeOptions>();
  CLI::App& revoke_verb = Described(
      *token, "revoke", "Ends a token at once, what runs with it included: yours, a manager any",
      "  firmbench token revoke 01jd9rd3q5e8n2x4z7w0k6m1hb\n");
  revoke_verb.add_option("TOKEN", revoke->token, "Its name in `token list`")->required();
  Runs(revoke_verb, invocation, revoke, RunTokenRevoke);
}

}  // namespace firmbench::cli
