/**
 * Settings under which a literal means what the kernel of rewritten rows takes it for: bytes without a character set,
 * between double quotes too, with backslashes or without.
 */

/** None of these changes what a literal is, or tells the rows of INSERT and of LOAD DATA apart. */
const HARMLESS_MODES: ReadonlySet<string> = new Set(
  (
    'ALLOW_INVALID_DATES ERROR_FOR_DIVISION_BY_ZERO HIGH_NOT_PRECEDENCE IGNORE_SPACE NO_AUTO_CREATE_USER ' +
    'NO_AUTO_VALUE_ON_ZERO NO_BACKSLASH_ESCAPES NO_DIR_IN_CREATE NO_ENGINE_SUBSTITUTION NO_UNSIGNED_SUBTRACTION ' +
    'NO_ZERO_DATE NO_ZERO_IN_DATE ONLY_FULL_GROUP_BY PAD_CHAR_TO_FULL_LENGTH PIPES_AS_CONCAT STRICT_ALL_TABLES ' +
    'STRICT_TRANS_TABLES TIME_ROUND_FRACTIONAL TIME_TRUNCATE_FRACTIONAL'
  ).split(' '),
);

const SET = /^(?:\/\*!\d+\s*)?SET\s+(?:SESSION\s+)?(.*?)\s*(?:\*\/)?\s*$/is;
const HARMLESS = /^(?:NAMES\s+binary|(?:FOREIGN_KEY_CHECKS|UNIQUE_CHECKS)\s*=\s*[01]|TIME_ZONE\s*=\s*'[^']*')$/i;
const MODE = /^SQL_MODE\s*=\s*'([^']*)'$/i;

/** Whether literals are known under the mode. */
export function knowsLiterals(sqlMode: string): boolean {
  return namesOf(sqlMode).every((name) => HARMLESS_MODES.has(name));
}

/** Whether strings have escapes under the mode. */
export function hasBackslashEscapes(sqlMode: string): boolean {
  return !namesOf(sqlMode).includes('NO_BACKSLASH_ESCAPES');
}

/** Whether literals are still known, and have the same escapes, behind a SET statement of a file. */
export function keepsLiterals(statement: Buffer, backslashEscapes: boolean): boolean {
  const setting = SET.exec(statement.toString('latin1'))?.[1] ?? '';
  const sqlMode = MODE.exec(setting)?.[1];
  if (sqlMode === undefined) return HARMLESS.test(setting);
  return knowsLiterals(sqlMode) && hasBackslashEscapes(sqlMode) === backslashEscapes;
}

const namesOf = (sqlMode: string): string[] =>
  sqlMode
    .toUpperCase()
    .split(',')
    .filter((name) => name !== '');
