// SPDX-License-Identifier: Apache-2.0
// What the bench says of a dump in single words, in the words of people.
import { type Dump, type Proof, Proof_Kind } from '$gen/firmbench/v1/dump_service_pb';
import { t } from '$lib/text';
import { shortHash } from '$lib/text/format';

const known = (words: Record<string, string>, word: string): string => words[word] ?? word.replaceAll('_', ' ');

export const purposeWord = (purpose: string): string => known(t.dumps.purposes, purpose);

// A rehearsal proves the simulator only and stands apart.
export const isRehearsal = (proof: Proof): boolean => proof.kind === Proof_Kind.REHEARSED;

// "reads agree (3), recognised".
export function proofWords(dump: Dump): string {
  return dump.proofs
    .filter((proof) => !isRehearsal(proof))
    .map((proof) => proof.text.split(/[:,]/, 1)[0] ?? '')
    .join(', ');
}

// How strong a proof is, as the colour of its tag.
export function proofTone(proof: Proof): 'good' | 'warn' | 'bad' | '' {
  switch (proof.kind) {
    case Proof_Kind.READS_DISAGREE:
      return 'bad';
    case Proof_Kind.FROM_FILE:
    case Proof_Kind.READ_ONCE:
      return 'warn';
    case Proof_Kind.READS_AGREE:
    case Proof_Kind.RECOGNISED:
    case Proof_Kind.WRITTEN_BACK:
      return 'good';
    default:
      return '';
  }
}

// A name for the file in which a dump is handed over.
export function dumpFileName(dump: Dump): string {
  const memory = t.memory[dump.memory].replace(/\s+/g, '-').toLowerCase();
  const parts = [dump.unitNumber, dump.model, dump.firmwareRevision, memory, shortHash(dump.sha256)];
  return parts.filter((part) => part !== '').join('_');
}
