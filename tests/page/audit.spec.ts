// SPDX-License-Identifier: Apache-2.0
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { drive, quick } from './support/scenarios';
import { expect, expectAccessible, test } from './support/test';

test('filters leave what is asked for, and the export is the log itself', async ({ openBench, people }) => {
  const bench = await openBench(quick(drive(1), drive(2)));
  bench.firmbench(['backup', 'bay 1']);
  bench.firmbench(['backup', 'bay 2']);
  bench.firmbench(['unit', 'label', 'U-0001', 'A-4711']);
  const page = await people(bench).signIn();
  await page.goto(`${bench.address}/audit`);
  const rows = page.getByRole('row');
  await expect(rows.filter({ hasText: 'labelled a unit' })).toBeVisible();
  await expectAccessible(page);
  const exported = async (button: string) => {
    const download = page.waitForEvent('download');
    await page.getByRole('button', { name: button }).click();
    return readFileSync(await (await download).path(), 'utf8');
  };
  await page.getByLabel('What', { exact: true }).fill('job.create');
  await page.getByRole('button', { name: 'Show', exact: true }).click();
  await expect(rows).toHaveCount(3); // with the head
  await page.getByLabel('Unit, with its jobs and dumps').selectOption({ label: 'U-0001, A-4711, LTR-52327S' });
  await page.getByRole('button', { name: 'Show', exact: true }).click();
  await expect(rows).toHaveCount(2);
  const filters = ['--action', 'job.create', '--unit', 'U-0001'];
  const left = await exported('Export as JSON lines');
  expect(left.trimEnd().split('\n')).toHaveLength(1);
  expect(left).toBe(bench.firmbench(['audit', 'export', ...filters]));
  expect(await exported('Export as CSV')).toBe(bench.firmbench(['audit', 'export', '--format', 'csv', ...filters]));
  await page.getByLabel('Until').fill('2001-01-01T00:00');
  await page.getByRole('button', { name: 'Show', exact: true }).click();
  await expect(page.getByText('No entry is left by these filters.')).toBeVisible();
  await page.getByRole('link', { name: 'Show everything' }).click();
  await expect(rows.filter({ hasText: 'labelled a unit' })).toBeVisible();
  expect(await exported('Export as JSON lines')).toBe(bench.firmbench(['audit', 'export']));
  expect(await exported('Export as CSV')).toBe(bench.firmbench(['audit', 'export', '--format', 'csv']));
});

test('one tick says that the ledger is as it was written, and what was checked', async ({ openBench, people }) => {
  const bench = await openBench(quick(drive(1)));
  bench.firmbench(['backup', 'bay 1']);
  const page = await people(bench).signIn();
  await page.goto(`${bench.address}/audit`);
  await page.getByRole('button', { name: 'Verify now' }).click();
  await expect(page.getByText('The ledger is as it was written')).toBeVisible();
  await expect(page.getByText('the first checkpoint that this browser keeps')).toBeVisible();
  bench.firmbench(['unit', 'label', 'U-0001', 'A-4711']);
  await page.getByRole('button', { name: 'Verify now' }).click();
  await expect(page.getByText(/the log of \d+ entries continues the \d+ that this browser saw before/)).toBeVisible();
  await expectAccessible(page);

  // What this browser remembers is not what the bench has now: a longer log, then another one.
  const remember = (line: number, text: string) => page.evaluate(([index, value]) => {
    const name = Object.keys(localStorage).find((key) => key.includes('checkpoint.')) ?? '';
    const kept = JSON.parse(localStorage.getItem(name) ?? '{}') as { note: string };
    const lines = kept.note.split('\n');
    lines[Number(index)] = String(value);
    localStorage.setItem(name, JSON.stringify({ ...kept, note: lines.join('\n') }));
  }, [line, text] as const);
  await remember(2, Buffer.alloc(32).toString('base64'));
  await page.getByRole('button', { name: 'Verify now' }).click();
  await expect(page.getByRole('alert')).toContainText('it was rewritten');
  await remember(1, '100000');
  await page.getByRole('button', { name: 'Verify now' }).click();
  await expect(page.getByRole('alert')).toContainText('it was put back or cut');
});

function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.path, entry.name).slice(folder.length + 1))
    .sort();
}

test('the proof of a dump or a job is that of the command line, and checks without firmbench', async ({ openBench, people }) => {
  const bench = await openBench(quick(drive(1)));
  bench.firmbench(['backup', 'bay 1']);
  const dump = bench.json('dump', 'list')['dumps']?.find(({ memory }) => memory === 'MEMORY_EEPROM');
  const page = await people(bench).signIn();
  for (const what of [dump?.['name'] ?? '', dump?.['job'] ?? '']) {
    await page.goto(`${bench.address}/${what}`);
    await page.getByRole('button', { name: 'Proof …' }).click();
    await expect(page.getByRole('button', { name: 'Make the proof' })).toBeVisible();
    await expectAccessible(page);
    const download = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Make the proof' }).click();
    const made = join(bench.folder, `made-${what.replace('/', '-')}`);
    await (await download).saveAs(`${made}.zip`);
    await expect(page.getByRole('status').filter({ hasText: 'Proven' })).toBeVisible();

    mkdirSync(made);
    execFileSync('python3', ['-m', 'zipfile', '-e', `${made}.zip`, made]);
    execFileSync('sha256sum', ['--strict', '--quiet', '-c', 'SHA256SUMS'], { cwd: made });
    expect(execFileSync('python3', ['-I', 'verify.py'], { cwd: made, encoding: 'utf8' })).toContain('PROVEN');
    const theirs = `${made}-by-cli`;
    bench.firmbench(['audit', 'prove', what, '-o', theirs]);
    expect(filesIn(made)).toEqual(filesIn(theirs));
    for (const file of filesIn(made)) expect(readFileSync(join(made, file))).toEqual(readFileSync(join(theirs, file)));
  }
});
