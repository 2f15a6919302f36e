// SPDX-License-Identifier: Apache-2.0

// Whether what a person looks for may mean this: all its words stand in what it is known by.
export function hasWords(known: string, text: string): boolean {
  const low = known.toLowerCase();
  return text.toLowerCase().split(/\s+/).every((word) => low.includes(word));
}
