// SPDX-License-Identifier: Apache-2.0
// Everything without a mouse: no click, and no script that puts the focus anywhere.
import { Keyboard } from './support/keyboard';
import { token } from './support/roles';
import { drive, quick } from './support/scenarios';
import { expect, test } from './support/test';

const OPEN_DIALOG = 'dialog[open]';

test.describe('the whole way', () => {
  test.use({ expectedErrors: [/status of 401/] });

  test('from the login to the outcome of a flash', async ({ openBench, people }) => {
    const bench = await openBench(quick(drive(1), drive(2)));
    bench.addImage('LTR-52327S', 'QS0D');
    const secret = token(bench, 'technician');
    const page = await people(bench).open();
    const keys = new Keyboard(page);

    await expect(page.getByRole('heading', { name: 'Who is there?' })).toBeVisible();
    await keys.tabTo(/^Login link or token$/);
    await keys.type('fbt_wrong');
    await keys.press('Enter');
    await expect(page.getByRole('alert')).toBeVisible();
    // The field keeps the focus, and what was typed.
    await keys.expectFocus({ name: 'Login link or token', ring: true });
    await keys.press('Control+A');
    await keys.type(secret);
    await keys.press('Enter');

    const second = page.getByRole('article', { name: /bay 2/ });
    await expect(second).toBeVisible();
    await keys.tabTo(/^bay 2$/);
    await keys.tabTo(/^Do a job$/);
    await keys.press('Enter');
    await expect(page.getByRole('heading', { name: 'Do a job', level: 1 })).toBeVisible();
    await expect(page.getByRole('checkbox', { name: /bay 2/ })).toBeChecked();
    // The screen is new, and Tab begins with it, not with the bar above.
    await keys.expectAtBeginning();
    expect((await keys.tab()).name).toMatch(/^bay 2/);
    await keys.tabTo(/^Other drives too$/);
    await keys.tabTo(/^Backup/i);
    await keys.press('ArrowDown');
    await expect(page.getByRole('radio', { name: /^Firmware flash/i })).toBeChecked();
    await keys.expectFocus({ ring: true, uncovered: true });
    await expect(page.getByRole('radio', { name: /QS0D/ })).toBeVisible();
    await keys.tabTo(/QS0D/);
    await keys.press('Space');
    await keys.tabTo(/^Show the plan$/);
    await keys.press('Enter');

    await expect(page.getByRole('region', { name: 'The plan' })).toContainText('What undoes it:');
    // What was pressed is gone; the focus is where the plan begins.
    await keys.expectFocus({ name: 'The plan', ring: true });
    await keys.tabTo(/^Scan or type what is on the drive/);
    await keys.type('S1002');
    await keys.press('Enter');
    await expect(page.getByText('Every drive is confirmed.')).toBeVisible();
    // A second Enter must not begin what cannot be taken back.
    await keys.expectFocus({ name: 'Every drive is confirmed.', ring: true });
    await keys.press('Enter');
    expect(bench.json('job', 'list')['jobs']).toEqual([]);
    await keys.tabTo(/^Start$/);
    await keys.press('Enter');

    await expect(page.getByRole('status')).toContainText('succeeded');
    await expect(page.getByRole('status')).toContainText('every byte is the same as before');
    await keys.tabTo(/^\d backups? of U-0001 kept$/);
    await keys.press('Enter');
    await expect(page.getByRole('heading', { name: 'U-0001', level: 1 })).toBeVisible();
    const [job] = bench.json('job', 'list')['jobs'] ?? [];
    expect(job).toMatchObject({ kind: 'flash', result: 'RESULT_SUCCEEDED', outcome: 'OUTCOME_CHANGED_VERIFIED' });
  });
});

test('a dialog keeps the focus, and gives it back', async ({ openBench, people }) => {
  const bench = await openBench(quick(drive(1)));
  bench.firmbench(['backup', 'bay 1']);
  const [unit] = bench.json('unit', 'list')['units'] ?? [];
  const page = await people(bench).signIn();
  const keys = new Keyboard(page);

  // Opens it with the keyboard, goes round in it, and leaves it in this way.
  async function expectKept(opener: RegExp, leave: () => Promise<void>): Promise<void> {
    await keys.tabTo(opener);
    const { name } = await keys.look();
    await keys.press('Enter');
    const dialog = page.locator(OPEN_DIALOG);
    await expect(dialog).toBeVisible();
    const inside = `document.activeElement.closest('${OPEN_DIALOG}') !== null`;
    expect(await page.evaluate(inside)).toBe(true);
    const stations = await dialog.locator('button, input, textarea, select, a[href]').count();
    for (const key of ['Tab', 'Shift+Tab'] as const) {
      // Twice round: between the last and the first the browser itself may have it, what is behind never.
      for (let presses = 0; presses < 2 * stations + 2; presses += 1) {
        const focus = await keys.tab(key);
        expect(focus.name === '' || (await page.evaluate(inside))).toBe(true);
      }
    }
    await leave();
    await expect(dialog).toHaveCount(0);
    await keys.expectFocus({ name, ring: true, uncovered: true });
  }
  const escape = () => keys.press('Escape');
  const cancel = async () => {
    await keys.tabTo(/^Cancel$/);
    await keys.press('Enter');
  };
  await page.goto(`${bench.address}/${unit?.['name']}`);
  await expect(page.getByRole('heading', { name: 'U-0001', level: 1 })).toBeVisible();
  await expectKept(/^Label …$/, escape);
  await expectKept(/^Note …$/, cancel);
  await keys.tabTo(/^Merge, split, put away/);
  await keys.press('Enter');
  await expectKept(/^Merge …$/, escape);
  await page.goto(`${bench.address}/people`);
  await expect(page.getByRole('heading', { name: 'People and benches' })).toBeVisible();
  await expectKept(/^Invite somebody …$/, cancel);
  await expectKept(/^Personal token …$/, escape);

  // What was done in it as well.
  await page.goto(`${bench.address}/${unit?.['name']}`);
  await expect(page.getByRole('heading', { name: 'U-0001', level: 1 })).toBeVisible();
  await keys.tabTo(/^Label …$/);
  await keys.press('Enter');
  await keys.tabTo(/^What is on the drive/);
  await keys.type('A-4711');
  await keys.press('Enter');
  await expect(page.locator(OPEN_DIALOG)).toHaveCount(0);
  await expect(page.getByText('A-4711').first()).toBeVisible();
  await keys.expectFocus({ name: 'Label …', ring: true });
});

test('the menu of the person opens, and closes with Escape', async ({ openBench, people }) => {
  const bench = await openBench(quick(drive(1)));
  const page = await people(bench).signIn();
  const keys = new Keyboard(page);
  await keys.tabTo(/^Who, and how it looks$/);
  await keys.press('Enter');
  await keys.tabTo(/^as the device$/);
  await keys.press('ArrowDown');
  await expect(page.getByRole('radio', { name: 'light' })).toBeChecked();
  await keys.press('Escape');
  await expect(page.getByRole('radio', { name: 'light' })).toHaveCount(0);
  await keys.expectFocus({ name: 'Who, and how it looks', ring: true });
});
