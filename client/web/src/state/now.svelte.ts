// SPDX-License-Identifier: Apache-2.0
// The time, once a second, for what counts down. Runs only while something shows it.
import { createSubscriber } from 'svelte/reactivity';
import { bench } from './bench.svelte';

const subscribe = createSubscriber((update) => {
  const timer = setInterval(update, 1000);
  return () => clearInterval(timer);
});

// The bench's clock, in milliseconds since 1970.
export function benchNow(): number {
  subscribe();
  return Date.now() + bench.clockAhead;
}
