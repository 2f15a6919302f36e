// SPDX-License-Identifier: Apache-2.0
// What is done rarely, begun on the page: another model, a silent drive, an EEPROM.
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { Bench } from './support/bench';
import { scan } from './support/scanner';
import { drive, HANDS, POWER_CUT, quick, TWO_PEOPLE } from './support/scenarios';
import { beginJob, expect, expectAccessible, expectSuccess, planConfirmStart, test } from './support/test';

// Changes the EEPROM of a drive while nobody looks, as another tool does. Returns the SHA-256 of what it
// held before.
async function ruinEeprom(bench: Bench, bay: string, how: (bytes: Buffer) => void): Promise<string> {
  await bench.kill();
  let before = '';
  bench.editEeprom(bay, (bytes) => {
    before = createHash('sha256').update(bytes).digest('hex');
    how(bytes);
  });
  await bench.start();
  return before;
}

// The SHA-256 of what a drive holds now.
function heldBy(bench: Bench, bay: string, memory: 'firmware' | 'eeprom'): string {
  bench.firmbench(['backup', bay, '--memory', memory]);
  const [dump] = bench.json('dump', 'list')['dumps'] ?? [];
  return dump?.['sha256'] ?? '';
}

test.setTimeout(300_000);

test('a drive becomes another model, and the plan says that both memories are written', async ({ openBench, people }) => {
  const bench = await openBench(quick(drive(1, { model: 'LDW-451S', more: `eeprom_write = true\n${HANDS}` })));
  bench.addImage('LDW-851S', 'GS0N');
  const page = await people(bench).signIn();
  await beginJob(page, bench, /bay 1/, /^Conversion/i, 'What is done rarely');
  await expect(page.getByText('Choose a firmware file.')).toBeVisible();
  await page.getByRole('radio', { name: /GS0N/ }).check();
  // The file says which model it is of.
  await expect(page.getByLabel('The model that the drive shall become')).toHaveValue('LDW-851S');
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Show the plan' }).click();
  const plan = page.getByRole('region', { name: 'The plan' });
  await expect(plan.getByRole('listitem').filter({ hasText: /firmware\s+is written/ })).toBeVisible();
  await expect(plan.getByRole('listitem').filter({ hasText: /EEPROM\s+is written/ })).toBeVisible();
  await page.getByLabel(/Scan or type what is on the drive/).fill('S1001');
  await page.getByRole('button', { name: 'This is the drive' }).click();
  await page.getByRole('button', { name: 'Start' }).click();
  await expectSuccess(page);
  const [job] = bench.json('job', 'list')['jobs'] ?? [];
  expect(job).toMatchObject({ kind: 'convert', target_model: 'LDW-851S', outcome: 'OUTCOME_CHANGED_VERIFIED' });
  await page.goto(bench.address);
  await expect(page.getByRole('article', { name: /bay 1/ })).toContainText('LDW-851S');
});

const CUT = POWER_CUT + HANDS;

test('a silent drive is brought back with a file, and one with a backup', async ({ openBench, people }) => {
  const bench = await openBench(quick(drive(1, { more: CUT }), drive(2, { more: CUT })));
  bench.addImage('LTR-52327S', 'QS0D');
  const held = heldBy(bench, 'bay 2', 'firmware');
  for (const bay of ['bay 1', 'bay 2']) {
    expect(() => bench.firmbench(['flash', bay, join(bench.folder, 'QS0D.bin'), '--yes'])).toThrow();
  }
  const page = await people(bench).signIn();
  await expect(page.getByRole('article', { name: /bay 1/ })).toContainText('does not answer');

  // From the screen of the job that was cut: to neither of its two ends.
  await page.getByRole('link', { name: 'Bring it back' }).first().click();
  await page.getByRole('link', { name: /^To neither/ }).click();
  await expect(page.getByLabel('The model, as the sticker on the drive says')).toHaveValue('LTR-52327S');

  await beginJob(page, bench, /bay 1/, /^Recovery/i, 'What is done rarely');
  await page.getByRole('radio', { name: /QS0D/ }).check();
  await expect(page.getByRole('button', { name: 'Show the plan' })).toBeDisabled();
  await expect(page.getByText('Name the model.')).toBeVisible();
  await page.getByLabel('The model, as the sticker on the drive says').fill('LTR-52327S');
  await expectAccessible(page);
  await planConfirmStart(page, 'S1001');
  await expectSuccess(page);

  await beginJob(page, bench, /bay 2/, /^Recovery/i, 'What is done rarely');
  await page.getByRole('radio', { name: 'a backup of its firmware' }).check();
  await expect(page.getByText('Choose a backup for every drive.')).toBeVisible();
  // It does not say which unit it is; what is on it does.
  await expect(page.getByText('it does not tell which unit it is.')).toBeVisible();
  await scan(page, 'U-0001');
  await expect(page.getByLabel(/bay 2 U-0001/)).toBeVisible();
  await page.getByLabel('The model, as the sticker on the drive says').fill('LTR-52327S');
  await expectAccessible(page);
  await planConfirmStart(page, 'S1002');
  await expectSuccess(page);
  const jobs = bench.json('job', 'list')['jobs'] ?? [];
  expect(jobs.slice(0, 2)).toEqual([
    expect.objectContaining({ kind: 'recover', image: '', dump: expect.stringMatching(/^dumps\//) }),
    expect.objectContaining({ kind: 'recover', image: expect.stringMatching(/^images\//), dump: '' }),
  ]);
  await page.goto(bench.address);
  await expect(page.getByRole('article', { name: /bay 1/ })).toContainText('QS0D');
  await expect(page.getByRole('article', { name: /bay 2/ })).toContainText('QS0C');
  expect(heldBy(bench, 'bay 2', 'firmware')).toBe(held);
});

test('a backup is verified against the drive, each memory by itself', async ({ openBench, people }) => {
  const bench = await openBench(quick(drive(1)));
  bench.firmbench(['backup', 'bay 1']);
  const page = await people(bench).signIn();
  await beginJob(page, bench, /bay 1/, /^Verification/i);
  await page.getByRole('radio', { name: 'a backup of its EEPROM' }).check();
  await planConfirmStart(page);
  await expectSuccess(page);
  const [job] = bench.json('job', 'list')['jobs'] ?? [];
  expect(job).toMatchObject({ kind: 'verify', memory: 'MEMORY_EEPROM', dump: expect.stringMatching(/^dumps\//) });
  // A backup can read less than everything.
  await beginJob(page, bench, /bay 1/, /^Backup/i);
  await page.getByRole('radio', { name: 'EEPROM', exact: true }).check();
  await planConfirmStart(page);
  await expectSuccess(page);
  expect(bench.json('dump', 'list')['dumps']).toHaveLength(3);
});

test.describe('an EEPROM that tells nothing any more', () => {
  test('comes back by the label on the drive and a second person', async ({ openBench, people }) => {
    const bench = await openBench(
      quick(drive(1, { model: 'LTR-48246S', serial: '', more: 'eeprom_write = true' })), TWO_PEOPLE,
    );
    bench.firmbench(['backup', 'bay 1']);
    bench.firmbench(['unit', 'label', 'U-0001', 'FB-0815']);
    const good = await ruinEeprom(bench, 'bay 1', (bytes) => bytes.fill(0xff));
    const { signIn } = people(bench);
    const asker = await signIn('nobody');
    const second = await signIn('games');

    await beginJob(asker, bench, /bay 1/, /^EEPROM restore/i);
    await expect(asker.getByText('it does not tell which unit it is.')).toBeVisible();
    await asker.getByLabel(/^Which unit it is/).first().fill('FB-0815');
    await expect(asker.getByLabel(/bay 1 U-0001/)).toBeVisible();
    await expectAccessible(asker);
    await asker.getByRole('button', { name: 'Show the plan' }).click();
    await expect(asker.getByText('UNIT_LABEL_REQUIRED')).toBeVisible();
    // Typed wrongly it is refused; scanned it is taken wherever the focus is.
    await asker.getByLabel('Scan or type the label on the drive').fill('FB-0816');
    await asker.getByRole('button', { name: 'Plan again with this label' }).click();
    await expect(asker.getByText('LABEL_OF_ANOTHER_UNIT')).toBeVisible();
    await expectAccessible(asker);
    await scan(asker, 'FB-0815');
    await expect(asker.getByText('LABEL_OF_ANOTHER_UNIT')).toHaveCount(0);
    await asker.getByLabel(/Why it shall be done all the same/).fill('ruined by another tool');
    await asker.getByRole('button', { name: 'Plan again with this reason' }).click();
    await expect(asker.getByText('A second person must approve it.')).toBeVisible();
    await expect(asker.getByRole('listitem').filter({ hasText: /EEPROM\s+is written/ })).toBeVisible();
    await asker.getByLabel(/Scan or type what is on the drive/).fill('FB-0815');
    await asker.getByRole('button', { name: 'This is the drive' }).click();
    await asker.getByRole('button', { name: 'Start' }).click();

    await second.getByRole('link', { name: 'Look at it' }).click();
    await second.getByLabel('Why it shall be done').fill('I saw the label');
    await second.getByRole('button', { name: 'Approve', exact: true }).click();
    await expectSuccess(asker);
    const [job] = bench.json('job', 'list')['jobs'] ?? [];
    expect(job).toMatchObject({ kind: 'eeprom_restore', unit_number: 'U-0001', outcome: 'OUTCOME_CHANGED_VERIFIED' });
    expect(heldBy(bench, 'bay 1', 'eeprom')).toBe(good);
  });
});

test('an EEPROM goes back into the unit it came from', async ({ openBench, people }) => {
  const bench = await openBench(quick(drive(1, { model: 'LTR-48246S', more: 'eeprom_write = true' })));
  bench.firmbench(['backup', 'bay 1']);
  await ruinEeprom(bench, 'bay 1', (bytes) => bytes.fill(9, 0x40, 0x44));
  const page = await people(bench).signIn();
  await beginJob(page, bench, /bay 1/, /^EEPROM restore/i);
  await page.getByRole('button', { name: 'Show the plan' }).click();
  await expect(page.getByRole('listitem').filter({ hasText: /firmware\s+is not written/ })).toBeVisible();
  const reason = page.getByLabel(/Why it shall be done all the same/);
  const confirm = page.getByLabel(/Scan or type what is on the drive/);
  await expect(reason.or(confirm).first()).toBeVisible();
  await expect(reason).toHaveCount(0);
  await confirm.fill('U-0001');
  await page.getByRole('button', { name: 'This is the drive' }).click();
  await page.getByRole('button', { name: 'Start' }).click();
  await expectSuccess(page);
});
