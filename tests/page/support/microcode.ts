// SPDX-License-Identifier: Apache-2.0
// Firmware of the simulated drives of the SPC standard, which firmbench-make-image does not make: a header
// that names the drive, a body without function, a sum.

const SUM_BYTES = 2;

export function microcode(product: string, revision: string, kilobytes: number): Buffer {
  const bytes = Buffer.alloc(kilobytes * 1024, 0x5a);
  const header = ['SPC MICROCODE'.padEnd(16), 'FBSIM'.padEnd(8), product.padEnd(16), revision].join('');
  bytes.write(header, 'ascii');
  bytes.writeUInt32BE(bytes.length, header.length);
  const sum = bytes.subarray(0, -SUM_BYTES).reduce((total, byte) => total + byte, 0);
  bytes.writeUInt16BE(sum & 0xffff, bytes.length - SUM_BYTES);
  return bytes;
}
