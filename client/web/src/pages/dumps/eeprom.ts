// SPDX-License-Identifier: Apache-2.0
// What is known of each byte of an EEPROM, from what the dumps of its model teach.
import type { EepromKnowledge, EepromRange } from '$gen/firmbench/v1/unit_service_pb';

export type ByteUse = 'constant' | 'unknown' | 'changes';
export const BYTE_USES: readonly ByteUse[] = ['constant', 'changes', 'unknown'];

// More is in no EEPROM of an optical drive; what claims to be larger is not drawn.
const LARGEST_BYTES = 64 << 10;

function mark(uses: ByteUse[], ranges: readonly EepromRange[], use: ByteUse): void {
  for (const range of ranges) {
    const from = Number(range.offsetBytes);
    uses.fill(use, from, from + Number(range.lengthBytes));
  }
}

export function usesOf(eeprom: EepromKnowledge): ByteUse[] {
  const size = Number(eeprom.sizeBytes);
  if (size <= 0 || size > LARGEST_BYTES) return [];
  const uses = new Array<ByteUse>(size).fill(eeprom.useKnown ? 'constant' : 'unknown');
  mark(uses, eeprom.sameInAll, 'constant');
  mark(uses, eeprom.changesWithUse, 'changes');
  return uses;
}

export interface Run {
  use: ByteUse;
  from: number;
  // The first byte behind it.
  until: number;
}

// Neighbours of one use as one run, none longer than `most` and none over a multiple of it.
export function runsOf(uses: readonly ByteUse[], most = Number.POSITIVE_INFINITY): Run[] {
  const runs: Run[] = [];
  for (const [at, use] of uses.entries()) {
    const last = runs.at(-1);
    if (last !== undefined && last.use === use && at % most !== 0) last.until = at + 1;
    else runs.push({ use, from: at, until: at + 1 });
  }
  return runs;
}
