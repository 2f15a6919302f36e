// SPDX-License-Identifier: Apache-2.0
// What a credential is good for, in words.
import { timestampMs } from '@bufbuild/protobuf/wkt';
import type { Credential } from '$gen/firmbench/v1/access_service_pb';
import { benchNow } from '$lib/state/now.svelte';
import { t } from '$lib/text';
import { time } from '$lib/text/format';

export const ROLES = ['viewer', 'technician', 'manager', 'auditor'] as const;
export type Role = (typeof ROLES)[number];

export function isGood({ endTime, expireTime }: Credential): boolean {
  return endTime === undefined && (expireTime === undefined || timestampMs(expireTime) > benchNow());
}

export function stateWords(credential: Credential): string {
  const { endTime, endReason, endedBy, expireTime } = credential;
  if (endTime !== undefined) return t.people.endedBy(t.people.endings[endReason] ?? endReason, endedBy, time(endTime));
  return isGood(credential) ? t.people.goodUntil(time(expireTime)) : t.people.expired(time(expireTime));
}

// Roles that allow no more than the given one.
export function rolesWithin(role: string): readonly Role[] {
  if (role === 'manager') return ROLES;
  if (role === 'technician') return ['viewer', 'technician', 'auditor'];
  if (role === 'auditor') return ['viewer', 'auditor'];
  return ['viewer'];
}
