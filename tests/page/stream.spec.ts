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
  let note = '';
  let empty = false;
  await page.route('**/ListDrives', async (route) => {
    const late = await route.fetch();
    // The claim is shown by what the stream says.
    bench.firmbench(['drive', 'claim', 'bay 1', '--note', note]);
    await expect(card).toContainText(note);
    await (empty ? route.fulfill({ response: late, body: EMPTY }) : route.fulfill({ response: late }));
  });
  // The bench is asked again and again only after the lists were taken.
  const reload = async () => {
    await page.reload();
    await page.waitForResponse('**/ListDrives');
    await page.waitForRequest('**/GetBench');
  };

  note = 'while the list was on its way';
  await reload();
  await expect(page.getByRole('article', { name: /bay 2/ })).toBeVisible();
  await expect(card).toContainText(note);
  // Drives that the list did not even have stay as well.
  [note, empty] = ['before the list had any', true];
  bench.firmbench(['drive', 'release', 'bay 1']);
  await reload();
  await expect(page.getByRole('article')).toHaveCount(2);
  await expect(card).toContainText(note);
});
