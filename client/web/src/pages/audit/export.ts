// SPDX-License-Identifier: Apache-2.0
// The audit log as a file, in the forms of `firmbench audit export`.
import { timestampDate } from '@bufbuild/protobuf/wkt';
import { type AuditEntry, AuditService } from '$gen/firmbench/v1/audit_service_pb';
import { client } from '$lib/api/transport';
import { saveFile } from '$lib/files/save';
import type { FilterRequest } from './filter';

const EXPORT_WITHIN_MS = 30 * 60_000;
const CSV_HEAD = 'sequence,time,principal,action,resource,outcome,leaf_hash,entry\r\n';

// A cell that no spreadsheet takes for a formula.
function cell(text: string): string {
  const formula = text !== '' && (text < ' ' || '=+-@'.includes(text.charAt(0)));
  return `"${formula ? "'" : ''}${text.replaceAll('"', '""').replaceAll('\0', '?')}"`;
}

// "2026-11-22T15:49:07Z".
function timeCell(entry: AuditEntry): string {
  const when = entry.entryTime === undefined ? '-' : timestampDate(entry.entryTime).toISOString();
  return when.replace(/\.\d+/, '');
}

function csvRow(entry: AuditEntry): string {
  const { principal, action, resource, outcome, leafHash, canonicalJson } = entry;
  const cells = [timeCell(entry), principal, action, resource, outcome, leafHash, canonicalJson];
  return `${entry.sequence},${cells.map(cell).join(',')}\r\n`;
}

export type ExportFormat = 'jsonl' | 'csv';

// Returns how many entries there were.
export async function exportAudit(filter: FilterRequest, format: ExportFormat): Promise<number> {
  const parts: string[] = format === 'csv' ? [CSV_HEAD] : [];
  let count = 0;
  const pieces = client(AuditService).exportAuditEntries(filter, { timeoutMs: EXPORT_WITHIN_MS });
  for await (const { auditEntries } of pieces) {
    // The canonical text as it is: a line's leaf hash can be computed from it.
    parts.push(...auditEntries.map((entry) => (format === 'csv' ? csvRow(entry) : `${entry.canonicalJson}\n`)));
    count += auditEntries.length;
  }
  saveFile(`audit.${format}`, parts, format === 'csv' ? 'text/csv' : 'application/x-ndjson');
  return count;
}
