// SPDX-License-Identifier: Apache-2.0
// The Merkle tree of the audit log as RFC 6962 has it: that an entry is in a tree, and that a tree
// continues an older one. Every answer is computed here; nothing is believed.
import { joined } from '$lib/files/bytes';
import { sha256 } from '$lib/files/sha256';

const LEAF = Uint8Array.of(0);
const NODE = Uint8Array.of(1);

export const leafHash = (entry: Uint8Array): Promise<Uint8Array> => sha256(joined([LEAF, entry]));

const nodeHash = (left: Uint8Array, right: Uint8Array): Promise<Uint8Array> =>
  sha256(joined([NODE, left, right]));

export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((value, index) => value === b[index]);
}

// Positions are below 2^53, so that plain numbers hold them; halves, because shifts are of 32 bits.
const half = (position: number): number => Math.floor(position / 2);
const isOdd = (position: number): boolean => position % 2 === 1;

// RFC 9162 2.1.3.2: whether the leaf at `index` of a tree of `size` leads to the root.
export async function isIncluded(
  leaf: Uint8Array,
  index: number,
  size: number,
  path: readonly Uint8Array[],
  root: Uint8Array,
): Promise<boolean> {
  if (index < 0 || index >= size) return false;
  let at = index;
  let last = size - 1;
  let value = leaf;
  for (const step of path) {
    if (last === 0) return false;
    if (isOdd(at) || at === last) {
      value = await nodeHash(step, value);
      while (!isOdd(at) && at !== 0) {
        at = half(at);
        last = half(last);
      }
    } else {
      value = await nodeHash(value, step);
    }
    at = half(at);
    last = half(last);
  }
  return last === 0 && sameBytes(value, root);
}

export interface Tree {
  size: number;
  root: Uint8Array;
}

// RFC 9162 2.1.4.2: whether the newer tree begins with all leaves of the older one.
export async function continues(older: Tree, newer: Tree, proof: readonly Uint8Array[]): Promise<boolean> {
  if (older.size > newer.size) return false;
  if (older.size === newer.size) return proof.length === 0 && sameBytes(older.root, newer.root);
  if (older.size === 0) return proof.length === 0;
  const isPowerOfTwo = Number.isInteger(Math.log2(older.size));
  const [first, ...path] = isPowerOfTwo ? [older.root, ...proof] : proof;
  if (first === undefined) return false;
  let at = older.size - 1;
  let last = newer.size - 1;
  while (isOdd(at)) {
    at = half(at);
    last = half(last);
  }
  let old = first;
  let now = first;
  for (const step of path) {
    if (last === 0) return false;
    if (isOdd(at) || at === last) {
      old = await nodeHash(step, old);
      now = await nodeHash(step, now);
      while (!isOdd(at) && at !== 0) {
        at = half(at);
        last = half(last);
      }
    } else {
      now = await nodeHash(now, step);
    }
    at = half(at);
    last = half(last);
  }
  return last === 0 && sameBytes(old, older.root) && sameBytes(now, newer.root);
}
