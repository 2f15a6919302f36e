// SPDX-License-Identifier: Apache-2.0
import { signInWith, token } from './support/roles';
import { drive, quick } from './support/scenarios';
import { expect, expectAccessible, test } from './support/test';

const REMOTE = '[remote]\nlisten = "127.0.0.1:0"\n';

test('a manager invites somebody; the code is shown once and can be revoked', async ({ openBench, people }) => {
  const bench = await openBench(quick(drive(1)), REMOTE);
  const page = await people(bench).signIn();
  await page.goto(`${bench.address}/people`);
  await page.getByRole('button', { name: 'Invite somebody …' }).click();
  const make = page.getByRole('button', { name: 'Make the code' });
  await page.getByLabel('How jobs and the audit log name the person').fill('Alice!');
  await expect(make).toBeDisabled();
  await page.getByLabel('How jobs and the audit log name the person').fill('alice');
  await page.getByRole('radio', { name: /^technician/ }).check();
  await expectAccessible(page);
  await make.click();
  const code = await page.getByRole('dialog').locator('pre').first().innerText();
  expect(code.length).toBeGreaterThan(20);
  await expect(page.getByText(/firmbench bench enroll 127\.0\.0\.1:/)).toBeVisible();
  await page.getByRole('button', { name: 'Close' }).last().click();
  await expect(page.getByText(code)).toHaveCount(0);

  const alice = page.locator('section').filter({ has: page.getByRole('heading', { name: 'alice' }) });
  await expect(alice.getByRole('row').filter({ hasText: 'invitation' })).toContainText('technician');
  await expectAccessible(page);
  await alice.getByRole('button', { name: /^Revoke invitation/ }).click();
  await alice.getByRole('button', { name: /^Really revoke/ }).click();
  await expect(page.getByRole('status')).toContainText('good for nothing now');
  await expect(page.getByRole('heading', { name: 'alice' })).toHaveCount(0);
  await page.getByLabel('Also what has ended').check();
  await expect(page.getByRole('row').filter({ hasText: 'revoked by root' })).toBeVisible();
});

test('everything of a person is revoked at once, with a reason', async ({ openBench, people }) => {
  const bench = await openBench(quick(drive(1)), REMOTE);
  for (const role of ['technician', 'viewer']) bench.firmbench(['bench', 'invite', '--name', 'bob', '--role', role]);
  const page = await people(bench).signIn();
  await page.goto(`${bench.address}/people`);
  const bob = page.locator('section').filter({ has: page.getByRole('heading', { name: 'bob' }) });
  await expect(bob.getByRole('row')).toHaveCount(3); // with the head
  await bob.getByRole('button', { name: 'Revoke everything … bob' }).click();
  const revoke = page.getByRole('dialog').getByRole('button', { name: 'Revoke everything …' });
  await expect(revoke).toBeDisabled();
  await page.getByLabel('Why; kept for ever').fill('lost his phone');
  await expectAccessible(page);
  await revoke.click();
  await expect(page.getByRole('status')).toContainText('2 credentials of bob ended.');
  await expect(bob).toHaveCount(0);
  const entries = bench.json('audit', 'list')['audit_entries'] ?? [];
  const told = entries.filter(({ action }) => action === 'access.revoke').map(({ canonical_json: text = '' }) => text);
  expect(told.length).toBeGreaterThan(0);
  for (const text of told) expect(text).toContain('lost his phone');
});

test('a token is shown once, signs in with its role, and ends when it is revoked', async ({ openBench, people, browser }) => {
  const bench = await openBench(quick(drive(1)));
  const page = await people(bench).signIn();
  await page.goto(`${bench.address}/people`);
  await page.getByRole('button', { name: 'Personal token …' }).click();
  await page.getByLabel('What it is for').fill('wall screen');
  await page.getByRole('button', { name: 'Make the token' }).click();
  const text = await page.getByRole('dialog').locator('pre').first().innerText();
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Close' }).last().click();

  const screen = await signInWith(bench, browser, text);
  await expect(screen.getByRole('link', { name: 'Audit' })).toHaveCount(0);
  await screen.goto(`${bench.address}/people`);
  await expect(screen.getByRole('button', { name: 'Personal token …' })).toBeVisible();
  await expect(screen.getByRole('button', { name: 'Invite somebody …' })).toHaveCount(0);
  await page.getByRole('row').filter({ hasText: 'wall screen' }).getByRole('button', { name: /^Revoke/ }).click();
  await page.getByRole('row').filter({ hasText: 'wall screen' }).getByRole('button', { name: /^Really revoke/ }).click();
  await expect(page.getByRole('status')).toContainText('good for nothing now');
  const refused = await browser.newContext({ ignoreHTTPSErrors: true });
  const again = await refused.newPage();
  await again.goto(bench.address);
  await again.getByLabel('Login link or token').fill(text);
  await again.getByRole('button', { name: 'Sign in' }).click();
  await expect(again.getByRole('alert')).toBeVisible();
  await refused.close();
  await screen.context().close();
});

test('a login link opens the page on another screen as the same person', async ({ openBench, people, browser }) => {
  const bench = await openBench(quick(drive(1)));
  const page = await people(bench).signIn();
  await page.goto(`${bench.address}/people`);
  await page.getByRole('button', { name: 'Sign in on another screen …' }).click();
  const link = await page.getByRole('dialog').locator('pre').first().innerText();
  const context = await browser.newContext({ ignoreHTTPSErrors: true });
  const other = await context.newPage();
  await other.goto(link);
  await expect(other.getByRole('button', { name: 'Who, and how it looks' })).toContainText('root');
  await context.close();
});

test('other benches are remembered by address alone', async ({ openBench, people }) => {
  const bench = await openBench(quick(drive(1)));
  const page = await people(bench).signIn();
  await page.goto(`${bench.address}/people`);
  const remember = page.getByRole('button', { name: 'Remember it' });
  await page.getByLabel('Address of another bench’s page').fill('http://bench-2.lan');
  await expect(remember).toBeDisabled();
  await page.getByLabel('Address of another bench’s page').fill('bench-2.lan:7444/login#secret');
  await page.getByLabel('What it is called here').fill('back room');
  await remember.click();
  await page.reload();
  await expect(page.getByRole('link', { name: 'back room' })).toHaveAttribute('href', 'https://bench-2.lan:7444');
  await page.getByRole('button', { name: 'Forget back room' }).click();
  await expect(page.getByRole('link', { name: 'back room' })).toHaveCount(0);
});

test('what a role may not do is not offered', async ({ openBench, browser }) => {
  const bench = await openBench(quick(drive(1)));
  bench.firmbench(['backup', 'bay 1']);
  const page = await signInWith(bench, browser, token(bench, 'auditor'));
  await page.goto(`${bench.address}/audit`);
  await expect(page.getByRole('row').filter({ hasText: 'asked for a job' })).toBeVisible();
  await page.goto(`${bench.address}/images`);
  await expect(page.getByText('The library is the work of technicians')).toBeVisible();
  await expect(page.locator('input[type=file]')).toHaveCount(0);
  await page.goto(`${bench.address}/import`);
  await expect(page.getByText('Importing backups is the work of technicians.')).toBeVisible();
  await page.context().close();
});
