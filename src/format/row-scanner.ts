/**
 * Where the rows of an INSERT or REPLACE begin and end: bytes in, cut anywhere; offsets out.
 *
 * A state machine over bytes, because a row boundary cannot be told by its neighbours: strings may hold newlines,
 * commas and parentheses, and so may values that are calls. States:
 *
 *     OPENING  from the first byte to the word VALUES outside of quotes and parentheses
 *     BETWEEN  behind VALUES or a row: blanks, commas, the `(` of a row
 *     ROW      inside a row's parentheses
 *     TAIL     something else follows the rows (ON DUPLICATE KEY …, or no rows at all): nothing can be told any more
 *
 * Invariants: 1. every row that is reported begins with its `(` and ends behind its `)`. 2. Rows are reported in order
 * and do not overlap. 3. Between two rows there are blanks and commas only. 4. What is reported does not depend on
 * where the bytes were cut.
 *
 * A doubled quote needs no state: it ends one string and begins the next.
 */

export const ScanEvent = {
  ROW_START: 'row-start',
  ROW_END: 'row-end',
  TAIL: 'tail',
  NEED_INPUT: 'need-input',
} as const;
export type ScanEvent = (typeof ScanEvent)[keyof typeof ScanEvent];

type State = 'opening' | 'between' | 'row' | 'tail';

const VALUES = 'VALUES';

const TAB = 9;
const SPACE = 32;
const DOUBLE_QUOTE = 34;
const SINGLE_QUOTE = 39;
const OPEN = 40;
const CLOSE = 41;
const COMMA = 44;
const BACKSLASH = 92;
const BACKTICK = 96;

export class RowScanner {
  /** Where the last event stands in the bytes of the last call: at a row's `(`, or behind its `)`. */
  at = 0;
  private readonly escapes: boolean;
  private state: State = 'opening';
  private depth = 0;
  /** The quote that ends the open string or name; 0 outside. */
  private quote = 0;
  private isEscaped = false;
  /** The word being read in the opening, in upper case, as far as it can be VALUES. */
  private word = '';

  /** `backslashEscapes`: false under NO_BACKSLASH_ESCAPES. */
  constructor(backslashEscapes: boolean) {
    this.escapes = backslashEscapes;
  }

  /** Goes on at `from` to the next event; `at` then tells where it is. After NEED_INPUT come the bytes that follow. */
  next(bytes: Uint8Array, from: number): ScanEvent {
    let at = from;
    while (at < bytes.length) {
      if (this.quote !== 0) {
        at = this.skipQuoted(bytes, at);
        continue;
      }
      const byte = bytes[at]!;
      at += 1;
      const event = this.step(byte);
      if (event === undefined) continue;
      this.at = event === ScanEvent.ROW_START ? at - 1 : at;
      return event;
    }
    this.at = at;
    return ScanEvent.NEED_INPUT;
  }

  private step(byte: number): ScanEvent | undefined {
    if (this.state === 'row') return this.inRow(byte);
    if (this.state === 'between') return this.between(byte);
    if (this.state === 'opening') return this.inOpening(byte);
    return undefined;
  }

  private inRow(byte: number): ScanEvent | undefined {
    if (byte === OPEN) this.depth += 1;
    else if (byte === CLOSE) {
      this.depth -= 1;
      if (this.depth > 0) return undefined;
      this.state = 'between';
      return ScanEvent.ROW_END;
    } else this.openQuote(byte);
    return undefined;
  }

  private between(byte: number): ScanEvent | undefined {
    if (byte === COMMA || byte === SPACE || (byte >= TAB && byte <= 13)) return undefined;
    if (byte === OPEN) {
      this.state = 'row';
      this.depth = 0; // the scan goes on at this parenthesis
      return ScanEvent.ROW_START;
    }
    this.state = 'tail';
    this.openQuote(byte);
    return ScanEvent.TAIL;
  }

  private inOpening(byte: number): ScanEvent | undefined {
    if (isWordByte(byte)) {
      if (this.word.length <= VALUES.length) this.word += String.fromCharCode(byte).toUpperCase();
      return undefined;
    }
    const isValues = this.depth === 0 && this.word === VALUES;
    this.word = '';
    if (isValues) {
      this.state = 'between';
      return this.between(byte);
    }
    if (byte === OPEN) this.depth += 1;
    else if (byte === CLOSE) this.depth -= 1;
    else this.openQuote(byte);
    return undefined;
  }

  private openQuote(byte: number): void {
    if (byte === DOUBLE_QUOTE || byte === SINGLE_QUOTE || byte === BACKTICK) this.quote = byte;
  }

  /** Passes over the open string, up to its end or that of the bytes. */
  private skipQuoted(bytes: Uint8Array, from: number): number {
    const { quote } = this;
    const escape = this.escapes && quote !== BACKTICK ? BACKSLASH : -1;
    let at = from;
    if (this.isEscaped) {
      this.isEscaped = false;
      at += 1;
    }
    for (; at < bytes.length; at++) {
      const byte = bytes[at];
      if (byte === quote) {
        this.quote = 0;
        return at + 1;
      }
      if (byte === escape) at += 1;
    }
    this.isEscaped = at > bytes.length;
    return bytes.length;
  }
}

/** Letters, digits, `_` and `$` of ASCII, and all of UTF-8's longer characters. */
function isWordByte(byte: number): boolean {
  return (
    (byte >= 97 && byte <= 122) ||
    (byte >= 65 && byte <= 90) ||
    (byte >= 48 && byte <= 57) ||
    byte === 95 ||
    byte === 36 ||
    byte >= 128
  );
}
