/** What LOAD DATA reads of a text, by the plainest code that says it. Bytes as Latin-1. */
import type { Separators } from '../../src/base/separators.ts';
import type { Row } from './insert-rows-reference.ts';

const LETTERS: ReadonlyMap<string, string> = new Map([
  ['0', '\0'],
  ['b', '\b'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
  ['Z', '\x1a'],
]);

interface Loaded {
  /** Up to the first that is damaged. */
  readonly rows: readonly Row[];
  /** A row has not as many values as there are columns, or its last one does not end. */
  readonly isDamaged: boolean;
}

export function referenceLoad(text: string, separators: Separators, columns: number): Loaded {
  const { linesStartingBy, linesTerminatedBy, fieldsTerminatedBy } = separators;
  const rows: Row[] = [];
  for (let at = 0; ;) {
    const start = text.indexOf(linesStartingBy, at);
    if (start === -1 || start + linesStartingBy.length >= text.length) return { rows, isDamaged: false };
    at = start + linesStartingBy.length;
    const row: (string | null)[] = [];
    for (let isOpen = true; isOpen;) {
      const value = readValue(text, at, separators);
      if (value === undefined) return { rows, isDamaged: true };
      row.push(value.value);
      at = value.end;
      isOpen = text.startsWith(fieldsTerminatedBy, at) && !text.startsWith(linesTerminatedBy, at);
      if (isOpen) at += fieldsTerminatedBy.length;
      if (isOpen && at === text.length) return { rows, isDamaged: true };
    }
    at += at < text.length ? linesTerminatedBy.length : 0;
    if (row.length !== columns) return { rows, isDamaged: true };
    rows.push(row);
  }
}

/** Undefined: it is enclosed and does not end. `end` is where a separator is, or the text ends. */
function readValue(
  text: string,
  start: number,
  separators: Separators,
): { value: string | null; end: number } | undefined {
  const { fieldsEnclosedBy: enclosure, fieldsEscapedBy: escape, fieldsTerminatedBy, linesTerminatedBy } = separators;
  const isEnclosed = enclosure !== '' && text.charAt(start) === enclosure;
  const endsAt = (at: number): boolean =>
    at >= text.length || text.startsWith(linesTerminatedBy, at) || text.startsWith(fieldsTerminatedBy, at);
  let value = '';
  let sawNull = false;
  for (let at = isEnclosed ? start + 1 : start; ;) {
    const byte = text.charAt(at);
    if (isEnclosed && at >= text.length) return undefined;
    if (byte === escape && escape !== '' && at + 1 < text.length) {
      const next = text.charAt(at + 1);
      sawNull ||= next === 'N';
      value += LETTERS.get(next) ?? next;
      at += 2;
    } else if (isEnclosed ? byte === enclosure && endsAt(at + 1) : endsAt(at)) {
      const isNull =
        (sawNull && value.length === 1) ||
        (!isEnclosed && enclosure !== '' && value === 'NULL' && text.startsWith('NULL', start));
      return { value: isNull ? null : value, end: isEnclosed ? at + 1 : at };
    } else {
      value += byte;
      at += isEnclosed && byte === enclosure && text.charAt(at + 1) === enclosure ? 2 : 1;
    }
  }
}
