// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs';
import { token, signInWith } from './support/roles';
import { drive, quick } from './support/scenarios';
import { expect, expectAccessible, test } from './support/test';

test('a unit gets a label, notes and a customer, and its history says so', async ({ openBench, people }) => {
  const bench = await openBench(quick(drive(1)));
  bench.firmbench(['backup', 'bay 1']);
  const page = await people(bench).signIn();
  await page.goto(`${bench.address}/units`);
  await page.getByRole('link', { name: 'U-0001' }).click();
  await expect(page.getByRole('heading', { name: 'U-0001' })).toBeVisible();

  await page.getByRole('button', { name: 'Label …' }).click();
  await page.getByLabel(/What is on the drive/).fill('A-4711');
  await page.getByRole('button', { name: 'Put the label on' }).click();
  await expect(page.getByRole('status')).toContainText('The label is A-4711.');

  await page.getByRole('button', { name: 'Note …' }).click();
  await page.getByLabel('What is to be remembered').fill('flashed at a friend’s');
  await page.getByLabel(/done elsewhere/).check();
  await expect(page.getByRole('button', { name: 'Note it' })).toBeDisabled();
  await page.getByLabel('With what').fill('MTKFLASH 1.83');
  await page.getByRole('button', { name: 'Note it' }).click();
  await expect(page.getByRole('status')).toContainText('The work elsewhere was noted.');

  await page.getByRole('button', { name: 'Customer and ticket …' }).click();
  await page.getByLabel('Customer', { exact: true }).fill('Smith');
  await page.getByLabel('Ticket', { exact: true }).fill('T-118');
  await page.getByRole('button', { name: 'Keep' }).click();
  await expect(page.getByText('T-118')).toBeVisible();

  const history = page.locator('section').filter({ has: page.getByRole('heading', { name: 'What happened to it' }) });
  await expect(history.getByRole('listitem').first()).toContainText('work elsewhere');
  await expect(history).toContainText('MTKFLASH 1.83');
  await expect(history).toContainText('backup, QS0C');
  const known = page.locator('section').filter({ has: page.getByRole('heading', { name: 'What it is known by' }) });
  await expect(known.getByRole('listitem').filter({ hasText: 'S1001' }).first()).toContainText('serial number');
  await expect(known.getByRole('listitem').filter({ hasText: 'port' })).toContainText('weak');
  await expectAccessible(page);
  const [unit] = bench.json('unit', 'list')['units'] ?? [];
  expect(unit).toMatchObject({ label: 'A-4711' });

  // Put away: lists leave it out, and nothing else.
  await page.getByText('Merge, split, put away').click();
  await page.getByRole('button', { name: 'Put away …' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Put away …' }).click();
  await expect(page.getByRole('status')).toContainText('The unit was put away.');
  expect(bench.json('unit', 'list')['units']).toEqual([]);

  // Whose it was is really gone, for who types which unit is meant.
  await page.getByRole('button', { name: 'Erase the customer’s data …' }).click();
  const erase = page.getByRole('button', { name: 'Erase for good' });
  await page.getByLabel(/^Type U-0001/).fill('U-0002');
  await expect(erase).toBeDisabled();
  await page.getByLabel(/^Type U-0001/).fill('u-0001');
  await expectAccessible(page);
  await erase.click();
  await expect(page.getByRole('status')).toContainText('The customer’s data is erased');
  await expect(page.getByText('T-118')).toHaveCount(0);
  await page.getByRole('button', { name: 'Take out again …' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Take out again …' }).click();
  await expect(page.getByRole('status')).toContainText('The unit was taken out again.');
  const [erased] = bench.json('unit', 'list')['units'] ?? [];
  expect(erased).toMatchObject({ label: 'A-4711', customer: '', ticket: '', dump_count: '2' });
});

test('two units are merged and split again, and no dump is lost', async ({ openBench, people }) => {
  const bench = await openBench(quick(drive(1), drive(2)));
  bench.firmbench(['backup', 'bay 1']);
  bench.firmbench(['backup', 'bay 2']);
  const page = await people(bench).signIn();
  await page.goto(`${bench.address}/units`);
  await page.getByRole('link', { name: 'U-0002' }).click();
  await page.getByText('Merge, split, put away').click();
  await page.getByRole('button', { name: 'Merge …' }).click();
  await expect(page.getByRole('radio', { name: /U-0001/ })).toBeVisible();
  await expect(page.getByRole('radio', { name: /U-0002/ })).toHaveCount(0);
  await page.getByLabel('Which unit it turned out to be').first().fill('U-0001');
  await page.getByLabel('Why; kept for ever').fill('same drive, other board');
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Merge', exact: true }).click();
  await expect(page.getByRole('heading', { name: 'U-0001' })).toBeVisible();
  await expect(page.getByRole('status')).toContainText('U-0002 is U-0001; 4 dumps in all.');
  const [merged] = bench.json('unit', 'list')['units'] ?? [];
  expect(merged).toMatchObject({ number: 'U-0001', dump_count: '4' });

  await page.getByRole('button', { name: 'Split …' }).click();
  const boxes = page.getByRole('dialog').getByRole('checkbox');
  await expect(boxes).toHaveCount(4);
  await boxes.nth(0).check();
  await boxes.nth(1).check();
  await page.getByLabel('Why; kept for ever').fill('two drives after all');
  await page.getByRole('button', { name: 'Make a new unit of 2 dumps' }).click();
  await expect(page.getByRole('status')).toContainText('U-0003 is a new unit with 2 dumps.');
  expect(bench.json('unit', 'list')['units']).toHaveLength(2);
});

test('the passport is a file that needs nothing, without the customer', async ({ openBench, people }) => {
  const bench = await openBench(quick(drive(1)));
  bench.firmbench(['backup', 'bay 1']);
  bench.firmbench(['unit', 'customer', 'U-0001', '--name', 'Smith', '--ticket', 'T-118']);
  const page = await people(bench).signIn();
  await page.goto(`${bench.address}/units`);
  await page.getByRole('link', { name: 'U-0001' }).click();
  await page.getByRole('link', { name: 'Unit passport' }).click();
  await expect(page.getByRole('heading', { name: 'Audit checkpoint' })).toBeVisible();
  await expect(page.getByRole('img', { name: /Map of the EEPROM/ })).toBeVisible();
  await expectAccessible(page);

  const saved = async (button: string) => {
    const download = page.waitForEvent('download');
    await page.getByRole('button', { name: button }).click();
    return readFileSync(await (await download).path(), 'utf8');
  };
  const html = await saved('Save as a page');
  expect(html).toContain('U-0001');
  expect(html).toContain('S1001');
  for (const secret of ['Smith', 'T-118', '<script', 'https://', 'src=']) expect(html).not.toContain(secret);
  const json = JSON.parse(await saved('Save as JSON')) as { format: string; unit: { customer: string }; dumps: unknown[] };
  expect(json).toMatchObject({ format: 'firmbench unit passport 1', unit: { number: 'U-0001', customer: '' } });
  expect(json.dumps).toHaveLength(2);

  // The file alone, in a browser that has nothing else.
  const alone = await page.context().newPage();
  await alone.setContent(html);
  await expect(alone.getByRole('heading', { name: /U-0001/ })).toBeVisible();
});

test('who may only look is offered no decisions', async ({ openBench, browser }) => {
  const bench = await openBench(quick(drive(1)));
  bench.firmbench(['backup', 'bay 1']);
  const page = await signInWith(bench, browser, token(bench, 'viewer'));
  await page.getByRole('link', { name: 'Units' }).click();
  await page.getByRole('link', { name: 'U-0001' }).click();
  await expect(page.getByText('the work of technicians')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Label …' })).toHaveCount(0);
  await expect(page.getByRole('link', { name: 'Unit passport' })).toBeVisible();
  await expect(page.getByRole('link', { name: 'Audit' })).toHaveCount(0);
  await page.getByRole('main').getByRole('link', { name: /20/ }).first().click();
  await expect(page.getByText('The bytes of dumps are for technicians')).toBeVisible();
  await page.context().close();
});
