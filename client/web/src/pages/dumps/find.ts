// SPDX-License-Identifier: Apache-2.0
// What a person wants found: pairs of hexadecimal digits with blanks between them are bytes,
// everything else is text.
import { bytesOfHex } from '$lib/files/bytes';

const PAIRS = /^\s*[0-9a-f]{2}(\s+[0-9a-f]{2})+\s*$/i;

export function wantedBytes(text: string): Uint8Array {
  return (PAIRS.test(text) ? bytesOfHex(text) : undefined) ?? new TextEncoder().encode(text);
}
