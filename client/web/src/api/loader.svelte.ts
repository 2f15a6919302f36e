// SPDX-License-Identifier: Apache-2.0
// One thing that a screen loads: the value, or what went wrong, and a way to load it again. The
// answer to an older question never overwrites that to a newer one.
import { troubleOf, type Trouble } from './trouble';

export class Loader<T> {
  value = $state.raw<T>();
  trouble = $state.raw<Trouble>();
  busy = $state(false);
  #asked = 0;

  async load(ask: () => Promise<T>): Promise<T | undefined> {
    const mine = ++this.#asked;
    this.busy = true;
    try {
      const value = await ask();
      if (mine !== this.#asked) return undefined;
      this.value = value;
      this.trouble = undefined;
      return value;
    } catch (error) {
      if (mine === this.#asked) this.trouble = troubleOf(error);
      return undefined;
    } finally {
      if (mine === this.#asked) this.busy = false;
    }
  }
}
