// SPDX-License-Identifier: Apache-2.0
// Tab goes through every screen as people read it.
import { Keyboard } from './support/keyboard';
import { drive, quick } from './support/scenarios';
import { screensOf } from './support/screens';
import { test } from './support/test';

for (const width of [800, 1440]) {
  test(`the focus goes as people read, ${width} wide`, async ({ openBench, people }) => {
    const bench = await openBench(quick(drive(1), drive(2), drive(3, { model: 'LTR-48246S' })));
    bench.addImage('LTR-52327S', 'QS0D');
    bench.firmbench(['backup', 'bay 1']);
    const page = await people(bench).signIn('root', '', { viewport: { width, height: 900 } });
    const keys = new Keyboard(page);
    for (const screen of screensOf(bench)) {
      await keys.expectReadingOrder(`${bench.address}/${screen}`);
    }
  });
}
