// SPDX-License-Identifier: Apache-2.0
// The files that prove a job or a dump to somebody without the bench: those of `firmbench audit
// prove`, byte for byte but for what the audit log holds by then.
import type { AuditEntry, ProveEntryResponse } from '$gen/firmbench/v1/audit_service_pb';
import type { Dump } from '$gen/firmbench/v1/dump_service_pb';
import { Memory } from '$gen/firmbench/v1/memory_pb';
import { bundleReadme, bundleVerify } from '$gen/bundle';
import { bytesOfHex, hexOf } from '$lib/files/bytes';
import { sha256Hex } from '$lib/files/sha256';
import type { ZipFile } from '$lib/files/zip';
import { t } from '$lib/text';
import { idOf } from '$lib/text/format';
import type { CheckedCheckpoint } from './checkpoint';
import { isIncluded, leafHash } from './merkle';

export interface BundleParts {
  // What it is about, "jobs/ID" or "dumps/ID".
  about: string;
  checkpoint: CheckedCheckpoint;
  entries: readonly ProveEntryResponse[];
  dumps: readonly { dump: Dump; bytes: Uint8Array }[];
}

type Details = Readonly<Record<string, unknown>>;

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

// Keys in the order of the alphabet and no blanks: RFC 8785 for what is written here.
function canonical(fields: Record<string, unknown>): string {
  return JSON.stringify(Object.fromEntries(Object.entries(fields).sort(([a], [b]) => (a < b ? -1 : 1))));
}

function detailsOf(entry: AuditEntry): Details {
  const parsed: unknown = JSON.parse(entry.canonicalJson);
  if (typeof parsed !== 'object' || parsed === null || !('details' in parsed)) return {};
  return typeof parsed.details === 'object' && parsed.details !== null ? (parsed.details as Details) : {};
}

class BundleMaker {
  readonly #parts: BundleParts;
  readonly #root: string;
  readonly #files: ZipFile[] = [];
  readonly #named: { value: string; sequence: number }[] = [];
  #keyNamed = false;

  constructor(parts: BundleParts) {
    this.#parts = parts;
    this.#root = hexOf(parts.checkpoint.note.root);
  }

  async make(): Promise<ZipFile[]> {
    const { about, checkpoint, entries, dumps } = this.#parts;
    const { note } = checkpoint;
    const size = String(note.size);
    const values = [about, note.origin, size, this.#root];
    this.#add('README.txt', bundleReadme.replace(/\{([0-3])\}/g, (_, place: string) => values[Number(place)] ?? ''));
    this.#addCheckpoint();
    const sorted = [...entries].sort((a, b) => this.#sequence(a) - this.#sequence(b));
    for (const proven of sorted) await this.#addEntry(proven);
    if (!this.#keyNamed) throw new Error(t.audit.proofWrong(t.audit.keyNotNamed));
    const listed: string[] = [];
    for (const { dump, bytes } of dumps) listed.push(await this.#addDump(dump, bytes));
    const numbers = sorted.map((proven) => this.#sequence(proven)).join(',');
    this.#add(
      'manifest.json',
      `{"about":${JSON.stringify(about)},"dumps":[${listed.join(',')}],"entries":[${numbers}],` +
        `"origin":${JSON.stringify(note.origin)},"root_hash":"${this.#root}","tree_size":${size}}\n`,
    );
    this.#add('verify.py', bundleVerify);
    let sums = '';
    for (const { path, bytes } of this.#files) sums += `${await sha256Hex(bytes)}  ${path}\n`;
    this.#add('SHA256SUMS', sums);
    return this.#files;
  }

  #add(path: string, content: string | Uint8Array): void {
    this.#files.push({ path, bytes: typeof content === 'string' ? encode(content) : content });
  }

  #sequence(proven: ProveEntryResponse): number {
    return Number(proven.auditEntry?.sequence ?? -1n);
  }

  #addCheckpoint(): void {
    const { shown, note } = this.#parts.checkpoint;
    this.#add('checkpoint.txt', shown.note);
    this.#add('checkpoint.body', note.body);
    this.#add('checkpoint.sig', note.signature);
    this.#add('public_key.pem', shown.publicKeyPem);
  }

  async #addEntry(proven: ProveEntryResponse): Promise<void> {
    const { note, key } = this.#parts.checkpoint;
    const entry = proven.auditEntry;
    if (entry === undefined) throw new Error(t.audit.proofWrong(t.audit.noHash));
    const sequence = this.#sequence(proven);
    const text = encode(entry.canonicalJson);
    const leaf = await leafHash(text);
    const path = proven.inclusionProof.map((hex) => bytesOfHex(hex) ?? new Uint8Array());
    const right = Number(proven.treeSize) === note.size && (await isIncluded(leaf, sequence, note.size, path, note.root));
    if (!right) throw new Error(t.audit.proofWrong(t.audit.entryNotIn(sequence)));
    const details = detailsOf(entry);
    this.#keyNamed ||= entry.action === 'audit.key' && details['public_key'] === key;
    for (const value of Object.values(details)) {
      if (typeof value === 'string') this.#named.push({ value, sequence });
    }
    this.#add(`entries/${sequence}.json`, text);
    const said = {
      inclusion_proof: proven.inclusionProof,
      leaf_hash: hexOf(leaf),
      leaf_index: sequence,
      root_hash: this.#root,
      tree_size: note.size,
    };
    this.#add(`entries/${sequence}.proof.json`, `${canonical(said)}\n`);
  }

  async #addDump(dump: Dump, bytes: Uint8Array): Promise<string> {
    const sha256 = await sha256Hex(bytes);
    const named = this.#named.find(({ value }) => value === sha256);
    if (named === undefined) throw new Error(t.audit.dumpNotProven(dump.name));
    const id = idOf(dump.name);
    this.#add(`dumps/${id}.bin`, bytes);
    return canonical({
      id,
      job: dump.job,
      md5: dump.md5,
      memory: Memory[dump.memory].toLowerCase(),
      model: dump.model,
      named_by: named.sequence,
      revision: dump.firmwareRevision,
      sha256,
      size_bytes: bytes.length,
    });
  }
}

export function makeBundle(parts: BundleParts): Promise<ZipFile[]> {
  return new BundleMaker(parts).make();
}
