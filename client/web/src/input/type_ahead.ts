// SPDX-License-Identifier: Apache-2.0
// Letters that are typed at a list go to the next choice that begins with them. Browsers do that by
// themselves, but at once: the first character of a scan would choose something. Here it waits until it
// is clear that a person typed it.

// Longer than between two characters of a scan, also on a busy device.
const WAIT_MS = 200;
// A letter that comes later begins a new word.
const WORD_ENDS_MS = 1000;

let word = { list: undefined as HTMLSelectElement | undefined, text: '', last: 0 };
let waiting: ReturnType<typeof setTimeout> | undefined;

// The choice that the word means; a letter again and again goes from one to the next.
function meantIn(list: HTMLSelectElement, text: string): number {
  const again = [...text].every((letter) => letter === text[0]);
  const [wanted, from] = again ? [text.slice(0, 1), list.selectedIndex + 1] : [text, list.selectedIndex];
  const count = list.options.length;
  const order = Array.from({ length: count }, (_, index) => (Math.max(0, from) + index) % count);
  return order.find((index) => {
    const option = list.options[index];
    return option?.disabled === false && option.label.trim().toLowerCase().startsWith(wanted);
  }) ?? list.selectedIndex;
}

export function tellChanged(field: HTMLElement): void {
  field.dispatchEvent(new Event('input', { bubbles: true }));
  if (field instanceof HTMLSelectElement) field.dispatchEvent(new Event('change', { bubbles: true }));
}

export function typeAhead(list: HTMLSelectElement, letter: string, now: number): void {
  const going = word.list === list && now - word.last <= WORD_ENDS_MS;
  word = { list, text: (going ? word.text : '') + letter.toLowerCase(), last: now };
  clearTimeout(waiting);
  waiting = setTimeout(() => {
    const meant = meantIn(list, word.text);
    if (meant === list.selectedIndex) return;
    list.selectedIndex = meant;
    tellChanged(list);
  }, WAIT_MS);
}

// It was a scan.
export function forgetTyped(): void {
  clearTimeout(waiting);
  word = { list: undefined, text: '', last: 0 };
}
