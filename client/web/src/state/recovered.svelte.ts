// SPDX-License-Identifier: Apache-2.0
// A recovery that ends changes what is said of the job that it brings back, and no event tells so: that
// job is asked for again.
import { Job_State } from '$gen/firmbench/v1/job_pb';
import { JobService } from '$gen/firmbench/v1/job_service_pb';
import { client } from '$lib/api/transport';
import { bench } from './bench.svelte';

const seen = new Set<string>();

async function ask(recovery: string, name: string): Promise<void> {
  seen.add(recovery);
  try {
    bench.takeJob(await client(JobService).getJob({ name }));
  } catch {
    seen.delete(recovery);
  }
}

// For an $effect.
export function followRecoveries(): void {
  for (const job of bench.jobs.values()) {
    if (job.state !== Job_State.CLOSED || job.recovers === '' || seen.has(job.name)) continue;
    if (bench.jobs.get(job.recovers)?.needsRecovery) void ask(job.name, job.recovers);
  }
}
