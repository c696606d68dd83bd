/** Under which sql_mode a dump says that it is to be read. */
import { expect, test } from 'vitest';

import { fileHeader, loadSqlMode } from '../../../src/dump/session.ts';

const MYSQL_DEFAULT =
  'ONLY_FULL_GROUP_BY,STRICT_TRANS_TABLES,NO_ZERO_IN_DATE,NO_ZERO_DATE,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION';
const modes = (source: string): string[] => loadSqlMode(source).split(',');

test('zeros stay zeros in AUTO_INCREMENT columns, whatever the source’s mode', () => {
  expect(loadSqlMode('')).toBe('NO_AUTO_VALUE_ON_ZERO');
  expect(loadSqlMode('NO_AUTO_VALUE_ON_ZERO')).toBe('NO_AUTO_VALUE_ON_ZERO');
  expect(modes(MYSQL_DEFAULT)).toContain('NO_AUTO_VALUE_ON_ZERO');
});

test.each(['NO_BACKSLASH_ESCAPES', 'ANSI_QUOTES', 'ANSI', 'PIPES_AS_CONCAT', 'IGNORE_SPACE', 'ORACLE', 'MSSQL'])(
  '%s, which gives the text another meaning, is left out',
  (mode) => {
    expect(modes(`${mode},${MYSQL_DEFAULT}`)).not.toContain(mode);
  },
);

test.each(['STRICT_TRANS_TABLES', 'STRICT_ALL_TABLES', 'TRADITIONAL', 'NO_ZERO_DATE', 'NO_ZERO_IN_DATE'])(
  '%s, which refuses values that the source holds, is left out',
  (mode) => {
    expect(modes(`${mode},${MYSQL_DEFAULT}`)).not.toContain(mode);
  },
);

test('what is harmless or needed stays, in its order', () => {
  expect(loadSqlMode('ALLOW_INVALID_DATES,STRICT_TRANS_TABLES,NO_ENGINE_SUBSTITUTION')).toBe(
    'NO_AUTO_VALUE_ON_ZERO,ALLOW_INVALID_DATES,NO_ENGINE_SUBSTITUTION',
  );
});

test('the header of a file sets it', () => {
  const lines = fileHeader('A,B').split('\n');
  expect(lines).toContain("/*!40101 SET SQL_MODE='A,B'*/;");
  expect(lines[0]).toBe('/*!40101 SET NAMES binary*/;');
  expect(lines.at(-1)).toBe('');
});
