// SPDX-License-Identifier: Apache-2.0
// Numbers, sizes, times and enum values as people read them; the words are in the text file.
import { type Duration, type Timestamp, timestampDate, timestampMs } from '@bufbuild/protobuf/wkt';
import { DriveState } from '$gen/firmbench/v1/errors_pb';
import { Job_Result, Job_State } from '$gen/firmbench/v1/job_pb';
import { EepromCheck, Memory, Outcome } from '$gen/firmbench/v1/memory_pb';
import { t } from './index';

const KILO = 1024;
const MINUTE = 60;
const HOUR = 3600;

function scaled(bytes: number, unit: number, name: string): string {
  return bytes % unit === 0 ? `${bytes / unit} ${name}` : `${(bytes / unit).toFixed(1)} ${name}`;
}

// "512 KB": K is 1024, as this trade has it.
export function bytes(count: bigint | number): string {
  const size = Number(count);
  if (size >= KILO * KILO) return scaled(size, KILO * KILO, 'MB');
  if (size >= KILO) return scaled(size, KILO, 'KB');
  return t.units.bytes(size);
}

// The first digits of a SHA-256: enough for eyes.
export const shortHash = (sha256: string): string => sha256.slice(0, 12);

export function speed(bytesPerSecond: number): string {
  return t.units.perSecond(bytes(Math.round(bytesPerSecond)));
}

export function seconds(duration: Duration | undefined): number {
  return duration === undefined ? 0 : Number(duration.seconds) + duration.nanos / 1e9;
}

// "1:05", "1:02:03".
export function clock(total: number): string {
  const whole = Math.max(0, Math.round(total));
  const two = (value: number) => String(value).padStart(2, '0');
  const minutes = Math.floor(whole / MINUTE);
  if (whole < HOUR) return `${minutes}:${two(whole % MINUTE)}`;
  return `${Math.floor(whole / HOUR)}:${two(minutes % MINUTE)}:${two(whole % MINUTE)}`;
}

// How long something took that has ended; else empty.
export function took(start: Timestamp | undefined, end: Timestamp | undefined): string {
  return start === undefined || end === undefined ? '' : clock((timestampMs(end) - timestampMs(start)) / 1000);
}

export function about(duration: Duration | undefined): string {
  const length = seconds(duration);
  if (length < 1) return t.units.moments;
  if (length < 2 * MINUTE) return t.units.aboutSeconds(Math.round(length));
  return t.units.aboutMinutes(Math.ceil(length / MINUTE));
}

const TIME = new Intl.DateTimeFormat(t.locale, { dateStyle: 'medium', timeStyle: 'short' });
const TIME_OF_DAY = new Intl.DateTimeFormat(t.locale, { timeStyle: 'medium' });

// "22 Nov 2026, 15:49"; empty when not set.
export function time(stamp: Timestamp | undefined): string {
  return stamp === undefined ? '' : TIME.format(timestampDate(stamp));
}

export function timeOfDay(date: Date): string {
  return TIME_OF_DAY.format(date);
}

export const memory = (value: Memory): string => t.memory[value];
export const outcome = (value: Outcome): string => t.outcome[value];
export const eepromCheck = (value: EepromCheck): string => t.eepromCheck[value];
export const jobState = (value: Job_State): string => t.jobState[value];
export const jobResult = (value: Job_Result): string => t.jobResult[value];
export const driveMemories = (value: DriveState): string => t.driveMemories[value];

// "backup", "EEPROM restore"; a kind that this page does not know stays as it is.
export function jobKind(kind: string): string {
  return (t.jobKind as Record<string, string>)[kind] ?? kind;
}

// The "jobs" of "jobs/ID".
export function kindOf(name: string): string {
  return name.slice(0, name.indexOf('/'));
}

// The ID of "jobs/ID".
export function idOf(name: string): string {
  return name.slice(name.indexOf('/') + 1);
}
