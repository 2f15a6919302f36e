// SPDX-License-Identifier: Apache-2.0
// Jobs that are no longer among those that the page keeps by itself; asked for page by page.
import type { Job } from '$gen/firmbench/v1/job_pb';
import { JobService, type ListJobsResponse } from '$gen/firmbench/v1/job_service_pb';
import { Loader } from '$lib/api/loader.svelte';
import { client } from '$lib/api/transport';

const PAGE = 100;

export class OlderJobs {
  // Newest first; some of the first may be known already.
  jobs = $state.raw<readonly Job[]>([]);
  ended = $state(false);
  readonly loader = new Loader<ListJobsResponse>();
  #next = '';

  // Asks on until something comes that is not among the `known` names, or nothing is left.
  async more(known: ReadonlySet<string>): Promise<void> {
    let news = false;
    while (!news && !this.ended) {
      const page = await this.loader.load(() => client(JobService).listJobs({ pageSize: PAGE, pageToken: this.#next }));
      if (page === undefined) return;
      news = page.jobs.some(({ name }) => !known.has(name));
      this.jobs = [...this.jobs, ...page.jobs];
      this.#next = page.nextPageToken;
      this.ended = this.#next === '';
    }
  }
}
