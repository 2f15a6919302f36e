// SPDX-License-Identifier: Apache-2.0
// Gathers from the bench what proves a job with its dumps, or a dump with its job.
import { AuditService } from '$gen/firmbench/v1/audit_service_pb';
import { type Dump, DumpService } from '$gen/firmbench/v1/dump_service_pb';
import { allPages } from '$lib/api/pages';
import { client } from '$lib/api/transport';
import { readDump } from '$lib/files/read';
import { nameable, saveFile } from '$lib/files/save';
import { zipped } from '$lib/files/zip';
import { makeBundle } from './bundle';
import { takeCheckpoint } from './checkpoint';

export interface Proven {
  entries: number;
  dumps: number;
  treeSize: number;
}

async function numbersOf(filter: { resource?: string; action?: string }, size: number): Promise<number[]> {
  const entries = await allPages(
    (pageToken) => client(AuditService).listAuditEntries({ ...filter, pageToken, pageSize: 1000 }),
    (page) => page.auditEntries,
  );
  return entries.map((entry) => Number(entry.sequence)).filter((sequence) => sequence < size);
}

async function subject(name: string): Promise<{ job: string; dumps: Dump[] }> {
  const dumps = client(DumpService);
  if (name.startsWith('dumps/')) {
    const dump = await dumps.getDump({ name });
    return { job: dump.job, dumps: [dump] };
  }
  const all = await allPages(
    (pageToken) => dumps.listDumps({ job: name, showArchived: true, pageToken }),
    (page) => page.dumps,
  );
  return { job: name, dumps: all };
}

// Hands over the bundle of "jobs/ID" or "dumps/ID" as a ZIP archive, after checking all of it.
export async function proveAndSave(name: string): Promise<Proven> {
  const { job, dumps } = await subject(name);
  const checkpoint = await takeCheckpoint();
  const { size } = checkpoint.note;
  const numbers = new Set(await numbersOf({ action: 'audit.key' }, size));
  for (const resource of [job, ...dumps.map((dump) => dump.name)]) {
    if (resource === '') continue;
    for (const number of await numbersOf({ resource }, size)) numbers.add(number);
  }
  const entries = [];
  for (const number of numbers) {
    entries.push(
      await client(AuditService).proveEntry({ name: `auditEntries/${number}`, treeSize: BigInt(size) }),
    );
  }
  const read = [];
  for (const dump of dumps) read.push({ dump, bytes: await readDump(dump) });
  const files = await makeBundle({ about: name, checkpoint, entries, dumps: read });
  saveFile(`proof-${nameable(name)}.zip`, zipped(files), 'application/zip');
  return { entries: entries.length, dumps: dumps.length, treeSize: size };
}
