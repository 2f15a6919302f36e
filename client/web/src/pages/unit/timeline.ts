// SPDX-License-Identifier: Apache-2.0
// The history of a unit as lines: what people said and decided, jobs with their outcome, changes of
// port and bridge. A dump is listed among the dumps, and a job by the job itself.
import { type Timestamp, timestampMs } from '@bufbuild/protobuf/wkt';
import { type Job, Job_Result, Job_State } from '$gen/firmbench/v1/job_pb';
import { Memory } from '$gen/firmbench/v1/memory_pb';
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

function ofJob(job: Job): Happening {
  const ended = job.state === Job_State.CLOSED;
  const failed = job.result === Job_Result.FAILED;
  const memory = job.memory === Memory.UNSPECIFIED ? '' : t.memory[job.memory];
  const ending = ended ? [jobResult(job.result), outcome(job.outcome)].filter(Boolean).join(': ') : jobState(job.state);
  const eeprom = eepromCheck(job.eepromCheck);
  return {
    key: job.name,
    stamp: job.createTime,
    icon: job.kind === 'backup' ? 'save' : 'flash',
    tone: failed ? 'bad' : job.result === Job_Result.SUCCEEDED ? 'good' : '',
    what: t.unit.jobLine(jobKind(job.kind), memory),
    more: [
      ending,
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
    what: event.tool === '' ? word : t.unit.withTool(word, event.tool),
    more: text === '' ? [] : [text],
    who: event.principal,
    href: target === '' ? '' : `/${target}`,
    link: event.otherUnit !== '' ? t.unit.toOther : event.dump !== '' ? t.dumps.theDump : t.unit.toJob,
  };
}

const at = ({ stamp }: Happening): number => (stamp === undefined ? 0 : timestampMs(stamp));

// Newest first.
export function happenings(events: readonly UnitEvent[], jobs: readonly Job[]): Happening[] {
  const known = new Set(jobs.map((job) => job.name));
  const said = events.filter((event) => event.kind !== 'dump' && !known.has(event.job));
  return [...said.map(ofEvent), ...jobs.map(ofJob)].sort((a, b) => at(b) - at(a));
}
