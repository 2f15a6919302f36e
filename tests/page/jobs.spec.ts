// SPDX-License-Identifier: Apache-2.0
import { drive, quick } from './support/scenarios';
import { expect, expectAccessible, planConfirmStart, test } from './support/test';

test('a backup makes a unit of a drive and its EEPROM safe', async ({ openBench, people }) => {
  const bench = await openBench(quick(drive(1)));
  const page = await people(bench).signIn();
  const card = page.getByRole('article', { name: /bay 1/ });
  await expect(card).toContainText('no backup yet');
  await card.getByRole('link', { name: 'Do a job' }).click();
  await page.getByRole('radio', { name: /^Backup/i }).check();
  await planConfirmStart(page);
  await expect(page.getByRole('status')).toContainText('succeeded');
  await page.getByRole('link', { name: 'Bench', exact: true }).click();
  await expect(card).toContainText('backed up');
  await expect(card).toContainText('U-0001');
});

test('a flash shows its plan, wants the right label, and ends in the ledger like any other', async ({ openBench, people }) => {
  const bench = await openBench(quick(drive(1)));
  const image = bench.addImage('LTR-52327S', 'QS0D');
  const page = await people(bench).signIn();
  await page.goto(`${bench.address}/do?action=flash`);
  await page.getByRole('checkbox', { name: /bay 1/ }).check();
  await page.getByRole('radio', { name: /QS0D/ }).check();
  await page.getByRole('button', { name: 'Show the plan' }).click();

  const plan = page.getByRole('region', { name: 'The plan' });
  await expect(plan.getByRole('listitem').filter({ hasText: /firmware\s+is written/ })).toBeVisible();
  await expect(plan.getByRole('listitem').filter({ hasText: /is not written.*irreplaceable/ })).toBeVisible();
  await expect(plan).toContainText('What undoes it:');
  await expectAccessible(page);
  expect(bench.json('job', 'list')['jobs']).toEqual([]);

  const start = page.getByRole('button', { name: 'Start' });
  await expect(start).toBeDisabled();
  await page.getByLabel(/Scan or type what is on the drive/).fill('S9999');
  await page.getByRole('button', { name: 'This is the drive' }).click();
  await expect(page.getByRole('alert').filter({ hasText: 'S9999' })).toContainText('nothing was done');
  await expect(start).toBeDisabled();
  await page.getByLabel(/Scan or type what is on the drive/).fill('s1001');
  await page.getByRole('button', { name: 'This is the drive' }).click();
  await start.click();

  await expect(page.getByRole('status')).toContainText('succeeded');
  await expect(page.getByRole('status')).toContainText('changed, read back and equal to the plan');
  await expect(page.getByRole('status')).toContainText('every byte is the same as before');
  await expectAccessible(page);
  // Each step in words, a hash by its beginning; a press copies the whole.
  const steps = page.getByRole('region', { name: 'Steps' }).getByRole('listitem');
  await expect(steps.filter({ hasText: 'check EEPROM' })).toContainText('every byte is the same as before');
  await expect(steps.filter({ hasText: /\bEQUAL\b/ })).toHaveCount(0);
  const hash = steps.filter({ hasText: 'read back firmware' }).getByRole('button', { name: /^SHA-256/ });
  const whole = (await hash.getAttribute('title')) ?? '';
  expect(whole).toMatch(/^[0-9a-f]{64}$/);
  await expect(hash).toHaveText(`${whole.slice(0, 12)}…`);
  await hash.click();
  await expect(steps.getByText('Copied')).toBeVisible();
  await page.getByRole('searchbox', { name: 'Search' }).click();
  await page.keyboard.press('Control+V');
  await expect(page.getByRole('searchbox', { name: 'Search' })).toHaveValue(whole);
  const [job] = bench.json('job', 'list')['jobs'] ?? [];
  expect(job).toMatchObject({ kind: 'flash', image, result: 'RESULT_SUCCEEDED', outcome: 'OUTCOME_CHANGED_VERIFIED' });
  await page.getByRole('link', { name: 'Jobs', exact: true }).click();
  await expect(page.getByRole('row', { name: /firmware flash/i })).toContainText('succeeded');
  await page.getByRole('link', { name: 'Bench', exact: true }).click();
  await expect(page.getByRole('article', { name: /bay 1/ })).toContainText('QS0D');
});

test('several drives get a job each, with its own result', async ({ openBench, people }) => {
  const bench = await openBench(quick(drive(1), drive(2), drive(3, { model: 'LTR-48246S' })));
  bench.addImage('LTR-52327S', 'QS0D');
  const page = await people(bench).signIn();
  for (const bay of ['bay 1', 'bay 2', 'bay 3']) {
    await page.getByRole('article', { name: bay }).getByRole('checkbox').check();
  }
  await page.getByRole('link', { name: 'Do a job on them' }).click();
  await page.getByRole('radio', { name: /^Firmware flash/i }).check();
  await page.getByRole('radio', { name: /QS0D/ }).check();
  await page.getByRole('button', { name: 'Show the plan' }).click();
  // The file is not for the third one: it is left out, with the reason.
  await expect(page.getByText('IMAGE_MODEL_MISMATCH').first()).toBeVisible();
  // The plans come one after the other.
  await expect(page.getByText('Scan or type what is on the drive: S1001, S1002')).toBeVisible();
  for (const label of ['S1002', 'S1001']) {
    await page.getByLabel(/Scan or type what is on the drive/).fill(label);
    await page.getByRole('button', { name: 'This is the drive' }).click();
  }
  await page.getByRole('button', { name: 'Start 2 jobs' }).click();
  await expect(page.getByRole('status').filter({ hasText: 'succeeded' })).toHaveCount(2);
  expect(bench.json('job', 'list')['jobs']).toHaveLength(2);
});
