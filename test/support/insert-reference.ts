/**
 * What the INSERT kernel has to write, by the plainest code that says it: rows and a layout in, the text of the files out.
 *
 * 1. A row joins the open statement unless the statement, with its closing ";\n", would get longer than maxStatementBytes.
 * 2. A giant row, one that could be too long for an output window, has to be judged before it is written: by the most that
 *    its text can be (every byte escaped), without an end when its payload goes on in a second packet.
 * 3. A statement of one row may have any length.
 * 4. A file ends, and its statement with it, with the row that brings it to maxFileBytes or beyond (its last ";\n" not
 *    counted). It begins with the header; a file without rows is none.
 */
import { ValueKind } from '../../src/kernel/forms.ts';
import { COMPRESSED_WINDOWS } from '../../src/kernel/kernel.ts';
import type { ByteRow } from './packets.ts';
import { MAX_PAYLOAD_BYTES, rowPayload } from './packets.ts';

export interface ReferenceLayout {
  readonly kinds: readonly ValueKind[];
  /** "INSERT INTO `t` VALUES(" */
  readonly opening: string;
  readonly header: string;
  readonly maxStatementBytes: number;
  /** Infinity: one file. */
  readonly maxFileBytes: number;
}

/** The files that the rows make, in order. */
export function referenceFiles(rows: readonly ByteRow[], layout: ReferenceLayout): string[] {
  const files: string[] = [];
  let file: string[] = [];
  let fileBytes = 0;
  let statementBytes = 0; // 0: none is open
  const write = (text: string): void => {
    file.push(text);
    fileBytes += text.length;
  };
  const endStatement = (): void => {
    if (statementBytes > 0) write(';\n');
    statementBytes = 0;
  };
  const endFile = (): void => {
    endStatement();
    if (fileBytes > 0) files.push(file.join(''));
    file = [];
    fileBytes = 0;
  };
  for (const row of rows) {
    if (fileBytes === 0) write(layout.header);
    const values = `${row.map((value, column) => valueText(value, layout.kinds[column])).join(',')})\n`;
    if (statementBytes > 0 && !fits(row, values, statementBytes, layout)) endStatement();
    const text = (statementBytes === 0 ? layout.opening : ',(') + values;
    write(text);
    statementBytes += text.length;
    if (fileBytes >= layout.maxFileBytes) endFile();
  }
  endFile();
  return files;
}

/** Whether a row may join a statement of `statementBytes`. */
function fits(row: ByteRow, values: string, statementBytes: number, layout: ReferenceLayout): boolean {
  const { maxStatementBytes, kinds, opening } = layout;
  if (statementBytes + ',('.length + values.length + ';\n'.length > maxStatementBytes) return false;
  if (values.length * 2 < 1000) return true; // far from a giant: spares the payload
  const payloadBytes = rowPayload(row).length;
  if (payloadBytes >= MAX_PAYLOAD_BYTES) return false;
  const most = 2 * payloadBytes + 32 * (kinds.length + 1);
  // Windows grow with a long opening.
  const windowBytes = Math.max(COMPRESSED_WINDOWS.bytes, 64 * Math.ceil((4 * opening.length + 65_536) / 64));
  const isGiant = most + 2 * opening.length + 128 > windowBytes;
  return !isGiant || statementBytes + most <= maxStatementBytes;
}

function valueText(value: string | null, kind: ValueKind | undefined): string {
  if (value === null) return 'NULL';
  switch (kind) {
    case ValueKind.NUMBER:
      return value;
    case ValueKind.BINARY:
      return `_binary "${escaped(value)}"`;
    case ValueKind.JSON:
      return `CONVERT("${escaped(value)}" USING UTF8MB4)`;
    default:
      return `"${escaped(value)}"`;
  }
}

const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['\0', '\\0'],
  ['\n', '\\n'],
  ['\r', '\\r'],
  ['"', '\\"'],
  ["'", "\\'"],
  ['\\', '\\\\'],
  ['\x1a', '\\Z'],
]);

function escaped(value: string): string {
  // oxlint-disable-next-line no-control-regex -- these are the bytes that MySQL escapes
  return value.replace(/[\0\n\r"'\\\x1a]/g, (byte) => ESCAPES.get(byte) ?? byte);
}
