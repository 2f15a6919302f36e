// SPDX-License-Identifier: Apache-2.0
// Bare chips in a drive's socket, and what people who come from MTKFLASH look for.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { PROGRAMS } from './support/bench';
import { drive, HANDS, quick } from './support/scenarios';
import { beginJob, expect, expectAccessible, expectSuccess, planConfirmStart, test } from './support/test';

test.setTimeout(300_000);

test('a bare chip is identified, read, written by the name on its case, verified and erased', async ({ openBench, people }) => {
  const bench = await openBench(quick(drive(1, { more: HANDS })));
  const file = join(bench.folder, 'bios.bin');
  execFileSync(join(PROGRAMS, 'firmbench-make-image'), ['--model', 'LTR-52327S', '--revision', 'QS0D', '--seed', '7', '-o', file]);
  const page = await people(bench).signIn();
  const chips = 'A bare chip in a drive’s socket';
  const supply = () => page.getByRole('radio', { name: '3.3 V' }).check();

  await beginJob(page, bench, /bay 1/, /^Chip identification/i, chips);
  await expect(page.getByText('Say what the supply of the board is.')).toBeVisible();
  await supply();
  await expectAccessible(page);
  await planConfirmStart(page);
  await expectSuccess(page);
  await expect(page.getByRole('region', { name: 'Steps' })).toContainText('SST39VF040, 512 KB');

  await beginJob(page, bench, /bay 1/, /^Chip programming/i, chips);
  await page.getByRole('radio', { name: '5 V', exact: true }).check();
  await page.getByLabel('What is printed on the chip, such as W29C040').fill('SST39VF040');
  await page.getByRole('radio', { name: 'a file of this device' }).check();
  await page.locator('input[type=file]').setInputFiles(file);
  await expect(page.getByRole('status').filter({ hasText: 'bios.bin, 512 KB, is kept' })).toBeVisible();
  // The wrong supply is refused before anything is touched.
  await page.getByRole('button', { name: 'Show the plan' }).click();
  await expect(page.getByText('CHIP_VOLTAGE_WRONG')).toBeVisible();
  await supply();
  await page.getByRole('button', { name: 'Show the plan' }).click();
  const plan = page.getByRole('region', { name: 'The plan' });
  await expect(plan.getByRole('listitem').filter({ hasText: /SST39VF040\s+is written/ })).toBeVisible();
  await expectAccessible(page);
  const start = page.getByRole('button', { name: 'Start' });
  await page.getByLabel(/Look at the chip’s case/).fill('S1001');
  await page.getByRole('button', { name: 'This is the chip' }).click();
  await expect(page.getByRole('alert').filter({ hasText: 'S1001' })).toContainText('is not this part');
  await expect(start).toBeDisabled();
  await page.getByLabel(/Look at the chip’s case/).fill('sst39vf040');
  await page.getByRole('button', { name: 'This is the chip' }).click();
  await start.click();
  await expectSuccess(page);

  await beginJob(page, bench, /bay 1/, /^Chip reading/i, chips);
  await supply();
  await planConfirmStart(page);
  await expectSuccess(page);

  await beginJob(page, bench, /bay 1/, /^Chip verification/i, chips);
  await supply();
  await page.getByRole('radio', { name: 'a dump of the ledger' }).check();
  await page.getByRole('radio', { name: /a bare chip/ }).first().check();
  await planConfirmStart(page);
  await expectSuccess(page);

  await beginJob(page, bench, /bay 1/, /^Chip erasure/i, chips);
  await supply();
  await page.getByLabel('What is printed on the chip, such as W29C040').fill('SST39VF040');
  await page.getByRole('button', { name: 'Show the plan' }).click();
  await page.getByLabel(/Look at the chip’s case/).fill('SST39VF040');
  await page.getByRole('button', { name: 'This is the chip' }).click();
  await start.click();
  await expectSuccess(page);
  const jobs = bench.json('job', 'list')['jobs'] ?? [];
  expect(jobs.map((job) => [job['kind'], job['unit'], job['result']])).toEqual(
    ['chip_erase', 'chip_verify', 'chip_read', 'chip_write', 'chip_identify'].map((kind) => [kind, '', 'RESULT_SUCCEEDED']),
  );
  // Only the read that the erasure made itself can still tell: every byte is FF.
  const blank = createHash('sha256').update(Buffer.alloc(512 * 1024, 0xff)).digest('hex');
  const [newest] = bench.json('dump', 'list')['dumps'] ?? [];
  expect(newest).toMatchObject({ sha256: blank, attribution: 'chip', purpose: 'readback' });
});

test('who knows MTKFLASH finds its letters', async ({ openBench, people }) => {
  const bench = await openBench(quick(drive(1)));
  const page = await people(bench).signIn();
  await page.goto(`${bench.address}/do`);
  await page.getByText('Used to MTKFLASH?').click();
  await expect(page.getByText('firmbench mtkflash')).toBeVisible();
  await expect(page.getByText('firmware flash, with a backup of both memories before it')).toBeVisible();
  await expectAccessible(page);
  await page.getByRole('link', { name: 'What its options do, and what is done instead' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'What are /FULL and /M?' })).toBeVisible();
});
