// SPDX-License-Identifier: Apache-2.0
// Files and folders that are dropped onto the page, as the browser's own protocol for tools drops them.
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator, Page } from '@playwright/test';
import { drive, quick } from './support/scenarios';
import { expect, test } from './support/test';

const TAKEN = ['dragover', 'drop'];

// Drops what lies at `paths` onto the middle of `place`. These events come to the page, which takes each from
// the browser: that would open a file in place of the page.
async function drop(page: Page, place: Locator, events: string[], ...paths: string[]): Promise<void> {
  await page.evaluate(`
    window.listening?.abort();
    window.listening = new AbortController();
    window.taken = new Set();
    for (const kind of ['dragover', 'drop']) {
      window.addEventListener(kind, (event) => window.taken.add(event.defaultPrevented ? kind : 'not ' + kind),
        { signal: window.listening.signal });
    }
  `);
  // Then it stands still, and nothing lies on it.
  await place.hover();
  const box = await place.boundingBox();
  if (box === null) throw new Error('there is no such place on the page');
  const devtools = await page.context().newCDPSession(page);
  const at = { x: box.x + box.width / 2, y: box.y + box.height / 2 };
  const data = { items: [], files: paths, dragOperationsMask: 1 };
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const) {
    await devtools.send('Input.dispatchDragEvent', { type, data, ...at });
  }
  await devtools.detach();
  await expect.poll(() => page.evaluate('[...window.taken]')).toEqual(events);
}

test('a dropped folder is imported with its folders, and what cannot be read is named', async ({ openBench, people }) => {
  const bench = await openBench(quick(drive(1)));
  bench.addImage('LTR-48246S', 'SS0D');
  const folder = join(bench.folder, 'old');
  mkdirSync(join(folder, 'drive-b'), { recursive: true });
  writeFileSync(join(folder, 'drive-b', 'ss0d.bin'), readFileSync(join(bench.folder, 'SS0D.bin')));
  writeFileSync(join(folder, 'letter.txt'), 'dear sirs\n');
  const gone = join(bench.folder, 'gone.bin');
  symlinkSync('/nonexistent', gone);
  const page = await people(bench).signIn();
  await page.goto(`${bench.address}/import`);
  await drop(page, page.getByRole('group', { name: 'Drop files or folders here' }), TAKEN, folder, gone);
  const row = (name: string) => page.getByRole('row').filter({ hasText: name });
  await expect(row('old/drive-b/ss0d.bin')).toContainText('LTR-48246S SS0D');
  await expect(row('old/letter.txt')).toContainText('not imported');
  await expect(row('gone.bin')).toContainText('cannot be read');
  await page.getByRole('button', { name: 'Keep 1 file' }).click();
  await expect(row('old/drive-b/ss0d.bin')).toContainText('kept');
  expect(bench.json('dump', 'list')['dumps']).toHaveLength(1);
});

test('a file that is dropped beside the place for files leaves the page as it is', async ({ openBench, people }) => {
  const bench = await openBench(quick(drive(1)));
  const file = join(bench.folder, 'letter.txt');
  writeFileSync(file, 'dear sirs\n');
  const page = await people(bench).signIn();
  await page.goto(`${bench.address}/import`);
  // Said to be no place for files, so that the browser does not even drop them.
  await drop(page, page.getByRole('heading', { level: 1 }), ['dragover'], file);
  await drop(page, page.getByRole('group', { name: 'Drop files or folders here' }), TAKEN, file);
  await expect(page.getByRole('row').filter({ hasText: 'letter.txt' })).toHaveCount(1);
});
