// SPDX-License-Identifier: Apache-2.0
// What people do with a drive besides jobs, and the sound that calls them to it.
import type { Page } from '@playwright/test';
import { askingDrive, drive, POWER_CUT_AND_HAND, quick, TWO_PEOPLE } from './support/scenarios';
import { expect, expectAccessible, planConfirmStart, test } from './support/test';

async function openDrive(page: Page, bay: RegExp): Promise<void> {
  await page.getByRole('article', { name: bay }).getByRole('link', { name: 'Details' }).click();
  await expect(page.getByRole('heading', { level: 1, name: bay })).toBeVisible();
}

test('a manager lifts a quarantine and answers for it; a technician cannot', async ({ openBench, people }) => {
  const bench = await openBench(quick(drive(1, { more: POWER_CUT_AND_HAND })));
  bench.addImage('LTR-52327S', 'QS0D');
  const { signIn, signInAs } = people(bench);
  const page = await signIn();
  await page.goto(`${bench.address}/do?action=flash`);
  await page.getByRole('checkbox', { name: /bay 1/ }).check();
  await page.getByRole('radio', { name: /QS0D/ }).check();
  await planConfirmStart(page, 'S1001');
  await expect(page.getByRole('status')).toContainText('failed');

  await page.goto(bench.address);
  await openDrive(page, /bay 1/);
  await expect(page.getByText('in quarantine').first()).toBeVisible();
  await expect(page.getByText('does not answer').first()).toBeVisible();
  const technician = await signInAs('technician');
  await openDrive(technician, /bay 1/);
  await expect(technician.getByRole('button', { name: 'Open the tray' })).toBeVisible();
  await expect(technician.getByRole('button', { name: 'Lift the quarantine' })).toHaveCount(0);

  const lift = page.getByRole('button', { name: 'Lift the quarantine' });
  await expect(lift).toBeDisabled();
  const reason = page.getByLabel('Why it may be written again; kept for ever');
  await reason.fill('   ');
  await expect(lift).toBeDisabled();
  await reason.fill('seen, new cable');
  await expectAccessible(page);
  await lift.click();
  await expect(page.getByText('The quarantine is lifted.')).toBeVisible();
  await expect(lift).toHaveCount(0);
  // Others see it at once.
  await expect(technician.getByText('in quarantine')).toHaveCount(0);
  const [attached] = bench.json('drive', 'list')['drives'] ?? [];
  expect(attached).toMatchObject({ quarantine_reason: '' });
  const entries = bench.json('audit', 'list')['audit_entries'] ?? [];
  const entry = entries.find(({ action }) => action === 'drive.quarantine_lift');
  expect(entry).toMatchObject({ principal: 'root' });
  expect(entry?.['canonical_json']).toContain('seen, new cable');
});

test('a drive that somebody uses is freed by another, and the log says who did', async ({ openBench, people }) => {
  const bench = await openBench(quick(drive(1)), TWO_PEOPLE);
  const { signIn } = people(bench);
  const [first, second] = [await signIn('nobody'), await signIn('games')];
  await openDrive(first, /bay 1/);
  await first.getByRole('button', { name: 'I am using it' }).click();
  await expect(first.getByText('Others see now that you are using it.')).toBeVisible();

  await expect(second.getByRole('article', { name: /bay 1/ })).toContainText('in use by nobody');
  // Nobody else begins a job on it meanwhile.
  await second.goto(`${bench.address}/do?action=backup`);
  await second.getByRole('checkbox', { name: /bay 1/ }).check();
  await second.getByRole('button', { name: 'Show the plan' }).click();
  await second.getByRole('button', { name: /^Start/ }).click();
  await expect(second.getByText('DRIVE_CLAIMED')).toBeVisible();
  expect(bench.json('job', 'list')['jobs']).toEqual([]);

  await second.goto(bench.address);
  await openDrive(second, /bay 1/);
  await second.getByRole('button', { name: 'Free it (in use by nobody)' }).click();
  await expect(second.getByText('It is free for everybody again.')).toBeVisible();
  await expect(first.getByRole('button', { name: 'I am using it' })).toBeVisible();
  const entries = bench.json('audit', 'list')['audit_entries'] ?? [];
  const told = entries.filter(({ action }) => action?.startsWith('drive.')).map(({ action, principal }) => [action, principal]);
  expect(told).toEqual([['drive.release', 'games'], ['drive.claim', 'nobody']]);
});

// How many tones were begun since the page was loaded, and whether the browser plays any at all.
const LISTEN = `
  window.tones = 0;
  const begin = OscillatorNode.prototype.start;
  OscillatorNode.prototype.start = function (...when) { window.tones += 1; return begin.apply(this, when); };
`;
const tones = (page: Page): Promise<number> => page.evaluate('window.tones');

test('a prompt is heard until it is answered, and not where somebody wants silence', async ({ openBench, people }) => {
  const bench = await openBench(quick(askingDrive(1)));
  bench.addImage('LDW-451S', 'GSB7');
  const { signIn } = people(bench);
  const [loud, silent] = [await signIn(), await signIn()];
  for (const page of [loud, silent]) {
    await page.addInitScript(LISTEN);
    await page.reload();
    await page.getByRole('button', { name: 'Who, and how it looks' }).click();
    await expect(page.getByRole('checkbox', { name: 'Sound when a person is needed' })).toBeChecked();
  }
  await silent.getByRole('checkbox', { name: 'Sound when a person is needed' }).uncheck();
  await silent.reload(); // it is remembered
  await silent.getByRole('button', { name: 'Who, and how it looks' }).click();
  await expect(silent.getByRole('checkbox', { name: 'Sound when a person is needed' })).not.toBeChecked();
  expect(await tones(loud)).toBe(0);

  bench.startJob(['flash', 'bay 1', `${bench.folder}/GSB7.bin`, '--yes']);
  for (const page of [loud, silent]) await expect(page.getByRole('region', { name: 'A person is needed' })).toBeVisible();
  // Three tones, and again while nobody answers.
  await expect.poll(() => tones(loud)).toBe(3);
  await expect.poll(() => tones(loud)).toBe(6);
  expect(await tones(silent)).toBe(0);
  await silent.getByRole('button', { name: 'Cancel the job' }).click();
  await expect(loud.getByRole('region', { name: 'A person is needed' })).toHaveCount(0);
  const heard = await tones(loud);
  await expect(loud).not.toHaveTitle(/A person is needed/);
  expect(await tones(loud)).toBe(heard);
});

// The rule that a console without errors belongs to a passing test is in what `people` brings.
for (const role of ['viewer', 'technician', 'manager', 'auditor']) {
  test(`every screen opens without an error for a ${role} with a token`, async ({ openBench, people }) => {
    const bench = await openBench(quick(drive(1)));
    const image = bench.addImage('LTR-52327S', 'QS0D');
    bench.firmbench(['backup', 'bay 1']);
    const named = (list: string) => bench.json(list.slice(0, -1), 'list')[list]?.[0]?.['name'] ?? list;
    const page = await people(bench).signInAs(role);
    const single = ['drives', 'jobs', 'units', 'dumps'].map(named).concat(image);
    const unit = named('units').split('/')[1];
    const screens = ['', 'do', 'jobs', 'units', 'dumps', 'images', 'audit', 'people', 'help', 'search?q=U-0001', 'compare', 'import'];
    for (const screen of [...screens, ...single, `passport/${unit}`, `labels/${unit}`]) {
      await page.goto(`${bench.address}/${screen}`);
      // The frame says who is there; the screen below it is no longer being loaded.
      await expect(page.getByRole('button', { name: 'Who, and how it looks' })).toBeVisible();
      await expect(page.getByRole('main')).not.toBeEmpty();
      await expect(page.getByText('Loading …')).toHaveCount(0);
      await expect(page.getByRole('alert').filter({ hasText: /[A-Z]+_[A-Z]+/ })).toHaveCount(0);
    }
  });
}
