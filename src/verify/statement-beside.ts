/** The LOAD DATA statement that stands beside a file of bare rows and says how they are written. */
import { join } from 'node:path';

import { ToolError } from '../base/errors.ts';
import { codecSuffix, decodedChunks } from '../format/codec.ts';
import type { Codec } from '../format/codec.ts';
import { readLoadData } from '../format/load-data.ts';
import type { ReadLoadData } from '../format/load-data.ts';
import { readStatements, statementKind } from '../format/statements.ts';

/** `name` and `codec`: of the rows. @throws ToolError DUMP_INCOMPLETE or DUMP_DAMAGED when there is no such statement. */
export async function statementBeside(directory: string, name: string, codec: Codec): Promise<ReadLoadData> {
  const suffix = codecSuffix(codec);
  const path = join(directory, `${name.slice(0, name.length - suffix.length - '.dat'.length)}.sql${suffix}`);
  for await (const { bytes } of readStatements(decodedChunks(path, codec), { path })) {
    const statement = statementKind(bytes) === 'load-data' ? readLoadData(bytes) : undefined;
    if (statement !== undefined) return statement;
  }
  throw new ToolError(
    'DUMP_DAMAGED',
    `${join(directory, name)} cannot be read: ${path} has no statement that says how`,
  );
}
