/**
 * Surgery on CREATE TABLE text as servers print it: one column, key or constraint a line. It works on bytes, because
 * comments and defaults may hold any, and looks at nothing but the beginnings of lines.
 */

export interface SplitTable {
  /** CREATE TABLE without foreign keys. */
  readonly create: Buffer;
  /** The clauses to add later, "CONSTRAINT `x` FOREIGN KEY (…) REFERENCES …", in their order. */
  readonly foreignKeys: readonly Buffer[];
}

const FOREIGN_KEY_LINE = /^\s+(CONSTRAINT\s+(`(?:[^`]|``)*`|"(?:[^"]|"")*")\s+)?FOREIGN KEY\s/;

/** Takes the foreign keys out of a CREATE TABLE statement; anything else comes back unchanged. */
export function splitForeignKeys(statement: Buffer): SplitTable {
  // latin1 maps each byte to one character and back: nothing is decoded.
  const lines = statement.toString('latin1').split('\n');
  const foreignKeys = lines.filter((line) => FOREIGN_KEY_LINE.test(line));
  if (foreignKeys.length === 0) return { create: statement, foreignKeys: [] };
  const kept = lines.filter((line) => !FOREIGN_KEY_LINE.test(line));
  // The line in front of the closing parenthesis must not end with a comma any more.
  const closing = kept.findLastIndex((line) => line.startsWith(')'));
  if (closing > 0) kept[closing - 1] = (kept[closing - 1] ?? '').replace(/,$/, '');
  return {
    create: Buffer.from(kept.join('\n'), 'latin1'),
    foreignKeys: foreignKeys.map((line) => Buffer.from(line.trim().replace(/,$/, ''), 'latin1')),
  };
}

/** ALTER TABLE that adds clauses taken out by {@link splitForeignKeys}, all at once. */
export function addClauses(quotedTable: string, clauses: readonly Buffer[]): Buffer {
  const parts: Buffer[] = [Buffer.from(`ALTER TABLE ${quotedTable}`)];
  clauses.forEach((clause, index) => parts.push(Buffer.from(index === 0 ? '\nADD ' : ',\nADD '), clause));
  return Buffer.concat(parts);
}
