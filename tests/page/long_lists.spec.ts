// SPDX-License-Identifier: Apache-2.0
// Lists that are longer than what is asked for at once: nothing is left out without a word.
import { readFileSync } from 'node:fs';
import type { Page } from '@playwright/test';
import { drive, quick } from './support/scenarios';
import { expect, expectAccessible, test } from './support/test';

const HEAD_BYTES = 5;
// The field next_page_token of every answer with a list, its number and one letter.
const NEXT_PAGE = Buffer.from([(2 << 3) | 2, 1, 0x78]);

// An answer of gRPC-Web with everything that its message repeats so many times, and with another page
// behind it: messages behind each other are one.
function lengthened(answer: Buffer, times: number): Buffer {
  const end = HEAD_BYTES + answer.readUInt32BE(1);
  const once = answer.subarray(HEAD_BYTES, end);
  const message = Buffer.concat([...Array.from({ length: times }, () => once), NEXT_PAGE]);
  const head = Buffer.alloc(HEAD_BYTES);
  head.writeUInt32BE(message.length, 1);
  return Buffer.concat([head, message, answer.subarray(end)]);
}

// Puts pages before the one that the bench really has, each with so many times what stands in that.
async function putBefore(page: Page, call: string, ...times: number[]): Promise<void> {
  const pages = [...times];
  let real: Buffer | undefined;
  await page.route(`**/${call}`, async (route) => {
    if (real === undefined) {
      const response = await route.fetch();
      real = await response.body();
    }
    const more = pages.shift();
    const headers = { 'content-type': 'application/grpc-web+proto' };
    return route.fulfill({ headers, body: more === undefined ? real : lengthened(real, more) });
  });
}

test('a passport has every row of a long life', async ({ openBench, people }) => {
  const bench = await openBench(quick(drive(1)));
  bench.firmbench(['backup', 'bay 1']);
  bench.firmbench(['unit', 'note', 'U-0001', 'opened and cleaned']);
  const page = await people(bench).signIn();
  await page.goto(`${bench.address}/units`);
  await page.getByRole('link', { name: 'U-0001' }).click();
  const saveJson = async () => {
    await page.getByRole('link', { name: 'Unit passport' }).click();
    const saved = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Save as JSON' }).click();
    return JSON.parse(readFileSync(await (await saved).path(), 'utf8')) as { unit_events: unknown[] };
  };
  const { length } = (await saveJson()).unit_events;
  expect(length).toBeGreaterThan(0);
  await page.goBack();
  await expect(page.getByRole('heading', { name: 'What happened to it' })).toBeVisible();
  await putBefore(page, 'ListUnitEvents', 600, 600);
  expect((await saveJson()).unit_events).toHaveLength(1201 * length);
});

test('a unit that is not among the newest thousands is found by what it is known by', async ({ openBench, people }) => {
  const bench = await openBench(quick(drive(1), drive(2)));
  for (const bay of ['bay 1', 'bay 2']) bench.firmbench(['backup', bay]);
  // Lists leave it out, and the search does not.
  bench.firmbench(['unit', 'archive', 'U-0001']);
  const page = await people(bench).signIn();
  await page.goto(`${bench.address}/units`);
  await page.getByRole('link', { name: 'U-0002' }).click();
  await page.getByText('Merge, split, put away').click();
  await putBefore(page, 'ListUnits', 5000);
  await page.getByRole('button', { name: 'Merge …' }).click();
  await page.getByLabel('Which unit it turned out to be').first().fill('U-0001');
  await expect(page.getByRole('radio', { name: /U-0001/ })).toBeChecked();
  await expectAccessible(page);
});
