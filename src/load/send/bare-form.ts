/**
 * What a LOAD DATA statement says of its rows, as INSERT statements say it: each value as a string, within the expression that
 * its column takes it through.
 *
 * LOAD DATA hands a column strings of the statement's character set, and so does the INSERT.
 */
import { insertWords } from '../../format/load-data.ts';
import type { ReadLoadData, ReadValue } from '../../format/load-data.ts';
import type { BareLayout, ValueText } from '../../kernel/insert-from-rows.ts';

/** How a session reads strings. */
export interface StringSettings {
  readonly backslashEscapes: boolean;
  /** Of the statements that it is sent: `SET NAMES`. */
  readonly charset: string;
}

export interface InsertForm {
  /** Up to VALUES. */
  readonly opening: Buffer;
  readonly layout: BareLayout;
}

/** In these a byte of a character may look like a separator or a backslash. */
const AMBIGUOUS_CHARSETS: ReadonlySet<string> = new Set(['big5', 'cp932', 'gbk', 'gb18030', 'sjis']);

/** How the rows are to be read, whatever is made of them; undefined when that cannot be told for certain. */
export function rowsLayout({ separators, headerLines, values, charset }: ReadLoadData): BareLayout | undefined {
  const { fieldsTerminatedBy, fieldsEnclosedBy, fieldsEscapedBy, linesTerminatedBy } = separators;
  const marks = [fieldsEnclosedBy, fieldsEscapedBy].filter((mark) => mark !== '');
  const ends = [fieldsTerminatedBy, linesTerminatedBy];
  const isCertain =
    !AMBIGUOUS_CHARSETS.has(charset) &&
    ends.every((end) => end !== '' && !marks.includes(end.charAt(0))) &&
    fieldsTerminatedBy !== linesTerminatedBy &&
    marks.every((mark) => mark.length === 1) &&
    new Set(marks).size === marks.length;
  if (!isCertain) return undefined;
  return { separators, headerLines, values: values.map(() => undefined), backslashEscapes: true };
}

/** Undefined: no INSERT is known to come to the same. */
export function insertForm(read: ReadLoadData, settings: StringSettings): InsertForm | undefined {
  const { table, duplicates, charset, values } = read;
  const layout = rowsLayout(read);
  if (layout === undefined || values.some(({ uses }) => uses.length > 1)) return undefined;
  const mark = charset === settings.charset ? '' : `_${charset}`;
  const names = values.flatMap(({ uses }) => uses.map(({ name }) => name));
  if (new Set(names).size !== names.length) return undefined;
  return {
    opening: Buffer.from(`${insertWords(duplicates)} INTO ${table} (${names.join(',')}) VALUES`, 'latin1'),
    layout: {
      ...layout,
      values: values.map((value) => textOf(value, mark)),
      backslashEscapes: settings.backslashEscapes,
    },
  };
}

function textOf({ uses: [use] }: ReadValue, mark: string): ValueText | undefined {
  return use === undefined ? undefined : { before: use.before, mark, behind: use.behind };
}
