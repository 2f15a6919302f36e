// SPDX-License-Identifier: Apache-2.0
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROGRAMS } from './support/bench';
import { drive, quick } from './support/scenarios';
import { expect, expectAccessible, test } from './support/test';

test('a dropped file enters the library and says which drive it fits', async ({ openBench, people }) => {
  const bench = await openBench(quick(drive(1), drive(2, { model: 'LTR-48246S' })));
  const file = join(bench.folder, 'QS0D.bin');
  execFileSync(join(PROGRAMS, 'firmbench-make-image'), ['--model', 'LTR-52327S', '--revision', 'QS0D', '-o', file]);
  const broken = join(bench.folder, 'empty.bin');
  writeFileSync(broken, Buffer.alloc(512 * 1024));
  const page = await people(bench).signIn();
  await page.goto(`${bench.address}/images`);
  await expectAccessible(page);
  await page.locator('input[type=file]').setInputFiles([file, broken]);
  await expect(page.getByText('QS0D.bin is in the library: LTR-52327S QS0D')).toBeVisible();
  await expect(page.getByText(/IMAGE_/)).toBeVisible();
  await page.getByRole('link', { name: 'To the image' }).click();
  const fits = page.locator('section').filter({ has: page.getByRole('heading', { name: 'Which attached drive it fits' }) });
  await expect(fits.getByRole('listitem').filter({ hasText: 'bay 1' })).toContainText('fits');
  await expect(fits.getByRole('listitem').filter({ hasText: 'bay 2' })).toContainText('IMAGE_MODEL_MISMATCH');
  await expect(fits.getByRole('link', { name: 'Flash' })).toHaveCount(1);
  await expectAccessible(page);
});

test('an image that is known to be bad is written by no job', async ({ openBench, people }) => {
  const bench = await openBench(quick(drive(1)));
  const name = bench.addImage('LTR-52327S', 'QS0D');
  const page = await people(bench).signIn();
  await page.goto(`${bench.address}/${name}`);
  await page.getByRole('button', { name: 'Approve …' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Approve …' }).click();
  await expect(page.getByText('approved', { exact: true }).first()).toBeVisible();

  await page.getByRole('button', { name: 'It is bad …' }).click();
  const say = page.getByRole('dialog').getByRole('button', { name: 'It is bad …' });
  await expect(say).toBeDisabled();
  await page.getByLabel('Why; kept for ever').fill('no DVD-R any more');
  await say.click();
  await expect(page.getByText('so no job writes it: no DVD-R any more')).toBeVisible();
  await expect(page.getByRole('link', { name: 'Flash' })).toHaveCount(0);
  const marks = page.locator('section').filter({ has: page.getByRole('heading', { name: 'What was said of it' }) });
  await expect(marks.getByRole('listitem').first()).toContainText('known to be bad');
  await expectAccessible(page);
  expect(() => bench.firmbench(['flash', 'bay 1', name, '--yes'])).toThrow();
});

test('a donor’s dump is no image where nobody knows what is the donor’s alone', async ({ openBench, people }) => {
  const bench = await openBench(quick(drive(1)));
  bench.firmbench(['backup', 'bay 1']);
  const dump = bench.json('dump', 'list')['dumps']?.find(({ memory }) => memory === 'MEMORY_FIRMWARE');
  const page = await people(bench).signIn();
  await page.goto(`${bench.address}/${dump?.['name']}`);
  await page.getByRole('button', { name: 'Make an image of it' }).click();
  await expect(page.getByRole('alert')).toContainText('DONOR_RANGES_UNKNOWN');
  await expect(page.getByRole('alert')).toContainText('What to do:');
});

test('a drive that was flashed meanwhile is shown as it is now', async ({ openBench, people }) => {
  const bench = await openBench(quick(drive(1)));
  const name = bench.addImage('LTR-52327S', 'QS0D');
  const page = await people(bench).signIn();
  await page.goto(`${bench.address}/${name}`);
  const fit = page.getByRole('listitem').filter({ hasText: 'bay 1' });
  await expect(fit).toContainText('QS0C');
  bench.firmbench(['flash', 'bay 1', name, '--yes']);
  await expect(fit).toContainText('QS0D');
  await expect(fit).not.toContainText('QS0C');
});
