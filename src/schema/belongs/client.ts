/** How a session reads the texts of its client, as far as the settings of a file tell. */
import type { Setting } from './settings.ts';
import type { Reading } from './tokens.ts';

const UTF8_CHARACTER = String.raw`[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}`;
const SJIS_CHARACTER = String.raw`[\x81-\x9f\xe0-\xfc][\x40-\x5f\x61-\x7e\x80-\xfc]|[\xa1-\xdf]`;
const GBK_CHARACTER = String.raw`[\x81-\xfe][\x40-\x5f\x61-\x7e\x80-\xfe]`;
const EUC_CHARACTER = String.raw`[\xa1-\xfe]{2}|\x8e[\xa1-\xdf]|\x8f[\xa1-\xfe]{2}`;

/**
 * A character that is not ASCII, as a pattern over bytes, of the character sets that have some of several bytes. A server takes
 * the bytes behind the first one for the rest of it, whatever they are, so what is no whole character is none here; nor is one
 * that ends with a backtick, which is a quote to everybody else.
 */
const CHARACTERS: ReadonlyMap<string, string> = new Map([
  ['UTF8', UTF8_CHARACTER],
  ['UTF8MB3', UTF8_CHARACTER],
  ['UTF8MB4', UTF8_CHARACTER],
  ['SJIS', SJIS_CHARACTER],
  ['CP932', SJIS_CHARACTER],
  ['GBK', GBK_CHARACTER],
  ['GB18030', String.raw`${GBK_CHARACTER}|(?:[\x81-\xfe][\x30-\x39]){2}`],
  ['BIG5', String.raw`[\xa1-\xf9][\x40-\x5f\x61-\x7e\xa1-\xfe]`],
  ['GB2312', String.raw`[\xa1-\xf7][\xa1-\xfe]`],
  ['EUCKR', String.raw`[\x81-\xfe][\x41-\x5a\x61-\x7a\x81-\xfe]`],
  ['UJIS', EUC_CHARACTER],
  ['EUCJPMS', EUC_CHARACTER],
]);
const OF_ONE_BYTE: ReadonlySet<string> = new Set(
  (
    'BINARY ASCII LATIN1 LATIN2 LATIN5 LATIN7 CP1250 CP1251 CP1256 CP1257 CP850 CP852 CP866 DEC8 HP8 KOI8R KOI8U GREEK HEBREW ' +
    'GEOSTD8 MACCE MACROMAN KEYBCS2 ARMSCII8 TIS620'
  ).split(' '),
);
const ANY_BYTE = String.raw`[\x80-\xff]`;
/** Without the blanks that one or another of them has. */
const ANY_LETTER = String.raw`[\x80-\x99\x9b-\x9f\xa1-\xc9\xcb-\xfe]`;
/** Where the character set is not known, nothing is certain of what is not ASCII. */
const NONE = '(?!)';

const UTF8: ReadonlySet<string | undefined> = new Set(['BINARY', 'UTF8', 'UTF8MB3', 'UTF8MB4', 'ASCII']);

/** What a session has when a file begins, another file may have set: nothing is known until the file says it. */
export class Client {
  private backslashEscapes: boolean | undefined;
  /** Upper case. */
  private charset: string | undefined;

  heed({ name, value }: Setting): void {
    const upper = value?.toUpperCase() ?? '';
    if (name === 'SQL_MODE') this.backslashEscapes = escapesUnder(value === undefined ? 'DEFAULT' : upper);
    if (name !== 'NAMES' && name !== 'CHARACTER_SET_CLIENT') return;
    // A number may stand for one, too, and a default be any.
    this.charset = CHARACTERS.has(upper) || OF_ONE_BYTE.has(upper) ? upper : undefined;
  }

  reading(executes: Reading['executes']): Reading {
    const character = this.charset === undefined ? NONE : (CHARACTERS.get(this.charset) ?? ANY_BYTE);
    const letter = character === ANY_BYTE ? ANY_LETTER : character;
    return { executes, backslashEscapes: this.backslashEscapes, character, letter };
  }

  /** Names have the bytes that they have elsewhere. */
  get isUtf8(): boolean {
    return UTF8.has(this.charset);
  }
}

/** Undefined: not known. A mode may be a number, too. */
function escapesUnder(sqlMode: string): boolean | undefined {
  if (sqlMode === 'DEFAULT' || !/^[A-Z_,]*$/.test(sqlMode)) return undefined;
  return !sqlMode.split(',').includes('NO_BACKSLASH_ESCAPES');
}
