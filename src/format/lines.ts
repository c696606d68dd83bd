/** Lines of UTF-8 text out of chunks cut anywhere. */

import { ToolError } from '../base/errors.ts';

const NEWLINE = 10;
/** A table of 100,000 files has a line of 30 MB in the manifest; texts of 512 MiB and more no engine takes. */
const MAX_LINE_BYTES = 256 * 1024 * 1024;

export interface LinesOptions {
  /** For messages. */
  readonly path: string;
  readonly maxLineBytes?: number | undefined;
}

/**
 * Each line without its newline; the last one too when nothing follows it but is not empty. Throws DUMP_DAMAGED for a line
 * that is longer than any of a dump.
 */
export async function* textLines(
  chunks: AsyncIterable<Buffer>,
  { path, maxLineBytes = MAX_LINE_BYTES }: LinesOptions,
): AsyncGenerator<string> {
  let rest: Buffer[] = [];
  let restBytes = 0;
  let number = 0;
  for await (const chunk of chunks) {
    const end = chunk.lastIndexOf(NEWLINE);
    restBytes += end === -1 ? chunk.length : chunk.indexOf(NEWLINE);
    if (restBytes > maxLineBytes) throw tooLong(path, number + 1, maxLineBytes);
    if (end === -1) {
      if (chunk.length > 0) rest.push(chunk);
      continue;
    }
    // One decoding for all whole lines of a chunk: a character is never cut by a newline.
    const lines = Buffer.concat([...rest, chunk.subarray(0, end)])
      .toString('utf8')
      .split('\n');
    rest = end + 1 === chunk.length ? [] : [chunk.subarray(end + 1)];
    restBytes = chunk.length - end - 1;
    number += lines.length;
    yield* lines;
  }
  if (rest.length > 0) yield Buffer.concat(rest).toString('utf8');
}

function tooLong(path: string, number: number, bytes: number): ToolError {
  return new ToolError('DUMP_DAMAGED', `${path}, line ${number}, is longer than ${bytes} bytes, as none of a dump is`);
}
