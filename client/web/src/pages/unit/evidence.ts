// SPDX-License-Identifier: Apache-2.0
// Each thing that a unit is known by once, with when it was seen first and last.
import { timestampMs } from '@bufbuild/protobuf/wkt';
import type { UnitEvidence } from '$gen/firmbench/v1/unit_service_pb';
import { t } from '$lib/text';
import { time } from '$lib/text/format';

export interface EvidenceRow {
  key: string;
  kind: string;
  value: string;
  weight: string;
  text: string;
  unitCount: bigint;
  // "22 Nov 2026, 15:49", or from when until when.
  seen: string;
}

const ORDER = ['strong', 'medium', 'weak', 'none'];

const seenAt = ({ seenTime }: UnitEvidence): number => (seenTime === undefined ? 0 : timestampMs(seenTime));

export function merged(evidence: readonly UnitEvidence[]): EvidenceRow[] {
  const groups = new Map<string, UnitEvidence[]>();
  for (const one of evidence) {
    const key = `${one.kind}\n${one.value}`;
    groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  const rows = [...groups.entries()].flatMap(([key, group]) => {
    const sorted = [...group].sort((a, b) => seenAt(a) - seenAt(b));
    const [first, last] = [sorted[0], sorted.at(-1)];
    if (first === undefined || last === undefined) return [];
    const { kind, value, weight, text, unitCount } = last;
    const [from, until] = [time(first.seenTime), time(last.seenTime)];
    return [{ key, kind, value, weight, text, unitCount, seen: from === until ? until : t.unit.seen(until, from) }];
  });
  return rows.sort((a, b) => ORDER.indexOf(a.weight) - ORDER.indexOf(b.weight));
}
