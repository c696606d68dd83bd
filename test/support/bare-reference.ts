/**
 * What the kernel of bare rows has to write, by the plainest code that says it. A file ends with the row that brings it to
 * maxFileBytes or beyond; it begins with the header; one without rows is none.
 */
import type { Separators } from '../../src/base/separators.ts';
import { ValueKind } from '../../src/kernel/forms.ts';
import type { ByteRow } from './packets.ts';

export interface BareReferenceLayout {
  readonly kinds: readonly ValueKind[];
  readonly separators: Separators;
  readonly header: string;
  /** Infinity: one file. */
  readonly maxFileBytes: number;
}

/** The files that the rows make, in order. */
export function referenceBareFiles(rows: readonly ByteRow[], layout: BareReferenceLayout): string[] {
  const { fieldsTerminatedBy, linesStartingBy, linesTerminatedBy } = layout.separators;
  const files: string[] = [];
  let file = '';
  for (const row of rows) {
    if (file === '') file = layout.header;
    const values = row.map((value, column) => valueText(value, layout.kinds[column], layout.separators));
    file += linesStartingBy + values.join(fieldsTerminatedBy) + linesTerminatedBy;
    if (file.length < layout.maxFileBytes) continue;
    files.push(file);
    file = '';
  }
  return file === '' ? files : [...files, file];
}

function valueText(value: string | null, kind: ValueKind | undefined, separators: Separators): string {
  const { fieldsTerminatedBy, fieldsEnclosedBy, fieldsEscapedBy, linesTerminatedBy } = separators;
  if (value === null) return `${fieldsEscapedBy}N`;
  if (kind === ValueKind.NUMBER) return value;
  const own = [fieldsTerminatedBy.charAt(0), fieldsEnclosedBy, fieldsEscapedBy, linesTerminatedBy.charAt(0)];
  const special = `\0\n\r\x1a"'${own.join('')}`;
  let text = '';
  for (const byte of value) text += special.includes(byte) ? fieldsEscapedBy + (LETTERS.get(byte) ?? byte) : byte;
  return fieldsEnclosedBy + text + fieldsEnclosedBy;
}

const LETTERS: ReadonlyMap<string, string> = new Map([
  ['\0', '0'],
  ['\n', 'n'],
  ['\r', 'r'],
  ['\x1a', 'Z'],
]);
