// SPDX-License-Identifier: Apache-2.0
// Something that a person asks for by a press: whether it is under way, and what went wrong, which is told
// until the next try.
import { troubleOf, type Trouble } from './trouble';

export class Attempt {
  busy = $state(false);
  trouble = $state.raw<Trouble>();

  // Answers whether it was done.
  async make(action: () => Promise<unknown>): Promise<boolean> {
    this.busy = true;
    this.trouble = undefined;
    try {
      await action();
      return true;
    } catch (error) {
      this.trouble = troubleOf(error);
      return false;
    } finally {
      this.busy = false;
    }
  }
}
