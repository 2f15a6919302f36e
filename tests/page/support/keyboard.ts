// SPDX-License-Identifier: Apache-2.0
// A person without a mouse: Tab, Enter, blank, arrows and letters. After every Tab what has the focus is
// on the screen, not covered, with a ring around it.
import type { Page } from '@playwright/test';
import { expect, expectLoaded } from './test';

const MOST_TABS = 120;
// Slower than a scanner types.
const TYPING_MS = 60;

interface Focus {
  // The words on it, or around it; empty when nothing has the focus.
  name: string;
  ring: boolean;
  // Not below a bar, not outside the window.
  uncovered: boolean;
}

const LOOK = `(() => {
  const focused = document.activeElement;
  if (focused === null || focused === document.body) return { name: '', ring: false, uncovered: false };
  const words = focused.getAttribute('aria-label') ?? focused.closest('label')?.innerText ?? focused.innerText;
  const { outlineStyle, outlineWidth, outlineColor } = getComputedStyle(focused);
  const ring = outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2 && !/, 0\\)$|transparent/.test(outlineColor);
  const { left, top, width, height } = focused.getBoundingClientRect();
  const hit = document.elementFromPoint(left + Math.min(width / 2, innerWidth / 2), top + Math.min(height / 2, innerHeight / 2));
  const uncovered = hit !== null && (focused.contains(hit) || (focused.closest('label')?.contains(hit) ?? false));
  return { name: (words || focused.outerHTML.slice(0, 100)).trim(), ring, uncovered };
})()`;

// Boxes beside each other that have the focus one after the other, and do not stand so. What is compared
// are the two parts of the screen in which they lie: a card comes as a whole before the next one.
const FIND_DISORDER = `(() => {
  scrollTo(0, 0);
  const wrong = [];
  const trail = window.trail.filter((element) => !element.matches('[href^="#"]'));
  for (let index = 1; index < trail.length; index += 1) {
    const [before, after] = [trail[index - 1], trail[index]];
    let common = before;
    while (!common.contains(after)) common = common.parentElement;
    const part = (element) => {
      let child = element;
      while (child.parentElement !== common) child = child.parentElement;
      return child.getClientRects()[0] ?? element.getBoundingClientRect();
    };
    const [a, b] = [part(before), part(after)];
    const below = b.top >= a.bottom - 1;
    const beside = b.left >= a.right - 1 && b.bottom > a.top + 1;
    if (!below && !beside) wrong.push(before.outerHTML.slice(0, 120) + ' -> ' + after.outerHTML.slice(0, 120));
  }
  return wrong;
})()`;

export class Keyboard {
  constructor(private readonly page: Page) {}

  look(): Promise<Focus> {
    return this.page.evaluate(LOOK) as Promise<Focus>;
  }

  // The page puts the focus somewhere in a moment of its own, after what can be seen has changed.
  async expectFocus(expected: Partial<Focus>, message = `the focus on ${this.page.url()}`): Promise<void> {
    await expect.poll(() => this.look(), { message }).toMatchObject(expected);
  }

  // Where a new screen begins.
  async expectAtBeginning(): Promise<void> {
    await expect(this.page.locator('#content')).toBeFocused();
  }

  async press(key: string): Promise<void> {
    await this.page.keyboard.press(key);
  }

  async type(text: string): Promise<void> {
    await this.page.keyboard.type(text, { delay: TYPING_MS });
  }

  // One step, which ends on something that is seen; or behind the last control, with nothing.
  async tab(key: 'Tab' | 'Shift+Tab' = 'Tab'): Promise<Focus> {
    await this.press(key);
    const focus = await this.look();
    if (focus.name === '' && !focus.ring) return focus;
    // What is loaded later may push it about for a moment.
    const { name } = focus;
    await this.expectFocus({ name, ring: true, uncovered: true }, `${key} on ${this.page.url()} to ${name}`);
    return focus;
  }

  async tabTo(name: RegExp, key: 'Tab' | 'Shift+Tab' = 'Tab'): Promise<void> {
    const passed: string[] = [];
    for (let presses = 0; presses < MOST_TABS; presses += 1) {
      const focus = await this.tab(key);
      if (name.test(focus.name)) return;
      passed.push(focus.name.split('\n')[0] ?? '');
    }
    throw new Error(`the keyboard never reached ${name}, but ${passed.join(' | ')}`);
  }

  // Opens the screen, walks through all of it, and back. One that was still filling meanwhile has other
  // boxes at its end than at its beginning: then once more.
  async expectReadingOrder(address: string): Promise<void> {
    await expect(async () => {
      await this.page.goto(address);
      await expectLoaded(this.page);
      await this.walk();
    }).toPass();
  }

  private async walk(): Promise<void> {
    await this.page.evaluate('window.trail = []');
    const goOn = `(() => {
      const focused = document.activeElement;
      const trail = window.trail;
      if (focused === document.body || (focused === trail[0] && trail.length > 1)) return false;
      // A field for a time has several parts.
      if (focused !== trail.at(-1)) trail.push(focused);
      return true;
    })()`;
    let presses = 0;
    do {
      await this.tab();
      presses += 1;
      expect(presses).toBeLessThan(MOST_TABS);
    } while (await this.page.evaluate(goOn));
    // The bar above has ten already.
    expect(presses).toBeGreaterThan(10);
    for (let left = presses; left > 0; left -= 1) await this.tab('Shift+Tab');
    expect((await this.page.evaluate(FIND_DISORDER)) as string[]).toEqual([]);
  }
}
