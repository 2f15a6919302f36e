// SPDX-License-Identifier: Apache-2.0
// The bench as it is now, for every screen: drives, jobs, progress and the bench's own problems, kept
// by one stream of events. Each drive, job and progress is one entry of a map, and what shows it is
// drawn anew when that entry is replaced, and only then. Messages are never changed in place.
import { SvelteMap } from 'svelte/reactivity';
import { timestampMs } from '@bufbuild/protobuf/wkt';
import type { Bench, BenchEvent } from '$gen/firmbench/v1/bench_service_pb';
import { type Drive, Drive_State } from '$gen/firmbench/v1/drive_service_pb';
import { type Job, type JobEvent, Job_State, type Progress, type Prompt } from '$gen/firmbench/v1/job_pb';
import type { Unit } from '$gen/firmbench/v1/unit_service_pb';
import { t } from '$lib/text';

// Closed jobs that are remembered beside the open ones.
const MOST_CLOSED = 300;

const byBay = new Intl.Collator(t.locale, { numeric: true });

export interface OpenPrompt {
  job: Job;
  prompt: Prompt;
}

const NONE: readonly Job[] = [];

// `now`, with the arrays of `before` where they hold the same.
function keepEqual(
  before: ReadonlyMap<string, readonly Job[]>,
  now: Map<string, readonly Job[]>,
): ReadonlyMap<string, readonly Job[]> {
  for (const [drive, jobs] of now) {
    const old = before.get(drive);
    if (old?.length === jobs.length && old.every((job, index) => job === jobs[index])) now.set(drive, old);
  }
  return now;
}

class LiveBench {
  readonly drives = new SvelteMap<string, Drive>();
  readonly jobs = new SvelteMap<string, Job>();
  // By job. Progress comes often, so it is kept apart from the job.
  readonly progress = new SvelteMap<string, Progress>();
  // By job: rises with every step and message, for screens that then ask for the whole job.
  readonly ticks = new SvelteMap<string, number>();
  // Asked for when a drive is recognised and when one of its jobs ends.
  readonly units = new SvelteMap<string, Unit>();
  info = $state.raw<Bench>();
  // Names of the drives in the order of their bays; replaced only when one comes or goes.
  order = $state.raw<readonly string[]>([]);
  // Milliseconds that the bench's clock is ahead of this device's.
  clockAhead = $state(0);

  readonly prompts: readonly OpenPrompt[] = $derived(
    [...this.jobs.values()].flatMap((job) => (job.prompt === undefined ? [] : [{ job, prompt: job.prompt }])),
  );
  readonly awaitingApproval: readonly Job[] = $derived(
    [...this.jobs.values()].filter((job) => job.state === Job_State.AWAITING_APPROVAL),
  );
  readonly cutJobs: readonly Job[] = $derived([...this.jobs.values()].filter((job) => job.needsRecovery));
  readonly openJobs: readonly Job[] = $derived(
    [...this.jobs.values()].filter((job) => job.state !== Job_State.CLOSED),
  );
  readonly #openByDrive: ReadonlyMap<string, readonly Job[]> = $derived.by(() =>
    (this.#openBefore = keepEqual(this.#openBefore, Map.groupBy(this.openJobs, (job) => job.drive))),
  );
  #openBefore: ReadonlyMap<string, readonly Job[]> = new Map();

  // The open jobs of a drive: the same array until one of them changes, so that a card is not drawn anew
  // for what other drives do.
  openOn(drive: string): readonly Job[] {
    return this.#openByDrive.get(drive) ?? NONE;
  }

  // Event numbers up to this one are in here.
  sequence = 0n;

  takeEvent(event: BenchEvent): void {
    if (event.sequence > this.sequence) this.sequence = event.sequence;
    if (event.eventTime !== undefined && event.sequence === 0n) this.#setClock(timestampMs(event.eventTime));
    if (event.event.case === 'drive') this.takeDrive(event.event.value);
    else if (event.event.case === 'jobEvent') this.#takeJobEvent(event.event.value);
  }

  // Drives that were told of since the list of all was asked for: what is known of them is newer than
  // that list, however late it comes.
  readonly #toldSince = new Set<string>();

  // The list that `takeDrives` will be given is asked for now.
  expectDrives(): void {
    this.#toldSince.clear();
  }

  takeDrive(drive: Drive): void {
    this.#toldSince.add(drive.name);
    const known = this.drives.has(drive.name);
    this.drives.set(drive.name, drive);
    if (!known) this.#sortDrives();
  }

  // All that are attached; others are forgotten.
  takeDrives(drives: readonly Drive[]): void {
    const there = new Set(drives.map((drive) => drive.name));
    const told = this.#toldSince;
    for (const { name, state } of [...this.drives.values()]) {
      if (!there.has(name) && (!told.has(name) || state === Drive_State.GONE)) this.drives.delete(name);
    }
    for (const drive of drives) if (!told.has(drive.name)) this.drives.set(drive.name, drive);
    this.#sortDrives();
  }

  takeJob(job: Job): void {
    const known = this.jobs.get(job.name);
    if (known !== undefined && known.lastSequence > job.lastSequence) return;
    this.jobs.set(job.name, job);
    if (job.progress !== undefined) this.progress.set(job.name, job.progress);
    if (job.state === Job_State.CLOSED) this.progress.delete(job.name);
    this.#forgetOldJobs();
  }

  takeUnit(unit: Unit): void {
    this.units.set(unit.name, unit);
  }

  // The jobs that are open now: what was open here and is not among them has to be asked for.
  staleOpenJobs(open: readonly Job[]): string[] {
    const names = new Set(open.map((job) => job.name));
    return this.openJobs.map((job) => job.name).filter((name) => !names.has(name));
  }

  takeInfo(info: Bench): void {
    this.info = info;
    if (info.startTime !== undefined && info.uptimeDuration !== undefined) {
      this.#setClock(timestampMs(info.startTime) + Number(info.uptimeDuration.seconds) * 1000);
    }
  }

  forget(): void {
    this.drives.clear();
    this.jobs.clear();
    this.progress.clear();
    this.ticks.clear();
    this.units.clear();
    this.order = [];
    this.info = undefined;
    this.sequence = 0n;
  }

  #takeJobEvent(event: JobEvent): void {
    const { case: what, value } = event.event;
    if (what === 'progress') {
      this.progress.set(event.jobName, value);
      return;
    }
    if (what === 'job') this.takeJob(value);
    const job = this.jobs.get(event.jobName);
    if (what === 'prompt' && job !== undefined) this.jobs.set(job.name, { ...job, prompt: value });
    if (what === 'promptAnswer' && job?.prompt?.promptId === value.promptId) {
      const { prompt: _, ...answered } = job;
      this.jobs.set(job.name, answered);
    }
    this.ticks.set(event.jobName, (this.ticks.get(event.jobName) ?? 0) + 1);
  }

  #sortDrives(): void {
    this.order = [...this.drives.values()]
      .sort((a, b) => byBay.compare(a.bay, b.bay) || byBay.compare(a.name, b.name))
      .map((drive) => drive.name);
  }

  #forgetOldJobs(): void {
    let spare = this.jobs.size - MOST_CLOSED - this.openJobs.length;
    if (spare <= 0) return;
    for (const job of [...this.jobs.values()]) {
      if (spare <= 0) return;
      if (job.state !== Job_State.CLOSED || job.needsRecovery) continue;
      this.jobs.delete(job.name);
      this.ticks.delete(job.name);
      spare -= 1;
    }
  }

  #setClock(benchMs: number): void {
    const ahead = benchMs - Date.now();
    // Small differences are the network's.
    if (Math.abs(ahead - this.clockAhead) > 2000) this.clockAhead = ahead;
  }
}

export const bench = new LiveBench();
