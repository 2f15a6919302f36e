// SPDX-License-Identifier: Apache-2.0
// Which address shows which screen. "/jobs" and "/jobs/ID" are two screens; each is loaded when it
// is first shown. A screen of one thing has the property `id`: the word behind the first of the path.
// What stands in the query is in state/route.
import type { Component } from 'svelte';
import type { Right } from './state/session.svelte';
import { t } from './text';

export type ListScreen = Component;
export type OneScreen = Component<{ id: string }>;

interface Entry {
  // First word of the path.
  word: string;
  list?: () => Promise<{ default: ListScreen }>;
  one?: () => Promise<{ default: OneScreen }>;
}

const ENTRIES: readonly Entry[] = [
  {
    word: '',
    list: () => import('./pages/wall/WallPage.svelte'),
  },
  {
    word: 'drives',
    list: () => import('./pages/wall/WallPage.svelte'),
  },
  {
    word: 'jobs',
    list: () => import('./pages/job/JobsPage.svelte'),
    one: () => import('./pages/job/JobPage.svelte'),
  },
  {
    word: 'help',
    list: () => import('./pages/help/HelpPage.svelte'),
    one: () => import('./pages/help/TopicPage.svelte'),
  },
];

export interface NavigationEntry {
  href: string;
  text: string;
  // Left out for people without it.
  right?: Right;
}

export const NAVIGATION: readonly NavigationEntry[] = [
  { href: '/', text: t.shell.bench },
  { href: '/jobs', text: t.shell.jobs },
  { href: '/help', text: t.shell.help },
];

export type Found =
  | { load: () => Promise<{ default: ListScreen }>; id?: undefined }
  | { load: () => Promise<{ default: OneScreen }>; id: string };

export function screenOf(path: string): Found | undefined {
  const [word = '', id = ''] = path.slice(1).split('/').map(decodeURIComponent);
  const entry = ENTRIES.find((candidate) => candidate.word === word);
  if (id === '') return entry?.list && { load: entry.list };
  return entry?.one && { load: entry.one, id };
}
