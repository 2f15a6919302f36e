# SPDX-License-Identifier: Apache-2.0
"""What the polkit rule lets whom do: the rule itself, in a JavaScript engine, as polkitd asks it."""

import json
import os
import unittest

import bench

RULE = os.path.join(bench.SOURCE, "deploy", "polkit", "firmbench.rules")
LOGIND = "org.freedesktop.login1."
# What daemon/inhibitors asks for.
LOCKS = {LOGIND + lock for lock in ("inhibit-block-shutdown", "inhibit-block-sleep",
                                    "inhibit-handle-lid-switch", "inhibit-handle-power-key")}
OTHERS = {LOGIND + "inhibit-block-idle", LOGIND + "inhibit-delay-shutdown", LOGIND + "power-off",
          LOGIND + "power-off-ignore-inhibit", "org.freedesktop.systemd1.manage-units", ""}
# Of polkit(8), "AUTHORIZATION RULES": rules are functions of an action and a subject.
ASK = """
const rules = [], cases = JSON.parse(process.argv[1]);
const polkit = {Result: {NO: "no", YES: "yes", NOT_HANDLED: "not handled"},
                addRule: (rule) => rules.push(rule)};
new Function("polkit", require("fs").readFileSync(process.argv[2], "utf8"))(polkit);
console.log(JSON.stringify(cases.map(([user, id]) => rules.map((rule) => rule({id}, {user})))));
"""


class PolkitRule(unittest.TestCase):
    def answers(self, user):
        actions = sorted(LOCKS | OTHERS)
        done = bench.run("node", "-e", ASK, json.dumps([[user, action] for action in actions]), RULE)
        self.assertEqual(done.status, 0, str(done))
        return dict(zip(actions, (answers[0] for answers in done.json)))

    def test_the_daemon_may_take_its_locks_and_nothing_else(self):
        self.assertEqual(self.answers("firmbench"),
                         {**{a: "yes" for a in LOCKS}, **{a: "not handled" for a in OTHERS}})

    def test_nobody_else_gains_anything(self):
        for user in ("root", "ann", "firmbench2", ""):
            self.assertEqual(set(self.answers(user).values()), {"not handled"}, user)


if __name__ == "__main__":
    unittest.main()
