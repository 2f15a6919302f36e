// SPDX-License-Identifier: Apache-2.0
// SHA-256 by the browser itself, which offers it to pages that came over HTTPS only.
import { hexOf } from './bytes';

export async function sha256(bytes: Uint8Array): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', new Uint8Array(bytes)));
}

export async function sha256Hex(bytes: Uint8Array): Promise<string> {
  return hexOf(await sha256(bytes));
}
