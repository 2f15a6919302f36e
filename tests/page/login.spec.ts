// SPDX-License-Identifier: Apache-2.0
import { drive, quick } from './support/scenarios';
import { expect, expectAccessible, test } from './support/test';

test('a login link lets in once, and its secret leaves the address bar', async ({ openBench, people }) => {
  const bench = await openBench(quick(drive(1)));
  const page = await people(bench).signIn();
  await expect(page).toHaveURL(`${bench.address}/`);
  await expect(page.getByRole('article', { name: /bay 1/ })).toBeVisible();
  await expectAccessible(page);
  const [cookie] = await page.context().cookies();
  expect(cookie).toMatchObject({ name: '__Host-firmbench', httpOnly: true, secure: true, sameSite: 'Strict' });
});

test('a session that somebody ends is over at once, and the page says so', async ({ openBench, people }) => {
  const bench = await openBench(quick(drive(1)));
  const page = await people(bench).signIn();
  await expect(page.getByRole('article', { name: /bay 1/ })).toBeVisible();
  bench.firmbench(['bench', 'revoke', 'root', '--reason', 'the tablet was lost']);
  await expect(page.getByText('The session is over.')).toBeVisible();
  await expect(page.getByRole('article')).toHaveCount(0);
});

test('a bench that is too busy to answer ends no session', async ({ openBench, people }) => {
  const bench = await openBench(quick(drive(1)));
  const page = await people(bench).signIn();
  let busy = true;
  let [refused, answered] = [0, 0];
  await page.route('**/GetCaller', (route) => {
    if (!busy) {
      answered += 1;
      return route.continue();
    }
    refused += 1;
    // 8 is RESOURCE_EXHAUSTED.
    const headers = { 'content-type': 'application/grpc-web+proto', 'grpc-status': '8', 'grpc-message': 'too%20many%20calls' };
    return route.fulfill({ headers });
  });
  await page.reload();
  await expect(page.getByText('too many calls')).toBeVisible();
  await expect.poll(() => refused).toBeGreaterThanOrEqual(2);
  busy = false;
  await expect(page.getByRole('article', { name: /bay 1/ })).toBeVisible();
  expect(answered).toBe(1);
});

test.describe('who is not known', () => {
  test.use({ expectedErrors: [/status of 401/] });

  test('is told how to get in, also with a link that was used', async ({ openBench, people, browser }) => {
    const bench = await openBench(quick(drive(1)));
    const page = await people(bench).signIn();
    await page.getByRole('button', { name: 'Who, and how it looks' }).click();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await expect(page.getByRole('heading', { name: 'Who is there?' })).toBeVisible();
    await expectAccessible(page);

    const link = bench.loginLink();
    const other = await browser.newContext({ ignoreHTTPSErrors: true });
    const first = await other.newPage();
    await first.goto(link);
    await expect(first.getByRole('heading', { name: 'Bench', level: 1 })).toBeVisible();
    await other.close();
    await page.goto(link);
    await expect(page.getByRole('alert')).toContainText('LOGIN_LINK_INVALID');
    await expect(page.getByLabel('Login link or token')).toBeVisible();
  });
});

test('a personal token carries its role: a viewer sees everything and can do nothing', async ({ openBench, people }) => {
  const bench = await openBench(quick(drive(1)));
  const page = await people(bench).signInAs('viewer');
  await expect(page.getByRole('article', { name: /bay 1/ })).toBeVisible();
  await expect(page.getByRole('link', { name: 'Do a job' })).toHaveCount(0);
  await page.goto(`${bench.address}/do`);
  await expect(page.getByText('Your role may look, but not make jobs.')).toBeVisible();
});
