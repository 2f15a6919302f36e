// SPDX-License-Identifier: Apache-2.0
// Which tabs listen to the bench. A browser opens six connections to one host for all its tabs together,
// and a tab that listens takes one for good; so the tabs that nobody sees take turns: one of them
// listens, in order to call people, and the others rest until they are seen or that one is gone.

// Held by the hidden tab whose turn it is; the browser takes it from a tab that closes or crashes.
const LOCK = 'firmbench-hidden-tab-listens';

// Calls `begin` whenever a turn of this tab begins, with what tells when that turn is over.
export function takeTurns(ended: AbortSignal, begin: (over: AbortSignal) => void): void {
  let turn: AbortController | undefined;
  let seen = new AbortController();

  function setMine(mine: boolean): void {
    if (mine === (turn !== undefined)) return;
    turn?.abort();
    turn = mine ? new AbortController() : undefined;
    if (turn !== undefined) begin(turn.signal);
  }

  function look(): void {
    seen.abort();
    seen = new AbortController();
    if (document.hidden) void waitUnseen(seen.signal, setMine);
    else setMine(true);
  }

  document.addEventListener('visibilitychange', look, { signal: ended });
  ended.addEventListener('abort', () => {
    seen.abort();
    setMine(false);
  });
  look();
}

// A tab that listens already goes on without a break when no other one has the turn.
async function waitUnseen(seen: AbortSignal, setMine: (mine: boolean) => void): Promise<void> {
  const hold = async (lock: Lock | null): Promise<void> => {
    if (seen.aborted) return;
    setMine(lock !== null);
    if (lock !== null) await new Promise((done) => seen.addEventListener('abort', done));
  };
  await navigator.locks.request(LOCK, { ifAvailable: true }, hold);
  // Seen again while it stood in the queue: it is in it no more.
  if (!seen.aborted) await navigator.locks.request(LOCK, { signal: seen }, hold).catch(() => undefined);
}
