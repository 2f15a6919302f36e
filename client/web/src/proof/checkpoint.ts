// SPDX-License-Identifier: Apache-2.0
// The bench's checkpoint, checked, and compared with the last one that this browser saw. The bench
// holds the key of its log, so only what is kept elsewhere tells whether the log was put back or
// rewritten.
import { AuditService, type Checkpoint } from '$gen/firmbench/v1/audit_service_pb';
import { client } from '$lib/api/transport';
import { bytesOfHex, hexOf } from '$lib/files/bytes';
import { readSetting, writeSetting } from '$lib/state/settings';
import { t } from '$lib/text';
import { continues } from './merkle';
import { isSignatureRight, isSignedWith, keyOfPem, type Note, parseNote } from './note';

export interface CheckedCheckpoint {
  shown: Checkpoint;
  note: Note;
  // In hex.
  key: string;
  // False when this browser cannot check it.
  signatureChecked: boolean;
  // Entries that this browser had seen before; undefined for the first time.
  before: number | undefined;
  // True when it was another key that signed then.
  keyChanged: boolean;
}

interface Kept {
  note: string;
  key: string;
}

function refuse(what: string): never {
  throw new Error(t.audit.checkpointWrong(what));
}

async function open(shown: Checkpoint): Promise<Pick<CheckedCheckpoint, 'note' | 'key' | 'signatureChecked'>> {
  const note = parseNote(shown.note);
  const key = keyOfPem(shown.publicKeyPem);
  if (note === undefined || key === undefined) refuse(t.audit.noNote);
  if (BigInt(note.size) !== shown.treeSize || hexOf(note.root) !== shown.rootHash) refuse(t.audit.otherNote);
  if (!(await isSignedWith(note, key))) refuse(t.audit.otherKey);
  const right = await isSignatureRight(note, key);
  if (right === false) refuse(t.audit.badSignature);
  return { note, key: hexOf(key), signatureChecked: right !== undefined };
}

function keptOf(origin: string): Kept | undefined {
  const text = readSetting(`checkpoint.${origin}`);
  if (text === null) return undefined;
  try {
    const said: unknown = JSON.parse(text);
    if (typeof said !== 'object' || said === null || !('note' in said) || !('key' in said)) return undefined;
    return typeof said.note === 'string' && typeof said.key === 'string' ? { note: said.note, key: said.key } : undefined;
  } catch {
    return undefined;
  }
}

async function compare(older: Note, shown: Checkpoint, newer: Note): Promise<void> {
  if (newer.size < older.size) throw new Error(t.audit.rolledBack(older.size, newer.size));
  const proof = shown.consistencyProof.map((hex) => bytesOfHex(hex) ?? refuse(t.audit.noHash));
  if (!(await continues(older, newer, proof))) throw new Error(t.audit.forked(older.size, newer.size));
}

// Throws when the checkpoint is wrong, or when the log is not the one that was seen before. What is
// right is kept for the next time.
export async function takeCheckpoint(): Promise<CheckedCheckpoint> {
  const audit = client(AuditService);
  let shown = await audit.getCheckpoint({});
  let opened = await open(shown);
  const { origin } = opened.note;
  const kept = keptOf(origin);
  const older = kept === undefined ? undefined : parseNote(kept.note);
  if (older !== undefined) {
    shown = await audit.getCheckpoint({ oldTreeSize: BigInt(older.size) });
    opened = await open(shown);
    if (opened.note.origin !== origin) refuse(t.audit.otherNote);
    await compare(older, shown, opened.note);
  }
  writeSetting(`checkpoint.${origin}`, JSON.stringify({ note: shown.note, key: opened.key } satisfies Kept));
  const keyChanged = older !== undefined && kept?.key !== opened.key;
  return { shown, ...opened, before: older?.size, keyChanged };
}
