/** Lines of UTF-8 text out of chunks cut anywhere. */

const NEWLINE = 10;

/** Each line without its newline; the last one too when nothing follows it but is not empty. */
export async function* textLines(chunks: AsyncIterable<Buffer>): AsyncGenerator<string> {
  let rest: Buffer[] = [];
  for await (const chunk of chunks) {
    const end = chunk.lastIndexOf(NEWLINE);
    if (end === -1) {
      if (chunk.length > 0) rest.push(chunk);
      continue;
    }
    // One decoding for all whole lines of a chunk: a character is never cut by a newline.
    const lines = Buffer.concat([...rest, chunk.subarray(0, end)])
      .toString('utf8')
      .split('\n');
    rest = end + 1 === chunk.length ? [] : [chunk.subarray(end + 1)];
    yield* lines;
  }
  if (rest.length > 0) yield Buffer.concat(rest).toString('utf8');
}
