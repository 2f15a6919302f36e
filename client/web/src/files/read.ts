// SPDX-License-Identifier: Apache-2.0
// The bytes of a dump or an image, as the bench has them, and checked against what it says of them.
import { DumpService } from '$gen/firmbench/v1/dump_service_pb';
import { ImageService } from '$gen/firmbench/v1/image_service_pb';
import { client } from '$lib/api/transport';
import { t } from '$lib/text';
import { joined } from './bytes';
import { sha256Hex } from './sha256';

const READ_WITHIN_MS = 5 * 60_000;

interface Piece {
  offsetBytes: bigint;
  data: Uint8Array;
}

interface Whole {
  name: string;
  sha256: string;
}

async function collect(pieces: AsyncIterable<Piece>, whole: Whole): Promise<Uint8Array<ArrayBuffer>> {
  const parts: Uint8Array[] = [];
  for await (const { data } of pieces) parts.push(data);
  const bytes = joined(parts);
  if ((await sha256Hex(bytes)) !== whole.sha256) throw new Error(t.files.damaged);
  return bytes;
}

export function readDump(dump: Whole): Promise<Uint8Array<ArrayBuffer>> {
  const options = { timeoutMs: READ_WITHIN_MS };
  return collect(client(DumpService).readDump({ name: dump.name }, options), dump);
}

export function readImage(image: Whole): Promise<Uint8Array<ArrayBuffer>> {
  const options = { timeoutMs: READ_WITHIN_MS };
  return collect(client(ImageService).readImage({ name: image.name }, options), image);
}
