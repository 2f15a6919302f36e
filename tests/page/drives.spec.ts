// SPDX-License-Identifier: Apache-2.0
// What people do with a drive besides jobs, and the sound that calls them to it.
import type { Page } from '@playwright/test';
import type { Bench, Row } from './support/bench';
import { askingDrive, drive, POWER_CUT_AND_HAND, quick, TWO_PEOPLE } from './support/scenarios';
import { beginJob, expect, expectAccessible, planConfirmStart, test } from './support/test';

async function openDrive(page: Page, bay: RegExp): Promise<void> {
  await page.getByRole('article', { name: bay }).getByRole('link', { name: 'Details' }).click();
  await expect(page.getByRole('heading', { level: 1, name: bay })).toBeVisible();
}

async function planBackup(page: Page, bench: Bench): Promise<void> {
  await beginJob(page, bench, /bay 1/, /^Backup/i);
  await page.getByRole('button', { name: 'Show the plan' }).click();
}

// A time of the bench as the page shows it.
function shown(stamp = ''): string {
  return new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'short' }).format(new Date(stamp));
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
  await expect(technician.getByText('in quarantine').first()).toBeVisible();
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
  // Who has it is not kept from working.
  await planBackup(first, bench);
  await expect(first.getByRole('button', { name: 'Start' })).toBeEnabled();
  await expect(first.getByText('DRIVE_CLAIMED')).toHaveCount(0);
  await first.goBack();
  await expect(first.getByRole('button', { name: 'Free it (in use by nobody)' })).toBeVisible();

  await second.goto(bench.address);
  await openDrive(second, /bay 1/);
  await second.getByRole('button', { name: 'Free it (in use by nobody)' }).click();
  await expect(second.getByText('It is free for everybody again.')).toBeVisible();
  await expect(first.getByRole('button', { name: 'I am using it' })).toBeVisible();
  const entries = bench.json('audit', 'list')['audit_entries'] ?? [];
  const told = entries.filter(({ action }) => action?.startsWith('drive.')).map(({ action, principal }) => [action, principal]);
  expect(told).toEqual([['drive.release', 'games'], ['drive.claim', 'nobody']]);
});

test('the plan says who is using the drive, since when and what to do, before anything is refused', async ({ openBench, people }) => {
  const bench = await openBench(quick(drive(1)), TWO_PEOPLE);
  const { signIn } = people(bench);
  const [holder, other] = [await signIn('nobody'), await signIn('games')];
  await planBackup(other, bench);
  const plan = other.getByRole('region', { name: 'The plan' });
  const start = other.getByRole('button', { name: 'Start' });
  await expect(start).toBeEnabled();

  // Said while the plan is being looked at: it follows by itself.
  await openDrive(holder, /bay 1/);
  await holder.getByRole('button', { name: 'I am using it' }).click();
  await expect(plan).toContainText(/in use by nobody/i);
  const [claimed] = bench.json('drive', 'list')['drives'] ?? [];
  const [entry] = (bench.json('audit', 'list')['audit_entries'] ?? []).filter(({ action }) => action === 'drive.claim');
  const claim = claimed?.['claim'] as unknown as Row;
  await expect(plan).toContainText(
    `Said on ${shown(entry?.['entry_time'])}; ends by itself on ${shown(claim['expire_time'])}.`);
  await expect(plan).toContainText('What to do: ask them; if they have finished or are gone, free the drive on its own screen');
  await expect(start).toHaveCount(0);
  await expectAccessible(other);

  // A plan that is made now says the same; nothing was tried and nothing refused.
  await planBackup(other, bench);
  await expect(other.getByRole('group', { name: 'Which drives' })).toContainText('in use by nobody');
  await expect(plan).toContainText(/in use by nobody/i);
  await expect(plan).toContainText(/\d+ steps/);
  await expect(start).toHaveCount(0);
  expect(bench.json('job', 'list')['jobs']).toEqual([]);
  const actions = (bench.json('audit', 'list')['audit_entries'] ?? []).map(({ action }) => action);
  expect(actions).not.toContain('job.refuse');

  await holder.getByRole('button', { name: 'Free it (in use by nobody)' }).click();
  await expect(plan).not.toContainText(/in use by/i);
  await start.click();
  await expect(other.getByRole('status')).toContainText('succeeded');
});

// Notes when the page rings, and with how many tones.
const LISTEN = `
  window.rings = [];
  let ring;
  const begin = OscillatorNode.prototype.start;
  OscillatorNode.prototype.start = function (...when) {
    if (ring === undefined) {
      window.rings.push((ring = { at: performance.now(), tones: 0 }));
      queueMicrotask(() => (ring = undefined));
    }
    ring.tones += 1;
    return begin.apply(this, when);
  };
`;
const rings = (page: Page): Promise<{ at: number; tones: number }[]> => page.evaluate('window.rings');

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
  expect(await rings(loud)).toEqual([]);

  bench.startJob(['flash', 'bay 1', `${bench.folder}/GSB7.bin`, '--yes']);
  for (const page of [loud, silent]) await expect(page.getByRole('region', { name: 'A person is needed' })).toBeVisible();
  // Three tones, and again after a while when nobody answers.
  await expect.poll(async () => (await rings(loud)).length).toBeGreaterThanOrEqual(2);
  const [one, next] = await rings(loud);
  expect([one?.tones, next?.tones]).toEqual([3, 3]);
  expect((next?.at ?? 0) - (one?.at ?? 0)).toBeGreaterThan(1000);
  expect(await rings(silent)).toEqual([]);
  await silent.getByRole('button', { name: 'Cancel the job' }).click();
  await expect(loud.getByRole('region', { name: 'A person is needed' })).toHaveCount(0);
  const { length } = await rings(loud);
  await expect(loud).not.toHaveTitle(/A person is needed/);
  // From one of these questions to the next it would have rung again.
  for (let asked = 0; asked < 2; asked += 1) await loud.waitForRequest('**/GetBench');
  expect(await rings(loud)).toHaveLength(length);
});
