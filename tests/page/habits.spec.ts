// SPDX-License-Identifier: Apache-2.0
import { scan } from './support/scanner';
import { drive, quick } from './support/scenarios';
import { beginJob, expect, expectAccessible, test } from './support/test';

test('"/" goes to the search from anywhere but a field', async ({ openBench, people }) => {
  const bench = await openBench(quick(drive(1), drive(2)));
  const page = await people(bench).signIn();
  const search = page.getByRole('searchbox', { name: 'Search' });
  await page.keyboard.press('/');
  await expect(search).toBeFocused();
  await expect(search).toHaveValue('');
  await search.pressSequentially('bay 2', { delay: 60 });
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { name: 'Search: bay 2' })).toBeVisible();
  await page.getByRole('link', { name: /bay 2/ }).click();
  await expect(page.getByRole('heading', { level: 1, name: /bay 2/ })).toBeVisible();
  await expectAccessible(page);
});

test('a scan goes to the search and never presses what has the focus', async ({ openBench, people }) => {
  const bench = await openBench(quick(drive(1), drive(2)));
  const page = await people(bench).signIn();
  await page.getByRole('article', { name: /bay 1/ }).getByRole('link', { name: 'Details' }).click();
  const claim = page.getByRole('button', { name: 'I am using it' });
  await claim.focus();
  await scan(page, 'S1002 x');
  await expect(page.getByRole('heading', { name: 'Search: S1002 x' })).toBeVisible();
  // Labels may be short.
  await page.goBack();
  await claim.focus();
  await scan(page, 'A1');
  await expect(page.getByRole('heading', { name: 'Search: A1' })).toBeVisible();
  // A person's own Enter still presses, and was the first one that did.
  await page.goBack();
  await claim.focus();
  await page.keyboard.press('Enter');
  await expect(page.getByText('Others see now that you are using it.')).toBeVisible();
  const entries = bench.json('audit', 'list')['audit_entries'] ?? [];
  expect(entries.filter(({ action }) => action?.startsWith('drive.')).map(({ action }) => action)).toEqual(['drive.claim']);
});

test('a scan chooses nothing from a list that has the focus, a typed letter does', async ({ openBench, people }) => {
  const bench = await openBench(quick(drive(1)));
  bench.firmbench(['backup', 'bay 1']);
  bench.firmbench(['backup', 'bay 1']);
  // What is on the drive begins as the choices do: with the day.
  const [dump] = bench.json('dump', 'list')['dumps'] ?? [];
  const day = `${new Date(dump?.['create_time'] ?? '').getDate()}`;
  bench.firmbench(['unit', 'label', 'U-0001', `${day}-A`]);
  const page = await people(bench).signIn();
  await beginJob(page, bench, /bay 1/, /^Firmware restore/i);
  const list = page.getByRole('combobox', { name: /bay 1 U-0001/ });
  await expect(list.locator('option')).toHaveText([new RegExp(`^\\s*${day} `), new RegExp(`^\\s*${day} `)]);
  await expect(list).toHaveValue(/^dumps\//);
  const proposed = await list.inputValue();
  await page.getByRole('button', { name: 'Show the plan' }).click();
  await expect(page.getByLabel(/Scan or type what is on the drive/)).toBeVisible();
  await list.focus();
  await scan(page, `${day}-A`);
  await expect(page.getByText('Every drive is confirmed.')).toBeVisible();
  await expect(list).toHaveValue(proposed);
  await list.focus();
  await page.keyboard.press(day.charAt(0));
  await expect(list).not.toHaveValue(proposed);
});

test('dark and light: as the device says, or as a person says', async ({ openBench, people }) => {
  const bench = await openBench(quick(drive(1)));
  const page = await people(bench).signIn('root', '', { colorScheme: 'dark' });
  const html = page.locator('html');
  const ground = () => html.evaluate((element) => getComputedStyle(element).backgroundColor);
  const dark = await ground();
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Who, and how it looks' }).click();
  await page.getByRole('radio', { name: 'light' }).check();
  await expect(html).not.toHaveCSS('background-color', dark);
  const light = await ground();
  await page.reload();
  await expect(page.getByRole('article', { name: /bay 1/ })).toBeVisible();
  await expect(html).toHaveCSS('background-color', light);
  await expectAccessible(page);
});
