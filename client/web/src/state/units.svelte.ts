// SPDX-License-Identifier: Apache-2.0
// Keeps bench.units: the units of the drives that are attached. No event tells of a unit, so one is
// asked for when its drive shows it, and again when a job of it has ended.
import { Job_State } from '$gen/firmbench/v1/job_pb';
import { UnitService } from '$gen/firmbench/v1/unit_service_pb';
import { client } from '$lib/api/transport';
import { bench } from './bench.svelte';

// What a unit is known as of: its drive's evidence and its last closed job.
function stampOf(drive: string, unit: string): string {
  let last = '';
  for (const job of bench.jobs.values()) {
    if (job.unit === unit && job.state === Job_State.CLOSED && job.name > last) last = job.name;
  }
  return `${bench.drives.get(drive)?.etag ?? ''} ${last}`;
}

const askedFor = new Map<string, string>();

async function ask(name: string, stamp: string): Promise<void> {
  askedFor.set(name, stamp);
  try {
    bench.takeUnit(await client(UnitService).getUnit({ name }));
  } catch {
    // The card then shows the unit's number alone; the next change asks again.
    askedFor.delete(name);
  }
}

// For an $effect: asks for what is new since it ran last.
export function followUnits(): void {
  for (const drive of bench.drives.values()) {
    if (drive.unit === '') continue;
    const stamp = stampOf(drive.name, drive.unit);
    if (askedFor.get(drive.unit) !== stamp) void ask(drive.unit, stamp);
  }
}

