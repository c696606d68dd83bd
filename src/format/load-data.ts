/**
 * The LOAD DATA statement that stands beside a file of bare rows, in both directions: mydumper's spelling, of which
 * everything is known beforehand but names and separators. Anything else is not executed: a statement that came from
 * elsewhere could name any file.
 */
import type { Separators } from '../base/separators.ts';
import { quoteName, quoteString } from '../schema/names.ts';

/** mydumper's for --format LOAD_DATA. */
export const LOAD_DATA_SEPARATORS: Separators = {
  fieldsTerminatedBy: '\t',
  fieldsEnclosedBy: '',
  fieldsEscapedBy: '\\',
  linesStartingBy: '',
  linesTerminatedBy: '\n',
};

/** mydumper's for --format CSV. */
export const CSV_SEPARATORS: Separators = { ...LOAD_DATA_SEPARATORS, fieldsTerminatedBy: ',', fieldsEnclosedBy: '"' };

/** What is made of a value that does not go into its column as it is; `@` stands for the variable that it was read into. */
const VALUES = {
  /** Types that take of a binary string the bytes for the value itself, or refuse it. */
  characters: 'CONVERT(@ USING UTF8MB4)',
  /** A column that computes its values. */
  nothing: undefined,
  /**
   * AUTO_INCREMENT: beside a SET, MariaDB (10.11) takes a 0 that goes straight into the column for leave to count, whatever
   * the sql_mode. Only there it takes this way.
   */
  counter: '@',
  /** NULL is the end of time, which servers with 64-bit TIMESTAMPs have later than others. */
  'end-of-time':
    "IFNULL(@,FROM_UNIXTIME(IF(UNIX_TIMESTAMP('2106-02-07 06:28:15')>0,4294967295.999999,2147483647.999999)))",
} as const;

/** What becomes of rows with keys that are there already: they take the place of what is there, or are left out. */
export type Duplicates = 'REPLACE' | 'IGNORE';

export interface LoadDataColumn {
  readonly name: string;
  /** How it takes its values: see {@link VALUES}. */
  readonly through: 'bytes' | keyof typeof VALUES;
}

export interface LoadData {
  /** Of the file of rows, without a folder. */
  readonly fileName: string;
  readonly table: string;
  readonly separators: Separators;
  /** Undefined: the statement does not say. */
  readonly duplicates?: Duplicates | undefined;
  /** The first line holds the names of the columns. */
  readonly hasHeader: boolean;
  readonly columns: readonly LoadDataColumn[];
  /** False: for a session under NO_BACKSLASH_ESCAPES. Default: true. */
  readonly backslashEscapes?: boolean | undefined;
}

/** A statement that was read, as it is to be sent. Names of columns are as they stand, in their quotes, bytes as Latin-1. */
export interface ReadLoadData extends Pick<LoadData, 'fileName' | 'separators'> {
  readonly sql: Buffer;
  /** For rows that the lines in front of them are gone from. */
  readonly sqlWithoutHeader: Buffer;
  readonly table: string;
  /** Undefined: the statement does not say. */
  readonly duplicates: Duplicates | undefined;
  readonly charset: string;
  /** Lines in front of the rows. */
  readonly headerLines: number;
  /** For each value of a row what becomes of it. */
  readonly values: readonly ReadValue[];
}

export interface ReadValue {
  /** None: nothing. Several: it goes through a variable that is used more than once. */
  readonly uses: readonly ReadUse[];
  /** The column that it goes into as it is; the name as it is meant. */
  readonly column: string | undefined;
}

/** `name` = `before` VALUE `behind` */
export interface ReadUse {
  readonly name: string;
  readonly before: string;
  readonly behind: string;
}

/** How a statement of rows begins that says the same with INSERT. */
export function insertWords(duplicates: Duplicates | undefined): string {
  if (duplicates === undefined) return 'INSERT';
  return duplicates === 'REPLACE' ? 'REPLACE' : 'INSERT IGNORE';
}

/** The statement, without its end. */
export function loadDataStatement(statement: LoadData): string {
  const { fileName, table, separators, duplicates, hasHeader, columns, backslashEscapes } = statement;
  const word = duplicates === undefined ? '' : `${duplicates} `;
  const literal = backslashEscapes === false ? quoted : escaped;
  const { fieldsTerminatedBy, fieldsEnclosedBy, fieldsEscapedBy, linesStartingBy, linesTerminatedBy } = separators;
  const variable = (at: number): string => `@v${at}`;
  const isStraight = ({ through }: LoadDataColumn): boolean =>
    through === 'bytes' || (through === 'counter' && !hasSet);
  const hasSet = columns.some(({ through }) => through === 'characters' || through === 'end-of-time');
  const targets = columns.map((column, at) => (isStraight(column) ? quoteName(column.name) : variable(at)));
  const set = columns.flatMap((column, at) => {
    const { name, through } = column;
    const value = isStraight(column) || through === 'bytes' ? undefined : VALUES[through];
    return value === undefined ? [] : [`${quoteName(name)}=${value.replace('@', variable(at))}`];
  });
  return (
    `LOAD DATA LOCAL INFILE ${quoteString(fileName)} ${word}INTO TABLE ${quoteName(table)} CHARACTER SET binary` +
    ` FIELDS TERMINATED BY ${literal(fieldsTerminatedBy)} ENCLOSED BY ${literal(fieldsEnclosedBy)}` +
    ` ESCAPED BY ${literal(fieldsEscapedBy)} LINES STARTING BY ${literal(linesStartingBy)}` +
    ` TERMINATED BY ${literal(linesTerminatedBy)} ${hasHeader ? 'IGNORE 1 LINES ' : ''}(${targets.join(',')})` +
    (set.length === 0 ? '' : `SET ${set.join(',')}`)
  );
}

const SPELT: ReadonlyMap<string, string> = new Map([
  ['\0', '\\0'],
  ['\b', '\\b'],
  ['\t', '\\t'],
  ['\n', '\\n'],
  ['\r', '\\r'],
  ['\x1a', '\\Z'],
  ['\\', '\\\\'],
  ["'", "\\'"],
]);
const MEANT: ReadonlyMap<string, string> = new Map([...SPELT].map(([byte, text]) => [text, byte]));

function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

function escaped(text: string): string {
  return `'${Array.from(text, (each) => SPELT.get(each) ?? each).join('')}'`;
}

/** `\t` → a tab, and so on; what stands behind any other backslash stands for itself. */
export function unescaped(text: string): string {
  return text.replaceAll(/\\./gs, (pair) => MEANT.get(pair) ?? pair.charAt(1));
}

const QUOTED = String.raw`'((?:[^'\\\\]|\\.)*)'`;
const NAME = '(?:`(?:[^`]|``)+`|"(?:[^"]|"")+")';
const VARIABLE = String.raw`@(?:[\w.$\x80-\xff]+|${'`'}(?:[^${'`'}]|${'``'})+${'`'})`;
const TARGET = `(?:${NAME}|${VARIABLE})`;
const END_OF_TIME = escapedPattern(VALUES['end-of-time']).replace('@', VARIABLE);
const VALUE = String.raw`(?:CONVERT\(${VARIABLE} USING \w+\)|UNHEX\(${VARIABLE}\)|${END_OF_TIME}|${VARIABLE})`;
const ASSIGNMENT = `${NAME}=${VALUE}`;
const SHAPE = new RegExp(
  String.raw`^(LOAD DATA LOCAL INFILE '([^'\\]+)' (?:(REPLACE|IGNORE) )?INTO TABLE (${NAME}))(?: CHARACTER SET (\w+))?` +
    String.raw`( FIELDS TERMINATED BY ${QUOTED} ENCLOSED BY ${QUOTED} ESCAPED BY ${QUOTED}` +
    String.raw` LINES STARTING BY ${QUOTED} TERMINATED BY ${QUOTED} )(?:IGNORE (\d+) LINES )?` +
    String.raw`(\((${TARGET}(?:,${TARGET})*)\) ?(?:SET (${ASSIGNMENT}(?:,${ASSIGNMENT})*))?)$`,
  's',
);

function escapedPattern(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
}

/**
 * Reads a statement that we or mydumper wrote; undefined for any other. Where it does not say in which character set the
 * rows are, they are bytes: mydumper reads them so, and a server would take them for the default of the database.
 */
export function readLoadData(statement: Buffer): ReadLoadData | undefined {
  const found = SHAPE.exec(statement.toString('latin1'));
  if (found === null) return undefined;
  const [, before = '', fileName = '', duplicates, table = '', charset = 'binary', format = '', ...others] = found;
  const [fieldEnd = '', enclosure = '', escape = '', lineStart = '', lineEnd = '', ...parts] = others;
  const [lines, written = '', targets = '', set = ''] = parts;
  const behind = withPlainVariables(written, targets);
  const sql = (header: string): Buffer =>
    Buffer.from(`${before} CHARACTER SET ${charset}${format}${header}${behind}`, 'latin1');
  return {
    sql: sql(lines === undefined ? '' : `IGNORE ${lines} LINES `),
    sqlWithoutHeader: sql(''),
    fileName,
    table,
    duplicates: duplicates as ReadLoadData['duplicates'],
    charset: charset.toLowerCase(),
    separators: {
      fieldsTerminatedBy: unescaped(fieldEnd),
      fieldsEnclosedBy: unescaped(enclosure),
      fieldsEscapedBy: unescaped(escape),
      linesStartingBy: unescaped(lineStart),
      linesTerminatedBy: unescaped(lineEnd),
    },
    headerLines: Number(lines ?? 0),
    values: readValues(targets, set),
  };
}

/** mydumper calls variables as the columns, which servers do not read under SET NAMES binary where a name is not ASCII. */
function withPlainVariables(text: string, targets: string): string {
  const names: readonly string[] = targets.match(new RegExp(TARGET, 'gs')) ?? [];
  return text.replaceAll(new RegExp(TARGET, 'gs'), (each) =>
    each.startsWith('@') ? `@v${names.indexOf(each)}` : each,
  );
}

function readValues(targets: string, set: string): ReadValue[] {
  const uses = new Map<string, ReadUse[]>();
  for (const [, name = '', value = ''] of set.matchAll(new RegExp(`(${NAME})=(${VALUE})`, 'gs'))) {
    const [variable = ''] = new RegExp(VARIABLE, 's').exec(value) ?? [];
    const at = value.indexOf(variable);
    const use = { name, before: value.slice(0, at), behind: value.slice(at + variable.length) };
    uses.set(variable, [...(uses.get(variable) ?? []), use]);
  }
  return (targets.match(new RegExp(TARGET, 'gs')) ?? []).map((target) => {
    if (target.startsWith('@')) return { uses: uses.get(target) ?? [], column: undefined };
    return { uses: [{ name: target, before: '', behind: '' }], column: meantName(target) };
  });
}

function meantName(target: string): string {
  const quote = target.charAt(0);
  return Buffer.from(target.slice(1, -1).replaceAll(quote + quote, quote), 'latin1').toString('utf8');
}
