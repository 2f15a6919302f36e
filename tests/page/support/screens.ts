// SPDX-License-Identifier: Apache-2.0
import type { Bench } from './bench';

// The search for what fits one thing exactly would lead to that at once.
const SCREENS = ['', 'do', 'jobs', 'units', 'dumps', 'images', 'audit', 'people', 'help', 'search?q=LTR-', 'compare', 'import'];

// The addresses of every screen, without "/", on a bench that has an image and whose first drive was
// backed up.
export function screensOf(bench: Bench): string[] {
  const named = (list: string) => bench.json(list.slice(0, -1), 'list')[list]?.[0]?.['name'] ?? list;
  const unit = named('units').split('/')[1] ?? '';
  return [...SCREENS, ...['drives', 'jobs', 'units', 'dumps', 'images'].map(named), `passport/${unit}`, `labels/${unit}`];
}
