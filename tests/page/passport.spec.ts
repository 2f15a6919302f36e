// SPDX-License-Identifier: Apache-2.0
// What is printed of a unit: its passport with a code that leads back, and labels to stick on drives.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readQr } from './support/qr';
import { scan } from './support/scanner';
import { drive, quick } from './support/scenarios';
import { expect, expectAccessible, test } from './support/test';

// As fine as paper: on a screen of 96 dots to an inch a module of a code has less than two.
const FINE = { deviceScaleFactor: 4 };

test('the code of a passport says what the one of the command line says', async ({ openBench, people, browser }) => {
  const bench = await openBench(quick(drive(1)));
  bench.firmbench(['backup', 'bay 1']);
  const page = await people(bench).signIn(undefined, undefined, FINE);
  const file = join(bench.folder, 'passport.html');
  bench.firmbench(['unit', 'passport', 'U-0001', '-o', file]);

  await page.goto(`${bench.address}/units`);
  await page.getByRole('link', { name: 'U-0001' }).click();
  await page.getByRole('link', { name: 'Unit passport' }).click();
  const code = page.getByRole('img', { name: /^QR code/ });
  const text = await readQr(code);
  expect(text.split('\n')).toEqual([
    'firmbench U-0001',
    expect.stringMatching(/^units\/\w+$/),
    expect.stringMatching(/^benches\/\w+$/),
    expect.stringMatching(/^checkpoint \d+ [0-9a-f]{64}$/),
  ]);
  await expectAccessible(page);
  // Paper leads nowhere.
  await expect(page.getByRole('article').getByRole('link')).toHaveCount(0);
  // It stays when the passport is printed, and in the file that needs nothing else.
  await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
  expect(await readQr(code)).toBe(text);
  await page.emulateMedia({ media: 'screen' });
  const saved = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Save as a page' }).click();
  const own = await browser.newPage(FINE);
  await own.setContent(readFileSync(await (await saved).path(), 'utf8'));
  expect(await readQr(own.getByRole('img', { name: /^QR code/ }))).toBe(text);
  await own.setContent(readFileSync(file, 'utf8'));
  expect(await readQr(own.locator('svg.qr'))).toBe(text);
  await own.close();

  // Scanned line by line it leads to one unit, and is not four searches.
  await page.goto(bench.address);
  await expect(page.getByRole('article', { name: /bay 1/ })).toBeVisible();
  for (const line of text.split('\n')) await scan(page, line);
  await expect(page).toHaveURL(`${bench.address}/${text.split('\n')[1]}`);
  await expect(page.getByRole('heading', { name: 'U-0001', level: 1 })).toBeVisible();
  await expect(page.getByRole('searchbox', { name: 'Search' })).toHaveValue('');
});

test('labels of several units are printed, and one that is scanned is its drive', async ({ openBench, people }) => {
  const bench = await openBench(quick(drive(1), drive(2)));
  for (const bay of ['bay 1', 'bay 2']) bench.firmbench(['backup', bay]);
  bench.firmbench(['unit', 'label', 'U-0002', 'FB-0815']);
  const image = bench.addImage('LTR-52327S', 'QS0D');
  const page = await people(bench).signIn(undefined, undefined, FINE);
  await page.goto(`${bench.address}/units`);
  await page.getByRole('link', { name: 'Print 2 labels' }).click();
  await expect(page.getByRole('button', { name: 'Print' })).toBeEnabled();
  const labels = page.getByRole('listitem').filter({ has: page.getByRole('img') });
  await expect(labels).toHaveCount(2);
  await expectAccessible(page);
  await page.emulateMedia({ media: 'print' });
  await expect(page.getByRole('button', { name: 'Print' })).toBeHidden();
  await expect(labels.filter({ hasText: 'FB-0815' })).toContainText('U-0002');
  expect(await readQr(page.getByRole('img', { name: 'QR code: U-0001' }))).toBe('U-0001');
  const scanned = await readQr(page.getByRole('img', { name: 'QR code: FB-0815' }));
  expect(scanned).toBe('FB-0815');
  await page.emulateMedia({ media: 'screen' });

  await page.goto(`${bench.address}/do?action=flash&image=${image.split('/')[1]}`);
  await page.getByRole('checkbox', { name: /bay 2/ }).check();
  await page.getByRole('button', { name: 'Show the plan' }).click();
  await expect(page.getByText('Scan or type what is on the drive: FB-0815')).toBeVisible();
  await scan(page, scanned);
  await expect(page.getByText('Every drive is confirmed.')).toBeVisible();
});
