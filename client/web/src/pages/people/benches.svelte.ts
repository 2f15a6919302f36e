// SPDX-License-Identifier: Apache-2.0
// Addresses of other benches' pages, as this browser remembers them: addresses, and nothing else.
import { readSetting, writeSetting } from '$lib/state/settings';

export interface OtherBench {
  name: string;
  // "https://HOST:PORT".
  address: string;
}

function isBench(value: unknown): value is OtherBench {
  return (
    typeof value === 'object' && value !== null &&
    'name' in value && typeof value.name === 'string' &&
    'address' in value && typeof value.address === 'string' && originOf(value.address) === value.address
  );
}

function kept(): OtherBench[] {
  try {
    const said: unknown = JSON.parse(readSetting('benches') ?? '[]');
    return Array.isArray(said) ? said.filter(isBench) : [];
  } catch {
    return [];
  }
}

// "https://HOST:PORT" of what a person typed; undefined for what is no address of a bench's page.
export function originOf(text: string): string | undefined {
  const full = /^[a-z]+:\/\//i.test(text) ? text : `https://${text}`;
  if (!URL.canParse(full)) return undefined;
  const { protocol, origin, username, password } = new URL(full);
  return protocol === 'https:' && username === '' && password === '' ? origin : undefined;
}

class OtherBenches {
  list = $state.raw<readonly OtherBench[]>(kept());

  add(bench: OtherBench): void {
    this.#keep([...this.list.filter(({ address }) => address !== bench.address), bench]);
  }

  remove(address: string): void {
    this.#keep(this.list.filter((bench) => bench.address !== address));
  }

  #keep(list: readonly OtherBench[]): void {
    this.list = list;
    writeSetting('benches', JSON.stringify(list));
  }
}

export const otherBenches = new OtherBenches();
