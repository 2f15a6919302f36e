// SPDX-License-Identifier: Apache-2.0
// A flash that is done on the page ends with the same rows in the ledger as one of the command line: two
// equal benches with the same drive, all that is kept told by `firmbench -o json`, without IDs and times.
import { join } from 'node:path';
import type { Bench } from './support/bench';
import { drive, quick } from './support/scenarios';
import { expect, expectSuccess, planConfirmStart, test } from './support/test';

type Value = string | number | boolean | null | Value[] | { [key: string]: Value };

// What differs between any two runs: IDs and what is made of them, and times. Names of resources stay
// as which one it is, in the order in which they come.
const MADE_ANEW = /^(request_id|etag|digest|plan_digest|leaf_hash|root_hash|note|sequence|last_sequence|.*_time)$/;
const ID = /\b[0-9a-z]{26}\b/g;
const DAY = /\b\d{4}-\d{2}-\d{2}(?:T[\d:.]+Z)?/g;

class Told {
  readonly #ids = new Map<string, string>();

  value(value: Value): Value {
    if (Array.isArray(value)) return value.map((one) => this.value(one));
    if (typeof value === 'string') return this.#text(value);
    if (typeof value !== 'object' || value === null) return value;
    const kept = Object.entries(value).filter(([key]) => !MADE_ANEW.test(key));
    return Object.fromEntries(kept.map(([key, one]) => [key, this.value(one)]));
  }

  #text(text: string): string {
    return text
      .replace(ID, (id) => {
        if (!this.#ids.has(id)) this.#ids.set(id, `#${this.#ids.size + 1}`);
        return this.#ids.get(id) ?? '';
      })
      .replace(DAY, 'DAY');
  }
}

// All rows of a bench on which one flash was done.
function rowsOf(bench: Bench): { [key: string]: Value } {
  const told = new Told();
  const ask = (...words: string[]) => JSON.parse(bench.firmbench(['-o', 'json', ...words])) as { [key: string]: Value };
  const audit = (ask('audit', 'list')['audit_entries'] as { [key: string]: Value }[])
    .filter((entry) => !String(entry['action']).startsWith('access.'))
    .reverse()
    .map((entry) => {
      const { action, outcome, principal, resource } = entry;
      return { action, outcome, principal, resource } as Value;
    });
  const [job] = ask('job', 'list')['jobs'] as { [key: string]: Value }[];
  const [unit] = ask('unit', 'list')['units'] as { [key: string]: Value }[];
  return {
    job: told.value(ask('job', 'show', String(job?.['name']))),
    dumps: told.value(ask('dump', 'list')['dumps'] ?? []),
    unit: told.value(ask('unit', 'show', String(unit?.['name']))),
    images: told.value(ask('image', 'list')['images'] ?? []),
    audit: told.value(audit),
  };
}

test('a flash on the page leaves the rows of one of the command line', async ({ openBench, people }) => {
  const scenario = quick(drive(1));
  const [byPage, byHand] = [await openBench(scenario), await openBench(scenario)];
  for (const bench of [byPage, byHand]) bench.addImage('LTR-52327S', 'QS0D');

  byHand.firmbench(['flash', 'bay 1', join(byHand.folder, 'QS0D.bin'), '--yes']);
  const page = await people(byPage).signIn();
  await page.goto(`${byPage.address}/do?action=flash`);
  await page.getByRole('checkbox', { name: /bay 1/ }).check();
  await page.getByRole('radio', { name: /QS0D/ }).check();
  await planConfirmStart(page, 'S1001');
  await expectSuccess(page);

  const [onPage, inShell] = [rowsOf(byPage), rowsOf(byHand)];
  expect(onPage).toEqual(inShell);
  // And they are rows: a comparison of nothing with nothing would pass as well.
  expect(inShell['job']).toMatchObject({
    kind: 'flash', result: 'RESULT_SUCCEEDED', outcome: 'OUTCOME_CHANGED_VERIFIED', eeprom_check: 'EEPROM_CHECK_EQUAL', principal: 'root',
  });
  expect((inShell['job'] as { steps: Value[] }).steps.length).toBeGreaterThan(5);
  expect(inShell['dumps']).toHaveLength(byHand.json('dump', 'list')['dumps']?.length ?? 0);
  expect((inShell['dumps'] as Value[]).length).toBeGreaterThanOrEqual(4);
  const actions = (inShell['audit'] as { action: string }[]).map(({ action }) => action);
  for (const action of ['job.create', 'job.write_started', 'dump.commit', 'unit.create', 'job.close']) expect(actions).toContain(action);
});
