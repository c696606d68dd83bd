/**
 * Surgery on definitions as servers print them. It works on bytes, because comments and defaults may hold any. A line break
 * inside quotes ends no line: servers escape those of strings, but print those of names as they are.
 */
import { quoteName } from './names.ts';

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

/** ALTER TABLE that adds clauses taken out of CREATE TABLE, all at once. */
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
