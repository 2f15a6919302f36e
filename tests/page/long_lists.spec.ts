// SPDX-License-Identifier: Apache-2.0
// Lists that are longer than what is asked for at once: nothing is left out without a word.
import { readFileSync } from 'node:fs';
import type { Page } from '@playwright/test';
import { drive, quick } from './support/scenarios';
import { expect, expectAccessible, test } from './support/test';

const HEAD_BYTES = 5;
// The field next_page_token of every answer with a list.
const NEXT_PAGE_TOKEN = (2 << 3) | 2;
const tokenOf = (page: number): string => `page-${page}`;

// An answer of gRPC-Web with everything that its message repeats so many times, and with another page
// behind it: messages behind each other are one.
function lengthened(answer: Buffer, times: number, nextPage: number): Buffer {
  const end = HEAD_BYTES + answer.readUInt32BE(1);
  const once = answer.subarray(HEAD_BYTES, end);
  const token = Buffer.from(tokenOf(nextPage));
  const next = Buffer.concat([Buffer.from([NEXT_PAGE_TOKEN, token.length]), token]);
  const message = Buffer.concat([...Array.from({ length: times }, () => once), next]);
  const head = Buffer.alloc(HEAD_BYTES);
  head.writeUInt32BE(message.length, 1);
  return Buffer.concat([head, message, answer.subarray(end)]);
}

// Puts pages before the one that the bench really has, each with so many times what stands in that. Who
// asks for the list, and however often, gets all of it.
async function putBefore(page: Page, call: string, ...times: number[]): Promise<void> {
  let real: Buffer | undefined;
  await page.route(`**/${call}`, async (route) => {
    real ??= await (await route.fetch()).body();
    const request = route.request().postDataBuffer() ?? Buffer.alloc(0);
    const asked = times.findIndex((_, index) => request.includes(tokenOf(index + 1))) + 1;
    const more = times[asked];
    const headers = { 'content-type': 'application/grpc-web+proto' };
    return route.fulfill({ headers, body: more === undefined ? real : lengthened(real, more, asked + 1) });
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
  await expect(page.getByRole('link', { name: 'Unit passport' })).toBeVisible();
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
