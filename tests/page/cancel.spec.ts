// SPDX-License-Identifier: Apache-2.0
// Until when a job can be cancelled: its first write decides, not how far it is.
import { drive, paced } from './support/scenarios';
import { beginJob, expect, planConfirmStart, test } from './support/test';

test('a job that only reads is cancelled while it compares', async ({ openBench, people }) => {
  const bench = await openBench(paced(0.5, drive(1)));
  bench.addImage('LTR-52327S', 'QS0D');
  const page = await people(bench).signIn();
  await beginJob(page, bench, /bay 1/, /^Verification/i);
  await page.getByRole('radio', { name: /QS0D/ }).check();
  await planConfirmStart(page);
  await expect.poll(() => bench.json('job', 'list')['jobs']?.[0]?.['state']).toBe('STATE_READBACK');
  await expect(page.getByText(/^\d+ %$/)).toBeVisible();
  await expect(page.getByText(/The write has begun/)).toHaveCount(0);
  await page.getByRole('button', { name: 'Cancel this job' }).click();
  await expect(page.getByRole('status')).toContainText('cancelled');
  expect(bench.json('job', 'list')['jobs']).toMatchObject([{ kind: 'verify', result: 'RESULT_CANCELLED' }]);
});

test('a job whose write has begun cannot be cancelled, and says so', async ({ openBench, people }) => {
  const bench = await openBench(paced(20, drive(1)));
  bench.addImage('LTR-52327S', 'QS0D');
  const page = await people(bench).signIn();
  await beginJob(page, bench, /bay 1/, /^Firmware flash/i);
  await page.getByRole('radio', { name: /QS0D/ }).check();
  await planConfirmStart(page, 'S1001');
  await expect(page.getByRole('button', { name: 'Cancel this job' })).toBeVisible();
  await expect(page.getByText('The write has begun: it cannot be cancelled any more. Leave the drive powered.')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Cancel this job' })).toHaveCount(0);
  await expect(page.getByRole('status')).toContainText('succeeded');
});
