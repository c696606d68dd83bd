/**
 * Defaults of BINARY and VARBINARY columns in CREATE TABLE text. MariaDB up to 11.7 prints their bytes raw, in the midst
 * of UTF-8, so that no character set fits the whole statement; in hexadecimal, as later versions print them, any does.
 */
import { splitLines } from './ddl.ts';

/** "  `name` varbinary(9) NOT NULL DEFAULT '", then the literal. Names hold whatever they hold. */
const BINARY_DEFAULT = /^(\s+`(?:[^`]|``)*` (?:var)?binary\(\d+\)(?: [A-Z ]*?)? DEFAULT )'((?:[^'\\]|''|\\.)*)'/s;
const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['0', '\0'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
  ['Z', '\x1a'],
  ['b', '\b'],
]);

/** The same definition with these defaults as x'…'. */
export function hexBinaryDefaults(definition: Buffer): Buffer {
  // latin1 maps each byte to one character and back: nothing is decoded.
  const lines = splitLines(definition.toString('latin1'));
  return Buffer.from(
    lines
      .map((line) => line.replace(BINARY_DEFAULT, (_, head: string, text: string) => `${head}${hex(text)}`))
      .join('\n'),
    'latin1',
  );
}

function hex(text: string): string {
  const bytes = text.replaceAll(/''|\\(.)/gs, (_, escaped?: string) =>
    escaped === undefined ? "'" : (ESCAPES.get(escaped) ?? escaped),
  );
  return `x'${Buffer.from(bytes, 'latin1').toString('hex')}'`;
}
