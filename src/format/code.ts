/**
 * Files of definitions: tables, views, triggers, routines, events, packages. Statements in, a file out, and back.
 *
 * Bodies hold `;` and newline, which end a statement of the format, so each `;` that stands before a newline, with any
 * number of blanks between them, is written with one blank more (the disguise) and read with one less. Text comes back
 * byte for byte. Three readers must understand such a file:
 *
 *     /*!99999 \d #; *\/ #;      the client takes `\d #;` out of the comment: its delimiter is now `#;`
 *     CREATE PROCEDURE …;        myloader and tsload: a statement, up to `;` and newline
 *     #;                         myloader and the server: a comment; the client: the end of the statement
 *      /*!99999 \d ; *\/ ;       back to `;`
 *
 * The `;` behind the statement keeps the `#` out of it: MariaDB would store it as the end of the body. The blank before
 * the last line, and before any later statement that begins with a version comment, is for myloader 1.0, which crashes
 * on such a statement after one that is none. The section also tells a reader that the disguise is on: files without
 * it, whoever wrote them, are taken as they stand.
 */

import { ToolError } from '../base/errors.ts';
import { readStatements } from './statements.ts';

/** Matches the two lines that set the client's delimiter, as {@link readStatements} gives them. */
const SWITCH = /^\/\*!99999 \\d (#*); \*\/ \1$/;
const DISGUISED = /;( +)\n/g;
const STATEMENT_END = Buffer.from(';\n');
const BLANK = Buffer.from(' ');
const NOTHING = Buffer.alloc(0);
const TO_DISGUISE = /;( *)\n/g;

/** Adds a blank between `;` and newline wherever only blanks stand between them. */
export function disguiseBody(bytes: Uint8Array): Buffer {
  return replaced(bytes, TO_DISGUISE, (blanks) => `;${blanks} \n`);
}

/** Undoes {@link disguiseBody}. */
export function revealBody(bytes: Uint8Array): Buffer {
  return replaced(bytes, DISGUISED, (blanks) => `;${blanks.slice(1)}\n`);
}

/** Latin-1 maps bytes to characters one to one. */
function replaced(bytes: Uint8Array, pattern: RegExp, by: (blanks: string) => string): Buffer {
  const text = latin1(bytes);
  return Buffer.from(
    text.replaceAll(pattern, (_, blanks: string) => by(blanks)),
    'latin1',
  );
}

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
}

/**
 * A file of tables, views, sequences or databases: the header's lines, then the statements, each without its `;`. A
 * statement must not begin with a blank. Uses the delimiter section only where a statement needs the disguise.
 */
export function schemaFile(header: Uint8Array, statements: readonly Uint8Array[]): Buffer {
  const texts = statements.map(latin1);
  if (texts.some((text) => text.search(TO_DISGUISE) !== -1)) return delimited(header, texts);
  const lines = statements.flatMap((statement, at) => [
    startsWithVersion(texts[at]!) ? BLANK : NOTHING,
    statement,
    STATEMENT_END,
  ]);
  return Buffer.concat([header, ...lines]);
}

/**
 * A file of triggers, routines, packages or events, and the SET statements between them, which any client can read.
 * As {@link schemaFile}, always with the delimiter section.
 */
export function codeFile(header: Uint8Array, statements: readonly Uint8Array[]): Buffer {
  return delimited(header, statements.map(latin1));
}

function delimited(header: Uint8Array, texts: readonly string[]): Buffer {
  const mark = unusedMark(texts);
  let body = `/*!99999 \\d ${mark}; */ ${mark};\n`;
  for (const text of texts) {
    body += `${startsWithVersion(text) ? ' ' : ''}${text.replaceAll(TO_DISGUISE, (_, blanks: string) => `;${blanks} \n`)};\n${mark};\n`;
  }
  return Buffer.concat([header, Buffer.from(`${body} /*!99999 \\d ; */ ;\n`, 'latin1')]);
}

/** myloader repeats statements that begin like this on other connections, and fails on late ones. */
function startsWithVersion(text: string): boolean {
  return text.startsWith('/*!');
}

/** One `#` more than ever stands before a `;`. */
function unusedMark(texts: readonly string[]): string {
  let longest = 0;
  for (const text of texts) {
    for (const [run] of `${text};`.matchAll(/#+(?=;)/g)) longest = Math.max(longest, run.length);
  }
  return '#'.repeat(longest + 1);
}

export interface SchemaStatement {
  /** Counts from 1, switches and delimiters included. */
  readonly number: number;
  /** Where in the decoded file it begins, in bytes. */
  readonly offset: number;
  /** Without `;`, as it was before it was written. */
  readonly bytes: Buffer;
}

/**
 * The statements of a file of definitions, of ours or of mydumper: header first, delimiters left out, bodies revealed.
 * Throws DUMP_DAMAGED when the file ends in the middle of a statement or of a delimiter section.
 */
export async function* readSchemaStatements(
  source: AsyncIterable<Buffer>,
  options: { readonly path: string },
): AsyncGenerator<SchemaStatement> {
  let mark = '';
  let isMarkDue = false;
  // A definition is bounded by the server's largest packet, so there is no need for parts.
  const statements = readStatements(source, { path: options.path, maxBufferedBytes: Number.POSITIVE_INFINITY });
  for await (const { number, offset, bytes } of statements) {
    const text = bytes.length < 256 ? latin1(bytes) : '';
    if (isMarkDue) {
      if (text !== mark) throw damaged(options.path, `statement ${number} is no delimiter`);
      isMarkDue = false;
      continue;
    }
    const switched = SWITCH.exec(text)?.[1];
    if (switched !== undefined) {
      mark = switched;
      continue;
    }
    isMarkDue = mark !== '';
    yield { number, offset, bytes: isMarkDue ? revealBody(bytes) : bytes };
  }
  if (mark !== '') throw damaged(options.path, 'it ends in the middle of a delimiter section');
}

function damaged(path: string, what: string): ToolError {
  return new ToolError('DUMP_DAMAGED', `${path}: ${what}`);
}
