// SPDX-License-Identifier: Apache-2.0
// Many tabs of one browser, which opens six connections to a host for all of them together. Without a
// screen Chromium takes every tab for visible, so which one is seen is told to the pages here; the
// connections, the lock that the hidden ones share, and who closes when are the browser's own.
import type { BrowserContext, Page, Request } from '@playwright/test';
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

// What tells which tabs hold a stream of events.
function watchStreams(context: BrowserContext): () => Set<Page> {
  const streams = new Map<Request, Page>();
  const forgetAll = (page: Page) => {
    for (const [stream, holder] of streams) if (holder === page) streams.delete(stream);
  };
  const watch = (page: Page) => {
    page.on('request', (request) => {
      if (request.isNavigationRequest()) forgetAll(page);
      if (request.url().endsWith('/WatchEvents')) streams.set(request, page);
    });
    page.on('requestfailed', (request) => streams.delete(request));
    page.on('requestfinished', (request) => streams.delete(request));
    page.on('close', () => forgetAll(page));
  };
  context.pages().forEach(watch);
  context.on('page', watch);
  return () => new Set(streams.values());
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
  const expectListening = (seen: Page) =>
    expect.poll(() => ({ tabs: listening().size, seen: listening().has(seen) })).toEqual({ tabs: 2, seen: true });
  await expectListening(last);

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
    await expectListening(tab);
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
  await expect.poll(() => listening().size).toBe(1);

  bench.startJob(['flash', 'bay 1', image, '--yes']);
  // By their places among the tabs.
  const listeners = () => tabs.flatMap((tab, place) => (listening().has(tab) ? [place] : []));
  const callers = async () => {
    const titles = await Promise.all(tabs.map((tab) => (tab.isClosed() ? '' : tab.title())));
    return titles.flatMap((title, place) => (title.includes('A person is needed') ? [place] : []));
  };
  // The only one that calls, which is the only one that listens.
  const findCaller = async () => {
    let found: number[] = [];
    await expect(async () => {
      found = await callers();
      expect(found).toHaveLength(1);
      expect(listeners()).toEqual(found);
    }).toPass();
    return tabs[found[0] ?? 0] ?? first;
  };
  await (await findCaller()).close();
  const next = await findCaller();

  // Answered elsewhere: the one that is seen then does not call any more.
  const seen = tabs.find((tab) => !tab.isClosed() && tab !== next) ?? first;
  await setUnseen(seen, false);
  await expect(seen.getByRole('region', { name: 'A person is needed' })).toBeVisible();
  await seen.getByText(/Touch the screen to hear it/).click();
  await expect(seen.getByText(/Touch the screen to hear it/)).toHaveCount(0);
  await seen.getByRole('button', { name: 'Done' }).click();
  await expect(seen.getByText(/hold the drive's eject button/i)).toHaveCount(0);
});
