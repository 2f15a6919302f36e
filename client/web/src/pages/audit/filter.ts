// SPDX-License-Identifier: Apache-2.0
// Which entries of the audit log are shown, exported and linked to: what stands in the address.
import { type Timestamp, timestampFromDate } from '@bufbuild/protobuf/wkt';

export interface AuditFilter {
  principal: string;
  action: string;
  // "units/ID": also its jobs and dumps.
  unit: string;
  // "jobs/ID", "dumps/ID" and so on.
  resource: string;
  // As <input type="datetime-local"> has it, in this device's time; empty for no bound.
  from: string;
  until: string;
}

const FIELDS = ['principal', 'action', 'unit', 'resource', 'from', 'until'] as const;

export function filterOf(query: URLSearchParams): AuditFilter {
  const [principal, action, unit, resource, from, until] = FIELDS.map((field) => query.get(field) ?? '');
  return {
    principal: principal ?? '',
    action: action ?? '',
    unit: unit ?? '',
    resource: resource ?? '',
    from: from ?? '',
    until: until ?? '',
  };
}

export function addressOf(filter: AuditFilter): string {
  const query = new URLSearchParams(FIELDS.flatMap((field) => (filter[field] === '' ? [] : [[field, filter[field]]])));
  return query.size === 0 ? '/audit' : `/audit?${query.toString()}`;
}

function stamp(text: string): { value: Timestamp } | undefined {
  const date = new Date(text);
  return text === '' || Number.isNaN(date.getTime()) ? undefined : { value: timestampFromDate(date) };
}

export interface FilterRequest {
  principal: string;
  action: string;
  unit: string;
  resource: string;
  fromTime?: Timestamp;
  untilTime?: Timestamp;
}

export function requestOf({ principal, action, unit, resource, from, until }: AuditFilter): FilterRequest {
  const [fromTime, untilTime] = [stamp(from), stamp(until)];
  return {
    principal: principal.trim(),
    action: action.trim(),
    unit,
    resource: resource.trim(),
    ...(fromTime === undefined ? {} : { fromTime: fromTime.value }),
    ...(untilTime === undefined ? {} : { untilTime: untilTime.value }),
  };
}
