// SPDX-License-Identifier: Apache-2.0
// What can be done with a drive depends on the cable and on the drive: what the page says of that, before
// anything is asked for and in the plan.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { microcode } from './support/microcode';
import { drive, quick } from './support/scenarios';
import { beginJob, expect, expectAccessible, test } from './support/test';

const SCSI = 'connection = "scsi"';
const REGISTERS = 'vendor mode needs the drive\'s IDE registers, and this connection does not give them';

async function openDrive(page: Page, bay: RegExp): Promise<void> {
  await page.getByRole('article', { name: bay }).getByRole('link', { name: 'Details' }).click();
  await expect(page.getByRole('heading', { level: 1, name: bay })).toBeVisible();
}

test('each drive says what can be done on its cable, why not more, and what would help', async ({ openBench, people }) => {
  const bench = await openBench(quick(
    drive(1),
    drive(2, { more: SCSI }),
    drive(3, { model: 'BU40N', revision: '1.00', more: SCSI }),
  ));
  const page = await people(bench).signIn();
  const card = (bay: string) => page.getByRole('article', { name: bay });
  const firmware = (bay: string) => card(bay).getByRole('listitem').filter({ hasText: /^\s*firmware/ });
  // The picture of its kind, and the same in words for who does not see it.
  await expect(card('bay 1').locator('svg text')).toHaveText('CD');
  await expect(card('bay 1')).toContainText('CD-RW burner');
  await expect(card('bay 3').locator('svg text')).toHaveText('BD');
  await expect(card('bay 3')).toContainText('Blu-ray burner');

  // The same drive on two cables.
  for (const what of ['read', 'flash', 'restore']) {
    await expect(firmware('bay 1').getByText(`can ${what}`, { exact: true })).toHaveCSS('text-decoration-line', 'none');
    await expect(firmware('bay 2').getByText(`cannot ${what}`, { exact: true })).toHaveCSS('text-decoration-line', 'line-through');
  }
  await expect(firmware('bay 1').getByText(/^cannot/)).toHaveCount(0);
  await expect(firmware('bay 2').getByText(/^can /)).toHaveCount(0);
  await expectAccessible(page);

  await openDrive(page, /bay 2/);
  const memory = page.locator('section').filter({ has: page.getByRole('heading', { level: 2, name: /^firmware/ }) });
  await expect(memory.getByRole('term').filter({ hasText: 'read' })).toHaveText(/read: no/);
  await expect(memory.getByRole('definition').first()).toContainText(REGISTERS);
  await expect(memory.getByRole('definition').first()).toContainText('Would help: an IDE port or a bridge that gives the registers');
  await expect(page.getByRole('definition').filter({ hasText: 'SCSI commands only' })).toBeVisible();
  await expectAccessible(page);
  await page.goBack();
  await openDrive(page, /bay 1/);
  await expect(memory.getByRole('term').filter({ hasText: 'read' })).toHaveText(/read: yes/);
  await expect(page.getByRole('definition').filter({ hasText: 'IDE port' })).toBeVisible();
  await expect(memory).not.toContainText('Would help:');

  // Nothing is offered that the drive would have to refuse.
  await beginJob(page, bench, /bay 2/, /^Backup/i);
  const flash = page.getByRole('radio', { name: /^Firmware flash/i });
  await expect(flash).toBeDisabled();
  await expect(page.locator('label').filter({ has: flash })).toContainText(REGISTERS);
  await page.getByRole('checkbox', { name: /bay 2/ }).uncheck();
  await page.getByRole('checkbox', { name: /bay 1/ }).check();
  await expect(flash).toBeEnabled();
});

test('a plan says how long it takes, each step with its memory and size, and whether it can be undone', async ({ openBench, people }) => {
  const bench = await openBench(quick(drive(1), drive(2, { model: 'SPC-05', revision: 'A100', more: SCSI })));
  bench.addImage('LTR-52327S', 'QS0D');
  const file = join(bench.folder, 'A200.bin');
  writeFileSync(file, microcode('SPC MODE 05', 'A200', 48));
  bench.firmbench(['image', 'add', file]);
  const page = await people(bench).signIn();
  const plan = page.getByRole('region', { name: 'The plan' });
  const planFlash = async (bay: RegExp, image: RegExp) => {
    await beginJob(page, bench, bay, /^Firmware flash/i);
    await page.getByRole('radio', { name: image }).check();
    await page.getByRole('button', { name: 'Show the plan' }).click();
  };

  await planFlash(/bay 1/, /QS0D/);
  await expect(plan).toContainText('What undoes it: the drive\'s own firmware QS0C');
  await expect(plan).not.toContainText('cannot be undone');
  await expect(plan).toContainText(/Takes about \d+ s, without the time that people take/);
  await plan.getByText(/^\d+ steps$/).click();
  const step = (words: string) => plan.getByRole('listitem').filter({ hasText: words });
  await expect(step('read the whole flash chip').first()).toContainText(/512 KB\s+about \d+ s/);
  await expect(step('read this unit\'s own calibration').first()).toContainText(/1 KB/);
  await expect(step('erase and program')).toContainText(/512 KB\s+about \d+ s/);

  await planFlash(/bay 2/, /A200/);
  await expect(plan.locator('p').filter({ hasText: 'What undoes it:' })).toContainText('what is written cannot be undone');
  await expect(plan).toContainText('IRREVERSIBLE');
  await expect(plan).toContainText('A second person must approve it.');
});
