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
  /** NULL is the end of time, which servers with 64-bit TIMESTAMPs have later than others. */
  'end-of-time':
    "IFNULL(@,FROM_UNIXTIME(IF(UNIX_TIMESTAMP('2106-02-07 06:28:15')>0,4294967295.999999,2147483647.999999)))",
} as const;

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
  /** The first line holds the names of the columns. */
  readonly hasHeader: boolean;
  readonly columns: readonly LoadDataColumn[];
}

/** The statement, without its end. */
export function loadDataStatement({ fileName, table, separators, hasHeader, columns }: LoadData): string {
  const { fieldsTerminatedBy, fieldsEnclosedBy, fieldsEscapedBy, linesStartingBy, linesTerminatedBy } = separators;
  const variable = (at: number): string => `@v${at}`;
  const targets = columns.map(({ name, through }, at) => (through === 'bytes' ? quoteName(name) : variable(at)));
  const set = columns.flatMap(({ name, through }, at) => {
    const value = through === 'bytes' ? undefined : VALUES[through];
    return value === undefined ? [] : [`${quoteName(name)}=${value.replace('@', variable(at))}`];
  });
  return (
    `LOAD DATA LOCAL INFILE ${quoteString(fileName)} INTO TABLE ${quoteName(table)} CHARACTER SET binary` +
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

function literal(text: string): string {
  return `'${Array.from(text, (each) => SPELT.get(each) ?? each).join('')}'`;
}

/** `\t` → a tab, and so on; what stands behind any other backslash stands for itself. */
export function unescaped(text: string): string {
  return text.replaceAll(/\\./gs, (pair) => MEANT.get(pair) ?? pair.charAt(1));
}
