// SPDX-License-Identifier: Apache-2.0
// Every screen, for every role. The rule that a console without errors belongs to a passing test is in what
// `people` brings.
import { drive, quick } from './support/scenarios';
import { screensOf } from './support/screens';
import { expect, expectLoaded, test } from './support/test';

for (const role of ['viewer', 'technician', 'manager', 'auditor']) {
  test(`every screen opens without an error for a ${role} with a token`, async ({ openBench, people }) => {
    const bench = await openBench(quick(drive(1)));
    bench.addImage('LTR-52327S', 'QS0D');
    bench.firmbench(['backup', 'bay 1']);
    const page = await people(bench).signInAs(role);
    for (const screen of screensOf(bench)) {
      await page.goto(`${bench.address}/${screen}`);
      await expectLoaded(page);
      await expect(page.getByRole('alert').filter({ hasText: /[A-Z]+_[A-Z]+/ })).toHaveCount(0);
    }
  });
}
