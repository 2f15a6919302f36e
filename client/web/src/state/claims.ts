// SPDX-License-Identifier: Apache-2.0
// Who says of a drive "I am using it". Nobody tells the page when a claim ends by itself, so its end is
// compared with the bench's clock.
import { timestampMs } from '@bufbuild/protobuf/wkt';
import type { Claim, Drive } from '$gen/firmbench/v1/drive_service_pb';
import { benchNow } from './now.svelte';
import { session } from './session.svelte';

// The claim that is in force; undefined when the drive is free.
export function claimOn(drive: Drive | undefined): Claim | undefined {
  const end = drive?.claim?.expireTime;
  return end === undefined || timestampMs(end) <= benchNow() ? undefined : drive?.claim;
}

// The same, of somebody else than the person at this device: the bench refuses their jobs until it ends.
export function claimOfAnother(drive: Drive | undefined): Claim | undefined {
  const claim = claimOn(drive);
  return claim?.principal === session.name ? undefined : claim;
}
