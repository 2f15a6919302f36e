// SPDX-License-Identifier: Apache-2.0
// Bytes as people read them: hexadecimal, and the characters that they may stand for.
const HEX = Array.from({ length: 256 }, (_, value) => value.toString(16).padStart(2, '0'));

const FIRST_PRINTABLE = 0x20;
const LAST_PRINTABLE = 0x7e;

export const byteHex = (value: number): string => HEX[value] ?? '';

export function hexOf(bytes: Uint8Array, between = ''): string {
  return Array.from(bytes, byteHex).join(between);
}

// Undefined when the text is anything but pairs of hexadecimal digits.
export function bytesOfHex(text: string): Uint8Array | undefined {
  const digits = text.replace(/\s+/g, '');
  if (digits.length % 2 !== 0 || !/^[0-9a-f]*$/i.test(digits)) return undefined;
  return Uint8Array.from(digits.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

export function charactersOf(bytes: Uint8Array): string {
  return Array.from(bytes, (value) =>
    value >= FIRST_PRINTABLE && value <= LAST_PRINTABLE ? String.fromCharCode(value) : '.',
  ).join('');
}

// "01fff0": as many digits as the largest offset of a memory needs, six at least.
export function offsetHex(offset: number): string {
  return offset.toString(16).padStart(6, '0');
}

// Where `wanted` stands at `from` or behind it; -1 for nowhere.
export function indexOfBytes(bytes: Uint8Array, wanted: Uint8Array, from: number): number {
  const [first] = wanted;
  if (first === undefined) return -1;
  for (let at = bytes.indexOf(first, from); at >= 0; at = bytes.indexOf(first, at + 1)) {
    if (at + wanted.length > bytes.length) return -1;
    if (wanted.every((value, index) => bytes[at + index] === value)) return at;
  }
  return -1;
}

export function joined(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
