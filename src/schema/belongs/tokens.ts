/**
 * The tokens of a statement that somebody else wrote, as the server that is to run it reads them. In: bytes as Latin-1 and
 * how that server reads. Out: tokens without blanks and comments. Where two readings are possible comes {@link UNCLEAR}, which
 * no rule takes: what hides from a reader is refused for hiding.
 */
import { unquoteAny } from '../names.ts';

export interface HeadToken {
  /** 'unclear': no server, or not every server, would read on as it looks. */
  readonly kind: 'word' | 'name' | 'string' | 'variable' | 'sign' | 'unclear';
  /** Words in upper case; without quotes; bytes as Latin-1. */
  readonly text: string;
  /** The same, words too as they stand. */
  readonly written: string;
  /** Behind it. */
  readonly end: number;
}

/** How the session reads text. */
export interface Reading {
  /** Whether `/*!version … *\/` is read as code; undefined: not every server of the kind agrees. */
  readonly executes: (digits: string, isMariaDbs: boolean) => boolean | undefined;
  /** Whether backslashes escape within strings; undefined: not known. */
  readonly backslashEscapes: boolean | undefined;
  /** A character that is not ASCII, as a pattern over bytes. */
  readonly character: string;
  /** The same for one that may stand in a name without quotes. */
  readonly letter: string;
}

/** The comments of which the server that is given reads the content. Beyond 5 digits MySQL's versions do not agree. */
export function executesOf(product: 'MySQL' | 'MariaDB', version: number): Reading['executes'] {
  return (digits, isMariaDbs) => {
    if (isMariaDbs && product === 'MySQL') return false;
    if (digits === '') return true;
    if (product === 'MySQL') return digits.length === 5 ? Number(digits) <= version : undefined;
    if (digits.length !== 5 && digits.length !== 6) return undefined;
    const wanted = Number(digits);
    return wanted <= version && (isMariaDbs || wanted < 50_700 || wanted > 99_999);
  };
}

const GAP = /(?:[\t-\r ]+|#[^\n\0]*(?:\n|$)|--(?=[\t\n\r ])[^\n\0]*)+/y;
const VERSION_COMMENT = /\/\*(M?)!(\d*)/y;

/** A text token by token, with a look ahead. */
export class HeadTokens {
  private readonly text: string;
  private readonly reading: Reading;
  private readonly patterns: Patterns;
  private at = 0;
  private isInVersion = false;
  private ahead: HeadToken[] = [];

  constructor(text: string, reading: Reading) {
    this.text = text;
    this.reading = reading;
    this.patterns = patternsOf(reading);
  }

  /** Undefined: the text has ended. */
  next(): HeadToken | undefined {
    return this.ahead.shift() ?? this.read();
  }

  /** What comes next, or `distance` tokens behind that. */
  peek(distance = 0): HeadToken | undefined {
    while (this.ahead.length <= distance) {
      const token = this.read();
      if (token === undefined) return undefined;
      this.ahead.push(token);
    }
    return this.ahead[distance];
  }

  /** Takes the next tokens if they are these words or signs. */
  take(...wanted: readonly string[]): boolean {
    const isThere = wanted.every((text, at) => isPlain(this.peek(at), text));
    if (isThere) for (let left = wanted.length; left > 0; left--) this.next();
    return isThere;
  }

  /** Takes the next token if it is one of these words. */
  takeAny(words: ReadonlySet<string>): string | undefined {
    const token = this.peek();
    return token?.kind === 'word' && words.has(token.text) ? this.next()?.text : undefined;
  }

  private read(): HeadToken | undefined {
    while (this.at < this.text.length) {
      const gap = matchAt(GAP, this.text, this.at);
      if (gap !== undefined) this.at += gap[0].length;
      else if (this.isInVersion && this.text.startsWith('*/', this.at)) {
        this.isInVersion = false;
        this.at += 2;
      } else if (!this.text.startsWith('/*', this.at)) return this.token();
      else if (!this.passComment()) return this.unclear();
    }
    return undefined;
  }

  /** Past a comment, or past what opens one that is code; false: servers may differ. */
  private passComment(): boolean {
    const version = matchAt(VERSION_COMMENT, this.text, this.at);
    if (version === undefined) return !this.text.startsWith('/*+', this.at) && this.skipComment(true);
    const executes = this.isInVersion ? undefined : this.reading.executes(version[2] ?? '', version[1] === 'M');
    if (executes === true) {
      this.isInVersion = true;
      this.at += version[0].length;
    }
    return executes === true || (executes === false && this.skipComment(false));
  }

  /** Those that are skipped for their version end at another place where there is a comment within. */
  private skipComment(isPlainOne: boolean): boolean {
    const end = this.text.indexOf('*/', this.at + 2);
    if (end === -1 || (!isPlainOne && this.text.slice(this.at + 2, end).includes('/*'))) return false;
    this.at = end + 2;
    return true;
  }

  private token(): HeadToken {
    for (const [kind, pattern] of this.patterns) {
      const found = matchAt(pattern, this.text, this.at)?.[0];
      if (found === undefined) continue;
      this.at += found.length;
      if (kind === 'word') return { kind, text: found.toUpperCase(), written: found, end: this.at };
      const text = unquoteAny(found);
      return { kind, text, written: text, end: this.at };
    }
    return this.unclear();
  }

  private unclear(): HeadToken {
    this.at = this.text.length;
    return { kind: 'unclear', text: '', written: '', end: this.at };
  }
}

const isPlain = (token: HeadToken | undefined, text: string): boolean =>
  (token?.kind === 'word' || token?.kind === 'sign') && token.text === text;

function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text) ?? undefined;
}

type Patterns = readonly (readonly [HeadToken['kind'], RegExp])[];
const made = new Map<string, Patterns>();

function patternsOf(reading: Reading): Patterns {
  const key = `${reading.character} ${reading.letter} ${reading.backslashEscapes}`;
  const patterns = made.get(key) ?? makePatterns(reading);
  made.set(key, patterns);
  return patterns;
}

function makePatterns({ character, letter, backslashEscapes }: Reading): Patterns {
  const escape = { true: String.raw`|\\(?:[\0-\x7f]|${character})`, false: String.raw`|\\`, undefined: '' };
  const name = String.raw`\x60(?:[\x01-\x5f\x61-\x7f]|${character}|\x60\x60)+\x60`;
  const word = `(?:[A-Za-z0-9_$]|${letter})+`;
  return [
    ['name', new RegExp(name, 'y')],
    [
      'string',
      new RegExp(String.raw`'(?:[\0-\x26\x28-\x5b\x5d-\x7f]|${character}|''${escape[`${backslashEscapes}`]})*'`, 'y'),
    ],
    // A string or a name: who reads it decides what a backslash is.
    ['string', new RegExp(String.raw`"(?:[\0-\x21\x23-\x5b\x5d-\x7f]|${character}|"")*"`, 'y')],
    ['variable', new RegExp(String.raw`@@?(?:${word}(?:\.${word})*|${name})`, 'y')],
    ['word', new RegExp(word, 'y')],
    ['sign', /[(),.=+:@<>*%&|^~!?[\]{};/-]/y],
  ];
}
