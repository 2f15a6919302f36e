// SPDX-License-Identifier: Apache-2.0
// The way to the bench: one stream of everything that happens, opened again when it breaks, and a
// question every few seconds, because a network that is gone does not say so. After a break the
// stream goes on behind the last event that was seen, so nothing is missed.
import { type Bench, BenchService } from '$gen/firmbench/v1/bench_service_pb';
import { DriveService } from '$gen/firmbench/v1/drive_service_pb';
import { JobService } from '$gen/firmbench/v1/job_service_pb';
import { allPages } from '$lib/api/pages';
import { client } from '$lib/api/transport';
import { bench } from './bench.svelte';

const ASK_EVERY_MS = 5000;
const ANSWER_WITHIN_MS = 5000;
const FIRST_PAUSE_MS = 300;
const LONGEST_PAUSE_MS = 5000;
const NEWEST_JOBS = 100;

// Jobs whose write was cut, however old: their way out is a command that names them.
function cutJobsIn(info: Bench): string[] {
  return info.problems
    .filter(({ reason }) => reason === 'RECOVERY_NEEDED')
    .flatMap(({ remedy }) => /jobs\/\w+/.exec(remedy) ?? []);
}

class Link {
  state = $state<'connecting' | 'live' | 'lost'>('connecting');
  // When the bench was last heard of; meaningful while lost.
  lostSince = $state.raw(new Date());
  #ended: AbortController | undefined;

  start(): void {
    this.#ended?.abort();
    this.#ended = new AbortController();
    this.state = 'connecting';
    void this.#run(this.#ended.signal);
  }

  stop(): void {
    this.#ended?.abort();
    this.#ended = undefined;
  }

  async #run(ended: AbortSignal): Promise<void> {
    let pause = FIRST_PAUSE_MS;
    while (!ended.aborted) {
      const broken = new AbortController();
      const signal = AbortSignal.any([ended, broken.signal]);
      const stream = this.#follow(signal);
      try {
        await this.#takeEverything(signal);
        this.state = 'live';
        pause = FIRST_PAUSE_MS;
        await Promise.race([stream, this.#keepAsking(signal)]);
      } catch {
        // Whatever it was, it is tried again; a session that ended stops all of this.
      }
      broken.abort();
      await stream.catch(() => undefined);
      if (ended.aborted) return;
      if (this.state !== 'lost') {
        this.lostSince = new Date();
        this.state = 'lost';
      }
      await new Promise((resolve) => setTimeout(resolve, pause * (0.5 + Math.random())));
      pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
    }
  }

  async #follow(signal: AbortSignal): Promise<void> {
    const request = { afterSequence: bench.sequence };
    for await (const event of client(BenchService).watchEvents(request, { signal, timeoutMs: 0 })) {
      bench.takeEvent(event);
    }
  }

  // What the stream does not say by itself: what is gone, and the jobs of before.
  async #takeEverything(signal: AbortSignal): Promise<void> {
    const options = { signal, timeoutMs: ANSWER_WITHIN_MS };
    const jobs = client(JobService);
    const [info, drives, open, newest] = await Promise.all([
      client(BenchService).getBench({}, options),
      allPages((pageToken) => client(DriveService).listDrives({ pageToken }, options), (page) => page.drives),
      allPages((pageToken) => jobs.listJobs({ pageToken, openOnly: true }, options), (page) => page.jobs),
      jobs.listJobs({ pageSize: NEWEST_JOBS }, options),
    ]);
    const others = [...bench.staleOpenJobs(open), ...cutJobsIn(info)];
    const asked = await Promise.all(others.map((name) => jobs.getJob({ name }, options)));
    bench.takeInfo(info);
    bench.takeDrives(drives);
    // The newest last: what is forgotten first is what came in first.
    for (const job of [...newest.jobs.reverse(), ...asked, ...open]) bench.takeJob(job);
  }

  async #keepAsking(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await new Promise((resolve) => setTimeout(resolve, ASK_EVERY_MS));
      if (signal.aborted) return;
      bench.takeInfo(await client(BenchService).getBench({}, { signal, timeoutMs: ANSWER_WITHIN_MS }));
      this.lostSince = new Date();
    }
  }
}

export const link = new Link();
