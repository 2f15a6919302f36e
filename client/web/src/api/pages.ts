// SPDX-License-Identifier: Apache-2.0
// Lists come in pages; this fetches them all, up to a bound.
interface Page {
  nextPageToken: string;
}

export async function allPages<P extends Page, T>(
  ask: (pageToken: string) => Promise<P>,
  items: (page: P) => T[],
  most = 1000,
): Promise<T[]> {
  const found: T[] = [];
  let token = '';
  do {
    const page = await ask(token);
    found.push(...items(page));
    token = page.nextPageToken;
  } while (token !== '' && found.length < most);
  return found;
}
