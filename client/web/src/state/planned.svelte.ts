// SPDX-License-Identifier: Apache-2.0
// One job on its way: planned with nothing touched, looked at, confirmed, and then made. Making is
// repeated with the same request when no answer came, so that a lost answer makes no second job.
import type { Drive } from '$gen/firmbench/v1/drive_service_pb';
import type { Job } from '$gen/firmbench/v1/job_pb';
import { isUnreachable, troubleOf, type Trouble } from '$lib/api/trouble';
import { bench } from './bench.svelte';
import { claimOfAnother } from './claims';

const MOST_ATTEMPTS = 5;
const PAUSE_MS = 400;
// Problems that a reason takes away.
const REASON_HELPS = ['OVERRIDE_REASON_REQUIRED', 'IRREVERSIBLE'];
// What the bench says to a plan that is too old.
const STALE = ['ETAG_STALE', 'PLAN_STALE'];

// What CreateJob and RecoverJob have in common.
export interface Safeguards {
  validateOnly: boolean;
  planDigest: string;
  etag: string;
  requestId: string;
  overrideReason: string;
  unitLabel: string;
}

export class PlannedJob {
  // With its plan; absent until the bench answered.
  planned = $state.raw<Job>();
  made = $state.raw<Job>();
  trouble = $state.raw<Trouble>();
  busy = $state(false);
  confirmed = $state(false);
  reason = $state('');
  label = $state('');
  needsReason = $state(false);
  #requestId = crypto.randomUUID();

  constructor(
    readonly driveName: string,
    // Whether a person has to confirm that this is the drive.
    readonly writes: boolean,
    private readonly call: (safeguards: Safeguards) => Promise<Job>,
    // What is printed on the chip that is changed, which then is what a person has to confirm.
    readonly part = '',
  ) {}

  get drive(): Drive | undefined {
    return bench.drives.get(this.driveName);
  }

  // Whether the bench would take it, once it is confirmed.
  get possible(): boolean {
    if (this.made !== undefined || STALE.includes(this.trouble?.reason ?? '')) return false;
    return this.planned?.plan?.problems.length === 0 && claimOfAnother(this.drive) === undefined;
  }

  // Whether another plan may say something else.
  get worthPlanning(): boolean {
    if (this.made !== undefined) return false;
    return this.trouble !== undefined || (this.planned?.plan?.problems.length ?? 0) > 0;
  }

  get ready(): boolean {
    return this.possible && (this.confirmed || !this.writes);
  }

  async plan(): Promise<void> {
    this.busy = true;
    this.trouble = undefined;
    this.confirmed = false;
    try {
      this.planned = await this.call(this.#safeguards(true));
      const reasons = this.planned.plan?.problems.map(({ reason }) => reason) ?? [];
      this.needsReason ||= reasons.some((reason) => REASON_HELPS.includes(reason));
    } catch (error) {
      this.planned = undefined;
      this.trouble = troubleOf(error);
    }
    this.busy = false;
  }

  async make(): Promise<void> {
    this.busy = true;
    this.trouble = undefined;
    try {
      this.made = await this.#makeOnce();
      bench.takeJob(this.made);
    } catch (error) {
      this.trouble = troubleOf(error);
    }
    this.busy = false;
  }

  // What is on the drive, or what stands for it: number, label, serial; its place when it has none.
  confirms(typed: string): boolean {
    const drive = this.drive;
    if (drive === undefined) return false;
    const names = [drive.unitNumber, drive.serial ?? '', bench.units.get(drive.unit)?.label ?? '', this.label];
    const known = this.part === '' ? names.filter((name) => name !== '') : [this.part];
    const accepted = known.length > 0 ? known : [drive.bay];
    return accepted.some((name) => name.toLowerCase() === typed.trim().toLowerCase());
  }

  // What a person is asked to scan or type.
  get wanted(): string {
    const drive = this.drive;
    if (drive === undefined) return '';
    if (this.part !== '') return this.part;
    return this.label || bench.units.get(drive.unit)?.label || drive.unitNumber || (drive.serial ?? '') || drive.bay;
  }

  async #makeOnce(): Promise<Job> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.call(this.#safeguards(false));
      } catch (error) {
        if (!isUnreachable(error) || attempt === MOST_ATTEMPTS) throw error;
      }
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS * attempt));
    }
  }

  #safeguards(validateOnly: boolean): Safeguards {
    const plan = validateOnly ? undefined : this.planned?.plan;
    return {
      validateOnly,
      planDigest: plan?.digest ?? '',
      etag: plan?.etag ?? '',
      requestId: validateOnly ? '' : this.#requestId,
      overrideReason: this.reason,
      unitLabel: this.label,
    };
  }
}
