// SPDX-License-Identifier: Apache-2.0
// Brings the bytes of a file to the bench, in pieces.
import { ImageService } from '$gen/firmbench/v1/image_service_pb';
import { client } from '$lib/api/transport';

const PIECE_BYTES = 1 << 20;
const LONGEST_NAME_BYTES = 255;

// What a file may have: no memory of an optical drive is larger.
export const LARGEST_FILE_BYTES = 16 << 20;

// The last 255 bytes of the name, or fewer, so that no character is cut.
function shortName(name: string): string {
  const encoder = new TextEncoder();
  let short = name;
  while (encoder.encode(short).length > LONGEST_NAME_BYTES) short = short.slice(1);
  return short;
}

// Returns the upload's name, "uploads/ID".
export async function uploadBytes(name: string, bytes: Uint8Array): Promise<string> {
  const images = client(ImageService);
  const upload = await images.createUpload({ fileName: shortName(name), sizeBytes: BigInt(bytes.length) });
  for (let offset = 0; offset < bytes.length; offset += PIECE_BYTES) {
    const data = bytes.subarray(offset, offset + PIECE_BYTES);
    await images.writeUpload({ name: upload.name, offsetBytes: BigInt(offset), data });
  }
  return upload.name;
}
