/**
 * Counting the rows of a file of bare rows: the ends of lines that no escape byte stands before. What begins the end of a line is
 * escaped in values, by mydumper and by us, so that the lines need not be taken apart.
 */
import { ToolError } from '../base/errors.ts';
import type { ReadLoadData } from '../format/load-data.ts';

/** Rows by and by. @throws ToolError DUMP_DAMAGED when the file ends in the middle of one. */
export async function* countBareRows(
  source: AsyncIterable<Buffer>,
  { separators, headerLines }: ReadLoadData,
  path: string,
): AsyncGenerator<number> {
  const lineEnd = Buffer.from(separators.linesTerminatedBy, 'latin1');
  const escape = separators.fieldsEscapedBy === '' ? -1 : separators.fieldsEscapedBy.charCodeAt(0);
  let header = headerLines;
  let lines = 0;
  let isLineOpen = false;
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of source) {
    const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    let from = 0;
    let ends = 0;
    for (let at = bytes.indexOf(lineEnd); at !== -1; at = bytes.indexOf(lineEnd, at + 1)) {
      if (isEscaped(bytes, from, at, escape)) continue;
      ends++;
      from = at + lineEnd.length;
      at = from - 1;
    }
    lines += ends;
    const skipped = Math.min(header, ends);
    header -= skipped;
    yield ends - skipped;
    isLineOpen = from < bytes.length || (isLineOpen && ends === 0);
    rest = bytes.subarray(undecidedFrom(bytes, from, lineEnd.length, escape));
  }
  if (isLineOpen) throw new ToolError('DUMP_DAMAGED', `${path} ends in the middle of line ${lines + 1}`);
}

/** What has to be looked at together with the bytes that follow. */
function undecidedFrom(bytes: Buffer, from: number, endBytes: number, escape: number): number {
  let at = Math.max(from, bytes.length - endBytes + 1);
  while (at > from && bytes[at - 1] === escape) at--;
  return at;
}

/** Behind an odd number of escape bytes. The line begins at `from`. */
function isEscaped(bytes: Buffer, from: number, at: number, escape: number): boolean {
  let before = at;
  while (before > from && bytes[before - 1] === escape) before--;
  return (at - before) % 2 === 1;
}
