// SPDX-License-Identifier: Apache-2.0
import { drive, quick } from './support/scenarios';
import { expect, test } from './support/test';

// As many as the page has by itself.
const LOADED = 100;

test('older jobs than those that are loaded are shown when they are asked for', async ({ openBench, people }) => {
  const bench = await openBench(quick(drive(1)));
  bench.firmbench(['backup', 'bay 1', '--memory', 'eeprom']);
  for (let done = 0; done < LOADED; done += 1) bench.firmbench(['probe', 'bay 1']);
  const page = await people(bench).signIn();
  await page.goto(`${bench.address}/jobs`);
  const jobs = page.getByRole('main').locator('a[href^="/jobs/"]');
  await expect(jobs).toHaveCount(LOADED);
  await expect(jobs.filter({ hasText: 'backup' })).toHaveCount(0);
  await page.getByRole('button', { name: 'Show more' }).click();
  await expect(jobs).toHaveCount(LOADED + 1);
  await expect(jobs.last()).toContainText('backup');
  await expect(page.getByRole('button', { name: 'Show more' })).toHaveCount(0);
});
