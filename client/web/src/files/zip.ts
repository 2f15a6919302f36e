// SPDX-License-Identifier: Apache-2.0
// A ZIP archive that stores files as they are (PKWARE APPNOTE 6.3.3, method 0): what a browser needs
// to hand over a folder.
import { joined } from './bytes';

export interface ZipFile {
  path: string;
  bytes: Uint8Array;
}

const LOCAL_SIGNATURE = 0x04034b50;
const CENTRAL_SIGNATURE = 0x02014b50;
const END_SIGNATURE = 0x06054b50;
const VERSION = 20;
// Bit 11: names are UTF-8.
const UTF8_NAMES = 0x0800;
// 1 January 1980, the first day that the format knows: the files' own times say nothing here.
const FIRST_DAY = 0x0021;

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, start) => {
  let value = start;
  for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value;
});

export function crc32(bytes: Uint8Array): number {
  let value = 0xffffffff;
  for (const byte of bytes) value = (value >>> 8) ^ (CRC_TABLE[(value ^ byte) & 0xff] ?? 0);
  return (value ^ 0xffffffff) >>> 0;
}

// Numbers of the given widths in bytes, little-endian, one behind the other.
function fields(pairs: readonly (readonly [width: 2 | 4, value: number])[]): Uint8Array {
  const bytes = new Uint8Array(pairs.reduce((length, [width]) => length + width, 0));
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const [width, value] of pairs) {
    if (width === 2) view.setUint16(at, value, true);
    else view.setUint32(at, value, true);
    at += width;
  }
  return bytes;
}

export function zipped(files: readonly ZipFile[]): Uint8Array<ArrayBuffer> {
  const body: Uint8Array[] = [];
  const directory: Uint8Array[] = [];
  let offset = 0;
  for (const { path, bytes } of files) {
    const name = new TextEncoder().encode(path);
    const common = [
      [2, VERSION], [2, UTF8_NAMES], [2, 0], [2, 0], [2, FIRST_DAY],
      [4, crc32(bytes)], [4, bytes.length], [4, bytes.length], [2, name.length], [2, 0],
    ] as const;
    const local = fields([[4, LOCAL_SIGNATURE], ...common]);
    body.push(local, name, bytes);
    const rest = [[2, 0], [2, 0], [2, 0], [4, 0], [4, offset]] as const;
    directory.push(fields([[4, CENTRAL_SIGNATURE], [2, VERSION], ...common, ...rest]), name);
    offset += local.length + name.length + bytes.length;
  }
  const length = directory.reduce((sum, part) => sum + part.length, 0);
  const end = fields([
    [4, END_SIGNATURE], [2, 0], [2, 0], [2, files.length], [2, files.length],
    [4, length], [4, offset], [2, 0],
  ]);
  return joined([...body, ...directory, end]);
}
