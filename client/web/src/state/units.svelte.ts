// SPDX-License-Identifier: Apache-2.0
// Keeps bench.units: the units of the drives that are attached. No event tells of a unit, so one is
// asked for when its drive shows it, and again when a job of it has ended.
import { Job_State } from '$gen/firmbench/v1/job_pb';
import { UnitService } from '$gen/firmbench/v1/unit_service_pb';
import { client } from '$lib/api/transport';
import { bench } from './bench.svelte';

// The last closed job of each unit, in one pass: every job that ends runs this, and there are many.
function lastClosedJobs(): Map<string, string> {
  const last = new Map<string, string>();
  for (const { name, unit, state } of bench.jobs.values()) {
    if (state === Job_State.CLOSED && name > (last.get(unit) ?? '')) last.set(unit, name);
  }
  return last;
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
  const lastClosed = lastClosedJobs();
  for (const drive of bench.drives.values()) {
    if (drive.unit === '') continue;
    // What the unit is known as of: its drive's evidence and its last closed job.
    const stamp = `${drive.etag} ${lastClosed.get(drive.unit) ?? ''}`;
    if (askedFor.get(drive.unit) !== stamp) void ask(drive.unit, stamp);
  }
}

