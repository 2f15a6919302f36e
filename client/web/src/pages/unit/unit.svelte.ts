// SPDX-License-Identifier: Apache-2.0
// All that a screen shows of one unit, loaded together.
import { type Dump, DumpService } from '$gen/firmbench/v1/dump_service_pb';
import { type Job, Job_State } from '$gen/firmbench/v1/job_pb';
import { JobService } from '$gen/firmbench/v1/job_service_pb';
import { type Unit, type UnitEvent, UnitService } from '$gen/firmbench/v1/unit_service_pb';
import { allPages, PAGE_SIZE } from '$lib/api/pages';
import { client } from '$lib/api/transport';
import { bench } from '$lib/state/bench.svelte';

export interface UnitView {
  unit: Unit;
  // Oldest first.
  events: UnitEvent[];
  // Newest first.
  dumps: Dump[];
  // Newest first.
  jobs: Job[];
}

export async function loadUnit(name: string): Promise<UnitView> {
  const units = client(UnitService);
  const [unit, events, dumps, jobs] = await Promise.all([
    units.getUnit({ name }),
    allPages((pageToken) => units.listUnitEvents({ unit: name, pageToken, pageSize: PAGE_SIZE }), (page) => page.unitEvents),
    allPages(
      (pageToken) => client(DumpService).listDumps({ unit: name, pageToken, pageSize: PAGE_SIZE }),
      (page) => page.dumps,
    ),
    allPages(
      (pageToken) => client(JobService).listJobs({ unit: name, pageToken, pageSize: PAGE_SIZE }),
      (page) => page.jobs,
    ),
  ]);
  return { unit, events, dumps, jobs };
}

// How many jobs of the unit ended: changes whenever there is more to show.
export function endedJobs(unit: string): number {
  return [...bench.jobs.values()].filter((job) => job.unit === unit && job.state === Job_State.CLOSED).length;
}
