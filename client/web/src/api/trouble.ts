// SPDX-License-Identifier: Apache-2.0
// What went wrong, in the form in which every screen shows it.
import { Code, ConnectError } from '@connectrpc/connect';
import { DriveState, ErrorInfoSchema, type Problem } from '$gen/firmbench/v1/errors_pb';
import type { JobError } from '$gen/firmbench/v1/job_pb';
import { t } from '$lib/text';

export interface Trouble {
  // Stable UPPER_SNAKE word; empty when nobody gave one.
  reason: string;
  text: string;
  // How to mend it; may be empty.
  remedy: string;
  driveState: DriveState;
}

// What this page can do about it goes before a command of firmbench.
const remedyOf = (reason: string, remedy: string) => t.remedies[reason] ?? remedy;

// Of a drive nothing is said.
export function newTrouble(reason: string, text: string, remedy = ''): Trouble {
  return { reason, text, remedy, driveState: DriveState.UNSPECIFIED };
}

function withoutDetails(error: ConnectError): Trouble {
  switch (error.code) {
    case Code.Unavailable:
    case Code.Unknown:
      return newTrouble('BENCH_UNREACHABLE', t.errors.unreachable, t.errors.unreachableRemedy);
    case Code.DeadlineExceeded:
      return newTrouble('BENCH_TOO_SLOW', t.errors.tooSlow, t.errors.tooSlowRemedy);
    case Code.Unimplemented:
      return newTrouble('NOT_OFFERED_BY_BENCH', t.errors.notOffered, t.errors.notOfferedRemedy);
    default:
      return newTrouble('UNEXPLAINED', error.rawMessage);
  }
}

// Anything that was thrown, in words.
export function troubleOf(error: unknown): Trouble {
  if (!(error instanceof ConnectError)) {
    return newTrouble('UNEXPLAINED', error instanceof Error ? error.message : String(error));
  }
  const [info] = error.findDetails(ErrorInfoSchema);
  if (info === undefined) return withoutDetails(error);
  const { reason, remedy, driveState } = info;
  return { reason, text: error.rawMessage, remedy: remedyOf(reason, remedy), driveState };
}

// A screen that could not be loaded: nobody answered, or what answers has other files by now.
export function troubleOfScreen(isLive: boolean): Trouble {
  return isLive
    ? newTrouble('PAGE_OUT_OF_DATE', t.errors.oldPage, t.errors.oldPageRemedy)
    : newTrouble('BENCH_UNREACHABLE', t.errors.unreachable, t.errors.unreachableRemedy);
}

export function troubleOfProblem(problem: Problem): Trouble {
  return newTrouble(problem.reason, problem.text, remedyOf(problem.reason, problem.remedy));
}

export function troubleOfJob(error: JobError): Trouble {
  const { reason, message, remedy, driveState } = error;
  return { reason, text: message, remedy: remedyOf(reason, remedy), driveState };
}

// True for calls that may simply be made again: nothing answered.
export function isUnreachable(error: unknown): boolean {
  return error instanceof ConnectError && withoutDetails(error).reason === 'BENCH_UNREACHABLE' &&
    error.findDetails(ErrorInfoSchema).length === 0;
}

// True when the bench does not know who asks: nobody signed in, or the session is over.
export function isSignedOut(error: unknown): boolean {
  return error instanceof ConnectError && error.code === Code.Unauthenticated;
}
