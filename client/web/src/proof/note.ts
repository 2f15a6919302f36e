// SPDX-License-Identifier: Apache-2.0
// A checkpoint of the audit log as a signed note (C2SP signed-note and tlog-checkpoint), opened:
// parsed, its key compared, and its signature checked where this browser knows Ed25519.
import { joined } from '$lib/files/bytes';
import { sha256 } from '$lib/files/sha256';
import { type Tree, sameBytes } from './merkle';

export interface Note extends Tree {
  // "firmbench/ID".
  origin: string;
  // What was signed.
  body: string;
  signature: Uint8Array<ArrayBuffer>;
  keyHash: Uint8Array;
}

const ED25519 = 1;
const KEY_BYTES = 32;
const KEY_HASH_BYTES = 4;
const SIGNATURE_BYTES = 64;
const HASH_BYTES = 32;

function bytesOfBase64(text: string): Uint8Array<ArrayBuffer> | undefined {
  try {
    return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  } catch {
    return undefined;
  }
}

// Undefined when the text is no signed checkpoint.
export function parseNote(text: string): Note | undefined {
  const split = text.indexOf('\n\n');
  if (split < 0) return undefined;
  const body = text.slice(0, split + 1);
  const [origin, size, root, ...more] = body.split('\n');
  const signed = /^\u2014 (\S+) (\S+)\n$/.exec(text.slice(split + 2));
  if (origin === undefined || size === undefined || root === undefined || more.join('') !== '') return undefined;
  if (signed === null || signed[1] !== origin || !/^(0|[1-9][0-9]{0,14})$/.test(size)) return undefined;
  const rootBytes = bytesOfBase64(root);
  const blob = bytesOfBase64(signed[2] ?? '');
  if (rootBytes?.length !== HASH_BYTES || blob?.length !== KEY_HASH_BYTES + SIGNATURE_BYTES) return undefined;
  return {
    origin,
    body,
    size: Number(size),
    root: rootBytes,
    keyHash: blob.slice(0, KEY_HASH_BYTES),
    signature: blob.slice(KEY_HASH_BYTES),
  };
}

// The 32 bytes of an Ed25519 key; undefined for anything else.
export function keyOfPem(pem: string): Uint8Array<ArrayBuffer> | undefined {
  const inner = /-----BEGIN PUBLIC KEY-----([\sA-Za-z0-9+/=]+)-----END PUBLIC KEY-----/.exec(pem)?.[1];
  const bytes = bytesOfBase64((inner ?? '').replace(/\s+/g, ''));
  return bytes === undefined || bytes.length < KEY_BYTES ? undefined : bytes.slice(-KEY_BYTES);
}

export async function isSignedWith(note: Note, key: Uint8Array): Promise<boolean> {
  const named = new TextEncoder().encode(`${note.origin}\n`);
  const hash = await sha256(joined([named, Uint8Array.of(ED25519), key]));
  return sameBytes(hash.slice(0, KEY_HASH_BYTES), note.keyHash);
}

// Undefined when this browser cannot check Ed25519.
export async function isSignatureRight(note: Note, key: Uint8Array<ArrayBuffer>): Promise<boolean | undefined> {
  try {
    const imported = await crypto.subtle.importKey('raw', key, 'Ed25519', false, ['verify']);
    return await crypto.subtle.verify('Ed25519', imported, note.signature, new TextEncoder().encode(note.body));
  } catch {
    return undefined;
  }
}
