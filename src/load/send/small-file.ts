/**
 * A small data file, read whole before anything of it is sent, if it holds the common: SET statements, and one INSERT whose
 * rows can be counted.
 */
import { NAMES_DISGUISED } from '../../format/data-names.ts';
import { dataText } from '../../format/data-text.ts';
import type { SpareBuffers } from '../../format/plain-reader.ts';
import { RowScanner, ScanEvent } from '../../format/row-scanner.ts';
import { readStatements, statementKind } from '../../format/statements.ts';
import type { DumpFile } from '../contents.ts';
import { storedText } from '../stored-text.ts';
import type { StatementLimits } from './statement-limits.ts';

export interface SmallFile {
  readonly settings: readonly Buffer[];
  readonly insert: Buffer;
  readonly rows: number;
}

/** Of text. From some tens of KiB on a round trip costs less than the rows in it. */
const MAX_BYTES = 32 * 1024;

/** What is compressed is longer than it looks. */
const COMPRESSION = 2;

/** Whether a file can be one of statements that is small. */
export function isSmall({ storedBytes, rows, codec }: DumpFile): boolean {
  return rows === undefined && storedBytes * (codec === 'none' ? 1 : COMPRESSION) <= MAX_BYTES;
}

/**
 * Undefined: larger than small, or of another form. `buffers` are for reading only, and so few do.
 *
 * @throws ToolError DUMP_DAMAGED, DUMP_INCOMPLETE, STORAGE.
 */
export async function readSmallFile(
  file: DumpFile,
  limits: StatementLimits,
  buffers: SpareBuffers,
): Promise<SmallFile | undefined> {
  const settings: Buffer[] = [];
  let insert: Buffer | undefined;
  let totalBytes = 0;
  const onSpent = (chunk: Buffer): void => buffers.give(chunk);
  const text = storedText(file, { buffers });
  const options = { path: file.path, maxBufferedBytes: MAX_BYTES, onSpent };
  for await (const { bytes: borrowed, rest } of readStatements(dataText(text), options)) {
    totalBytes += borrowed.length;
    if (rest !== undefined || totalBytes > MAX_BYTES) return undefined;
    const bytes = Buffer.from(borrowed);
    const kind = statementKind(bytes);
    if (insert !== undefined || bytes.length > limits.maxBytes || bytes.equals(DISGUISED)) return undefined;
    if (kind === 'insert') insert = bytes;
    else if (kind === 'set') settings.push(bytes);
    else return undefined;
  }
  const rows = insert === undefined ? undefined : rowsOf(insert, limits.backslashEscapes);
  return insert === undefined || rows === undefined ? undefined : { settings, insert, rows };
}

const DISGUISED = Buffer.from(NAMES_DISGUISED);

/** Undefined: something else follows the rows, or there are none. */
function rowsOf(insert: Buffer, backslashEscapes: boolean): number | undefined {
  const scanner = new RowScanner(backslashEscapes);
  let rows = 0;
  for (let at = 0; ; at = scanner.at) {
    const event = scanner.next(insert, at);
    if (event === ScanEvent.TAIL) return undefined;
    if (event === ScanEvent.ROW_END) rows++;
    if (event === ScanEvent.NEED_INPUT) return rows === 0 ? undefined : rows;
  }
}
