/** Names: whatever a server takes for one. */

import type { Piece } from './piece.ts';

/** In backticks. */
export const quoted = (name: string): string => `\`${name.replaceAll('`', '``')}\``;

/** Of databases, tables, columns, keys, constraints, partitions. */
export const ODD_NAMES: readonly string[] = [
  'a`b',
  '`',
  '``',
  "it's",
  '"q"',
  'a.b',
  '.',
  '..',
  'a b',
  'sl/ash',
  '/etc/passwd',
  'back\\slash',
  '\\',
  '\\n',
  'per%cent',
  '%',
  '_',
  'ü 日本',
  'ταβέρνα',
  'ﬀ￿\u{200b}',
  'é',
  'e\u{301}',
  'a\nb',
  'a;\nb',
  ';\n',
  '\n;',
  'a;  \n  b',
  'a; ',
  'tab\tcr\rx',
  '\u{1}\u{7f}',
  '-- x',
  '# x',
  '/* x */',
  '/*!50000 x */',
  '*/',
  ';',
  '$',
  'select',
  'table',
  'default',
  'null',
  '1',
  '007',
  '1e5',
  '0x1f',
  'x'.repeat(64),
  'é'.repeat(64),
  '`'.repeat(64),
  'mydumper_0',
  'mydumper_12',
  'MYDUMPER_1',
  'Case',
  'case',
  'CASE',
  '-schema',
  'x-schema',
  'x-schema-view',
  'a.00000',
  'a.00000.sql',
  'metadata',
  'Metadata',
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  '=',
  '[a]',
  '`.`',
  '@a',
  '{db}',
  '$&',
  "$'",
  ' lead',
  'CON',
  'nul',
].filter((name) => !/[ \n\t\r]$/.test(name));

/** Names of tables stand in file names, é as five letters: 255 are the most. Those of code know no case. */
export const FILE_NAMES = ODD_NAMES.map((name) =>
  name.length === 64 && !name.startsWith('x') ? name.slice(0, 40) : name,
);
const CODE_NAMES = [...new Map(FILE_NAMES.map((name) => [name.toLowerCase(), name])).values()];

/** Names of CHECK constraints and foreign keys are one list per database that knows neither case nor accents. */
const UNIQUE_NAMES = new Set(
  new Map(FILE_NAMES.map((name) => [name.toLowerCase().normalize('NFKD').replaceAll(/\p{M}/gu, ''), name])).values(),
);
const constraint = (name: string, text: string): string =>
  UNIQUE_NAMES.has(name) ? `, CONSTRAINT ${quoted(name)} ${text}` : '';

/** The same name in every place; the number stands in comment and rows. */
export function tableNamed(name: string, number: number): string {
  const own = quoted(name);
  return `CREATE TABLE ${own} (id INT PRIMARY KEY, ${own} INT${constraint(name, `CHECK (${own} <> 77)`)}, KEY ${own} (${own})) COMMENT 'number ${number}';
    INSERT INTO ${own} VALUES (${number}, 1), (${number + 1000}, NULL)`;
}

export const NAMES: readonly Piece[] = [
  {
    what: 'tables, columns, keys and CHECK constraints of all these names',
    sql: FILE_NAMES.map(tableNamed).join(';\n'),
  },
  {
    what: 'generated and invisible columns, and rows that name their columns',
    sql: ODD_NAMES.filter((name) => name !== 'id')
      .map(
        (name, number) =>
          `CREATE TABLE g${number} (id INT PRIMARY KEY, ${quoted(name)} INT INVISIBLE, g INT AS (${quoted(name)} + 1) STORED); INSERT INTO g${number} (id, ${quoted(name)}) VALUES (1, ${number}), (2, NULL)`,
      )
      .join(';\n'),
  },
  {
    what: 'partitions of all these names',
    sql: `CREATE TABLE parts (id INT) PARTITION BY LIST (id) (${[
      ...new Set(ODD_NAMES.map((name) => name.toLowerCase())),
    ]
      .filter((name) => name.length < 40 && /^[^/\\]*$/.test(name) && !/^\d+[a-z]/.test(name) && name !== 'e\u{301}')
      .map((name, number) => `PARTITION ${quoted(name)} VALUES IN (${number})`)
      .join(', ')}); INSERT INTO parts VALUES (1), (2), (10), (30)`,
  },
  {
    what: 'foreign keys between tables and columns of all these names',
    // MariaDB takes CON and NUL, devices of Windows, for tables that are not there when a key refers to them.
    sql: FILE_NAMES.filter((name) => !/^(con|nul)$/i.test(name))
      .map(
        (name) =>
          `CREATE TABLE ${quoted(name)} (${quoted(name)} INT PRIMARY KEY, up INT${constraint(name, `FOREIGN KEY (up) REFERENCES ${quoted(name)} (${quoted(name)})`)}); INSERT INTO ${quoted(name)} VALUES (1, 1), (2, NULL)`,
      )
      .join(';\n'),
  },
  {
    what: 'views of all these names, and of columns so called',
    // A column whose name holds control characters only can be made in a table, but not be named by a view.
    sql: CODE_NAMES.filter((name) => name !== '\u{1}\u{7f}')
      .map(
        (name, number) =>
          `CREATE TABLE t${number} (${quoted(name)} INT); CREATE VIEW ${quoted(name)} AS SELECT ${quoted(name)} FROM t${number}`,
      )
      .join(';\n'),
  },
  {
    what: 'sequences of all these names',
    sql: FILE_NAMES.map((name) => `CREATE SEQUENCE ${quoted(name)}; DO NEXTVAL(${quoted(name)})`).join(';\n'),
    on: 'MariaDB',
  },
];
