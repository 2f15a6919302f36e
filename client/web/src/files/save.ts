// SPDX-License-Identifier: Apache-2.0
// Gives a person a file that the page made or fetched.
const KEPT_MS = 60_000;

export function saveFile(name: string, content: BlobPart | BlobPart[], type: string): void {
  const address = URL.createObjectURL(new Blob(Array.isArray(content) ? content : [content], { type }));
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), KEPT_MS);
}

// A part of a file's name: what file systems take anywhere.
export function nameable(text: string): string {
  return text.replace(/[^A-Za-z0-9._-]+/g, '-').replace(/^[-.]+|-+$/g, '');
}
