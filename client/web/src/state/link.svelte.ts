// SPDX-License-Identifier: Apache-2.0
// The way to the bench: one stream of everything that happens, opened again when it breaks, and a
// question every few seconds, because a network that is gone does not say so. After a break the
// stream goes on behind the last event that was seen, so nothing is missed. A tab that nobody sees may
// have to rest; it goes on in the same way.
import { type Bench, BenchService } from '$gen/firmbench/v1/bench_service_pb';
import { DriveService } from '$gen/firmbench/v1/drive_service_pb';
import { JobService } from '$gen/firmbench/v1/job_service_pb';
import { allPages } from '$lib/api/pages';
import { client } from '$lib/api/transport';
import { bench } from './bench.svelte';
import { takeTurns } from './turns';

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
  // Resting: what is shown is old, and nobody sees it.
  state = $state<'connecting' | 'live' | 'lost' | 'resting'>('connecting');
  // When the bench was last heard of; meaningful while lost.
  lostSince = $state.raw(new Date());
  #ended: AbortController | undefined;

  start(): void {
    this.#ended?.abort();
    this.#ended = new AbortController();
    this.state = 'connecting';
    takeTurns(this.#ended.signal, (over) => {
      over.addEventListener('abort', () => (this.state = 'resting'));
      void this.#run(over);
    });
  }

  stop(): void {
    this.#ended?.abort();
    this.#ended = undefined;
  }

  async #run(over: AbortSignal): Promise<void> {
    let pause = FIRST_PAUSE_MS;
    while (!over.aborted) {
      const broken = new AbortController();
      const signal = AbortSignal.any([over, broken.signal]);
      let stream: Promise<void> | undefined;
      try {
        await this.#findBegin(signal);
        stream = this.#follow(signal);
        await this.#takeEverything(signal);
        signal.throwIfAborted();
        this.state = 'live';
        pause = FIRST_PAUSE_MS;
        await Promise.race([stream, this.#keepAsking(signal)]);
      } catch {
        // Whatever it was, it is tried again; a session that ended stops all of this.
      }
      broken.abort();
      await stream?.catch(() => undefined);
      if (over.aborted) return;
      if (this.state !== 'lost') {
        this.lostSince = new Date();
        this.state = 'lost';
      }
      await new Promise((resolve) => setTimeout(resolve, pause * (0.5 + Math.random())));
      pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
    }
  }

  // For who has seen nothing yet the stream begins behind the newest job, and not with the first one that
  // the bench ever had: what was before is in the lists, which are asked for after this.
  async #findBegin(signal: AbortSignal): Promise<void> {
    if (bench.sequence > 0n) return;
    const options = { signal, timeoutMs: ANSWER_WITHIN_MS };
    const jobs = client(JobService);
    const newest = (await jobs.listJobs({ pageSize: 1 }, options)).jobs[0];
    // Only a job that is asked for alone says which event was its last.
    if (newest !== undefined) bench.sequence = (await jobs.getJob({ name: newest.name }, options)).lastSequence;
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
    bench.expectDrives();
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
