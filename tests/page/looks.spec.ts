// SPDX-License-Identifier: Apache-2.0
// Every screen in light and dark, on a tablet and on a desk: nothing serious for axe-core, nothing beside
// the edge. The pictures stay beside the results of the test, for people to look at.
import { join } from 'node:path';
import { drive, quick } from './support/scenarios';
import { screensOf } from './support/screens';
import { expect, expectAccessible, expectLoaded, expectNothingBesideTheEdge, test } from './support/test';

const WIDTHS = [800, 1440];
const HEIGHT = 1280;
const COLOURS = ['light', 'dark'] as const;

for (const width of WIDTHS) {
  test(`every screen looks well in light and dark, ${width} wide`, async ({ openBench, people }) => {
    const bench = await openBench(quick(drive(1), drive(2, { more: 'connection = "scsi"' })));
    bench.addImage('LTR-52327S', 'QS0D');
    bench.firmbench(['backup', 'bay 1']);
    const page = await people(bench).signIn('root', '', { viewport: { width, height: HEIGHT } });
    const folder = join(test.info().project.outputDir, 'looks');
    const grounds = new Set<string>();
    for (const screen of [...screensOf(bench), 'help/outcomes']) {
      await page.goto(`${bench.address}/${screen}`);
      await expectLoaded(page);
      for (const colorScheme of COLOURS) {
        await page.emulateMedia({ colorScheme });
        const name = `${screen.split(/\W/)[0] || 'wall'}${screen.includes('/') ? '-one' : ''}-${colorScheme}-${width}`;
        await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true });
        await expectAccessible(page);
        await expectNothingBesideTheEdge(page);
        grounds.add(await page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor));
      }
    }
    expect(grounds.size).toBe(COLOURS.length);
  });
}
