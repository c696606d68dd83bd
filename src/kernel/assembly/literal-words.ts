/** A word among literals, gathered byte by byte in either case: those of at most eight bytes are known. */

import { lowered } from "./literal-bytes";

// The first byte lowest.
export const USING: u64 = 0x676e697375; // using
export const UTF8MB4: u64 = 0x34626d38667475; // utf8mb4
export const NULL: u64 = 0x6c6c756e; // null
export const BINARY_MARK: u64 = 0x7972616e69625f; // _binary
export const UTF8MB4_MARK: u64 = 0x34626d386674755f; // _utf8mb4
export const CONVERT: u64 = 0x747265766e6f63; // convert
export const X: u64 = 0x78; // x

const MAX_BYTES: i32 = 8;

/** What was gathered since `begin`. */
export let word: u64 = 0;
let length: i32 = 0;

export function begin(): void {
  word = 0;
  length = 0;
}

/** False: longer than any that is known. */
export function add(byte: u8): bool {
  if (length == MAX_BYTES) return false;
  word |= (<u64>lowered(byte)) << (length++ << 3);
  return true;
}
