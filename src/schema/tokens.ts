/** The tokens of the head of a CREATE statement, for those who look no further than that. */

export interface Token {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

export interface Tokens {
  next(): Token | undefined;
  peek(): Token | undefined;
}

/** A blank, a comment, or the beginning or end of a version comment, whose content counts. */
const BETWEEN = /(?:\s|--(?=\s)[^\n]*|#[^\n]*|\/\*M?!\d*|\*\/|\/\*(?!M?!)[^]*?\*\/)*/y;
/** A quoted name or text, a word or host as it may stand unquoted, or any other character. */
const TOKEN = /`(?:[^`]|``)*`|"(?:[^"]|"")*"|'(?:[^'\\]|\\[^]|'')*'|[\w$.%:\x80-\xFF-]+|[^]/y;

/** Reads tokens of a text whose characters are bytes; blanks and comments are passed over. */
export function readTokens(text: string): Tokens {
  let at = 0;
  const read = (): Token | undefined => {
    BETWEEN.lastIndex = at;
    const start = at + (BETWEEN.exec(text)?.[0].length ?? 0);
    TOKEN.lastIndex = start;
    const found = TOKEN.exec(text)?.[0];
    return found === undefined ? undefined : { text: found, start, end: start + found.length };
  };
  return {
    peek: read,
    next: () => {
      const token = read();
      if (token !== undefined) at = token.end;
      return token;
    },
  };
}
