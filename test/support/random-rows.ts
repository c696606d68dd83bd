/** Rows for the kernels: any bytes, those that are special to SQL and to LOAD DATA more often than others. */

import { expect } from 'vitest';

import { seeded } from './row-driver.ts';
import type { Written } from './row-driver.ts';
import { toBytes } from './packets.ts';
import type { ByteRow } from './packets.ts';

const ALL_BYTES = String.fromCharCode(...Array.from({ length: 256 }, (_, byte) => byte));

/** 64 KiB each of plain bytes, of many and of nothing but special bytes, and of all bytes; values are cut out of them. */
const POOLS = ['abcdefgh0123456789', '\0\t\n\r"\'\\\x1a,;ab', '\0\n\r"\'\\\x1a', ALL_BYTES].map((palette) => {
  const random = seeded(palette.length);
  return Array.from({ length: 65_536 }, () => palette.charAt(random(palette.length))).join('');
});

function randomText(bytes: number, random: (below: number) => number): string {
  const pool = POOLS[random(POOLS.length)] ?? '';
  const from = random(60_000);
  if (from + bytes <= pool.length) return pool.slice(from, from + bytes);
  return pool.repeat(Math.ceil((from + bytes) / pool.length)).slice(from, from + bytes);
}

/** One value in eight is NULL. */
export function randomRows(
  count: number,
  columns: number,
  length: (random: (below: number) => number) => number,
  random: (below: number) => number,
): ByteRow[] {
  const value = (): string | null => (random(8) === 0 ? null : randomText(length(random), random));
  return Array.from({ length: count }, () => Array.from({ length: columns }, value));
}

/** Shows the first difference, not megabytes of text. */
export function expectFiles(written: Written, expected: readonly string[]): void {
  expect(written.files.length).toBe(expected.length);
  for (const [at, text] of expected.entries()) {
    const file = written.files[at] ?? Buffer.alloc(0);
    if (file.equals(toBytes(text))) continue;
    const found = file.toString('latin1');
    let first = 0;
    while (text[first] === found[first]) first++;
    const around = (all: string): string => all.slice(Math.max(0, first - 60), first + 60);
    expect({ file: at, first, bytes: found.length, text: around(found) }).toEqual({
      file: at,
      first,
      bytes: text.length,
      text: around(text),
    });
  }
}
