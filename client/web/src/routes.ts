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
    one: () => import('./pages/wall/DrivePage.svelte'),
  },
  {
    word: 'do',
    list: () => import('./pages/do/DoPage.svelte'),
  },
  {
    word: 'search',
    list: () => import('./pages/search/SearchPage.svelte'),
  },
  {
    word: 'jobs',
    list: () => import('./pages/job/JobsPage.svelte'),
    one: () => import('./pages/job/JobPage.svelte'),
  },
  {
    word: 'units',
    list: () => import('./pages/unit/UnitsPage.svelte'),
    one: () => import('./pages/unit/UnitPage.svelte'),
  },
  {
    word: 'passport',
    one: () => import('./pages/unit/PassportPage.svelte'),
  },
  {
    word: 'labels',
    one: () => import('./pages/unit/LabelsPage.svelte'),
  },
  {
    word: 'dumps',
    list: () => import('./pages/dumps/DumpsPage.svelte'),
    one: () => import('./pages/dumps/DumpPage.svelte'),
  },
  {
    word: 'compare',
    list: () => import('./pages/dumps/ComparePage.svelte'),
  },
  {
    word: 'import',
    list: () => import('./pages/dumps/ImportPage.svelte'),
  },
  {
    word: 'images',
    list: () => import('./pages/images/ImagesPage.svelte'),
    one: () => import('./pages/images/ImagePage.svelte'),
  },
  {
    word: 'audit',
    list: () => import('./pages/audit/AuditPage.svelte'),
  },
  {
    word: 'people',
    list: () => import('./pages/people/PeoplePage.svelte'),
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
  { href: '/do', text: t.shell.work, right: 'work' },
  { href: '/jobs', text: t.shell.jobs },
  { href: '/units', text: t.shell.units },
  { href: '/dumps', text: t.shell.dumps },
  { href: '/images', text: t.shell.images },
  { href: '/audit', text: t.shell.audit, right: 'audit' },
  { href: '/people', text: t.shell.people },
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
