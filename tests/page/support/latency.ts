// SPDX-License-Identifier: Apache-2.0
// How old the progress of a job is when it is seen: from the time in its event, which the daemon put there
// (on this computer, so by the same clock), to when the bar that it moved was painted.
import type { Page } from '@playwright/test';

// In the page. Reads just so much of the stream of events (gRPC-Web, protocol buffers) as it takes.
function watch(): void {
  const HEADER = 5;
  const latencies: number[] = [];
  Object.assign(window, { latencies });
  // By job: when its newest progress was told, in milliseconds since 1970.
  const told = new Map<string, number>();

  // The fields of a message that are numbers or have a length; the others are passed over.
  function fields(message: Uint8Array): Map<number, number | Uint8Array> {
    const found = new Map<number, number | Uint8Array>();
    let at = 0;
    const number = () => {
      let value = 0;
      for (let factor = 1; ; factor *= 128) {
        const byte = message[at++] ?? 0;
        value += (byte & 127) * factor;
        if (byte < 128) return value;
      }
    };
    while (at < message.length) {
      const key = number();
      const [field, kind] = [Math.floor(key / 8), key % 8];
      if (kind === 0) found.set(field, number());
      else if (kind === 1) at += 8;
      else if (kind === 5) at += 4;
      else {
        const length = number();
        found.set(field, message.subarray(at, at + length));
        at += length;
      }
    }
    return found;
  }
  const inside = (message: Map<number, number | Uint8Array>, field: number) => {
    const value = message.get(field);
    return value instanceof Uint8Array ? value : undefined;
  };

  function take(message: Uint8Array): void {
    const event = fields(message);
    const [time, change] = [inside(event, 2), inside(event, 4)];
    if (time === undefined || change === undefined) return;
    const job = fields(change);
    const name = inside(job, 2);
    if (name === undefined || !job.has(8)) return;
    const stamp = fields(time);
    told.set(new TextDecoder().decode(name), Number(stamp.get(1) ?? 0) * 1e3 + Number(stamp.get(2) ?? 0) / 1e6);
  }

  let kept = new Uint8Array();
  function takePiece(piece: Uint8Array): void {
    const all = new Uint8Array(kept.length + piece.length);
    all.set(kept);
    all.set(piece, kept.length);
    let at = 0;
    while (all.length - at >= HEADER) {
      const length = new DataView(all.buffer, at + 1, 4).getUint32(0);
      if (all.length - at < HEADER + length) break;
      if (all[at] === 0) take(all.subarray(at + HEADER, at + HEADER + length));
      at += HEADER + length;
    }
    kept = all.slice(at);
  }

  const plain = window.fetch;
  window.fetch = async (...request) => {
    const answer = await plain(...request);
    const address = request[0] instanceof Request ? request[0].url : String(request[0]);
    if (!address.endsWith('/WatchEvents') || answer.body === null) return answer;
    kept = new Uint8Array();
    const noted = answer.body.pipeThrough(new TransformStream<Uint8Array, Uint8Array>({
      transform(piece, out) {
        takePiece(piece);
        out.enqueue(piece);
      },
    }));
    return new Response(noted, answer);
  };

  new MutationObserver((changes) => {
    const moved = new Set<string>();
    for (const { target } of changes) {
      const bar = target instanceof Element ? target.closest('[role=progressbar]') : null;
      const job = bar?.closest('a')?.getAttribute('href')?.slice(1);
      if (job !== undefined) moved.add(job);
    }
    const begun = [...moved].flatMap((job) => told.get(job) ?? []);
    if (begun.length === 0) return;
    requestAnimationFrame(() => setTimeout(() => {
      const now = Date.now();
      latencies.push(...begun.map((time) => now - time));
    }));
  }).observe(document, { subtree: true, attributes: true });
}

// From the next load on.
export async function watchLatency(page: Page): Promise<void> {
  await page.addInitScript(watch);
}

export async function forgetLatencies(page: Page): Promise<void> {
  await page.evaluate('window.latencies.length = 0');
}

// Of each movement of a bar so far, in milliseconds.
export async function latencies(page: Page): Promise<number[]> {
  return (await page.evaluate('window.latencies')) as number[];
}
