// SPDX-License-Identifier: Apache-2.0
// The passport of a unit: everything that the bench can show of it, in one document for its owner.
// The same content as `firmbench unit passport`, without the customer.
import { create, toJsonString } from '@bufbuild/protobuf';
import { timestampNow } from '@bufbuild/protobuf/wkt';
import { AuditService } from '$gen/firmbench/v1/audit_service_pb';
import { BenchService } from '$gen/firmbench/v1/bench_service_pb';
import { type Job, JobSchema } from '$gen/firmbench/v1/job_pb';
import { type UnitPassport, UnitPassportSchema } from '$gen/firmbench/v1/passport_pb';
import { UnitSchema } from '$gen/firmbench/v1/unit_service_pb';
import { client } from '$lib/api/transport';
import { loadUnit } from './unit.svelte';

// Without plans and steps: they are for the bench.
function shortened(job: Job): Job {
  const { plan: _plan, progress: _progress, ...rest } = job;
  return create(JobSchema, { ...rest, steps: [] });
}

export async function collectPassport(name: string): Promise<UnitPassport> {
  const [bench, { unit, events, dumps, jobs }] = await Promise.all([client(BenchService).getBench({}), loadUnit(name)]);
  // Last, so that it stands for all that was said before.
  const checkpoint = await client(AuditService).getCheckpoint({});
  return create(UnitPassportSchema, {
    format: 'firmbench unit passport 1',
    createTime: timestampNow(),
    bench,
    unit: create(UnitSchema, { ...unit, customer: '', ticket: '' }),
    unitEvents: events,
    jobs: jobs.map(shortened).reverse(),
    dumps,
    checkpoint,
  });
}

// What its QR code says, so that the paper leads back to the unit and to what proves it.
export function passportCode({ unit, bench, checkpoint }: UnitPassport): string {
  const lines = [`firmbench ${unit?.number ?? ''}`, unit?.name ?? '', bench?.name ?? ''];
  if (checkpoint !== undefined && checkpoint.treeSize > 0n) {
    lines.push(`checkpoint ${checkpoint.treeSize} ${checkpoint.rootHash}`);
  }
  return lines.join('\n');
}

export function passportJson(passport: UnitPassport): string {
  return `${toJsonString(UnitPassportSchema, passport, { useProtoFieldName: true, alwaysEmitImplicit: true, prettySpaces: 1 })}\n`;
}

function rulesOf(sheet: CSSStyleSheet): string[] {
  return Array.from(sheet.cssRules, (rule) => rule.cssText);
}

function escaped(text: string): string {
  const holder = document.createElement('p');
  holder.textContent = text;
  return holder.innerHTML;
}

// What is on the screen as a file that needs nothing else: no script, no font, no network.
export function passportHtml(title: string, content: HTMLElement): string {
  const copy = content.cloneNode(true) as HTMLElement;
  for (const left of copy.querySelectorAll('.no-print')) left.remove();
  // Links of the page lead nowhere from a file.
  for (const link of copy.querySelectorAll('a')) link.removeAttribute('href');
  const { lang } = document.documentElement;
  return [
    '<!DOCTYPE html>',
    `<html lang="${lang}" data-theme="light"><head><meta charset="utf-8">`,
    `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">`,
    `<meta name="viewport" content="width=device-width"><title>${escaped(title)}</title>`,
    `<style>${Array.from(document.styleSheets).flatMap(rulesOf).join('\n')}</style></head>`,
    `<body><main class="page narrow">${copy.outerHTML}</main></body></html>`,
    '',
  ].join('\n');
}
