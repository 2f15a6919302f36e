// SPDX-License-Identifier: Apache-2.0
// What goes wrong with the bench itself is said wherever somebody looks.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { drive, quick } from './support/scenarios';
import { expect, expectAccessible, test } from './support/test';

test('a second copy whose folder goes away is said on every screen', async ({ openBench, people }) => {
  const place = mkdtempSync('/tmp/fbp-');
  const folder = join(place, 'copy');
  mkdirSync(folder);
  try {
    const bench = await openBench(quick(drive(1)), `\n[copy]\nfolder = "${folder}"\nallow_same_filesystem = true\n`);
    const page = await people(bench).signIn();
    rmSync(folder, { recursive: true });
    bench.firmbench(['backup', 'bay 1']);
    for (const screen of ['Help', 'Units', 'Bench']) {
      await page.getByRole('navigation', { name: 'Screens' }).getByRole('link', { name: screen }).click();
      await expect(page.getByRole('heading', { level: 1, name: screen })).toBeVisible();
      await expect(page.getByText('COPY_FOLDER_MISSING')).toBeVisible();
      await expect(page.getByText(/mount its disk, and the copying goes on by itself/)).toBeVisible();
      await expect(page.getByText('COPY_PENDING')).toBeVisible();
    }
    await expectAccessible(page);
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
});
