// SPDX-License-Identifier: Apache-2.0
import { scan } from './support/scanner';
import { drive, POWER_CUT_AND_HAND, quick } from './support/scenarios';
import { expect, expectAccessible, planConfirmStart, test } from './support/test';

test('a cut write is the first thing shown, and the drive is brought back', async ({ openBench, people }) => {
  const bench = await openBench(quick(drive(1, { more: POWER_CUT_AND_HAND })));
  bench.addImage('LTR-52327S', 'QS0D');
  const page = await people(bench).signIn();
  await page.goto(`${bench.address}/do?action=flash`);
  await page.getByRole('checkbox', { name: /bay 1/ }).check();
  await page.getByRole('radio', { name: /QS0D/ }).check();
  await planConfirmStart(page, 'S1001');
  await expect(page.getByRole('status')).toContainText('failed');
  await expect(page.getByRole('status')).toContainText('What happened');
  await expectAccessible(page);

  await page.goto(bench.address);
  await expect(page.getByText(/The write to bay 1 .* was cut/)).toBeVisible();
  await page.getByRole('link', { name: 'Bring it back' }).first().click();
  await page.getByRole('button', { name: 'To what it held before' }).click();
  const start = page.getByRole('button', { name: 'Bring it back now' });
  await expect(start).toBeDisabled();
  // As a scanner types it: wherever the focus is, it goes to the confirmation.
  await page.getByRole('button', { name: 'On to what the job wanted' }).focus();
  await scan(page, 'S1001');
  await expect(start).toBeEnabled();
  await start.click();
  await expect(page.getByRole('heading', { name: /^recovery/i })).toBeVisible();
  await expect(page.getByRole('status')).toContainText('succeeded');
  await page.getByRole('link', { name: 'Bench', exact: true }).click();
  await expect(page.getByText(/was cut/)).toHaveCount(0);
  await expect(page.getByRole('article', { name: /bay 1/ })).toContainText('QS0C');
});
