// SPDX-License-Identifier: Apache-2.0
import { quick } from './support/scenarios';
import { expect, test } from './support/test';

// Where lines break, and how items of a list are marked, differs.
const words = (text: string) => text.replace(/^\s*- /gm, '').split(/\s+/).filter(Boolean).join(' ');

test('each topic of `firmbench explain` stands in the help, word by word', async ({ openBench, people }) => {
  const bench = await openBench(quick());
  const page = await people(bench).signIn();
  const topics = bench.firmbench(['explain']).trim().split('\n').map((line) => /^(\S+) +(.+)$/.exec(line) ?? []);
  expect(topics.length).toBeGreaterThan(10);
  await page.goto(`${bench.address}/help`);
  await expect(page.getByRole('main').getByRole('link')).toHaveText(topics.map(([, , title = '']) => title));
  for (const [, name = '', title = ''] of topics) {
    await page.goto(`${bench.address}/help/${name}`);
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(title);
    const explained = words(bench.firmbench(['explain', name]));
    await expect.poll(async () => words(await page.getByRole('article').innerText())).toBe(explained);
  }
});
