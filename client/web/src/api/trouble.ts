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

function trouble(reason: string, text: string, remedy = ''): Trouble {
  return { reason, text, remedy, driveState: DriveState.UNSPECIFIED };
}

function withoutDetails(error: ConnectError): Trouble {
  switch (error.code) {
    case Code.Unavailable:
    case Code.Unknown:
      return trouble('BENCH_UNREACHABLE', t.errors.unreachable, t.errors.unreachableRemedy);
    case Code.DeadlineExceeded:
      return trouble('BENCH_TOO_SLOW', t.errors.tooSlow, t.errors.tooSlowRemedy);
    case Code.Unimplemented:
      return trouble('NOT_OFFERED_BY_BENCH', t.errors.notOffered, t.errors.notOfferedRemedy);
    default:
      return trouble('UNEXPLAINED', error.rawMessage);
  }
}

// Anything that was thrown, in words.
export function troubleOf(error: unknown): Trouble {
  if (!(error instanceof ConnectError)) {
    return trouble('UNEXPLAINED', error instanceof Error ? error.message : String(error));
  }
  const [info] = error.findDetails(ErrorInfoSchema);
  if (info === undefined) return withoutDetails(error);
  const { reason, remedy, driveState } = info;
  return { reason, text: error.rawMessage, remedy: remedyOf(reason, remedy), driveState };
}

export function troubleOfProblem(problem: Problem): Trouble {
  return trouble(problem.reason, problem.text, remedyOf(problem.reason, problem.remedy));
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
