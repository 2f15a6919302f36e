// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Bench } from './support/bench';
import { drive, quick } from './support/scenarios';
import { expect, expectAccessible, expectNothingBesideTheEdge, test } from './support/test';

// The newest dump of a memory, without its folder.
function dumpOf(bench: Bench, memory: string): { id: string; sha256: string } {
  const dumps = bench.json('dump', 'list')['dumps'] ?? [];
  const found = dumps.find((dump) => dump['memory'] === memory);
  return { id: found?.['name']?.slice('dumps/'.length) ?? '', sha256: found?.['sha256'] ?? '' };
}

test('a dump shows what speaks for it, and every byte', async ({ openBench, people }) => {
  const bench = await openBench(quick(drive(1, { model: 'LDW-451S' })));
  bench.firmbench(['backup', 'bay 1']);
  const { id, sha256 } = dumpOf(bench, 'MEMORY_FIRMWARE');
  const page = await people(bench).signIn();
  await page.goto(`${bench.address}/dumps`);
  await expect(page.getByRole('row').filter({ hasText: '1 MB' })).toContainText('reads agree (2), recognised');
  await expectAccessible(page);
  await page.goto(`${bench.address}/dumps/${id}`);
  await page.getByRole('button', { name: 'Show the bytes' }).click();
  const bytes = page.getByRole('region', { name: 'Bytes' });
  await expect(bytes).toContainText('000000');
  await page.getByLabel('Offset').fill('ffff0');
  await page.getByRole('button', { name: 'Go', exact: true }).click();
  await expect(bytes).toContainText('0ffff0');
  // 1 MB has 65,536 lines: only those in view exist.
  await expect(bytes).not.toContainText('000000');
  expect(await bytes.locator('.line').count()).toBeLessThan(200);
  await page.getByLabel('Find text or bytes').fill('LDW-451S');
  await page.getByRole('button', { name: 'Find next' }).click();
  await expect(page.getByRole('status').filter({ hasText: 'Found at' })).toBeVisible();
  await expect(bytes.locator('.marked').first()).toBeVisible();
  await expectAccessible(page);

  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Download' }).click();
  const file = readFileSync(await (await download).path());
  expect(createHash('sha256').update(file).digest('hex')).toBe(sha256);
});

test('what a flash changed is shown as ranges, on a map and side by side', async ({ openBench, people }) => {
  const bench = await openBench(quick(drive(1)));
  const image = bench.addImage('LTR-52327S', 'QS0D');
  bench.firmbench(['backup', 'bay 1']);
  const { id } = dumpOf(bench, 'MEMORY_FIRMWARE');
  const page = await people(bench).signIn();
  await page.goto(`${bench.address}/compare?a=${encodeURIComponent(`dumps/${id}`)}`);
  await page.getByRole('button', { name: 'Choose … B' }).click();
  await page.getByLabel('Find among dumps and images').fill('image QS0D');
  await page.getByRole('dialog').getByRole('button', { name: /QS0D/ }).click();
  await expect(page).toHaveURL(new RegExp(encodeURIComponent(image)));
  await expect(page.getByRole('heading', { name: /ranges differ/ })).toBeVisible();
  await expect(page.getByRole('row').filter({ hasText: 'ID block' }).first()).toBeVisible();
  const lines = page.getByRole('region', { name: 'Side by side' });
  await expect(lines.locator('mark').first()).toBeVisible();
  await expectAccessible(page);

  // The map is coloured, and its slider goes to the nearest difference.
  await expect.poll(() => page.locator('canvas').evaluate((canvas: HTMLCanvasElement) =>
    canvas.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height).data.some((value) => value !== 0))).toBe(true);
  const before = await lines.evaluate((box) => box.scrollTop);
  await page.getByRole('slider', { name: 'Where they differ' }).fill('20480');
  await expect.poll(() => lines.evaluate((box) => box.scrollTop)).toBeGreaterThan(before);

  // The same against itself.
  await page.getByRole('button', { name: 'Choose … B' }).click();
  await page.getByRole('dialog').getByRole('button', { name: /U-0001, firmware/ }).first().click();
  await expect(page.getByText(/^identical/)).toBeVisible();
});

test('a folder of old backups says whose each is, and keeps what a person wants', async ({ openBench, people }) => {
  const bench = await openBench(quick(drive(1), drive(2, { model: 'LTR-48246S' })));
  bench.firmbench(['backup', 'bay 1']);
  const { id } = dumpOf(bench, 'MEMORY_EEPROM');
  const folder = join(bench.folder, 'old');
  mkdirSync(join(folder, 'drive-b'), { recursive: true });
  bench.firmbench(['dump', 'export', id, join(folder, 'known.bin')]);
  bench.addImage('LTR-48246S', 'SS0D');
  writeFileSync(join(folder, 'drive-b', 'ss0d.bin'), readFileSync(join(bench.folder, 'SS0D.bin')));
  writeFileSync(join(folder, 'letter.txt'), 'dear sirs\n');
  writeFileSync(join(folder, 'nothing.bin'), '');

  const page = await people(bench).signIn();
  await page.goto(`${bench.address}/dumps`);
  await page.getByRole('link', { name: 'Import backups' }).click();
  await page.locator('input[webkitdirectory]').setInputFiles(folder);
  const row = (name: string) => page.getByRole('row').filter({ hasText: name });
  await expect(row('known.bin')).toContainText('U-0001');
  await expect(row('drive-b/ss0d.bin')).toContainText('LTR-48246S SS0D');
  await expect(row('letter.txt')).toContainText('not imported');
  await expect(row('nothing.bin')).toContainText('the file has no bytes');
  await expectAccessible(page);
  // Long names and sentences fit a tablet.
  await expectNothingBesideTheEdge(page);
  // Nothing was kept so far.
  expect(bench.json('dump', 'list')['dumps']).toHaveLength(2);

  await page.getByRole('button', { name: /^Keep/ }).click();
  await expect(page.getByRole('status').filter({ hasText: 'imported' })).toBeVisible();
  await expect(row('drive-b/ss0d.bin')).toContainText('kept');
  expect(bench.json('dump', 'list')['dumps']).toHaveLength(3);
  await row('drive-b/ss0d.bin').getByRole('link', { name: 'the dump' }).click();
  await expect(page.getByText('no proof')).toBeVisible();

  // Somebody knows whose it is.
  await page.getByRole('button', { name: 'Say whose it is …' }).click();
  await page.getByRole('radio', { name: 'of a unit that was not seen yet' }).check();
  await page.getByLabel('Why; kept for ever').fill('its sticker says so');
  await page.getByRole('button', { name: 'Say so' }).click();
  await expect(page.getByRole('status')).toContainText('It is of U-0002 now.');
});

test('a person says what the bytes do not: whose a backup is, and that it is an EEPROM', async ({ openBench, people }) => {
  const bench = await openBench(quick(drive(1)));
  bench.firmbench(['backup', 'bay 1']);
  bench.addImage('LTR-52327S', 'QS0D');
  const firmware = readFileSync(join(bench.folder, 'QS0D.bin'));
  // 1 KB that says nothing of itself.
  const eeprom = Buffer.concat(Array.from({ length: 16 }, (_, index) => createHash('sha512').update(`${index}`).digest()));
  const files = { 'before U-0001.bin': firmware, 'unnamed.eep': eeprom };
  for (const [name, bytes] of Object.entries(files)) writeFileSync(join(bench.folder, name), bytes);
  const chosen = Object.keys(files).map((name) => join(bench.folder, name));

  const page = await people(bench).signIn();
  await page.goto(`${bench.address}/import`);
  const row = (name: string) => page.getByRole('row').filter({ hasText: name });
  const take = () => page.locator('input[type=file]').first().setInputFiles(chosen);
  await take();
  await expect(row('before U-0001.bin').getByLabel('Perhaps')).toHaveValue('');
  await page.getByRole('button', { name: 'Clear the list' }).click();
  await expect(row('before U-0001.bin')).toHaveCount(0);
  await take();
  await row('before U-0001.bin').getByLabel('Perhaps').selectOption({ label: 'U-0001: its name holds the unit\'s number' });
  await expect(row('before U-0001.bin')).toContainText('U-0001 a person says so');
  await expect(row('unnamed.eep')).toContainText('not imported');
  await row('unnamed.eep').getByRole('button', { name: 'It is an EEPROM dump' }).click();
  await expect(row('unnamed.eep').getByRole('checkbox', { name: 'keep it' })).toBeChecked();
  await page.getByRole('button', { name: 'Keep 2 files' }).click();
  await expect(page.getByRole('status').filter({ hasText: '2 files were imported.' })).toBeVisible();
  const kept = (bench.json('dump', 'list')['dumps'] ?? []).filter(({ job }) => job === '');
  expect(kept.map(({ memory, unit_number }) => [memory, unit_number]).sort()).toEqual(
    [['MEMORY_EEPROM', ''], ['MEMORY_FIRMWARE', 'U-0001']]);

  // A file of this device is compared and enters nothing.
  await page.goto(`${bench.address}/compare?a=${encodeURIComponent(kept.find(({ unit_number }) => unit_number)?.['name'] ?? '')}`);
  const compareWith = async (bytes: Buffer) => {
    writeFileSync(join(bench.folder, 'mine.bin'), bytes);
    await page.getByRole('button', { name: 'Choose … B' }).click();
    await page.getByRole('dialog').locator('input[type=file]').setInputFiles(join(bench.folder, 'mine.bin'));
  };
  await compareWith(firmware);
  await expect(page.getByRole('status').filter({ hasText: /^identical/ })).toBeVisible();
  await compareWith(Buffer.from(firmware).fill(0xa5, 0x4000, 0x4010));
  await expect(page.getByRole('heading', { name: '1 range differs' })).toBeVisible();
  expect(bench.json('dump', 'list')['dumps']).toHaveLength(4);
});
