/**
 * Surgery on CREATE TABLE text as servers print it: one column, key or constraint a line. It works on bytes, because
 * comments and defaults may hold any, and looks at nothing but the beginnings of lines. A line break inside quotes ends no
 * line: servers escape those of strings, but print those of names as they are.
 */
import { quoteName, unquoteAny } from './names.ts';

export interface SplitTable {
  /** CREATE TABLE without foreign keys. */
  readonly create: Buffer;
  /** The clauses to add later, "CONSTRAINT `x` FOREIGN KEY (…) REFERENCES …", in their order. */
  readonly foreignKeys: readonly Buffer[];
}

const FOREIGN_KEY_LINE = /^\s+(CONSTRAINT\s+(`(?:[^`]|``)*`|"(?:[^"]|"")*")\s+)?FOREIGN KEY\s/;

/** Takes the foreign keys out of a CREATE TABLE statement; anything else comes back unchanged. */
export function splitForeignKeys(statement: Buffer): SplitTable {
  const unchanged = { create: statement, foreignKeys: [] };
  if (!statement.includes('FOREIGN KEY')) return unchanged;
  // latin1 maps each byte to one character and back: nothing is decoded.
  const lines = splitLines(statement.toString('latin1'));
  const foreignKeys = lines.filter((line) => FOREIGN_KEY_LINE.test(line));
  const kept = lines.filter((line) => !FOREIGN_KEY_LINE.test(line));
  const closing = kept.findIndex((line) => line.startsWith(')'));
  if (foreignKeys.length === 0 || closing < 1) return unchanged;
  // The line in front of the closing parenthesis must not end with a comma any more.
  kept[closing - 1] = (kept[closing - 1] ?? '').replace(/,(?=\s*$)/, '');
  return {
    create: Buffer.from(kept.join('\n'), 'latin1'),
    foreignKeys: foreignKeys.map((line) => Buffer.from(line.trim().replace(/,$/, ''), 'latin1')),
  };
}

const QUOTED_OR_LINE_END = /`[^`]*`|'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|\n/gs;

/** Lines of a definition, in latin1. */
export function splitLines(text: string): string[] {
  const lines: string[] = [];
  let start = 0;
  for (const { 0: token, index } of text.matchAll(QUOTED_OR_LINE_END)) {
    if (token !== '\n') continue;
    lines.push(text.slice(start, index));
    start = index + 1;
  }
  return [...lines, text.slice(start)];
}

/** The table a foreign key clause refers to; without a database it is the key's own table's. */
export function referencedTable(clause: Buffer): { database: string | undefined; table: string } | undefined {
  const match = /\)\s+REFERENCES\s+(?:(`(?:[^`]|``)*`|"(?:[^"]|"")*")\.)?(`(?:[^`]|``)*`|"(?:[^"]|"")*")/.exec(
    clause.toString('utf8'),
  );
  const [, database, table] = match ?? [];
  if (table === undefined) return undefined;
  return { database: database === undefined ? undefined : unquoteAny(database), table: unquoteAny(table) };
}

/** ALTER TABLE that adds clauses taken out by {@link splitForeignKeys}, all at once. */
export function addClauses(quotedTable: string, clauses: readonly Buffer[]): Buffer {
  const parts: Buffer[] = [Buffer.from(`ALTER TABLE ${quotedTable}`)];
  clauses.forEach((clause, index) => parts.push(Buffer.from(index === 0 ? '\nADD ' : ',\nADD '), clause));
  return Buffer.concat(parts);
}

/** CREATE DATABASE with another name; any other statement comes back unchanged. */
export function renameDatabase(statement: Buffer, name: string): Buffer {
  const match = /^(CREATE DATABASE\s[^`"]*)(?:`(?:[^`]|``)*`|"(?:[^"]|"")*")/i.exec(statement.toString('latin1'));
  const [whole, before] = match ?? [];
  if (whole === undefined || before === undefined) return statement;
  return Buffer.concat([Buffer.from(before, 'latin1'), Buffer.from(quoteName(name)), statement.subarray(whole.length)]);
}
