// SPDX-License-Identifier: Apache-2.0
// Which memories a job writes and which it leaves alone. Both are said, because people mix them up.
import type { Job } from '$gen/firmbench/v1/job_pb';
import { Memory } from '$gen/firmbench/v1/memory_pb';

export interface Change {
  memory: Memory;
  written: boolean;
}

const WRITES_FIRMWARE = ['flash', 'restore', 'convert', 'recover'];
const WRITES_EEPROM = ['eeprom_restore', 'convert'];
const CHANGES_CHIP = ['chip_write', 'chip_erase'];

// A chip in the socket is no memory of the drive.
export const isOnChip = (kind: string): boolean => kind.startsWith('chip_');
export const changesChip = (kind: string): boolean => CHANGES_CHIP.includes(kind);
// Of the drive itself.
export const writtenBy = (kind: string): Memory[] => [
  ...(WRITES_FIRMWARE.includes(kind) ? [Memory.FIRMWARE] : []),
  ...(WRITES_EEPROM.includes(kind) ? [Memory.EEPROM] : []),
];
export const writesSomething = (kind: string): boolean => writtenBy(kind).length > 0 || changesChip(kind);

export function changesOf(job: Job): Change[] {
  if (isOnChip(job.kind)) return [];
  // The recovery of a conversion writes both: then no memory is named.
  const both = job.kind === 'recover' && job.memory === Memory.UNSPECIFIED;
  return [
    { memory: Memory.FIRMWARE, written: WRITES_FIRMWARE.includes(job.kind) && job.memory !== Memory.EEPROM },
    {
      memory: Memory.EEPROM,
      written: WRITES_EEPROM.includes(job.kind) || both || (job.kind === 'recover' && job.memory === Memory.EEPROM),
    },
  ];
}
