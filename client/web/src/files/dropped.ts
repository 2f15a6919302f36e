// SPDX-License-Identifier: Apache-2.0
// What a person dropped onto the page or chose: files, and folders with all that lies in them.
// Everything is bounded, and names are made printable, as the command line has them.
import { t } from '$lib/text';

export interface FoundFile {
  // Empty when it cannot be read.
  file: File;
  readable: boolean;
  name: string;
  // Below what was given; empty for none.
  folder: string;
}

export interface Found {
  files: FoundFile[];
  // True when there was more than is taken at once.
  truncated: boolean;
}

const MOST_FILES = 10_000;
const MOST_DEPTH = 32;

// Controls, marks that turn the direction of the text, halves of characters, and the backslash.
const UNPRINTABLE =
  /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\\]|\p{Surrogate}/gu;

// Such characters as \xHH, each byte of their UTF-8.
function printableName(raw: string): string {
  const encoder = new TextEncoder();
  return raw.replace(UNPRINTABLE, (character) =>
    Array.from(encoder.encode(character), (byte) => `\\x${byte.toString(16).padStart(2, '0').toUpperCase()}`).join(''),
  );
}

function foundFile(file: File, folder: string, readable = true): FoundFile {
  return { file, readable, name: printableName(file.name), folder: printableName(folder) };
}

function readFolder(reader: FileSystemDirectoryReader): Promise<FileSystemEntry[]> {
  return new Promise((resolve, reject) => reader.readEntries(resolve, reject));
}

function fileOf(entry: FileSystemFileEntry): Promise<File> {
  return new Promise((resolve, reject) => entry.file(resolve, reject));
}

async function walk(entry: FileSystemEntry, folder: string, depth: number, found: Found): Promise<void> {
  if (found.files.length >= MOST_FILES || depth > MOST_DEPTH) {
    found.truncated = true;
    return;
  }
  try {
    if (entry.isFile) found.files.push(foundFile(await fileOf(entry as FileSystemFileEntry), folder));
    else await walkFolder(entry, folder, depth, found);
  } catch {
    // A folder without permission, a file that is gone: that one alone.
    found.files.push(foundFile(new File([], entry.name), folder, false));
  }
}

async function walkFolder(entry: FileSystemEntry, folder: string, depth: number, found: Found): Promise<void> {
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  const below = folder === '' ? entry.name : `${folder}/${entry.name}`;
  // A folder is told in pieces, the last of which is empty.
  for (let piece = await readFolder(reader); piece.length > 0; piece = await readFolder(reader)) {
    for (const inner of piece) await walk(inner, below, depth + 1, found);
  }
}

function byPath(a: FoundFile, b: FoundFile): number {
  return a.folder.localeCompare(b.folder, t.locale) || a.name.localeCompare(b.name, t.locale);
}

export async function droppedFiles(transfer: DataTransfer): Promise<Found> {
  const found: Found = { files: [], truncated: false };
  // All of them at once: the list is empty after the event.
  const items = Array.from(transfer.items, (item) => [item.webkitGetAsEntry(), item.getAsFile()] as const);
  for (const [entry, file] of items) {
    if (entry !== null) await walk(entry, '', 0, found);
    // No entry, but a file without bytes: a link that leads nowhere.
    else if (file !== null) found.files.push(foundFile(file, '', file.size > 0));
  }
  found.files.sort(byPath);
  return found;
}

export function chosenFiles(list: FileList): Found {
  const files = Array.from(list, (file) =>
    foundFile(file, file.webkitRelativePath.split('/').slice(0, -1).join('/')),
  );
  const truncated = files.length > MOST_FILES;
  return { files: files.slice(0, MOST_FILES).sort(byPath), truncated };
}

export async function bytesOf({ file, readable }: FoundFile): Promise<Uint8Array<ArrayBuffer>> {
  if (!readable) throw new Error(t.files.unreadable);
  return new Uint8Array(await file.arrayBuffer());
}
