// SPDX-License-Identifier: Apache-2.0
// What can be done with drives from the page, and what each needs besides a drive. Jobs on bare chips
// take a person who knows the board's voltages; they are the command line's.
import type { Drive } from '$gen/firmbench/v1/drive_service_pb';
import { Memory } from '$gen/firmbench/v1/memory_pb';
import { isPossible, type Operation } from '$lib/components/abilities';
import type { IconName } from '$lib/components/icons';

export const KINDS = [
  'backup', 'flash', 'verify', 'restore', 'eeprom_restore', 'convert', 'recover', 'probe',
] as const;
export type Kind = (typeof KINDS)[number];
export type Source = 'none' | 'image' | 'dump';

export interface Action {
  kind: Kind;
  icon: IconName;
  // Unspecified: all that the kind of job concerns.
  memory: Memory;
  source: Source;
  // What the drive must be able to do for it; absent: the plan decides.
  needs?: [Memory, Operation];
  // Shown only when asked for.
  rare?: boolean;
  asksModel?: boolean;
}

export const ACTIONS: readonly Action[] = [
  { kind: 'backup', icon: 'save', memory: Memory.UNSPECIFIED, source: 'none', needs: [Memory.EEPROM, 'read'] },
  { kind: 'flash', icon: 'flash', memory: Memory.FIRMWARE, source: 'image', needs: [Memory.FIRMWARE, 'flash'] },
  { kind: 'verify', icon: 'eye', memory: Memory.FIRMWARE, source: 'image', needs: [Memory.FIRMWARE, 'read'] },
  { kind: 'restore', icon: 'undo', memory: Memory.FIRMWARE, source: 'dump', needs: [Memory.FIRMWARE, 'restore'] },
  { kind: 'eeprom_restore', icon: 'eeprom', memory: Memory.EEPROM, source: 'dump', needs: [Memory.EEPROM, 'restore'] },
  { kind: 'convert', icon: 'firmware', memory: Memory.UNSPECIFIED, source: 'image', rare: true, asksModel: true },
  { kind: 'recover', icon: 'hand', memory: Memory.FIRMWARE, source: 'image', rare: true, asksModel: true },
  { kind: 'probe', icon: 'search', memory: Memory.UNSPECIFIED, source: 'none', rare: true },
];

// Why none of these drives can take part, in the bench's words; empty when one can.
export function hindrance(action: Action, drives: readonly Drive[]): string {
  if (action.needs === undefined || drives.length === 0) return '';
  const [memory, operation] = action.needs;
  if (action.kind === 'backup') {
    const readable = drives.some((drive) => drive.memories.some(({ read }) => read?.possible));
    return readable ? '' : whyNot(drives[0], memory, operation);
  }
  return drives.some((drive) => isPossible(drive, memory, operation)) ? '' : whyNot(drives[0], memory, operation);
}

function whyNot(drive: Drive | undefined, memory: Memory, operation: Operation): string {
  return drive?.memories.find((candidate) => candidate.memory === memory)?.[operation]?.why ?? '';
}
