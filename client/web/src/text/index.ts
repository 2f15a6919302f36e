// SPDX-License-Identifier: Apache-2.0
// The words of the page. Another language is another file of the same shape, and a choice here.
import { en } from './en';

export type Texts = typeof en;
export const t: Texts = en;
