// SPDX-License-Identifier: Apache-2.0
// The history of a unit as lines: what people said and decided, jobs with their outcome, changes of
// port and bridge. A dump is listed among the dumps, and a job by the job itself.
import { type Timestamp, timestampMs } from '@bufbuild/protobuf/wkt';
import type { Dump } from '$gen/firmbench/v1/dump_service_pb';
import { type Job, Job_Result, Job_State } from '$gen/firmbench/v1/job_pb';
import { Memory, Outcome } from '$gen/firmbench/v1/memory_pb';
import type { UnitEvent } from '$gen/firmbench/v1/unit_service_pb';
import type { IconName } from '$lib/components/icons';
import { t } from '$lib/text';
import { eepromCheck, jobKind, jobResult, jobState, outcome } from '$lib/text/format';

export interface Happening {
  key: string;
  stamp: Timestamp | undefined;
  icon: IconName;
  tone: 'good' | 'bad' | '';
  what: string;
  // Further lines.
  more: string[];
  who: string;
  // "/jobs/ID", with what it leads to; empty for nowhere.
  href: string;
  link: string;
}

const ICONS: Record<string, IconName> = {
  label: 'check', note: 'hand', outside: 'warning', merge: 'undo', split: 'flash', attribute: 'user',
  archive: 'lock', unarchive: 'lock', erase: 'close', port: 'plug', bridge: 'plug', serial: 'eye', import: 'save',
};

// "SS0B to SS0E": the revisions as the job's dumps have them.
function revisionsOf(job: Job, dumps: readonly Dump[]): string {
  const read = dumps.filter((dump) => dump.job === job.name && dump.memory === Memory.FIRMWARE);
  const after = read.find((dump) => dump.purpose === 'readback')?.firmwareRevision ?? '';
  const before = read.find((dump) => dump.purpose !== 'readback')?.firmwareRevision ?? '';
  return after === '' || after === before ? before : t.unit.fromTo(before, after);
}

function whatOf(job: Job, dumps: readonly Dump[]): string {
  const kind = jobKind(job.kind);
  const memory = job.memory === Memory.UNSPECIFIED ? '' : t.memory[job.memory];
  const words = kind.includes(memory) ? kind : t.unit.jobOf(kind, memory);
  return [words, job.targetModel, revisionsOf(job, dumps)].filter(Boolean).join(', ');
}

function endingOf(job: Job): string {
  if (job.state !== Job_State.CLOSED) return jobState(job.state);
  // That a job which only reads has written nothing goes without saying.
  const silent = job.result === Job_Result.SUCCEEDED && job.outcome === Outcome.UNCHANGED;
  return [jobResult(job.result), silent ? '' : outcome(job.outcome)].filter(Boolean).join(': ');
}

function ofJob(job: Job, dumps: readonly Dump[]): Happening {
  const failed = job.result === Job_Result.FAILED;
  const eeprom = eepromCheck(job.eepromCheck);
  return {
    key: job.name,
    stamp: job.createTime,
    icon: job.kind === 'backup' ? 'save' : 'flash',
    tone: failed ? 'bad' : job.result === Job_Result.SUCCEEDED ? 'good' : '',
    what: whatOf(job, dumps),
    more: [
      endingOf(job),
      ...(eeprom === '' ? [] : [t.unit.eepromLine(eeprom)]),
      ...(job.error === undefined ? [] : [job.error.message]),
    ],
    who: job.principal,
    href: `/${job.name}`,
    link: t.unit.toJob,
  };
}

function ofEvent(event: UnitEvent, index: number): Happening {
  const word = t.unit.events[event.kind] ?? event.kind.replaceAll('_', ' ');
  const text = event.erased ? t.unit.erased : event.text;
  const target = event.otherUnit || event.dump || event.job;
  return {
    key: `${index}`,
    stamp: event.eventTime,
    icon: ICONS[event.kind] ?? 'clock',
    tone: '',
    what: word,
    more: text === '' ? [] : [text],
    who: event.principal,
    href: target === '' ? '' : `/${target}`,
    link: event.otherUnit !== '' ? t.unit.toOther : event.dump !== '' ? t.dumps.theDump : t.unit.toJob,
  };
}

const at = ({ stamp }: Happening): number => (stamp === undefined ? 0 : timestampMs(stamp));

// Newest first.
export function happenings(events: readonly UnitEvent[], jobs: readonly Job[], dumps: readonly Dump[]): Happening[] {
  const known = new Set(jobs.map((job) => job.name));
  const said = events.filter((event) => event.kind !== 'dump' && !known.has(event.job));
  return [...said.map(ofEvent), ...jobs.map((job) => ofJob(job, dumps))].sort((a, b) => at(b) - at(a));
}
