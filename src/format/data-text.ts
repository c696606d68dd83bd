/**
 * The text of a data file as its statements are read from it, whatever an editor or another tool has done to it: without a
 * byte order mark, without the comments in front of its first statement, and with line ends of one byte where all of them
 * were made two. Lines keep their numbers.
 */

const NEWLINE = 10;
const RETURN = 13;
const MARK = Buffer.from('\ufeff');
const LINE_END = Buffer.from('\r\n');
const COMMENT_END = Buffer.from('*/');
/** Ends any comment of one line, and is none. */
const BEHIND_COMMENT = Buffer.from('\nxxx');
/** The first line of a data file is a SET, or a comment. */
const MAX_LINE_BYTES = 65_536;

/** The chunks may be cut anywhere; those that need no change are handed on as they are. */
export async function* dataText(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let head: Buffer | undefined = Buffer.alloc(0);
  let lines: LineEnds | undefined;
  for await (const chunk of chunks) {
    let text = chunk;
    if (head !== undefined) {
      const begun: Buffer = head.length === 0 ? chunk : Buffer.concat([head, chunk]);
      const newline = begun.indexOf(NEWLINE);
      const passed = newline === -1 && begun.length < MAX_LINE_BYTES ? undefined : commentBytes(begun);
      head = passed === undefined ? begun : undefined;
      if (passed === undefined) continue;
      if (newline > 0 && begun[newline - 1] === RETURN) lines = new LineEnds();
      if (passed > 0) yield newlinesOf(begun.subarray(0, passed));
      text = begun.subarray(passed);
    }
    const changed = lines?.undo(text) ?? text;
    if (changed.length > 0) yield changed;
  }
  const rest = lines?.rest ?? Buffer.alloc(0);
  if (rest.length > 0) yield rest;
  if (head === undefined) return;
  // Of a comment that does not end the reader of statements says that it is none.
  const passed = Math.min(head.length, commentBytes(Buffer.concat([head, BEHIND_COMMENT])) ?? 0);
  yield Buffer.concat([newlinesOf(head.subarray(0, passed)), head.subarray(passed)]);
}

/** How many bytes of marks, blanks and comments a text begins with; undefined: it may go on with more of them. */
function commentBytes(text: Buffer): number | undefined {
  let at = text.length >= MARK.length && text.subarray(0, MARK.length).equals(MARK) ? MARK.length : 0;
  for (;;) {
    while (isBlank(text[at])) at++;
    if (text.length - at < 3) return undefined;
    const end = endOfComment(text, at);
    if (end === undefined) return at;
    if (end === -1) return undefined;
    at = end;
  }
}

/** Behind the comment that begins there; -1: it has not ended; undefined: none begins. Those of servers, as `/*!`, are none. */
function endOfComment(text: Buffer, at: number): number | undefined {
  const start = text.toString('latin1', at, at + 3);
  if (start.startsWith('#') || /^--\s/.test(start)) return behind(text.indexOf(NEWLINE, at), 1);
  if (start.startsWith('/*') && start !== '/*!' && start !== '/*M') return behind(text.indexOf(COMMENT_END, at + 2), 2);
  return undefined;
}

const behind = (at: number, bytes: number): number => (at === -1 ? -1 : at + bytes);

function newlinesOf(text: Buffer): Buffer {
  return Buffer.from(text.filter((byte) => byte === NEWLINE));
}

const isBlank = (byte: number | undefined): boolean => byte === NEWLINE || byte === 32 || byte === RETURN || byte === 9;

/** Makes `\r\n` the `\n` that it was. */
class LineEnds {
  /** A carriage return of which it is not known yet what follows. */
  rest: Buffer = Buffer.alloc(0);

  undo(chunk: Buffer): Buffer {
    const text = this.rest.length === 0 ? chunk : Buffer.concat([this.rest, chunk]);
    const end = text.at(-1) === RETURN ? text.length - 1 : text.length;
    this.rest = Buffer.from(text.subarray(end));
    const pieces: Buffer[] = [];
    let from = 0;
    for (let at = text.indexOf(LINE_END); at !== -1; at = text.indexOf(LINE_END, from)) {
      pieces.push(text.subarray(from, at));
      from = at + 1;
    }
    return Buffer.concat([...pieces, text.subarray(from, end)]);
  }
}
