// SPDX-License-Identifier: Apache-2.0
// Dark or light: as the device says, unless a person said otherwise on it.
import { readSetting, writeSetting } from './settings';

export const THEMES = ['auto', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

class ThemeChoice {
  choice = $state<Theme>(THEMES.find((known) => known === readSetting('theme')) ?? 'auto');

  choose(choice: Theme): void {
    this.choice = choice;
    writeSetting('theme', choice);
    this.apply();
  }

  apply(): void {
    document.documentElement.dataset['theme'] = this.choice;
  }
}

export const theme = new ThemeChoice();
