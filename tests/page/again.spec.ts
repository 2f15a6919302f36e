// SPDX-License-Identifier: Apache-2.0
// Plans that hold no more, or not yet: what became of each drive's job, and the way to another plan.
import { drive, quick } from './support/scenarios';
import { expect, expectAccessible, test } from './support/test';

test('a drive that changed since its plan was made is planned again; the other job is under way', async ({ openBench, people }) => {
  const bench = await openBench(quick(drive(1), drive(2)));
  bench.addImage('LTR-52327S', 'QS0D');
  const page = await people(bench).signIn();
  for (const bay of ['bay 1', 'bay 2']) await page.getByRole('article', { name: bay }).getByRole('checkbox').check();
  await page.getByRole('link', { name: 'Do a job on them' }).click();
  await page.getByRole('radio', { name: /^Backup/i }).check();
  await page.getByRole('button', { name: 'Show the plan' }).click();
  await expect(page.getByRole('button', { name: 'Start 2 jobs' })).toBeEnabled();
  bench.firmbench(['flash', 'bay 2', `${bench.folder}/QS0D.bin`, '--yes']);
  await page.getByRole('button', { name: 'Start 2 jobs' }).click();

  const plans = page.getByRole('region', { name: 'The plan' });
  await expect(plans.getByRole('alert').filter({ hasText: 'ETAG_STALE' })).toContainText('What to do: plan again');
  const link = plans.getByRole('link', { name: 'Begun: look at its job' });
  await expect(link).toHaveAttribute('href', /^\/jobs\/\w+$/);
  await expect(page.getByRole('button', { name: /^Start/ })).toHaveCount(0);
  await expectAccessible(page);
  await plans.getByRole('button', { name: 'Plan again' }).click();
  await page.getByRole('button', { name: 'Start', exact: true }).click();
  await page.waitForURL(/\/jobs\/\w+,\w+$/);
  await expect(page.getByRole('status').filter({ hasText: 'succeeded' })).toHaveCount(2);
  expect(bench.json('job', 'list')['jobs']).toHaveLength(3);
});

test('what the plan forbids is planned again when it was mended', async ({ openBench, people }) => {
  const bench = await openBench(quick(drive(1)));
  const image = bench.addImage('LTR-52327S', 'QS0D');
  const page = await people(bench).signIn();
  await page.goto(`${bench.address}/do?action=flash`);
  await page.getByRole('checkbox', { name: /bay 1/ }).check();
  await page.getByRole('radio', { name: /QS0D/ }).check();
  bench.firmbench(['image', 'known-bad', image, '--reason', 'not this one']);
  await page.getByRole('button', { name: 'Show the plan' }).click();
  await expect(page.getByText('IMAGE_KNOWN_BAD').first()).toBeVisible();
  bench.firmbench(['image', 'known-bad', image, '--clear', '--reason', 'it was another one']);
  await page.getByRole('button', { name: 'Plan again' }).click();
  await expect(page.getByLabel(/Scan or type what is on the drive/)).toBeVisible();
  await expect(page.getByText('IMAGE_KNOWN_BAD')).toHaveCount(0);
});
