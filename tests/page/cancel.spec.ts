// SPDX-License-Identifier: Apache-2.0
// Until when a job can be cancelled: its first write decides, not how far it is.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { microcode } from './support/microcode';
import { drive, paced, quick, TWO_PEOPLE } from './support/scenarios';
import { beginJob, expect, planConfirmStart, test } from './support/test';

// Runs new firmware after the next power-on, for which the job asks. Hands switch it off and on, and leave
// the answer to the page.
const DEFERRED = `
connection = "scsi"
[[drives.operator]]
on_prompt = "power_cycle"
do = ["power_cycle"]
answer = ""
`;

test('a job that only reads is cancelled while it compares', async ({ openBench, people }) => {
  // It reads for more than a minute.
  const bench = await openBench(paced(0.02, drive(1, { model: 'LDW-451S' })));
  bench.addImage('LDW-451S', 'GSB7');
  const page = await people(bench).signIn();
  await beginJob(page, bench, /bay 1/, /^Verification/i);
  await page.getByRole('radio', { name: /GSB7/ }).check();
  await planConfirmStart(page);
  await expect.poll(() => bench.json('job', 'list')['jobs']?.[0]?.['state']).toBe('STATE_READBACK');
  await expect(page.getByText('read firmware, 1 of 1', { exact: true }).first()).toBeVisible();
  await expect(page.getByText(/^\d+ %$/)).toBeVisible();
  await expect(page.getByText(/The write has begun/)).toHaveCount(0);
  await page.getByRole('button', { name: 'Cancel this job' }).click();
  await expect(page.getByRole('status')).toContainText('cancelled');
  expect(bench.json('job', 'list')['jobs']).toMatchObject([{ kind: 'verify', result: 'RESULT_CANCELLED' }]);
});

test('a job whose write has begun cannot be cancelled, and says so', async ({ openBench, people }) => {
  const bench = await openBench(quick(drive(1, { model: 'SPC-0D', revision: 'A100', more: DEFERRED })), TWO_PEOPLE);
  const file = join(bench.folder, 'A123.bin');
  writeFileSync(file, microcode('SPC MODE 0D', 'A123', 48));
  const page = await people(bench).signIn();
  // Before its write it waits for a second person.
  bench.startJob(['flash', 'bay 1', file, '--yes', '--reason', 'no copy of it anywhere']);
  await page.getByRole('link', { name: 'Look at it' }).click();
  const cancel = page.getByRole('button', { name: 'Cancel this job' });
  const begun = page.getByText('The write has begun: it cannot be cancelled any more. Leave the drive powered.');
  await expect(cancel).toBeVisible();
  await expect(begun).toHaveCount(0);
  const [job] = bench.json('job', 'list')['jobs'] ?? [];
  bench.firmbench(['job', 'approve', job?.['name'] ?? '', '--reason', 'I saw the label'], 'nobody');
  // Behind its write it waits for hands.
  await expect(page.getByRole('region', { name: 'A person is needed' })).toBeVisible();
  await expect(begun).toBeVisible();
  await expect(cancel).toHaveCount(0);
  await page.getByRole('button', { name: 'Done' }).click();
  await expect(page.getByRole('status')).toContainText('succeeded');
});
