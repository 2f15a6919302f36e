// SPDX-License-Identifier: Apache-2.0
// A full bench: 64 drives, 32 jobs at once; and what the first load costs. Prints its figures.
import type { Page } from '@playwright/test';
import { drive, paced, quick } from './support/scenarios';
import { expect, test } from './support/test';

const DRIVES = 64;
const JOBS = 32;
const SAMPLES = 200;
const MOST_FIRST_LOAD_BYTES = 200 * 1024;

// In the page: notes when a piece of the stream of events came in and when the bars that it moved were
// painted.
const WATCH_LATENCY = `
  window.latencies = [];
  let cameIn = 0;
  const plain = window.fetch;
  window.fetch = async (...request) => {
    const answer = await plain(...request);
    const address = request[0] instanceof Request ? request[0].url : String(request[0]);
    if (!address.endsWith('/WatchEvents') || answer.body === null) return answer;
    const noted = answer.body.pipeThrough(new TransformStream({
      transform(piece, out) { cameIn = performance.now(); out.enqueue(piece); },
    }));
    return new Response(noted, answer);
  };
  new MutationObserver((changes) => {
    if (!changes.some(({ target }) => target.nodeType === 1 && target.closest('[role=progressbar]'))) return;
    const begin = cameIn;
    requestAnimationFrame(() => setTimeout(() => window.latencies.push(performance.now() - begin)));
  }).observe(document, { subtree: true, attributes: true });
`;

async function latencies(page: Page): Promise<number[]> {
  return (await page.evaluate('window.latencies')) as number[];
}

test('64 drives with 32 jobs stay fluid', async ({ openBench, people }) => {
  test.setTimeout(300_000);
  const all = Array.from({ length: DRIVES }, (_, index) => drive(index + 1));
  const bench = await openBench(paced(0.5, ...all));
  const page = await people(bench).signIn();
  await page.addInitScript(WATCH_LATENCY);
  await page.reload();
  await expect(page.getByRole('article')).toHaveCount(DRIVES);
  // In the order of the bays, as people count.
  await expect(page.getByRole('article').nth(9)).toContainText('bay 10');

  for (const { name = '' } of (bench.json('drive', 'list')['drives'] ?? []).slice(0, JOBS)) {
    bench.startJob(['backup', name]);
  }
  await expect(page.getByText(`${DRIVES} drives, ${JOBS} jobs under way`)).toBeVisible();
  await expect.poll(async () => (await latencies(page)).length, { timeout: 120_000 }).toBeGreaterThan(SAMPLES);
  const sorted = (await latencies(page)).sort((a, b) => a - b);
  const at = (share: number) => (sorted[Math.floor(share * (sorted.length - 1))] ?? 0).toFixed(1);
  console.log(`progress in the browser to the pixel, ${JOBS} jobs: median ${at(0.5)} ms, ` +
    `95 % ${at(0.95)} ms, most ${at(1)} ms, of ${sorted.length}`);
});

test('the first load is small', async ({ openBench, people }) => {
  const bench = await openBench(quick(drive(1)));
  const page = await people(bench).signIn();
  const client = await page.context().newCDPSession(page);
  await client.send('Network.enable');
  await client.send('Network.setCacheDisabled', { cacheDisabled: true });
  let bytes = 0;
  const files = new Map<string, string>();
  client.on('Network.responseReceived', ({ requestId, response }) => {
    if (!response.url.includes('firmbench.v1')) files.set(requestId, response.url);
  });
  client.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    if (files.has(requestId)) bytes += encodedDataLength;
  });
  await page.reload();
  await expect(page.getByRole('article', { name: /bay 1/ })).toBeVisible();
  console.log(`first load: ${files.size} files, ${(bytes / 1024).toFixed(1)} KB compressed`);
  expect(bytes).toBeGreaterThan(0);
  expect(bytes).toBeLessThan(MOST_FIRST_LOAD_BYTES);
});
