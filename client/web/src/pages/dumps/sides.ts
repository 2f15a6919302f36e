// SPDX-License-Identifier: Apache-2.0
// The two things that are compared: dumps and images of the bench, or files of this device.
import { type CompareDumpsResponse, DumpService } from '$gen/firmbench/v1/dump_service_pb';
import { client } from '$lib/api/transport';
import type { FoundFile } from '$lib/files/dropped';
import { bytesOf } from '$lib/files/dropped';
import { uploadBytes } from '$lib/files/upload';

// "dumps/ID", "images/ID", or a file.
export type Side = string | FoundFile;

type Source =
  | { case: 'dump'; value: string }
  | { case: 'image'; value: string }
  | { case: 'upload'; value: string };

// A file becomes an upload that enters no library and is forgotten after the comparison.
async function sourceOf(side: Side): Promise<Source> {
  if (typeof side !== 'string') {
    return { case: 'upload', value: await uploadBytes(side.name, await bytesOf(side)) };
  }
  return { case: side.startsWith('images/') ? 'image' : 'dump', value: side };
}

export async function compare(a: Side, b: Side): Promise<CompareDumpsResponse> {
  const [first, second] = [await sourceOf(a), await sourceOf(b)];
  return client(DumpService).compareDumps({ a: { source: first }, b: { source: second }, withLines: true });
}
