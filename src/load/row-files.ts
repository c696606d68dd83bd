/** Row files: whether the target can have the rows of this dump in the way that is asked for, known before it is changed. */
import pLimit from 'p-limit';

import { ToolError } from '../base/errors.ts';
import { decodedChunks } from '../format/codec.ts';
import { dataText } from '../format/data-text.ts';
import { readLoadData } from '../format/load-data.ts';
import { readStatements, statementKind } from '../format/statements.ts';
import type { ServerInfo } from '../mysql/server.ts';
import type { DumpContents, DumpFile } from './contents.ts';
import { bareRowsAs, takesRowFiles } from './load-method.ts';
import type { LoadOptions } from './options.ts';
import { insertForm } from './send/bare-form.ts';
import { notExact } from './send/rows-as-inserts.ts';

const FILES_AT_A_TIME = 16;

/**
 * @throws ToolError LOAD_FAILED: rows are to be sent as files, which the target takes from no client, or are in a form that
 *   can only be sent so.
 */
export async function refuseRowFiles(
  { tables }: DumpContents,
  server: ServerInfo,
  options: LoadOptions,
): Promise<void> {
  if (options.loadMethod === 'load-data' && !takesRowFiles(server)) {
    throw new ToolError(
      'LOAD_FAILED',
      'rows are to be sent as files, which the target takes from no client (local_infile = OFF); nothing was changed',
      { hint: 'SET GLOBAL local_infile = 1 on the target, for the time of the load, or use --load-method=auto' },
    );
  }
  if (bareRowsAs(options, server) === 'load-data') return;
  // All files of a table are written alike.
  const files = tables.flatMap(({ dataFiles }) => dataFiles.find(({ rows }) => rows !== undefined) ?? []);
  const check = pLimit(FILES_AT_A_TIME);
  await Promise.all(files.map((file) => check(() => refuseUnlessInsert(file))));
}

async function refuseUnlessInsert(file: DumpFile): Promise<void> {
  const { path, codec, rows } = file;
  for await (const { bytes } of readStatements(dataText(decodedChunks(path, codec)), { path })) {
    const read = statementKind(bytes) === 'load-data' ? readLoadData(bytes) : undefined;
    // Of one that is no such statement more is said when it is to be sent.
    if (read === undefined || rows === undefined) continue;
    if (insertForm(read, { backslashEscapes: true, charset: 'binary' }) === undefined) throw notExact(file, rows);
  }
}
