// SPDX-License-Identifier: Apache-2.0
// What can be done with a drive, as one list: each memory with its three operations.
import type { Drive } from '$gen/firmbench/v1/drive_service_pb';
import type { Memory } from '$gen/firmbench/v1/memory_pb';

export type Operation = 'read' | 'flash' | 'restore';
export const OPERATIONS: readonly Operation[] = ['read', 'flash', 'restore'];

export function isPossible(drive: Drive, memory: Memory, operation: Operation): boolean {
  return drive.memories.find((candidate) => candidate.memory === memory)?.[operation]?.possible ?? false;
}
