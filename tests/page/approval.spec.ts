// SPDX-License-Identifier: Apache-2.0
// What nothing can undo needs two people: real users of this PC, which only root can play.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SOURCE } from './support/bench';
import { TWO_PEOPLE } from './support/scenarios';
import { expect, expectAccessible, test } from './support/test';

const SIZE = 0xc000;

// A file for the simulated drives of the SPC standard: header, body, sum.
function microcode(product: string, revision: string): Buffer {
  const file = Buffer.alloc(SIZE, 0x5a);
  file.write(`SPC MICROCODE   FBSIM   ${product.padEnd(16)}${revision}`, 'latin1');
  file.writeUInt32BE(SIZE, 44);
  const sum = file.subarray(0, SIZE - 2).reduce((total, byte) => total + byte, 0);
  file.writeUInt16BE(sum & 0xffff, SIZE - 2);
  return file;
}

test('a write that nothing undoes waits for the yes of another person', async ({ openBench, people }) => {
  const scenario = readFileSync(join(SOURCE, 'deploy/examples/scsi.toml'), 'utf8');
  const bench = await openBench(scenario, TWO_PEOPLE);
  const file = join(bench.folder, 'new.bin');
  writeFileSync(file, microcode('SPC MODE 07', 'A123'));
  bench.firmbench(['image', 'add', file]);
  const { signIn } = people(bench);
  const asker = await signIn('nobody');
  const second = await signIn('games');

  await asker.goto(`${bench.address}/do?action=flash`);
  await asker.getByRole('checkbox', { name: /bay 4/ }).check();
  await asker.getByRole('radio', { name: /A123/ }).check();
  await asker.getByRole('button', { name: 'Show the plan' }).click();
  await expect(asker.getByText('IRREVERSIBLE')).toBeVisible();
  await asker.getByLabel(/Why it shall be done all the same/).fill('no copy of it anywhere');
  await asker.getByRole('button', { name: 'Plan again with this reason' }).click();
  await expect(asker.getByText('A second person must approve it.')).toBeVisible();
  const wanted = (await asker.getByText(/Scan or type what is on the drive/).innerText()).split(': ')[1] ?? '';
  await asker.getByLabel(/Scan or type/).fill(wanted);
  await asker.getByRole('button', { name: 'This is the drive' }).click();
  await asker.getByRole('button', { name: 'Start' }).click();
  await expect(asker.getByRole('heading', { name: 'A second person has to approve' })).toBeVisible();

  // The one who asked cannot say yes to himself.
  await asker.getByLabel('Why it shall be done').fill('I know what I do');
  await asker.getByRole('button', { name: 'Approve alone' }).click();
  await expect(asker.getByRole('alert').filter({ hasText: 'APPROVER_IS_REQUESTER' })).toBeVisible();

  await second.getByRole('link', { name: 'Look at it' }).click();
  await expect(second.getByRole('heading', { name: 'A second person has to approve' })).toBeVisible();
  await expectAccessible(second);
  await second.getByLabel('Why it shall be done').fill('I saw the label');
  await second.getByRole('button', { name: 'Approve', exact: true }).click();
  await expect(second.getByRole('status')).toContainText(/succeeded|failed/);
  await expect(asker.getByRole('status')).toContainText('succeeded');
  const [job] = bench.json('job', 'list')['jobs'] ?? [];
  expect(job).toMatchObject({ principal: 'nobody', approval: { principal: 'games', reason: 'I saw the label', solo: false } });
});
