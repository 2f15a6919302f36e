// SPDX-License-Identifier: Apache-2.0
import type { Locator } from '@playwright/test';
import { drive, paced } from './support/scenarios';
import { expect, test } from './support/test';

const LEFT = /(\d+):(\d\d) left/;

// NaN while the card does not say it.
async function secondsLeft(card: Locator): Promise<number> {
  const [, minutes, seconds] = LEFT.exec(await card.innerText()) ?? [];
  return Number(minutes) * 60 + Number(seconds);
}

test('a running job says how fast it is, how long it still takes, and gets on', async ({ openBench, people }) => {
  // It goes on for a minute, so that nobody comes too late to see it run.
  const bench = await openBench(paced(0.2, drive(1)));
  const page = await people(bench).signIn();
  bench.startJob(['backup', 'bay 1']);
  const card = page.getByRole('article', { name: /bay 1/ });
  await expect(card).toContainText(/\d KB of \d+ KB, \d+(\.\d)? KB\/s/);
  const bar = card.getByRole('progressbar', { name: 'backup' });
  const percent = async () => Number(await bar.getAttribute('aria-valuenow'));
  let long = NaN;
  await expect.poll(async () => (long = await secondsLeft(card))).toBeGreaterThan(0);
  for (let step = 0; step < 2; step += 1) {
    const before = await percent();
    await expect.poll(percent).toBeGreaterThan(before);
  }
  expect(await percent()).toBeLessThan(100);
  await expect.poll(() => secondsLeft(card)).toBeLessThan(long);
});
