// SPDX-License-Identifier: Apache-2.0
// Many tabs of one browser, which opens six connections to a host for all of them together. Without a
// screen Chromium takes every tab for visible, so which one is seen is told to the pages here; the
// connections, the lock that the hidden ones share, and who closes when are the browser's own.
import type { BrowserContext, Page } from '@playwright/test';
import { askingDrive, drive, quick } from './support/scenarios';
import { beginJob, expect, test } from './support/test';

const TABS = 9;
const ON_STAGE = `
  let unseen = false;
  Object.defineProperty(document, 'hidden', { get: () => unseen });
  Object.defineProperty(document, 'visibilityState', { get: () => (unseen ? 'hidden' : 'visible') });
  window.setUnseen = (now) => {
    unseen = now;
    document.dispatchEvent(new Event('visibilitychange'));
  };
`;

const setUnseen = (page: Page, unseen: boolean) => page.evaluate(`window.setUnseen(${unseen})`);

// The tabs that hold a stream of events.
function watchStreams(context: BrowserContext): Set<Page> {
  const listening = new Set<Page>();
  const watch = (page: Page) => {
    const isStream = (request: { url: () => string }) => request.url().endsWith('/WatchEvents');
    page.on('request', (request) => isStream(request) && listening.add(page));
    page.on('requestfailed', (request) => isStream(request) && listening.delete(page));
    page.on('requestfinished', (request) => isStream(request) && listening.delete(page));
    page.on('close', () => listening.delete(page));
  };
  context.pages().forEach(watch);
  context.on('page', watch);
  return listening;
}

// Opens tabs one in front of the other, each on the wall; the last one is seen.
async function openTabs(first: Page, address: string): Promise<Page[]> {
  await first.context().addInitScript(ON_STAGE);
  await first.reload();
  const tabs = [first];
  await expect(first.getByRole('article', { name: /bay 1/ })).toBeVisible();
  for (let before = first; tabs.length < TABS; before = tabs.at(-1) ?? first) {
    await setUnseen(before, true);
    const tab = await first.context().newPage();
    tabs.push(tab);
    await tab.goto(address);
    await expect(tab.getByRole('article', { name: /bay 1/ })).toBeVisible();
  }
  return tabs;
}

test('nine tabs of one browser all work, and those behind take two connections no more', async ({ openBench, people }) => {
  const bench = await openBench(quick(drive(1)));
  const first = await people(bench).signIn();
  const listening = watchStreams(first.context());
  const tabs = await openTabs(first, bench.address);
  const last = tabs.at(-1) ?? first;
  // The one that is seen and one of the others.
  await expect.poll(() => listening.size).toBe(2);
  expect(listening).toContain(last);

  // The ninth works, also while it listens.
  await beginJob(last, bench, /bay 1/, /^Backup/i);
  await last.getByRole('button', { name: 'Show the plan' }).click();
  await last.getByRole('button', { name: 'Start' }).click();
  await expect(last.getByRole('status')).toContainText('succeeded');

  // Each shows what happened while nobody saw it, and what happens now.
  bench.firmbench(['drive', 'claim', 'bay 1', '--note', 'for all tabs']);
  let seen = last;
  for (const tab of tabs.slice(0, -1)) {
    await setUnseen(seen, true);
    await setUnseen(tab, false);
    const card = tab.getByRole('article', { name: /bay 1/ });
    await expect(card).toContainText('backed up');
    await expect(card).toContainText('for all tabs');
    await expect.poll(() => listening.size).toBe(2);
    expect(listening).toContain(tab);
    seen = tab;
  }
  bench.firmbench(['drive', 'release', 'bay 1']);
  await expect(seen.getByText('for all tabs')).toHaveCount(0);
});

test('of tabs that nobody sees one calls for a person, and another one when that is closed', async ({ openBench, people }) => {
  const bench = await openBench(quick(askingDrive(1)));
  const image = bench.addImage('LDW-451S', 'GSB7');
  const first = await people(bench).signIn();
  const listening = watchStreams(first.context());
  const tabs = await openTabs(first, bench.address);
  await setUnseen(tabs.at(-1) ?? first, true);
  await expect.poll(() => listening.size).toBe(1);

  bench.startJob(['flash', 'bay 1', image, '--yes']);
  const calls = async (tab: Page) => (await tab.title()).includes('A person is needed');
  const calling = async () => {
    const open = tabs.filter((tab) => !tab.isClosed());
    const told = await Promise.all(open.map(calls));
    return open.filter((_, index) => told[index]);
  };
  await expect.poll(async () => (await calling()).length).toBe(1);
  const [caller] = await calling();
  expect([...listening]).toEqual([caller]);

  await caller?.close();
  await expect.poll(async () => (await calling()).length).toBe(1);
  const [next] = await calling();
  expect([...listening]).toEqual([next]);

  // Answered elsewhere: the one that is seen then does not call any more.
  const seen = tabs.find((tab) => !tab.isClosed() && tab !== next) ?? first;
  await setUnseen(seen, false);
  await expect(seen.getByRole('region', { name: 'A person is needed' })).toBeVisible();
  await seen.getByRole('button', { name: 'Done' }).click();
  await expect(seen.getByText(/hold the drive's eject button/i)).toHaveCount(0);
});
