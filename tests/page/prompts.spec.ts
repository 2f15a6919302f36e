// SPDX-License-Identifier: Apache-2.0
import type { Locator, Page } from '@playwright/test';
import type { Bench } from './support/bench';
import { askingDrive, quick } from './support/scenarios';
import { expect, expectAccessible, planConfirmStart, test } from './support/test';

async function flash(bench: Bench, page: Page): Promise<void> {
  bench.addImage('LDW-451S', 'GSB7');
  await page.goto(`${bench.address}/do?action=flash`);
  await page.getByRole('checkbox', { name: /bay 1/ }).check();
  await page.getByRole('radio', { name: /GSB7/ }).check();
  await planConfirmStart(page, 'S1001');
}

// What a countdown shows, "4:59".
async function secondsLeft(timer: Locator): Promise<number> {
  const [minutes, seconds] = (await timer.innerText()).split(':').map(Number);
  return (minutes ?? NaN) * 60 + (seconds ?? NaN);
}

test('a prompt stands on every screen and is answered on the second one', async ({ openBench, people }) => {
  const bench = await openBench(quick(askingDrive(1)));
  const { signIn, signInAs } = people(bench);
  const [asker, tablet] = [await signIn(), await signIn()];
  await tablet.getByRole('link', { name: 'Help' }).click();
  await flash(bench, asker);
  for (const page of [asker, tablet]) {
    const prompt = page.getByRole('region', { name: 'A person is needed' });
    await expect(prompt).toContainText(/hold the drive's eject button/i);
    const timer = prompt.getByRole('timer');
    await expect(timer).toHaveText(/^\d+:\d\d$/);
    const left = await secondsLeft(timer);
    await expect.poll(() => secondsLeft(timer)).toBeLessThan(left);
  }
  await expectAccessible(tablet);
  // Who may only look sees it as well, and has nothing to press.
  const viewer = await signInAs('viewer');
  await expect(viewer.getByRole('region', { name: 'A person is needed' })).toBeVisible();
  await expect(viewer.getByRole('button', { name: 'Done' })).toHaveCount(0);
  await expect(tablet).toHaveTitle(/A person is needed/);
  await tablet.getByRole('button', { name: 'Done' }).click();
  await expect(asker.getByText(/hold the drive's eject button/i)).toHaveCount(0);
});

test('a job is cancelled before its first write, and nothing was written', async ({ openBench, people }) => {
  const bench = await openBench(quick(askingDrive(1)));
  const page = await people(bench).signIn();
  await flash(bench, page);
  await expect(page.getByRole('region', { name: 'A person is needed' })).toBeVisible();
  await page.getByRole('button', { name: 'Cancel this job' }).click();
  await expect(page.getByRole('status')).toContainText('cancelled');
  await expect(page.getByRole('status')).toContainText('nothing was written');
  await expect(page.getByRole('region', { name: 'A person is needed' })).toHaveCount(0);
  const [job] = bench.json('job', 'list')['jobs'] ?? [];
  expect(job).toMatchObject({ result: 'RESULT_CANCELLED', cancelled_by: 'root' });
});

test('a screen that nobody touched says that it is silent', async ({ openBench, people }) => {
  const bench = await openBench(quick(askingDrive(1)));
  bench.addImage('LDW-451S', 'GSB7');
  const page = await people(bench).signIn();
  bench.startJob(['flash', 'bay 1', `${bench.folder}/GSB7.bin`, '--yes']);
  await expect(page.getByRole('region', { name: 'A person is needed' })).toBeVisible();
  await expect(page.getByText(/Touch the screen to hear it/)).toBeVisible();
  await expectAccessible(page);
  await page.getByText(/Touch the screen to hear it/).click();
  await expect(page.getByText(/Touch the screen to hear it/)).toHaveCount(0);
});
