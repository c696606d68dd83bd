/** What bare rows consist of, byte by byte. */

/** Whether the text, which is not empty, stands at `at`. */
// @ts-ignore: decorator
@inline
export function standsAt(text: i32, bytes: i32, at: i32, end: i32): bool {
  if (load<u8>(text) != load<u8>(at) || at + bytes > end) return false;
  for (let each = 1; each < bytes; each++) if (load<u8>(text + each) != load<u8>(at + each)) return false;
  return true;
}

/** What a byte behind the escape byte stands for. */
export function unescaped(byte: u8): u8 {
  if (byte == 0x30) return 0; // 0
  if (byte == 0x62) return 0x08; // b
  if (byte == 0x6e) return 0x0a; // n
  if (byte == 0x72) return 0x0d; // r
  if (byte == 0x74) return 0x09; // t
  return byte == 0x5a ? 0x1a : byte; // Z
}
