// SPDX-License-Identifier: Apache-2.0
import { scan } from './support/scanner';
import { drive, quick } from './support/scenarios';
import { expect, expectAccessible, test } from './support/test';

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
  expect(bench.json('drive', 'list')['drives']?.filter((row) => row['claim'])).toEqual([]);
  // A person's own Enter still presses.
  await page.goBack();
  await claim.focus();
  await page.keyboard.press('Enter');
  await expect(page.getByText('Others see now that you are using it.')).toBeVisible();
});

test('dark and light: as the device says, or as a person says', async ({ openBench, people }) => {
  const bench = await openBench(quick(drive(1)));
  const page = await people(bench).signIn('root', '', { colorScheme: 'dark' });
  const ground = () => page.evaluate('getComputedStyle(document.documentElement).backgroundColor');
  const dark = await ground();
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Who, and how it looks' }).click();
  await page.getByRole('radio', { name: 'light' }).check();
  const light = await ground();
  expect(light).not.toBe(dark);
  await page.reload();
  await expect(page.getByRole('article', { name: /bay 1/ })).toBeVisible();
  expect(await ground()).toBe(light);
  await expectAccessible(page);
});

test('a backup is made with the keyboard alone', async ({ openBench, people }) => {
  const bench = await openBench(quick(drive(1)));
  const page = await people(bench).signIn();
  await expect(page.getByRole('article', { name: /bay 1/ })).toBeVisible();

  // Tabs forwards until that control has the focus.
  async function tabTo(name: RegExp): Promise<void> {
    for (let presses = 0; presses < 60; presses += 1) {
      await page.keyboard.press('Tab');
      const focused = await page.evaluate(
        "document.activeElement?.closest('label')?.innerText ?? document.activeElement?.innerText ?? ''",
      );
      if (name.test(String(focused))) return;
    }
    throw new Error(`the keyboard never reached ${name}`);
  }
  const card = page.getByRole('article', { name: /bay 1/ });
  await card.getByRole('heading').getByRole('link').focus();
  await tabTo(/^Do a job$/);
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { name: 'Do a job' })).toBeVisible();
  await tabTo(/^Backup/);
  await page.keyboard.press('Space');
  await tabTo(/^Show the plan$/);
  await page.keyboard.press('Enter');
  await expect(page.getByRole('button', { name: 'Start' })).toBeEnabled();
  await tabTo(/^Start$/);
  await page.keyboard.press('Enter');
  await expect(page.getByRole('status')).toContainText('succeeded');
});
