// SPDX-License-Identifier: Apache-2.0
// What the stream of events says while the lists are still on their way is newer than the lists.
import { drive, quick } from './support/scenarios';
import { expect, test } from './support/test';

// An answer of gRPC-Web with an empty message, and the trailers of a call that succeeded.
const TRAILERS = Buffer.from('grpc-status:0\r\n');
const EMPTY = Buffer.concat([Buffer.alloc(5), Buffer.from([0x80, 0, 0, 0, TRAILERS.length]), TRAILERS]);

test('a list of drives that comes late takes nothing back', async ({ openBench, people }) => {
  const bench = await openBench(quick(drive(1), drive(2)));
  const page = await people(bench).signIn();
  const card = page.getByRole('article', { name: /bay 1/ });
  // Known with the lists: in the bar stands then what bench it is.
  const listsTaken = page.getByRole('banner').getByText('simulated', { exact: true });
  await expect(listsTaken).toBeVisible();
  let note = '';
  let claimed = '';
  let empty = false;
  await page.route('**/ListDrives', async (route) => {
    const late = await route.fetch();
    // The claim is shown by what the stream says. Who asks again, because this takes too long, finds it.
    if (claimed !== note) bench.firmbench(['drive', 'claim', 'bay 1', '--note', note]);
    claimed = note;
    await expect(card).toContainText(note);
    await (empty ? route.fulfill({ response: late, body: EMPTY }) : route.fulfill({ response: late }));
  });

  note = 'while the list was on its way';
  await page.reload();
  await expect(listsTaken).toBeVisible();
  await expect(page.getByRole('article', { name: /bay 2/ })).toBeVisible();
  await expect(card).toContainText(note);
  // Drives that the list did not even have stay as well.
  [note, empty] = ['before the list had any', true];
  bench.firmbench(['drive', 'release', 'bay 1']);
  await page.reload();
  await expect(listsTaken).toBeVisible();
  await expect(page.getByRole('article')).toHaveCount(2);
  await expect(card).toContainText(note);
});
