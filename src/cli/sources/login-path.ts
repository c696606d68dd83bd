/**
 * .mylogin.cnf, as mysql_config_editor writes it: an option file, veiled rather than encrypted, since its key lies in it.
 * 4 bytes unused; 20 bytes that give the key of AES-128-ECB when those beyond 16 are XORed onto the first; then lines, each
 * as its length in 4 bytes, little-endian, and so many bytes, PKCS padded.
 */

import { createDecipheriv } from 'node:crypto';

import { usageError } from '../values.ts';

const KEY_AT = 4;
const KEY_BYTES = 20;
const CIPHER_KEY_BYTES = 16;

/** The text of the option file. @throws ToolError USAGE when it is not such a file. */
export function readLoginFile(path: string, bytes: Buffer): string {
  const lines: string[] = [];
  try {
    const key = Buffer.alloc(CIPHER_KEY_BYTES);
    for (let i = 0; i < KEY_BYTES; i++) key[i % CIPHER_KEY_BYTES]! ^= bytes.readUInt8(KEY_AT + i);
    for (let at = KEY_AT + KEY_BYTES; at < bytes.length;) {
      const length = bytes.readUInt32LE(at);
      const from = at + 4;
      if (from + length > bytes.length) throw new RangeError('a line is longer than the file');
      const decipher = createDecipheriv('aes-128-ecb', key, null);
      lines.push(
        Buffer.concat([decipher.update(bytes.subarray(from, from + length)), decipher.final()]).toString('utf8'),
      );
      at = from + length;
    }
  } catch (error) {
    throw usageError(`${path} is damaged, or no login file`, 'write it anew with mysql_config_editor', error);
  }
  return lines.join('');
}
