// SPDX-License-Identifier: Apache-2.0
// Barcode scanners are keyboards that type faster than any person and end with Enter. What they type
// goes to the confirmation that is open or else to the search, never to the control that happens to
// have the focus: its Enter would press a button, its text would end up in a note or choose from a list.
import { forgetTyped, tellChanged, typeAhead } from './type_ahead';

// Between two keys of a scan, and the fewest characters that make one: labels may be as short, and
// nobody types two and Enter as fast.
const MOST_GAP_MS = 35;
const LEAST_CHARACTERS = 2;
// The code of a passport has several lines, and Enter comes after each. The first one names the unit.
const PASSPORT_BEGINS = /^firmbench (U-\d+)/;
const PASSPORT_GOES_ON = /^(?:units|benches)\/|^checkpoint \d/;

type Receiver = (text: string) => void;

interface Burst {
  text: string;
  last: number;
  field: HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement | undefined;
  before: string;
}

const receivers: Receiver[] = [];
let fallback: Receiver = () => undefined;
let burst: Burst | undefined;
let inPassport = false;

// Until the function that it returns is called, scans go to `receiver`; the newest one wins.
export function receiveScans(receiver: Receiver): () => void {
  receivers.push(receiver);
  return () => {
    const index = receivers.lastIndexOf(receiver);
    if (index >= 0) receivers.splice(index, 1);
  };
}

// Where scans go that nobody waits for.
export function scansElseGoTo(receiver: Receiver): void {
  fallback = receiver;
}

// What a scan is about; undefined for the further lines of a passport.
function meaningOf(text: string): string | undefined {
  if (inPassport && PASSPORT_GOES_ON.test(text)) return undefined;
  const number = PASSPORT_BEGINS.exec(text)?.[1];
  inPassport = number !== undefined;
  return number ?? text;
}

const BUTTONS = ['checkbox', 'radio', 'button', 'submit'];

function fieldOf(target: EventTarget | null): Burst['field'] {
  if (target instanceof HTMLInputElement) return BUTTONS.includes(target.type) ? undefined : target;
  return target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement ? target : undefined;
}

function begin(event: KeyboardEvent): void {
  const field = fieldOf(event.target);
  burst = { text: event.key, last: event.timeStamp, field, before: field?.value ?? '' };
  // A blank opens the list, which chooses nothing.
  if (!(field instanceof HTMLSelectElement) || event.key === ' ') return;
  event.preventDefault();
  typeAhead(field, event.key, event.timeStamp);
}

function end(event: KeyboardEvent, scanned: Burst): void {
  event.preventDefault();
  event.stopImmediatePropagation();
  forgetTyped();
  const { field, before } = scanned;
  if (field !== undefined && field.value !== before) {
    field.value = before;
    tellChanged(field);
  }
  const meant = meaningOf(scanned.text.trim());
  if (meant !== undefined) (receivers.at(-1) ?? fallback)(meant);
}

function onKey(event: KeyboardEvent): void {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  const going = burst !== undefined && event.timeStamp - burst.last <= MOST_GAP_MS ? burst : undefined;
  if (event.key === 'Enter') {
    burst = undefined;
    if (going !== undefined && going.text.length >= LEAST_CHARACTERS) end(event, going);
    return;
  }
  if (event.key.length !== 1) return; // Shift and its like come between the letters of a scan
  if (going === undefined) {
    begin(event);
    return;
  }
  going.text += event.key;
  going.last = event.timeStamp;
  const { field } = going;
  if (field instanceof HTMLSelectElement) forgetTyped();
  // A blank within a scan would press the button that has the focus, a slash go to the search, and any
  // character choose from a list.
  if (field instanceof HTMLSelectElement || ((event.key === ' ' || event.key === '/') && field === undefined)) {
    event.preventDefault();
    event.stopImmediatePropagation();
  }
}

export function listenForScans(): void {
  window.addEventListener('keydown', onKey, { capture: true });
}
