// SPDX-License-Identifier: Apache-2.0
// What can be done with a drive, as one list: each memory with its three operations.
import type { Drive } from '$gen/firmbench/v1/drive_service_pb';
import { type Ability, Memory } from '$gen/firmbench/v1/memory_pb';

export type Operation = 'read' | 'flash' | 'restore';
export const OPERATIONS: readonly Operation[] = ['read', 'flash', 'restore'];

export function abilityOf(drive: Drive, memory: Memory, operation: Operation): Ability | undefined {
  return drive.memories.find((candidate) => candidate.memory === memory)?.[operation];
}

export function isPossible(drive: Drive, memory: Memory, operation: Operation): boolean {
  return abilityOf(drive, memory, operation)?.possible ?? false;
}
