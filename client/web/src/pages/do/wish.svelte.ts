// SPDX-License-Identifier: Apache-2.0
// What a person wants to have done, while it is put together: which drives, what, with which bytes.
// Begins with what the address says, so that other screens can link here.
import { create } from '@bufbuild/protobuf';
import { SvelteMap, SvelteSet } from 'svelte/reactivity';
import type { Image } from '$gen/firmbench/v1/image_service_pb';
import { type Job, JobSchema } from '$gen/firmbench/v1/job_pb';
import { JobService } from '$gen/firmbench/v1/job_service_pb';
import { Memory } from '$gen/firmbench/v1/memory_pb';
import { client } from '$lib/api/transport';
import { changesChip, isOnChip, writesSomething } from '$lib/components/changes';
import { bench } from '$lib/state/bench.svelte';
import { PlannedJob } from '$lib/state/planned.svelte';
import { t } from '$lib/text';
import { type Action, ACTIONS, memoryOf, type Source } from './actions';

// What only a job on the chip in a drive's socket needs.
export class ChipWish {
  part = $state('');
  // Supply of the drive's board; 0 until a person said it, because the wrong one destroys a chip.
  millivolts = $state(0);
  // "repeat", "blank", or empty for bytes that fill the chip.
  fill = $state('');
  // The dump that it shall hold, or is compared with.
  dump = $state('');
}

export class Wish {
  readonly drives = new SvelteSet<string>();
  action = $state.raw<Action>();
  source = $state<Source>();
  image = $state('');
  model = $state('');
  // Of a backup.
  memory = $state<Memory>(Memory.UNSPECIFIED);
  // By drive: the dump of its unit.
  readonly dumps = new SvelteMap<string, string>();
  readonly chip = new ChipWish();
  planned = $state.raw<readonly PlannedJob[]>([]);

  constructor(query: URLSearchParams) {
    for (const id of (query.get('drives') ?? '').split(',')) if (id !== '') this.drives.add(`drives/${id}`);
    this.action = ACTIONS.find(({ kind }) => kind === query.get('action'));
    this.model = query.get('model') ?? '';
    const [image, dump, [only]] = [query.get('image'), query.get('dump'), this.drives];
    if (image) this.image = `images/${image}`;
    const from = dump ? this.action?.sources.find((source) => source.endsWith('_dump')) : undefined;
    this.source = from ?? this.action?.sources[0];
    if (dump && only !== undefined) this.dumps.set(only, `dumps/${dump}`);
  }

  choose(action: Action): void {
    this.action = action;
    this.takeFrom(action.sources[0]);
  }

  takeFrom(source: Source | undefined): void {
    this.source = source;
    this.dumps.clear();
    this.chip.dump = '';
  }

  // A file of the model that the drive shall become says its name.
  chooseImage({ name, model }: Image): void {
    this.image = name;
    if (this.action?.kind === 'convert') this.model = model;
  }

  // In the order of the bays.
  get chosen(): string[] {
    return bench.order.filter((name) => this.drives.has(name));
  }

  // What a plan still needs, in words; empty when nothing is missing.
  get missing(): string {
    const { action, chosen, source, chip } = this;
    if (chosen.length === 0) return t.work.missing.drive;
    if (action === undefined) return t.work.missing.action;
    if (isOnChip(action.kind)) {
      if (chosen.length > 1) return t.work.missing.oneDrive;
      if (chip.millivolts === 0) return t.work.missing.supply;
      if (changesChip(action.kind) && chip.part.trim() === '') return t.work.missing.part;
    }
    if (source === 'image' && this.image === '') return t.work.missing.image;
    if ((source === 'chip_dump' || source === 'chip_file') && chip.dump === '') return t.work.missing[source];
    const ofUnit = source === 'firmware_dump' || source === 'eeprom_dump';
    if (ofUnit && !chosen.every((name) => this.dumps.has(name))) return t.work.missing.dump;
    return action.model === 'asked' && this.model.trim() === '' ? t.work.missing.model : '';
  }

  // Changes with everything that a plan is made of.
  get stamp(): string {
    const { action, source, image, model, memory, chip } = this;
    const { part, millivolts, fill, dump } = chip;
    return [this.chosen, action?.kind, source, image, model, memory, ...this.dumps.values(), part, millivolts, fill, dump].join(' ');
  }

  // Any change makes the plans old.
  forgetPlans(): void {
    this.planned = [];
  }

  async plan(): Promise<void> {
    const { action } = this;
    if (action === undefined) return;
    this.planned = this.chosen.map((drive) => this.#plannedFor(drive, action));
    await Promise.all(this.planned.map((job) => job.plan()));
  }

  async make(): Promise<string[]> {
    const ready = this.planned.filter((job) => job.ready);
    await Promise.all(ready.map((job) => job.make()));
    return this.planned.flatMap((job) => job.made?.name ?? []);
  }

  #plannedFor(drive: string, action: Action): PlannedJob {
    const job = this.#jobOn(drive, action);
    const call = client(JobService);
    return new PlannedJob(
      drive,
      writesSomething(action.kind),
      (safeguards) => call.createJob({ job, ...safeguards }),
      changesChip(action.kind) ? job.chipPart : '',
    );
  }

  #jobOn(drive: string, action: Action): Job {
    const { source, image, chip } = this;
    const { kind } = action;
    const onChip = isOnChip(kind);
    const model = this.model.trim();
    const dump = onChip ? chip.dump : (this.dumps.get(drive) ?? '');
    return create(JobSchema, {
      kind,
      drive,
      memory: kind === 'backup' ? this.memory : memoryOf(action, source),
      image: source === 'image' ? image : '',
      dump: source === undefined || source === 'image' ? '' : dump,
      model: kind === 'recover' || onChip ? model : '',
      targetModel: kind === 'convert' ? model : '',
      chipPart: onChip ? chip.part.trim() : '',
      boardMillivolts: onChip ? chip.millivolts : 0,
      chipFill: onChip && source !== undefined ? chip.fill : '',
    });
  }
}
