// SPDX-License-Identifier: Apache-2.0
// A text as a QR code, drawn as one path of horizontal runs with the module as unit; the quiet zone
// around it is part of the picture. The same level of error correction as on the command line's passport.
import { encode } from 'uqr';

const QUIET = 4;

export interface QrDrawing {
  // Width and height.
  size: number;
  path: string;
}

export function drawQr(text: string): QrDrawing {
  const { data, size } = encode(Array.from(new TextEncoder().encode(text)), { ecc: 'M', boostEcc: false, border: 0 });
  let path = '';
  for (const [y, row] of data.entries()) {
    let run = 0;
    for (let x = 0; x <= row.length; x += 1) {
      if (row[x]) {
        run += 1;
      } else if (run > 0) {
        path += `M${x - run + QUIET} ${y + QUIET}h${run}v1h-${run}z`;
        run = 0;
      }
    }
  }
  return { size: size + 2 * QUIET, path };
}
