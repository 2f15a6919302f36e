// SPDX-License-Identifier: Apache-2.0
// What the dumps of several units teach of the bytes of an EEPROM.
import type { Locator } from '@playwright/test';
import type { Bench } from './support/bench';
import { drive, quick } from './support/scenarios';
import { expect, expectAccessible, test } from './support/test';

const BAYS = ['bay 1', 'bay 2', 'bay 3'];
// Where each simulated drive of this test keeps what it counts, as far as this test says.
const COUNTER = 0x2a0;
const COUNTER_BYTES = 4;

// As a drive does that is used between two visits: its counter has gone on.
function use(bench: Bench, visit: number): void {
  for (const bay of BAYS) {
    bench.editEeprom(bay, (bytes) => {
      for (let at = COUNTER; at < COUNTER + COUNTER_BYTES; at += 1) bytes[at] = ((bytes[at] ?? 0) + visit) & 0xff;
    });
  }
}

test('bytes that change with use are known after a few visits of a few units', async ({ openBench, people }) => {
  const bench = await openBench(quick(drive(1), drive(2), drive(3)));
  for (const bay of BAYS) bench.firmbench(['backup', bay]);
  for (const visit of [1, 2]) {
    await bench.kill();
    use(bench, visit);
    await bench.start();
    for (const bay of BAYS) bench.firmbench(['backup', bay, '--memory', 'eeprom']);
  }

  const page = await people(bench).signIn();
  await page.goto(`${bench.address}/units`);
  await page.getByRole('link', { name: 'U-0002' }).click();
  const card = page.locator('section').filter({ has: page.getByRole('heading', { name: 'EEPROM, byte by byte' }) });
  await expect(card.getByRole('listitem').filter({ hasText: 'change with use' }).first()).toHaveText(/^\s*4\s+change with use/);
  await expect(card.getByRole('listitem').filter({ hasText: 'constant' }).first()).not.toHaveText(/^\s*0\s+constant/);
  await expect(card).toContainText('3 units');
  await expectAccessible(page);
  // The list says the same as the picture.
  await card.getByText('The same as a list').click();
  await expect(card.getByText(`0002a0 – 0002a3  change with use`)).toBeVisible();
  // The counter is drawn as one run of four bytes, in the colour of what changes.
  const map = card.getByRole('img', { name: /^Map of the EEPROM/ });
  const drawn = map.locator('rect.changes');
  await expect(drawn).toHaveCount(1);
  const known = map.locator('rect.constant').first();
  for (const run of [drawn, known]) await expect.poll(async () => (await run.boundingBox())?.width).toBeGreaterThan(0);
  const colour = (run: Locator) => run.evaluate((shape) => getComputedStyle(shape).fill);
  await expect.poll(async () => (await colour(drawn)) === (await colour(known))).toBe(false);

  // The dump of another unit of the model shows it as well, and so does the passport.
  await page.goto(`${bench.address}/units`);
  await page.getByRole('link', { name: 'U-0003' }).click();
  await page.getByRole('link', { name: 'Unit passport' }).click();
  await expect(page.locator('rect.changes').first()).toBeVisible();
});
