// SPDX-License-Identifier: Apache-2.0
// What can be done with drives from the page, and what each needs besides a drive: every kind of job
// that the bench has.
import type { Drive } from '$gen/firmbench/v1/drive_service_pb';
import { Memory } from '$gen/firmbench/v1/memory_pb';
import { isPossible, type Operation } from '$lib/components/abilities';
import { isOnChip } from '$lib/components/changes';
import type { IconName } from '$lib/components/icons';
import { t } from '$lib/text';

export const KINDS = [
  'backup', 'flash', 'verify', 'restore', 'eeprom_restore', 'convert', 'recover', 'probe',
  'chip_identify', 'chip_read', 'chip_verify', 'chip_write', 'chip_erase',
] as const;
export type Kind = (typeof KINDS)[number];
// Where the bytes come from: a firmware file, backups of the drive's unit, any dump of a flash chip, or
// a file of this device for a bare chip.
export type Source = 'image' | 'firmware_dump' | 'eeprom_dump' | 'chip_dump' | 'chip_file';
export type Group = 'common' | 'rare' | 'chip';

export interface Action {
  kind: Kind;
  icon: IconName;
  group: Group;
  // The first is proposed; empty: the job needs no bytes.
  sources: readonly Source[];
  // What the drive must be able to do for it; absent: the plan decides.
  needs?: [Memory, Operation];
  model?: 'asked' | 'optional';
}

export const ACTIONS: readonly Action[] = [
  { kind: 'backup', icon: 'save', group: 'common', sources: [] },
  { kind: 'flash', icon: 'flash', group: 'common', sources: ['image'], needs: [Memory.FIRMWARE, 'flash'] },
  { kind: 'verify', icon: 'eye', group: 'common', sources: ['image', 'firmware_dump', 'eeprom_dump'] },
  { kind: 'restore', icon: 'undo', group: 'common', sources: ['firmware_dump'], needs: [Memory.FIRMWARE, 'restore'] },
  { kind: 'eeprom_restore', icon: 'eeprom', group: 'common', sources: ['eeprom_dump'], needs: [Memory.EEPROM, 'restore'] },
  { kind: 'convert', icon: 'firmware', group: 'rare', sources: ['image'], model: 'asked' },
  { kind: 'recover', icon: 'hand', group: 'rare', sources: ['image', 'firmware_dump'], model: 'asked' },
  { kind: 'probe', icon: 'search', group: 'rare', sources: [] },
  { kind: 'chip_identify', icon: 'search', group: 'chip', sources: [], model: 'optional' },
  { kind: 'chip_read', icon: 'save', group: 'chip', sources: [], model: 'optional' },
  { kind: 'chip_verify', icon: 'eye', group: 'chip', sources: ['image', 'chip_dump', 'chip_file'], model: 'optional' },
  { kind: 'chip_write', icon: 'flash', group: 'chip', sources: ['image', 'chip_dump', 'chip_file'], model: 'optional' },
  { kind: 'chip_erase', icon: 'close', group: 'chip', sources: [], model: 'optional' },
];

// The memory that a job with these bytes is about; unspecified: all that the kind of job concerns.
export function memoryOf(action: Action, source: Source | undefined): Memory {
  if (action.kind === 'convert' || action.kind === 'probe') return Memory.UNSPECIFIED;
  if (source === 'eeprom_dump') return Memory.EEPROM;
  return source === undefined && !isOnChip(action.kind) ? Memory.UNSPECIFIED : Memory.FIRMWARE;
}

// Why none of these drives can take part, in the bench's words; empty when one can.
export function hindrance(action: Action, drives: readonly Drive[]): string {
  if (drives.length === 0) return '';
  if (isOnChip(action.kind)) return drives.some((drive) => drive.connection?.taskFile) ? '' : t.work.noRegisters;
  if (action.kind === 'backup' || action.kind === 'verify') {
    const readable = drives.some((drive) => drive.memories.some(({ read }) => read?.possible));
    return readable ? '' : whyNot(drives[0], Memory.EEPROM, 'read');
  }
  if (action.needs === undefined) return '';
  const [memory, operation] = action.needs;
  return drives.some((drive) => isPossible(drive, memory, operation)) ? '' : whyNot(drives[0], memory, operation);
}

function whyNot(drive: Drive | undefined, memory: Memory, operation: Operation): string {
  return drive?.memories.find((candidate) => candidate.memory === memory)?.[operation]?.why ?? '';
}
