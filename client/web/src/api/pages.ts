// SPDX-License-Identifier: Apache-2.0
// Lists come in pages; this fetches them all, or as many as a person can still choose from. No list is
// cut without a word.
import { t } from '$lib/text';

interface Page {
  nextPageToken: string;
}

export interface Listed<T> {
  items: T[];
  // There are more than these.
  more: boolean;
}

// What the bench gives at once at most.
export const PAGE_SIZE = 1000;
// What a list to choose from holds; the search finds the others.
export const MOST_CHOICES = 5000;
// Far beyond what a bench ever keeps of one unit or one job.
const MOST_AT_ALL = 200_000;

export async function firstPages<P extends Page, T>(
  ask: (pageToken: string) => Promise<P>,
  items: (page: P) => T[],
  most = MOST_CHOICES,
): Promise<Listed<T>> {
  const found: T[] = [];
  let token = '';
  do {
    const page = await ask(token);
    for (const item of items(page)) found.push(item);
    token = page.nextPageToken;
  } while (token !== '' && found.length < most);
  return { items: found, more: token !== '' };
}

export async function allPages<P extends Page, T>(
  ask: (pageToken: string) => Promise<P>,
  items: (page: P) => T[],
): Promise<T[]> {
  const found = await firstPages(ask, items, MOST_AT_ALL);
  if (found.more) throw new Error(t.errors.tooMany(MOST_AT_ALL));
  return found.items;
}
