/**
 * Check: one file, read from its first byte to its last.
 *
 * In: a name and what its text should be. Out: the hash of the stored bytes, how much text and how many rows there are, and the first
 * thing that is wrong with it. A file that is wrong is no error here; only what cannot be read for another reason is.
 */
import { join } from 'node:path';

import { ToolError } from '../base/errors.ts';
import { readSchemaStatements } from '../format/code.ts';
import { decodedChunks } from '../format/codec.ts';
import { readStatements, statementKind } from '../format/statements.ts';
import { beginStoredHash } from '../kernel/stored-hash.ts';
import { countBareRows } from './count-bare-rows.ts';
import { DataStatements } from './data-statements.ts';
import { Counter } from './job.ts';
import type { CheckJob, CheckSetup, FileReport } from './job.ts';
import { statementBeside } from './statement-beside.ts';

/** @throws ToolError STORAGE when the system does not let it be read. */
export async function checkFile(setup: CheckSetup, job: CheckJob): Promise<FileReport> {
  const { counters, directory } = setup;
  const path = join(directory, job.name);
  const hash = beginStoredHash();
  let isHashOpen = true;
  let bytes = 0;
  const counted = new Rows(counters);
  const onRead = (storedBytes: number, read: Buffer): void => {
    hash.add(read);
    counters[Counter.STORED_BYTES]! += storedBytes;
  };
  const source = async function* (): AsyncGenerator<Buffer> {
    for await (const chunk of decodedChunks(path, job.codec, { onRead })) {
      bytes += chunk.length;
      counters[Counter.BYTES]! += chunk.length;
      yield chunk;
    }
  };
  try {
    await readText(setup, job, path, source(), counted);
    isHashOpen = false;
    return { name: job.name, xxh3: hash.end(), bytes, rows: counted.rows };
  } catch (error) {
    if (!(error instanceof ToolError) || (error.code !== 'DUMP_DAMAGED' && error.code !== 'DUMP_INCOMPLETE'))
      throw error;
    return {
      name: job.name,
      bytes,
      rows: counted.rows,
      problem: error.message.replace(`${path}, `, '').replace(`${path} `, ''),
    };
  } finally {
    if (isHashOpen) hash.drop();
  }
}

async function readText(
  { backslashEscapes, directory }: CheckSetup,
  job: CheckJob,
  path: string,
  source: AsyncGenerator<Buffer>,
  counted: Rows,
): Promise<void> {
  switch (job.text) {
    case 'rows': {
      const statements = new DataStatements(path, backslashEscapes, () => decodedChunks(path, job.codec));
      for await (const statement of readStatements(source, { path })) counted.add(await statements.read(statement));
      return;
    }
    case 'bare-rows': {
      const statement = await statementBeside(directory, job.name, job.codec);
      for await (const rows of countBareRows(source, statement, path)) counted.add(rows);
      return;
    }
    case 'definitions': {
      let definitions = 0;
      for await (const { bytes } of readSchemaStatements(source, { path }))
        if (statementKind(bytes) !== 'set') definitions++;
      if (definitions === 0) throw new ToolError('DUMP_DAMAGED', `${path} defines nothing`);
      return;
    }
    case 'bytes':
      for await (const _ of source);
  }
}

/** Of a file, as they are found, and of all files for whoever watches. */
class Rows {
  rows = 0;
  private readonly counters: Float64Array;

  constructor(counters: Float64Array) {
    this.counters = counters;
  }

  add(rows: number): void {
    this.rows += rows;
    this.counters[Counter.ROWS]! += rows;
  }
}
