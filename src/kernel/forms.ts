/** Forms: what stands around the values of a column, and the table of it that assembly/values.ts reads. */

import type { Separators } from '../base/separators.ts';

/** How the values of a column are written. */
export const ValueKind = { NUMBER: 0, TEXT: 1, BINARY: 2, JSON: 3 } as const;
export type ValueKind = (typeof ValueKind)[keyof typeof ValueKind];

/** How many blocks of 16 bytes have bytes to escape. FEW and MANY write the same, each fast where it is true. */
const SpecialBytes = { NONE: 0, FEW: 1, MANY: 2 } as const;
type SpecialBytes = (typeof SpecialBytes)[keyof typeof SpecialBytes];

interface Form {
  readonly before: string;
  readonly behind: string;
  readonly special: SpecialBytes;
}

/** The forms of a row. No text, together with the separator in front of it, is longer than 16 bytes. */
interface RowForms {
  /** One a column. */
  readonly values: readonly Form[];
  readonly separator: string;
  readonly null: string;
}

const BARE: Form = { before: '', behind: '', special: SpecialBytes.NONE };

const INSERT_FORMS: Readonly<Record<ValueKind, Form>> = {
  [ValueKind.NUMBER]: BARE,
  [ValueKind.TEXT]: { before: '"', behind: '"', special: SpecialBytes.FEW },
  [ValueKind.BINARY]: { before: '_binary "', behind: '"', special: SpecialBytes.MANY },
  [ValueKind.JSON]: { before: 'CONVERT("', behind: '" USING UTF8MB4)', special: SpecialBytes.MANY },
};

export function insertForms(kinds: readonly ValueKind[]): RowForms {
  return { values: kinds.map((kind) => INSERT_FORMS[kind]), separator: ',', null: 'NULL' };
}

export function bareForms(kinds: readonly ValueKind[], separators: Separators): RowForms {
  const { fieldsEnclosedBy: enclosure, fieldsTerminatedBy: separator, fieldsEscapedBy: escape } = separators;
  const form = (kind: ValueKind): Form =>
    kind === ValueKind.NUMBER ? BARE : { ...INSERT_FORMS[kind], before: enclosure, behind: enclosure };
  return { values: kinds.map(form), separator, null: `${escape}N` };
}

// Where the parts of a form lie in it; assembly/values.ts has the same list.
const FORM_BYTES = 64;
const CLOSING = 16;
const NULL_TEXT = 32;
const OPENING_BYTES = 48;
const CLOSING_BYTES = 49;
const NULL_BYTES = 50;
const SPECIAL_BYTES = 51;

export function formTable({ values, separator, null: nullText }: RowForms): Uint8Array {
  const table = Buffer.alloc(values.length * FORM_BYTES);
  for (const [column, { before, behind, special }] of values.entries()) {
    const form = table.subarray(column * FORM_BYTES, (column + 1) * FORM_BYTES);
    const between = column === 0 ? '' : separator;
    form[OPENING_BYTES] = form.write(between + before, 0, 'latin1');
    form[CLOSING_BYTES] = form.write(behind, CLOSING, 'latin1');
    form[NULL_BYTES] = form.write(between + nullText, NULL_TEXT, 'latin1');
    form[SPECIAL_BYTES] = special;
  }
  return table;
}
