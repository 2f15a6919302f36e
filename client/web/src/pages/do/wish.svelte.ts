// SPDX-License-Identifier: Apache-2.0
// What a person wants to have done, while it is put together: which drives, what, with which file.
// Begins with what the address says, so that other screens can link here.
import { create } from '@bufbuild/protobuf';
import { SvelteMap, SvelteSet } from 'svelte/reactivity';
import { JobSchema } from '$gen/firmbench/v1/job_pb';
import { JobService } from '$gen/firmbench/v1/job_service_pb';
import { client } from '$lib/api/transport';
import { writesSomething } from '$lib/components/changes';
import { bench } from '$lib/state/bench.svelte';
import { PlannedJob } from '$lib/state/planned.svelte';
import { type Action, ACTIONS } from './actions';

export class Wish {
  readonly drives = new SvelteSet<string>();
  action = $state.raw<Action>();
  image = $state('');
  model = $state('');
  // By drive: the dump that is written back.
  readonly dumps = new SvelteMap<string, string>();
  planned = $state.raw<readonly PlannedJob[]>([]);

  constructor(query: URLSearchParams) {
    for (const id of (query.get('drives') ?? '').split(',')) if (id !== '') this.drives.add(`drives/${id}`);
    this.action = ACTIONS.find(({ kind }) => kind === query.get('action'));
    const image = query.get('image');
    if (image) this.image = `images/${image}`;
    const dump = query.get('dump');
    const [only] = this.drives;
    if (dump && only !== undefined) this.dumps.set(only, `dumps/${dump}`);
  }

  // In the order of the bays.
  get chosen(): string[] {
    return bench.order.filter((name) => this.drives.has(name));
  }

  get complete(): boolean {
    const { action, chosen } = this;
    if (action === undefined || chosen.length === 0) return false;
    if (action.asksModel && this.model.trim() === '') return false;
    if (action.source === 'image') return this.image !== '';
    return action.source === 'none' || chosen.every((name) => this.dumps.has(name));
  }

  // Any change makes the plans old.
  forgetPlans(): void {
    this.planned = [];
  }

  async plan(): Promise<void> {
    this.planned = this.chosen.map((drive) => this.#plannedFor(drive));
    await Promise.all(this.planned.map((job) => job.plan()));
  }

  async make(): Promise<string[]> {
    const ready = this.planned.filter((job) => job.ready && job.made === undefined);
    await Promise.all(ready.map((job) => job.make()));
    return this.planned.flatMap((job) => job.made?.name ?? []);
  }

  #plannedFor(drive: string): PlannedJob {
    const { action, image, model } = this;
    const kind = action?.kind ?? '';
    const job = create(JobSchema, {
      kind,
      drive,
      memory: action?.memory ?? 0,
      image: action?.source === 'image' ? image : '',
      dump: action?.source === 'dump' ? (this.dumps.get(drive) ?? '') : '',
      model: kind === 'recover' ? model.trim() : '',
      targetModel: kind === 'convert' ? model.trim() : '',
    });
    return new PlannedJob(drive, writesSomething(kind), (safeguards) =>
      client(JobService).createJob({ job, ...safeguards }),
    );
  }
}
