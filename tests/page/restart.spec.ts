// SPDX-License-Identifier: Apache-2.0
import { drive, paced, quick } from './support/scenarios';
import { expect, expectLoaded, planConfirmStart, test } from './support/test';

// While the daemon is away, the browser complains that nobody answers.
test.use({ expectedErrors: [/Failed to load resource: (net::ERR_|.*status of 404)/] });

test('the page outlives its daemon: same page, same job, nothing missed', async ({ openBench, people }) => {
  // Slow enough that the daemon ends in the middle of the reading, whatever this machine does.
  const bench = await openBench(paced(0.05, drive(1, { model: 'LDW-451S' })));
  const page = await people(bench).signIn();
  await page.evaluate("window.samePage = 'yes'");
  await page.getByRole('article', { name: /bay 1/ }).getByRole('link', { name: 'Do a job' }).click();
  await page.getByRole('radio', { name: /^Backup/i }).check();
  await planConfirmStart(page);
  await expect(page.getByText(/read firmware, 1 of 2/i).first()).toBeVisible();
  await expect(page.getByRole('progressbar')).toBeVisible();

  await bench.kill();
  await expect(page.getByText(/The bench was not reached since .* Shown is what was last known/)).toBeVisible();
  await expect(page.getByRole('progressbar')).toBeVisible();
  await bench.start();
  await expect(page.getByText(/The bench was not reached/)).toHaveCount(0);
  // A job that had not begun to write begins again by itself.
  await expect(page.getByRole('progressbar')).toBeVisible();
  await page.getByRole('button', { name: 'Cancel this job' }).click();
  await expect(page.getByRole('status')).toContainText('cancelled');
  expect(await page.evaluate('window.samePage')).toBe('yes');
  const jobs = bench.json('job', 'list')['jobs'] ?? [];
  expect(jobs).toHaveLength(1);
  expect(jobs[0]).toMatchObject({ kind: 'backup', attempts: 1, result: 'RESULT_CANCELLED' });
});

test('a screen that is opened while the daemon is away comes when it is back', async ({ openBench, people }) => {
  const bench = await openBench(quick(drive(1)));
  const page = await people(bench).signIn();
  await page.evaluate("window.samePage = 'yes'");
  await bench.kill();
  await expect(page.getByText(/The bench was not reached since/)).toBeVisible();
  await page.getByRole('link', { name: 'Audit', exact: true }).click();
  await expect(page.getByRole('alert')).toContainText('the bench does not answer');
  await bench.start();
  await expect(page.getByRole('heading', { level: 1, name: 'Audit' })).toBeVisible();
  await expectLoaded(page);
  await expect(page.getByRole('alert').filter({ hasText: /[A-Z]+_[A-Z]+/ })).toHaveCount(0);
  // With its looks.
  await expect.poll(() => page.evaluate(
    "[...document.querySelectorAll('link[rel=stylesheet]')].every(({ sheet }) => sheet !== null)",
  )).toBe(true);
  expect(await page.evaluate('window.samePage')).toBe('yes');
});

test('a page that is older than the bench says so, and is loaded anew', async ({ openBench, people }) => {
  const bench = await openBench(quick(drive(1)));
  const page = await people(bench).signIn();
  // As after an upgrade, whose files have other names.
  await page.route('**/assets/AuditPage*', (route) => route.fulfill({ status: 404 }));
  await page.getByRole('link', { name: 'Audit', exact: true }).click();
  await expect(page.getByRole('alert')).toContainText('this page is older than the bench');
  await page.unroute('**/assets/AuditPage*');
  await page.getByRole('button', { name: 'Reload' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Audit' })).toBeVisible();
});
