// SPDX-License-Identifier: Apache-2.0
// Whether a text may mean a unit: all its words stand in what the unit is known by.
import type { Unit } from '$gen/firmbench/v1/unit_service_pb';
import { hasWords } from '$lib/text/find';

export function matches(unit: Unit, text: string): boolean {
  const { name, number, label, model, serial, firmwareRevision, customer, ticket, note } = unit;
  const known = [name, number, label, model, serial ?? '', firmwareRevision, customer, ticket, note].join('\n');
  return hasWords(known, text);
}
